//! What an endpoint becomes, checked.

use super::EndpointChange;
use crate::app::App;
use crate::auth::seal::{Owner, Place, Purpose};
use crate::dispatcher::WorkspaceId;
use crate::http::Problem;
use crate::http::problem::Answered;
use crate::outgoing::client::{Inward, may_reach};
use axum::http::Uri;
use connectors::webhook::standard::Key;
use serde_json::{Map, Value, json};
use std::net::IpAddr;
use store::{Endpoint, EndpointFace, EndpointId};

/// Endpoints of a workspace.
pub const MOST: usize = 50;
/// The longest address, in bytes.
const MAX_URL: usize = 2_000;

/// A new endpoint, and its key in clear.
pub fn made(
    app: &App,
    workspace: WorkspaceId,
    id: EndpointId,
    body: EndpointChange,
) -> Answered<(EndpointFace, String)> {
    let needed = |field: &str, absent: bool| match absent {
        true => Err(Problem::field(field, "is required")),
        false => Ok(()),
    };
    needed("name", body.name.is_none())?;
    needed("url", body.url.is_none())?;
    needed("topics", body.topics.is_none())?;
    let (sealed, secret) = sealed(app, workspace, id, body.secret.clone())?;
    let mut face = EndpointFace {
        name: String::new(),
        url: String::new(),
        topics: Default::default(),
        active: true,
        sealed,
        old_sealed: None,
    };
    merge(app, &mut face, EndpointChange { secret: None, ..body })?;
    Ok((face, secret))
}

/// What an endpoint was, and what the change makes of it.
pub fn changed(
    app: &App,
    before: Endpoint,
    body: EndpointChange,
) -> Answered<(EndpointFace, EndpointFace)> {
    let old = of(&before);
    let mut new = old.clone();
    merge(app, &mut new, body)?;
    Ok((old, new))
}

/// The endpoint's own face.
pub fn of(endpoint: &Endpoint) -> EndpointFace {
    let Endpoint { name, url, topics, active, sealed, old_sealed, .. } = endpoint.clone();
    EndpointFace { name, url, topics, active, sealed, old_sealed }
}

fn merge(app: &App, face: &mut EndpointFace, body: EndpointChange) -> Answered<()> {
    if body.secret.is_some() {
        return Err(Problem::field("secret", "is changed by /endpoints/{id}/rotate-secret"));
    }
    if let Some(name) = body.name {
        face.name = name.trim().to_owned();
        if face.name.is_empty() || face.name.chars().count() > 100 {
            return Err(Problem::field("name", "must have 1 to 100 characters"));
        }
    }
    if let Some(url) = body.url {
        face.url = url.trim().to_owned();
        check_url(&face.url, app.config.private_webhooks)
            .map_err(|problem| Problem::field("url", problem))?;
    }
    if let Some(topics) = body.topics {
        if topics.is_empty() {
            return Err(Problem::field("topics", "must name at least one"));
        }
        face.topics = topics.iter().map(ToString::to_string).collect();
    }
    face.active = body.active.unwrap_or(face.active);
    Ok(())
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
        None => {
            let mut bytes = [0u8; 32];
            getrandom::fill(&mut bytes)
                .map_err(|_| Problem::internal("no randomness from the operating system"))?;
            Key::text(&bytes)
        }
    };
    let owner = Owner::Endpoint(id);
    let place = Place { workspace, owner, purpose: Purpose::SigningSecret };
    let sealer = app.sealer_of_new().map_err(Problem::from)?;
    let sealed = sealer.seal(place, &secret).map_err(Problem::from)?;
    Ok((sealed, secret))
}

/// What the audit says of a face.
pub fn told(face: &EndpointFace) -> Value {
    json!({ "name": face.name, "topics": face.topics, "active": face.active })
}

/// What the audit says of a change; of another address only that it is another.
pub fn difference(old: &EndpointFace, new: &EndpointFace) -> Value {
    let parts = |face: &EndpointFace| match told(face) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    let (mut before, mut after) = (parts(old), parts(new));
    let same: Vec<String> =
        before.keys().filter(|name| before.get(*name) == after.get(*name)).cloned().collect();
    for name in &same {
        before.remove(name);
        after.remove(name);
    }
    if old.url != new.url {
        after.insert("url".to_owned(), "changed".into());
    }
    json!({ "before": before, "after": after })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_public_and_https() {
        for good in ["https://crm.example/hook", "https://hooks.zapier.com/hooks/catch/1/x?y=z"] {
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
        ] {
            assert!(check_url(bad, false).is_err(), "{bad}");
        }
        for inward in ["http://10.0.0.7/hook", "https://localhost:8443"] {
            assert_eq!(check_url(inward, true), Ok(()), "{inward}");
        }
        assert!(check_url("http://169.254.169.254/latest", true).is_err());
    }
}
