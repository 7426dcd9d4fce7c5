//! `GET /reports/desk`: how far a list has come, who did what, when, and with which results.

use super::tally::{Counted, OfAgent, begun, by_agent, by_clock, by_part, stretches};
use crate::api::desks::{Colour, Desk};
use crate::api::outcome_series::Interval;
use crate::api::outcomes::Period;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::wire::number_in_text;
use crate::http::{Params, Rfc3339};
use crate::words::{LanguageHeader, Lexicon};
use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use routing::{AgentId, Code, QueueId, Refusal, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use store::{LatestResult, Tallies};
use utoipa::ToSchema;

/// How many of the last results come along.
const LATEST: u32 = 12;

/// Of which queue's items, and when: a result counts in the period in which it was recorded.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// All queues when absent.
    #[serde(deserialize_with = "number_in_text")]
    pub queue: Option<u64>,
    /// From this time on; since the local day began when absent.
    pub from: Option<Rfc3339>,
    /// Before this time; until now when absent.
    pub to: Option<Rfc3339>,
}

/// How far a queue's items have come, now.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    pub queue: u64,
    pub name: String,
    /// Closed with a result.
    pub done: u64,
    /// Done, waiting, in hands and scheduled: neither duplicates nor what was cancelled or barred.
    pub total: u64,
    pub waiting: u64,
    /// With an agent, or held out to one.
    pub in_hands: u64,
    /// Comes back later: retries, and call backs until they are due.
    pub scheduled: u64,
    /// Calls that were promised and that nobody has in hands.
    pub call_backs: u64,
    /// Those of them that are due.
    pub overdue: u64,
}

/// An agent's results. Ratios are null when nothing stands below the line.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReportAgent {
    pub agent: u64,
    pub name: String,
    /// Results recorded and not taken back, each attempt for itself. One that came when they held
    /// the item no longer is none, and neither is a release or a promise to call again.
    pub results: u64,
    /// Those whose contact was reached.
    pub contacted: u64,
    /// Those with a result that counts as won.
    pub won: u64,
    /// Contacted ÷ results.
    pub contact_rate: Option<f64>,
    /// Hours of the local clock in which they recorded at least one result.
    pub active_hours: u64,
    /// Results ÷ active hours.
    pub results_per_hour: Option<f64>,
}

/// How often a result was recorded.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReportResult {
    pub queue: u64,
    pub queue_name: String,
    /// Null for what was recorded before it was kept which.
    pub disposition: Option<String>,
    /// As people see it.
    pub label: Option<String>,
    /// As the queue's desk says.
    pub colour: Option<Colour>,
    pub results: u64,
    pub contacted: u64,
    pub won: u64,
}

/// Results over time, each list as long as `starts`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Activity {
    /// How the period is divided, by the clocks of the workspace's zone: by the hour up to two days.
    pub interval: Interval,
    /// When each part begins; it ends where the next begins, the last one at `to`.
    pub starts: Vec<Rfc3339>,
    pub results: Vec<u64>,
    pub contacted: Vec<u64>,
    pub won: Vec<u64>,
    /// Results by what the hour hand showed, from 0 to 23, whatever the day.
    pub clock: Vec<u64>,
}

/// Somebody recorded something.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReportLatest {
    pub at: Rfc3339,
    pub agent: u64,
    pub name: String,
    pub queue: u64,
    pub disposition: Option<String>,
    pub label: Option<String>,
    pub colour: Option<Colour>,
    pub won: bool,
}

/// A desk's report.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeskReport {
    pub from: Rfc3339,
    pub to: Rfc3339,
    /// The workspace's zone, in which people read these times.
    pub time_zone: String,
    /// Queues that take something in or have something left.
    pub progress: Vec<Progress>,
    pub results: u64,
    pub contacted: u64,
    pub won: u64,
    /// Whoever recorded something: most won first, then most results.
    pub agents: Vec<ReportAgent>,
    pub activity: Activity,
    /// Most frequent first.
    pub dispositions: Vec<ReportResult>,
    /// The last results of the period, the latest first.
    pub latest: Vec<ReportLatest>,
}

/// How far queues have come, what each agent recorded in a period, how much in which hour, and
/// how often each result.
#[utoipa::path(get, path = "/reports/desk", tag = "reports", params(Wanted, LanguageHeader),
    responses((status = 200, body = DeskReport)))]
pub async fn desk(
    State(app): State<App>,
    caller: Caller,
    Params(wanted): Params<Wanted>,
) -> Answered<Json<DeskReport>> {
    Ok(Json(app.desk_report(&caller, &wanted).await?))
}

impl App {
    /// The report. Costs a scan of the period's assignments that ended with a result, and of the
    /// closed items' part of an index.
    pub async fn desk_report(&self, caller: &Caller, wanted: &Wanted) -> Answered<DeskReport> {
        let workspace = caller.workspace;
        let queue = wanted.queue.map(QueueId);
        let words = self.lexicon(caller).await?;
        if let Some(id) = queue.filter(|id| !words.queues.contains_key(id)) {
            return Err(Refusal::UnknownQueue(id).into());
        }
        let look =
            |s: &routing::State| (s.facts().day_started, s.facts().settings.time_zone.clone());
        let (today, time_zone) = self.look(workspace, look).await?;
        let period = Period { from: wanted.from, to: wanted.to };
        // What is recorded at this very moment counts.
        let (from, to) = period.ends(today, Time(self.clock.now().0 + 1))?;
        let zone = TimeZone::get(&time_zone).unwrap_or(TimeZone::UTC);
        let (interval, starts) = begun(from, to, &zone, None)?;
        let tallies = self.store.tallies(workspace, queue, &stretches(from, to, &zone)).await?;
        let latest = self.store.latest_results(workspace, queue, from, to, LATEST).await?;
        let desks = self.desks_of(caller, &tallies).await?;
        let agents = by_agent(&tallies);
        let all = by_part(&tallies.hours, &[from]).first().copied().unwrap_or_default();
        let parts = by_part(&tallies.hours, &starts);
        let part = |figure: fn(&Counted) -> u64| parts.iter().map(figure).collect();
        let named = Named { words: &words, desks: &desks };
        Ok(DeskReport {
            from: Rfc3339(from),
            to: Rfc3339(to),
            time_zone,
            progress: self.progress(caller, queue, &words).await?,
            results: all.results,
            contacted: all.contacted,
            won: all.won,
            agents: leaders(agents, &words),
            activity: Activity {
                interval,
                starts: starts.into_iter().map(Rfc3339).collect(),
                results: part(|counted| counted.results),
                contacted: part(|counted| counted.contacted),
                won: part(|counted| counted.won),
                clock: by_clock(&tallies.hours),
            },
            dispositions: named.dispositions(&tallies),
            latest: latest.into_iter().map(|result| named.latest(result)).collect(),
        })
    }

    /// The desks of the queues that something was recorded of.
    async fn desks_of(
        &self,
        caller: &Caller,
        tallies: &Tallies,
    ) -> Answered<BTreeMap<QueueId, Desk>> {
        let mut desks = BTreeMap::new();
        for tally in &tallies.results {
            if let Entry::Vacant(place) = desks.entry(tally.queue) {
                place.insert(self.desk(caller.workspace, tally.queue).await?.desk);
            }
        }
        Ok(desks)
    }

    async fn progress(
        &self,
        caller: &Caller,
        only: Option<QueueId>,
        words: &Lexicon,
    ) -> Answered<Vec<Progress>> {
        let counts = self.counts(caller.workspace).await?;
        let finished = self.finished(caller.workspace).await?;
        let now = self.clock.now();
        let one = |id: &QueueId| {
            let count = counts.queue(*id);
            let (done, in_hands) = (finished.of(*id), count.offered + count.assigned);
            let (call_backs, overdue) = counts.call_backs(*id, now);
            Progress {
                queue: id.0,
                name: words.queue(*id),
                done,
                total: done + count.waiting + in_hands + count.scheduled,
                waiting: count.waiting,
                in_hands,
                scheduled: count.scheduled,
                call_backs,
                overdue,
            }
        };
        let wanted = words.queues.iter().filter(|(id, _)| only.is_none_or(|only| only == **id));
        let all = wanted.map(|(id, queue)| (queue.active, one(id)));
        let shown = all.filter(|(active, progress)| {
            *active || progress.total > progress.done || only.is_some()
        });
        Ok(shown.map(|(_, progress)| progress).collect())
    }
}

fn leaders(agents: BTreeMap<AgentId, OfAgent>, words: &Lexicon) -> Vec<ReportAgent> {
    let ratio = |above: u64, below: u64| (below > 0).then(|| above as f64 / below as f64);
    let one = |(id, agent): (AgentId, OfAgent)| {
        let OfAgent { counted: Counted { results, contacted, won }, active_hours } = agent;
        ReportAgent {
            agent: id.0,
            name: words.agent(id),
            results,
            contacted,
            won,
            contact_rate: ratio(contacted, results),
            active_hours,
            results_per_hour: ratio(results, active_hours),
        }
    };
    let mut leaders: Vec<ReportAgent> = agents.into_iter().map(one).collect();
    leaders.sort_by(|a, b| {
        (b.won, b.results).cmp(&(a.won, a.results)).then_with(|| a.name.cmp(&b.name))
    });
    leaders
}

/// How results are called and coloured.
struct Named<'a> {
    words: &'a Lexicon,
    desks: &'a BTreeMap<QueueId, Desk>,
}

impl Named<'_> {
    fn label(&self, queue: QueueId, name: Option<&Code>) -> Option<String> {
        let name = name?;
        let known = self.words.queues.get(&queue);
        let known = known.and_then(|q| q.spec.dispositions.iter().find(|d| d.name == *name));
        let label = known.map(|d| d.label.clone()).filter(|label| !label.is_empty());
        Some(label.unwrap_or_else(|| name.as_str().to_owned()))
    }

    fn colour(&self, queue: QueueId, name: Option<&Code>) -> Option<Colour> {
        self.desks.get(&queue)?.results.get(name?)?.colour
    }

    fn dispositions(&self, tallies: &Tallies) -> Vec<ReportResult> {
        let mut counted = BTreeMap::<(QueueId, Option<&Code>), Counted>::new();
        for tally in &tallies.results {
            let one = counted.entry((tally.queue, tally.disposition.as_ref())).or_default();
            one.results += tally.results;
            one.contacted += tally.contacted;
            one.won += tally.won;
        }
        let one = |((queue, name), counted): ((QueueId, Option<&Code>), Counted)| ReportResult {
            queue: queue.0,
            queue_name: self.words.queue(queue),
            disposition: name.map(|name| name.as_str().to_owned()),
            label: self.label(queue, name),
            colour: self.colour(queue, name),
            results: counted.results,
            contacted: counted.contacted,
            won: counted.won,
        };
        let mut dispositions: Vec<ReportResult> = counted.into_iter().map(one).collect();
        dispositions.sort_by_key(|result| std::cmp::Reverse(result.results));
        dispositions
    }

    fn latest(&self, result: LatestResult) -> ReportLatest {
        let LatestResult { at, agent, queue, disposition, won } = result;
        ReportLatest {
            at: Rfc3339(at),
            agent: agent.0,
            name: self.words.agent(agent),
            queue: queue.0,
            label: self.label(queue, disposition.as_ref()),
            colour: self.colour(queue, disposition.as_ref()),
            disposition: disposition.map(|name| name.as_str().to_owned()),
            won,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_won_most_leads_and_among_equals_who_recorded_most() {
        let counted = |results, won| Counted { results, contacted: won, won };
        let of = |results, won| OfAgent { counted: counted(results, won), active_hours: 2 };
        let agents = [of(4, 1), of(9, 0), of(5, 1)];
        let ids = (1..).map(AgentId);
        let leaders = leaders(ids.zip(agents).collect(), &Lexicon::default());
        let order: Vec<u64> = leaders.iter().map(|agent| agent.agent).collect();
        assert_eq!(order, [3, 1, 2]);
        assert_eq!((leaders[0].contact_rate, leaders[0].results_per_hour), (Some(0.2), Some(2.5)));
    }
}
