//! What the board shows, as the API has it.

use crate::api::Api;
use crate::print::cell;
use crate::when::zoned;
use anyhow::Result;
use serde::Serialize;
use serde_json::Value;

/// Everything on the board at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Board {
    pub workspace: String,
    /// In the workspace's zone, with the offset.
    pub at: String,
    pub agents: Vec<AgentLine>,
    /// Of what was assigned today.
    pub fairness: Vec<FairnessLine>,
    /// Newest first.
    pub assignments: Vec<AssignmentLine>,
    pub configuration: Configuration,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AgentLine {
    pub name: String,
    pub present: bool,
    /// With the reason, such as `away: lunch`.
    pub status: String,
    pub on_shift: bool,
    pub holding: u64,
    pub today: u64,
    pub total: u64,
    pub daily_cap: Option<u64>,
    pub last_assigned: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FairnessLine {
    /// `source` or `queue`; empty for everything.
    pub of: String,
    pub name: String,
    pub min: f64,
    pub max: f64,
    pub mean: f64,
    pub jain: f64,
    pub waiting: u64,
    pub next: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AssignmentLine {
    pub at: String,
    pub item: u64,
    pub source: String,
    pub agent: String,
    pub count_before: u64,
    pub count_after: u64,
    pub method: String,
    pub reason: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Configuration {
    pub time_zone: String,
    pub dispatch: String,
    pub agents: usize,
    pub queues: usize,
    pub sources: usize,
    pub rules: usize,
    pub schema: u64,
    /// What `fairlead verify` would say.
    pub findings: usize,
}

impl Board {
    /// Asks for all of it.
    pub fn read(api: &Api) -> Result<Board> {
        let stats: Value = api.get("/stats")?;
        let zone = text(&stats["workspace"]["time_zone"]);
        let today = zoned(&stats["now"], &zone).and_then(|now| now.start_of_day().ok());
        let from = today.map(|start| format!("?from={}", start.timestamp()));
        let fairness: Value = api.get(&format!("/fairness{}", from.unwrap_or_default()))?;
        let verified: Value = api.get("/verify")?;
        let workspace: Value = api.get("/workspace")?;
        let rules = api.list("/rules")?;
        Ok(Board::of(&stats, &fairness, &verified, &workspace, &rules))
    }

    /// Puts the answers together.
    pub fn of(
        stats: &Value,
        fairness: &Value,
        verified: &Value,
        workspace: &Value,
        rules: &[Value],
    ) -> Board {
        let zone = text(&stats["workspace"]["time_zone"]);
        let now = zoned(&stats["now"], &zone);
        let today = now.as_ref().map(|now| now.date());
        // Of another day the day is said, and the seconds are not.
        let time = |at: &Value| {
            let at = zoned(at, &zone)?;
            let way = if today == Some(at.date()) { "%H:%M:%S" } else { "%Y-%m-%d %H:%M" };
            Some(at.strftime(way).to_string())
        };
        let active = |list: &Value| list_of(list).filter(|one| one["active"] == true).count();
        let agent = |agent: &Value| AgentLine {
            name: text(&agent["name"]),
            present: agent["present"] == true,
            status: match agent["status_reason"].as_str() {
                Some(reason) => format!("{}: {reason}", text(&agent["status"])),
                None => text(&agent["status"]),
            },
            on_shift: agent["on_shift"] == true,
            holding: number(&agent["holding"]),
            today: number(&agent["today"]),
            total: number(&agent["total"]),
            daily_cap: agent["daily_cap"].as_u64(),
            last_assigned: time(&agent["last_assigned_at"]),
        };
        let assignment = |one: &Value| AssignmentLine {
            at: time(&one["at"]).unwrap_or_default(),
            item: number(&one["item"]),
            source: text(&one["source_name"]),
            agent: text(&one["agent_name"]),
            count_before: number(&one["count_before"]),
            count_after: number(&one["count_after"]),
            method: text(&one["way"]),
            reason: text(&one["text"]),
        };
        let mut spreads = vec![spread("", "everything", &fairness["all"], &Value::Null, 0)];
        for (of, list) in [("source", "sources"), ("queue", "queues")] {
            for one in list_of(&fairness[list]) {
                let stood = list_of(&stats[list]).find(|stood| stood["id"] == one["id"]);
                let waiting = stood.map_or(0, |stood| number(&stood["waiting"]));
                let name = text(&one["name"]);
                spreads.push(spread(of, &name, &one["fairness"], &one["next"], waiting));
            }
        }
        spreads[0].waiting = list_of(&stats["queues"]).map(|q| number(&q["waiting"])).sum();
        Board {
            workspace: text(&stats["workspace"]["name"]),
            at: now
                .map(|now| now.strftime("%Y-%m-%d %H:%M:%S %:z").to_string())
                .unwrap_or_default(),
            agents: list_of(&stats["agents"])
                .filter(|one| one["active"] == true)
                .map(agent)
                .collect(),
            fairness: spreads,
            assignments: list_of(&stats["feed"]).map(assignment).collect(),
            configuration: Configuration {
                agents: active(&stats["agents"]),
                queues: active(&stats["queues"]),
                sources: active(&stats["sources"]),
                rules: rules.iter().filter(|rule| rule["active"] == true).count(),
                time_zone: zone,
                dispatch: text(&workspace["dispatch"]),
                schema: number(&verified["schema"]["applied"]),
                findings: list_of(&verified["findings"]).count(),
            },
        }
    }
}

fn spread(of: &str, name: &str, fairness: &Value, next: &Value, waiting: u64) -> FairnessLine {
    let figure = |name: &str| fairness[name].as_f64().unwrap_or_default();
    FairnessLine {
        of: of.to_owned(),
        name: name.to_owned(),
        min: figure("min"),
        max: figure("max"),
        mean: figure("mean"),
        jain: figure("jain"),
        waiting,
        next: next["name"].as_str().map(str::to_owned),
    }
}

fn list_of(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

fn text(value: &Value) -> String {
    cell(value)
}
