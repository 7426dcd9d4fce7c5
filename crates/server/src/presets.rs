//! Presets: what the workspace of a kind of team begins with. A preset is only configuration, which
//! may be changed like any other; nothing asks later which one it was.

mod call_desk;

use crate::app::App;
use crate::dispatcher::{Actor, WorkspaceId};
use crate::error::Error;
use crate::furnish::{Furnishing, MadeSource};
use crate::submission::Face;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::str::FromStr;
use utoipa::ToSchema;

/// A kind of team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Leads per source to the executives of that source, fewest first.
    LeadDesk,
    /// Leads to callers of their state, then to everyone; daily caps, and none is lost.
    Crm,
    /// Tasks, the oldest first, to whoever is at their desk and free.
    QcDesk,
    /// One list of numbers, of which whoever is there asks for the next.
    CallDesk,
}

impl Preset {
    pub const ALL: [Preset; 4] = [Preset::LeadDesk, Preset::Crm, Preset::QcDesk, Preset::CallDesk];

    /// As it is written on the command line and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Preset::LeadDesk => "lead-desk",
            Preset::Crm => "crm",
            Preset::QcDesk => "qc-desk",
            Preset::CallDesk => "call-desk",
        }
    }

    /// The zone and the country that such a team's workspace has when nobody says otherwise.
    pub fn place(self) -> (&'static str, &'static str) {
        match self {
            Preset::LeadDesk | Preset::Crm => ("Asia/Kolkata", "IN"),
            Preset::QcDesk => ("UTC", "US"),
            Preset::CallDesk => ("Asia/Shanghai", "CN"),
        }
    }

    fn queue(self) -> Value {
        match self {
            // A closed laptop returns nothing, and night leads are assigned.
            Preset::LeadDesk => json!({
                "name": "Leads", "presence": "ignored", "strategy": "fewest_assigned",
                "dispositions": results_of_leads(),
            }),
            // Whoever speaks the lead's language comes first: in its state, and again where nobody of
            // its state can have it. Then everyone.
            Preset::Crm => json!({
                "name": "Leads", "presence": "ignored", "strategy": "round_robin",
                "steps": [
                    {"same_region": true, "same_language": true},
                    {"same_region": true},
                    {"same_language": true},
                    {},
                ],
                "at_cap": {"do": "overflow_fewest_today"},
                "silence": {"after_secs": 7200, "working_hours": true, "max_moves": 3},
                "dispositions": results_of_leads(),
            }),
            Preset::QcDesk => json!({
                "name": "Checks", "kind": "task", "presence": "required",
                "strategy": "longest_idle",
                "dispositions": [
                    {"name": "approved", "label": "Approved", "then": "close"},
                    {"name": "rejected", "label": "Rejected", "then": "close"},
                    {"name": "unclear", "label": "Unclear", "then": "close"},
                ],
            }),
            Preset::CallDesk => call_desk::queue(),
        }
    }

    fn sources(self) -> &'static [&'static str] {
        match self {
            Preset::LeadDesk => &["META", "GOOGLE", "FILE"],
            Preset::Crm => &["Website", "File"],
            Preset::QcDesk => &["QC"],
            Preset::CallDesk => &["Sheet"],
        }
    }

    /// Furnishes a workspace that has no queue and no source yet; `None` when it has one, and
    /// nothing is changed then. `actor` is whose doing it is.
    pub async fn furnish(
        self,
        app: &App,
        workspace: WorkspaceId,
        actor: Actor,
    ) -> Result<Option<Vec<MadeSource>>, Error> {
        let furnishing = Furnishing { dispatcher: &app.dispatcher, workspace, actor };
        let kind = if self == Preset::QcDesk { "task" } else { "lead" };
        let sources = self.sources().iter().map(|name| {
            let face = Face { key: name.to_lowercase(), ..Face::default() };
            (json!({"name": name, "kind": kind}), face)
        });
        let desk = if self == Preset::CallDesk { Some(call_desk::desk()?) } else { None };
        furnishing.begin(self.queue(), desk, sources.collect()).await
    }
}

impl FromStr for Preset {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Preset::ALL.into_iter().find(|preset| preset.name() == name);
        known.ok_or_else(|| format!("is none of {}", Preset::ALL.map(Preset::name).join(", ")))
    }
}

fn results_of_leads() -> Value {
    json!([
        {"name": "won", "label": "Won", "then": "close", "contacted": true, "won": true},
        {"name": "no answer", "label": "No answer", "then": "retry", "after_secs": 7200, "max_attempts": 3},
        {"name": "call back", "label": "Call back", "then": "retry", "after_secs": 86_400, "max_attempts": 5, "contacted": true},
        {"name": "lost", "label": "Lost", "then": "close", "contacted": true},
        {"name": "wrong number", "label": "Wrong number", "then": "close"},
        {"name": "do not call", "label": "Do not call again", "contacted": true, "then": "close",
            "do_not_call": true},
    ])
}
