//! A policy as people write it: what should have been otherwise, by the names that the API uses. Only
//! what differs is named; all else stays as it was decided.

use crate::change::{Change, Step};
use routing::{AgentId, AgentSpec, Command, Facts, QueueId, QueueSpec, RuleId, RuleSpec, Settings};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use thiserror::Error;

/// Some fields of an object and their other values.
pub type Fields = Map<String, Value>;

/// The most agents that one policy may add.
pub const MOST_ADDED: u32 = 10_000;

/// What should have been otherwise.
///
/// ```
/// let policy = whatif::Policy::read(
///     r#"{"queues": {"3": {"strategy": "longest_idle"}}, "add_agents": [{"like": 7, "count": 2}]}"#,
/// );
/// assert_eq!(policy.unwrap().add_agents[0].count, 2);
/// let typo = whatif::Policy::read(r#"{"add_agents": [{"like": 7, "cuont": 2}], "que": {}}"#);
/// assert!(typo.unwrap_err().to_string().starts_with("que: unknown field `que`"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Fields of the settings.
    pub settings: Fields,
    /// Fields of queues.
    pub queues: BTreeMap<QueueId, Fields>,
    /// All rules in the order in which they are tried: `{"rule": 4}` is one that there is, other
    /// fields beside it change it, and without it the fields make a new one. Rules that are not named
    /// do not decide. As recorded when absent.
    pub rules: Option<Vec<Fields>>,
    /// Fields of agents. `skills`, `capacity` and a queue's `silence` are changed field by field, a
    /// skill that is `null` is lost; all others are replaced.
    pub agents: BTreeMap<AgentId, Fields>,
    pub add_agents: Vec<AddAgents>,
    /// Who is not there.
    pub remove_agents: Vec<AgentId>,
}

/// More agents like one that there is: they come and go when that one does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddAgents {
    pub like: AgentId,
    #[serde(default = "one")]
    pub count: u32,
    /// What is different with them, as fields of an agent.
    #[serde(flatten)]
    pub fields: Fields,
}

fn one() -> u32 {
    1
}

/// What is wrong with a policy, and where in it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{path}: {problem}")]
pub struct BadPolicy {
    /// The way to the field, such as `queues.3.mode`.
    pub path: String,
    pub problem: String,
}

impl BadPolicy {
    pub(crate) fn new(path: impl Into<String>, problem: impl Into<String>) -> Self {
        BadPolicy { path: path.into(), problem: problem.into() }
    }
}

/// What is changed field by field; everything else that has fields is replaced as a whole, as one of
/// its fields alone may mean nothing (`{"mode": "offer", "secs": 20}`).
const BY_FIELD: [&str; 3] = ["skills", "capacity", "silence"];

impl Policy {
    /// # Errors
    /// When the text is no policy; the path names the field.
    pub fn read(text: &str) -> Result<Policy, BadPolicy> {
        let mut json = serde_json::Deserializer::from_str(text);
        serde_path_to_error::deserialize(&mut json).map_err(|error| at("", &error))
    }

    /// What the policy changes in a workspace that stands like this when the period begins.
    ///
    /// # Errors
    /// When it names what is not there, or a field that does not exist or cannot be so.
    pub fn change(&self, facts: &Facts) -> Result<Change, BadPolicy> {
        let mut change = Change { policy: self.clone(), ..Change::default() };
        self.settings_and_queues(facts, &mut change)?;
        self.agents(facts, &mut change)?;
        self.rules(facts, &mut change)?;
        self.staff(facts, &mut change)?;
        Ok(change)
    }

    fn settings_and_queues(&self, facts: &Facts, change: &mut Change) -> Result<(), BadPolicy> {
        if !self.settings.is_empty() {
            let settings: Settings = merged(&facts.settings, &self.settings, "settings")?;
            change.add("settings", Command::Configure { settings });
        }
        for (&queue, fields) in &self.queues {
            let path = format!("queues.{queue}");
            let known = facts.queues.get(&queue);
            let known = known.ok_or_else(|| missing(&path, "queue", facts.queues.keys()))?;
            let spec: QueueSpec = merged(&known.spec, fields, &path)?;
            change.add(path, Command::UpdateQueue { queue, spec });
        }
        Ok(())
    }

    fn agents(&self, facts: &Facts, change: &mut Change) -> Result<(), BadPolicy> {
        for (&agent, fields) in &self.agents {
            let path = format!("agents.{agent}");
            let known = facts.agents.get(&agent);
            let known = known.ok_or_else(|| missing(&path, "agent", facts.agents.keys()))?;
            let spec: AgentSpec = merged(&known.spec, fields, &path)?;
            change.add(path, Command::UpdateAgent { agent, spec });
        }
        Ok(())
    }

    fn rules(&self, facts: &Facts, change: &mut Change) -> Result<(), BadPolicy> {
        let Some(rules) = &self.rules else { return Ok(()) };
        let mut kept = Vec::new();
        for (place, fields) in (0..).zip(rules) {
            let path = format!("rules.{place}");
            let mut fields = fields.clone();
            let known = fields.remove("rule");
            fields.insert("position".into(), Value::from(place + 1));
            let Some(known) = known else {
                let spec: RuleSpec = from_fields(fields, &path)?;
                change.steps.push((path, Step::NewRule(spec)));
                continue;
            };
            let id = RuleId(known.as_u64().unwrap_or_default());
            let path = format!("{path}.rule");
            let rule = facts.rules.get(&id);
            let rule = rule.ok_or_else(|| missing(&path, "rule", facts.rules.keys()))?;
            if kept.contains(&id) {
                return Err(BadPolicy::new(
                    path,
                    format!("rule {id} is named twice; name it once"),
                ));
            }
            kept.push(id);
            let spec: RuleSpec = merged(&rule.spec, &fields, &format!("rules.{place}"))?;
            change.add(path, Command::UpdateRule { rule: id, spec });
        }
        for rule in facts.rules.values().filter(|rule| rule.active && !kept.contains(&rule.id)) {
            change.add("rules", Command::DeactivateRule { rule: rule.id });
        }
        Ok(())
    }

    fn staff(&self, facts: &Facts, change: &mut Change) -> Result<(), BadPolicy> {
        let added = self.add_agents.iter().map(|more| u64::from(more.count)).sum::<u64>();
        if added > u64::from(MOST_ADDED) {
            let problem = format!("{added} are too many; add at most {MOST_ADDED}");
            return Err(BadPolicy::new("add_agents", problem));
        }
        for (place, more) in self.add_agents.iter().enumerate() {
            let path = format!("add_agents.{place}");
            let like = facts.agents.get(&more.like);
            let unknown = || missing(&format!("{path}.like"), "agent", facts.agents.keys());
            let like = like.ok_or_else(unknown)?;
            // Their model as the policy has it.
            let changed = self.agents.get(&like.id).cloned().unwrap_or_default();
            let spec: AgentSpec = merged(&like.spec, &changed, &path)?;
            let spec: AgentSpec = merged(&spec, &more.fields, &path)?;
            for _ in 0..more.count {
                change
                    .steps
                    .push((path.clone(), Step::NewAgent { like: like.id, spec: spec.clone() }));
            }
        }
        for (place, &agent) in self.remove_agents.iter().enumerate() {
            let path = format!("remove_agents.{place}");
            if !facts.agents.contains_key(&agent) {
                return Err(missing(&path, "agent", facts.agents.keys()));
            }
            if self.agents.contains_key(&agent) {
                let problem = format!("agent {agent} is changed, too; do one of both");
                return Err(BadPolicy::new(path, problem));
            }
            change.add(path, Command::DeactivateAgent { agent });
        }
        Ok(())
    }
}

/// What people decided, with these fields changed.
pub(crate) fn merged<T: Serialize + DeserializeOwned>(
    spec: &T,
    fields: &Fields,
    path: &str,
) -> Result<T, BadPolicy> {
    let whole = serde_json::to_value(spec);
    let Ok(Value::Object(mut whole)) = whole else {
        return Err(BadPolicy::new(path, "cannot be changed"));
    };
    for (name, value) in fields {
        match (whole.get_mut(name), value) {
            (Some(Value::Object(before)), Value::Object(after)) if by_field(name) => {
                let lost = |value: &Value| name == "skills" && value.is_null();
                before.extend(after.clone());
                before.retain(|_, value| !lost(value));
            }
            _ => drop(whole.insert(name.clone(), value.clone())),
        }
    }
    from_fields(whole, path)
}

fn by_field(name: &str) -> bool {
    BY_FIELD.contains(&name)
}

fn from_fields<T: DeserializeOwned>(fields: Fields, path: &str) -> Result<T, BadPolicy> {
    serde_path_to_error::deserialize(Value::Object(fields)).map_err(|error| at(path, &error))
}

fn at<E: std::fmt::Display>(path: &str, error: &serde_path_to_error::Error<E>) -> BadPolicy {
    let inner = error.path().to_string();
    let path = match (path, inner.as_str()) {
        ("", inner) => inner.to_owned(),
        (path, ".") => path.to_owned(),
        (path, inner) => format!("{path}.{inner}"),
    };
    BadPolicy::new(path, error.inner().to_string())
}

fn missing<'a, I: std::fmt::Display + 'a>(
    path: &str,
    what: &str,
    known: impl Iterator<Item = &'a I>,
) -> BadPolicy {
    const SHOWN: usize = 20;
    let mut known: Vec<String> = known.map(ToString::to_string).take(SHOWN + 1).collect();
    if known.len() > SHOWN {
        known[SHOWN] = "…".to_owned();
    }
    let problem = match known.is_empty() {
        true => format!("there is no {what} when the period begins; leave it out"),
        false => format!(
            "there is no such {what} when the period begins; use one of {}",
            known.join(", ")
        ),
    };
    BadPolicy::new(path, problem)
}
