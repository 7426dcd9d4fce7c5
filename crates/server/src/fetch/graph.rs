//! Asks Meta's Graph API for a lead.

use connectors::webhook::graph::{self, FIELDS, Fields, Then, Trouble};
use std::time::Duration;
use ureq::Agent;

/// How long one lead may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// The longest answer, in bytes.
const MAX_ANSWER: u64 = 1 << 20;

/// Where a lead is: the base with its version, the id, the fields. The token is no part of it, as
/// addresses end up in logs.
///
/// # Errors
/// When the base is no address.
pub fn address(base: &str, leadgen_id: &str) -> Result<String, String> {
    let base = base.trim_end_matches('/');
    let rest = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.contains(['?', '#', ' ', '@']) => {
            Ok(format!("{base}/{leadgen_id}?fields={FIELDS}"))
        }
        _ => Err(format!(
            "“{base}” is not the base of an address, such as https://graph.facebook.com/v23.0"
        )),
    }
}

/// The client; its clones share connections. It blocks, so it is used off the async threads.
#[derive(Clone, Debug)]
pub struct Client {
    agent: Agent,
    base: String,
}

impl Client {
    /// `base` is Graph's address with the version.
    pub fn new(base: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .user_agent(concat!("fairlead/", env!("CARGO_PKG_VERSION")));
        Client { agent: config.build().into(), base: base.to_owned() }
    }

    /// Fetches a lead's answers.
    ///
    /// # Errors
    /// What is in the way, and whether it passes.
    pub fn lead(&self, leadgen_id: &str, token: &str) -> Result<Fields, Trouble> {
        let give_up = |problem| Trouble::new(Then::GiveUp, problem);
        let address = address(&self.base, leadgen_id).map_err(give_up)?;
        let request = self.agent.get(address).header("authorization", format!("Bearer {token}"));
        // What went wrong is told without the request.
        let unreached = |_| Trouble::new(Then::TrySoon, "Meta cannot be reached");
        let mut response = request.call().map_err(unreached)?;
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(MAX_ANSWER).read_to_vec();
        let body = body.map_err(|_| Trouble::new(Then::TrySoon, "Meta's answer did not end"))?;
        graph::read(leadgen_id, status, &body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_version_and_no_token() {
        let expected = "https://graph.facebook.com/v23.0/901?fields=id,ad_id,form_id,field_data";
        for base in ["https://graph.facebook.com/v23.0", "https://graph.facebook.com/v23.0/"] {
            assert_eq!(address(base, "901").as_deref(), Ok(expected));
        }
        for bad in ["", "graph.facebook.com", "https://", "file:///etc", "https://x?access_token=y"]
        {
            assert!(address(bad, "901").is_err(), "{bad}");
        }
    }
}
