//! Sources: where items come from.

use crate::agent::Code;
use crate::{Kind, QueueId, SourceId};
use serde::{Deserialize, Serialize};

/// Among which items a duplicate is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DedupeScope {
    /// Every item of the workspace that came by a source of this scope.
    #[default]
    Workspace,
    /// Only items of the same source.
    Source,
}

/// What people decide about a source. Its webhook secret is kept by the store, hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceSpec {
    pub name: String,
    pub kind: Kind,
    /// Where its items go when no rule says otherwise.
    pub queue: QueueId,
    /// Whoever came first by this source is known for so long: who comes again meanwhile, by any
    /// source of the scope, is a duplicate. 0 is never.
    pub dedupe_window_secs: u32,
    pub dedupe_scope: DedupeScope,
    /// What its calls are about, such as `banking`: entries of the do-not-call list that name
    /// another category do not concern it. All entries do when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Code>,
    /// How its contacts are reached, such as `voice` or `sms`: the same for entries that name
    /// another medium.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medium: Option<Code>,
}

impl Default for SourceSpec {
    fn default() -> Self {
        SourceSpec {
            name: String::new(),
            kind: Kind::Lead,
            queue: QueueId(0),
            dedupe_window_secs: 86_400,
            dedupe_scope: DedupeScope::Workspace,
            category: None,
            medium: None,
        }
    }
}

/// A source as the core knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub id: SourceId,
    pub spec: SourceSpec,
    pub active: bool,
}
