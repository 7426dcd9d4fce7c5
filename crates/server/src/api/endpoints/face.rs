//! What an endpoint becomes, checked.

use super::EndpointChange;
use crate::app::App;
use crate::auth::seal::{Owner, Place, Purpose};
use crate::auth::secret;
use crate::dispatcher::WorkspaceId;
use crate::http::Problem;
use crate::http::problem::Answered;
use crate::outgoing::client::{Inward, may_reach};
use axum::http::Uri;
use connectors::webhook::standard::Key;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::net::IpAddr;
use store::{Endpoint, EndpointFields, EndpointId, NewEndpoint};

/// Endpoints of a workspace.
pub const MOST: usize = 50;
/// The longest address, in bytes.
const MAX_URL: usize = 2_000;

/// A new endpoint, and its key in clear.
pub fn made(
    app: &App,
    workspace: WorkspaceId,
    id: EndpointId,
    mut body: EndpointChange,
) -> Answered<(NewEndpoint, String)> {
    let secret = body.secret.take();
    let EndpointFields { name, url, topics, active } = checked(app, body)?;
    let required = |field: &str| Problem::field(field, "is required");
    let name = name.ok_or_else(|| required("name"))?;
    let url = url.ok_or_else(|| required("url"))?;
    let topics = topics.ok_or_else(|| required("topics"))?;
    let (sealed, secret) = sealed(app, workspace, id, secret)?;
    let active = active.unwrap_or(true);
    Ok((NewEndpoint { id, name, url, topics, active, sealed }, secret))
}

/// What a request sets.
pub fn checked(app: &App, body: EndpointChange) -> Answered<EndpointFields> {
    let EndpointChange { name, url, topics, secret, active } = body;
    if secret.is_some() {
        return Err(Problem::field("secret", "is changed by /endpoints/{id}/rotate-secret"));
    }
    let name = name.map(|name| name.trim().to_owned());
    if name.as_ref().is_some_and(|name| name.is_empty() || name.chars().count() > 100) {
        return Err(Problem::field("name", "must have 1 to 100 characters"));
    }
    let url = url.map(|url| url.trim().to_owned());
    if let Some(url) = &url {
        check_url(url, app.config.private_webhooks)
            .map_err(|problem| Problem::field("url", problem))?;
    }
    if topics.as_ref().is_some_and(BTreeSet::is_empty) {
        return Err(Problem::field("topics", "must name at least one"));
    }
    let topics = topics.map(|topics| topics.iter().map(ToString::to_string).collect());
    Ok(EndpointFields { name, url, topics, active })
}

/// Names are looked up when something is sent, and looked at then.
fn check_url(url: &str, private: bool) -> Result<(), String> {
    let wrong = || "must be an address such as https://crm.example/fairlead".to_owned();
    if url.len() > MAX_URL {
        return Err(format!("must have at most {MAX_URL} bytes"));
    }
    let uri: Uri = url.parse().map_err(|_| wrong())?;
    let (scheme, host) = (uri.scheme_str(), uri.host().ok_or_else(wrong)?);
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err("must not hold a name or password; messages are signed instead".to_owned());
    }
    match scheme {
        Some("https") => {}
        Some("http") if private => {}
        Some("http") => return Err("must begin with https://".to_owned()),
        _ => return Err(wrong()),
    }
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let port = authority.strip_prefix(host).and_then(|rest| rest.strip_prefix(':'));
    if port.is_some_and(|port| !port.parse::<u16>().is_ok_and(|port| port > 0)) {
        return Err("must have a port from 1 to 65535, or none".to_owned());
    }
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    let local = host.eq_ignore_ascii_case("localhost");
    match ip.is_none_or(|ip| may_reach(ip, private)) && (private || !local) {
        true => Ok(()),
        false => Err(Inward.to_string()),
    }
}

/// A key for the endpoint, sealed and in clear.
pub fn sealed(
    app: &App,
    workspace: WorkspaceId,
    id: EndpointId,
    given: Option<String>,
) -> Answered<(String, String)> {
    let secret = match given {
        Some(given) => {
            Key::read(&given).map_err(|bad| Problem::field("secret", bad.to_string()))?;
            given
        }
        None => secret::signing_key().map_err(Problem::internal)?,
    };
    let owner = Owner::Endpoint(id);
    let place = Place { workspace, owner, purpose: Purpose::SigningSecret };
    let sealer = app.sealer_of_new().map_err(Problem::from)?;
    let sealed = sealer.seal(place, &secret).map_err(Problem::from)?;
    Ok((sealed, secret))
}

/// What the audit says of an endpoint. Its address may hold a key of the other side and is left
/// out.
pub fn told(name: &str, topics: &BTreeSet<String>, active: bool) -> Value {
    json!({ "name": name, "topics": topics, "active": active })
}

/// What the audit says of a change; of another address only that it is another.
pub fn difference(old: &Endpoint, new: &EndpointFields) -> Value {
    let (mut before, mut after) = (Map::new(), Map::new());
    let mut note = |field: &str, was: Value, is: Option<Value>| {
        if let Some(is) = is.filter(|is| *is != was) {
            before.insert(field.to_owned(), was);
            after.insert(field.to_owned(), is);
        }
    };
    note("name", json!(old.name), new.name.as_ref().map(|name| json!(name)));
    note("topics", json!(old.topics), new.topics.as_ref().map(|topics| json!(topics)));
    note("active", json!(old.active), new.active.map(|active| json!(active)));
    if new.url.as_ref().is_some_and(|url| *url != old.url) {
        after.insert("url".to_owned(), "changed".into());
    }
    json!({ "before": before, "after": after })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_public_and_https() {
        for good in [
            "https://crm.example/hook",
            "https://hooks.zapier.com/hooks/catch/1/x?y=z",
            "https://[2606:2800:220:1::1]:8443/hook",
        ] {
            assert_eq!(check_url(good, false), Ok(()), "{good}");
        }
        for bad in [
            "",
            "crm.example",
            "ftp://crm.example",
            "http://crm.example",
            "https://",
            "https://ann:pass@crm.example",
            "https://127.0.0.1/x",
            "https://[::1]:8443/",
            "https://localhost:8080",
            "https://169.254.169.254/latest",
            "https://crm.example:99999/hook",
            "https://crm.example:0/hook",
            "https://[2606:2800:220:1::1]:65536/hook",
        ] {
            assert!(check_url(bad, false).is_err(), "{bad}");
        }
        for inward in ["http://10.0.0.7/hook", "https://localhost:8443"] {
            assert_eq!(check_url(inward, true), Ok(()), "{inward}");
        }
        assert!(check_url("http://169.254.169.254/latest", true).is_err());
    }
}
