//! What an act changed: fields before and after.

use routing::Event;
use serde_json::{Map, Value};
use store::What;

/// Fields by name.
pub type Fields = Map<String, Value>;

/// The fields that were changed, as they were and as they are. Without a `before` the object was
/// made, or the act has nothing to compare with.
pub fn changes(what: &What) -> (Option<Fields>, Option<Fields>) {
    match what {
        What::Act(body) => of_act(body),
        What::Event { event, before } => {
            match (fields(event), before.as_deref().and_then(fields)) {
                (Some(after), Some(before)) => {
                    let (before, after) = different(before, after);
                    (Some(before), Some(after))
                }
                (after, _) if after.is_some() => (None, after),
                _ => deactivated(event),
            }
        }
    }
}

fn of_act(body: &Value) -> (Option<Fields>, Option<Fields>) {
    let part = |name: &str| body[name].as_object().cloned();
    match (part("before"), part("after")) {
        (None, None) => (None, body.as_object().filter(|fields| !fields.is_empty()).cloned()),
        parts => parts,
    }
}

/// How the event configures its object.
fn fields(event: &Event) -> Option<Fields> {
    let data = serde_json::to_value(event).ok()?;
    let spec = data.get("spec").or_else(|| data.get("settings"))?;
    spec.as_object().cloned()
}

fn different(before: Fields, after: Fields) -> (Fields, Fields) {
    let same = |name: &String| before.get(name) == after.get(name);
    let keep = |fields: &Fields| -> Fields {
        fields.iter().filter(|(name, _)| !same(name)).map(|(n, v)| (n.clone(), v.clone())).collect()
    };
    (keep(&before), keep(&after))
}

fn deactivated(event: &Event) -> (Option<Fields>, Option<Fields>) {
    let active = |is: bool| Some(Fields::from_iter([("active".to_owned(), Value::Bool(is))]));
    match event {
        Event::AgentDeactivated { .. }
        | Event::QueueDeactivated { .. }
        | Event::SourceDeactivated { .. }
        | Event::RuleDeactivated { .. } => (active(true), active(false)),
        _ => (None, None),
    }
}
