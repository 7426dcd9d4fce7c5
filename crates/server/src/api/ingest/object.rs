//! One object of a webhook, read as the source says and as its fields' names suggest.

use crate::app::App;
use crate::auth::secret;
use crate::dispatcher::WorkspaceId;
use crate::http::Problem;
use crate::http::problem::Answered;
use crate::submission::{ContactIn, Incoming, KnownSource};
use connectors::{Form, Rejection};
use routing::Settings;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How an object with longer names is read is not kept, in bytes.
const MAX_KEPT: usize = 64 << 10;

/// One object in either form: with a `contact` object as POST /items takes it, or flat.
pub fn incoming(
    app: &App,
    workspace: WorkspaceId,
    source: &KnownSource,
    settings: &Settings,
    object: Value,
) -> Answered<Incoming> {
    let Value::Object(mut fields) = object else {
        return Err(Problem::field("", "Each item must be an object."));
    };
    let contact = match fields.get("contact") {
        Some(Value::Object(_)) => fields.remove("contact"),
        _ => None,
    };
    let nested = match fields.get("attributes") {
        Some(Value::Object(_)) => fields.remove("attributes"),
        _ => None,
    };
    let mut incoming = Incoming::default();
    if !fields.is_empty() {
        let form = app.form(workspace, source, settings, &fields);
        let lead = form.read_object(&fields).map_err(|rejection| match rejection {
            Rejection::Column { column, problem } => Problem::field(column, problem),
            // Nothing but a contact may have come.
            other => Problem::field("", other.to_string()),
        });
        match lead {
            Ok(lead) => incoming = crate::submission::incoming(lead),
            Err(_) if contact.is_some() && fields.values().all(Value::is_null) => {}
            Err(problem) => return Err(problem),
        }
    } else if contact.is_none() && nested.is_none() {
        return Err(Problem::field("", "The item is empty."));
    }
    if let Some(contact) = contact {
        let contact: ContactIn = crate::http::extract::from_value(contact)?;
        incoming.contact.name = contact.name.or(incoming.contact.name);
        incoming.contact.phone = contact.phone.or(incoming.contact.phone);
        incoming.contact.email = contact.email.or(incoming.contact.email);
    }
    if let Some(Value::Object(nested)) = nested {
        incoming.attributes.extend(nested);
    }
    Ok(incoming)
}

impl App {
    /// How objects with these fields are read. Guessing what names mean takes longer than all the
    /// rest, and a source's objects look alike.
    fn form(
        &self,
        workspace: WorkspaceId,
        source: &KnownSource,
        settings: &Settings,
        fields: &Map<String, Value>,
    ) -> Arc<Form> {
        let mut names = Vec::new();
        named("", fields, 1, &mut names);
        let read_as =
            format!("{:?} {:?} {names:?} {:?}", settings.country, settings.time_zone, source.face);
        // Whoever knows a secret chooses the names: what is kept of them is short.
        let at = (workspace, source.source.id, secret::hash(&read_as));
        if let Some(form) = self.forms.get(&at) {
            return form;
        }
        let country = crate::submission::country(settings);
        let none = BTreeMap::new();
        let mapping = crate::submission::mapping(&names, &[], country, &source.face, &none);
        let form = Arc::new(crate::submission::form(&mapping.unwrap_or_default(), settings));
        if read_as.len() <= MAX_KEPT {
            self.forms.put(at, form.clone());
        }
        form
    }
}

/// The fields' names, those of inner objects as `outer.inner`.
fn named(before: &str, fields: &Map<String, Value>, deep: usize, names: &mut Vec<String>) {
    for (name, value) in fields {
        let name = if before.is_empty() { name.clone() } else { format!("{before}.{name}") };
        match value {
            Value::Object(inner) if deep < 4 => named(&name, inner, deep + 1, names),
            _ => names.push(name),
        }
    }
}
