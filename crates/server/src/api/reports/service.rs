//! `GET /reports/service`: how soon items were with somebody, held against each queue's target.

use super::tally::begun;
use crate::api::figures::{FigureView, ShareView, figure, word};
use crate::api::outcome_series::Interval;
use crate::api::outcomes::Period;
use crate::api::schema;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::wire::number_in_text;
use crate::http::{Params, Rfc3339};
use crate::words::LanguageHeader;
use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use metrics::{Metric, Results, Waits, Work};
use routing::{AgentId, QueueId, Refusal, ServiceTarget, SourceId, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{Served, Service, WaitTarget};
use utoipa::ToSchema;

/// What is told of each: of waits, and of results.
const TOLD: [Metric; 11] = [
    Metric::ServiceLevel,
    Metric::ServiceLevelAnswered,
    Metric::ServiceLevelAbandonedKept,
    Metric::ServiceLevelShortExcluded,
    Metric::Abandonment,
    Metric::AbandonmentShortExcluded,
    Metric::AverageSpeedOfAnswer,
    Metric::AverageHandlingTime,
    Metric::ContactRate,
    Metric::ConversionOfAssigned,
    Metric::ConversionOfContacted,
];

/// Of which queue's items, and when: a wait counts when it ended, a result when it was recorded.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ServiceWanted {
    /// All queues when absent.
    #[serde(deserialize_with = "number_in_text")]
    pub queue: Option<u64>,
    /// From this time on; since the local day began when absent.
    pub from: Option<Rfc3339>,
    /// Before this time; until now when absent.
    pub to: Option<Rfc3339>,
    /// How the period is divided: `quarter` (of an hour), `hour`, `day`, `week` or `month`; into a
    /// hundred parts at most when absent, into 3,000 when asked for.
    pub interval: Option<Interval>,
}

/// What became of items, with figures that are made of it. A figure is absent where nothing stands
/// below its line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceFigures {
    /// How often somebody got something.
    pub assigned: u64,
    /// Items that somebody took for the first time.
    pub answered: u64,
    pub answered_within: u64,
    /// Cancelled before anybody had them; of an agent 0.
    pub abandoned: u64,
    pub abandoned_within: u64,
    /// After less than the queue's seconds for such.
    pub abandoned_short: u64,
    /// Results recorded and not taken back.
    pub results: u64,
    pub contacted: u64,
    pub won: u64,
    /// By the names that `figures` explains.
    pub shares: BTreeMap<String, ShareView>,
    /// Means of times, in milliseconds.
    pub means_ms: BTreeMap<String, u64>,
}

/// A queue's.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ServiceQueue {
    pub id: u64,
    pub name: String,
    #[schema(value_type = schema::ServiceTarget)]
    pub target: ServiceTarget,
    /// Whether its service level (abandoned count against) is at least the target's; null where
    /// nothing ended.
    pub reached: Option<bool>,
    pub figures: ServiceFigures,
}

/// A source's, or an agent's: what they took, and what they recorded.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ServiceOf {
    pub id: u64,
    pub name: String,
    pub figures: ServiceFigures,
}

/// Service over time, each list as long as `starts`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ServiceParts {
    /// How the period is divided, by the clocks of the workspace's zone.
    pub interval: Interval,
    /// When each part begins; it ends where the next begins, the last one at `to`.
    pub starts: Vec<Rfc3339>,
    pub answered: Vec<u64>,
    pub answered_within: Vec<u64>,
    pub abandoned: Vec<u64>,
    /// The service level (abandoned count against); null where nothing ended.
    pub service_level: Vec<Option<ShareView>>,
    /// Milliseconds; null where nothing was answered.
    pub average_speed_of_answer_ms: Vec<Option<u64>>,
}

/// How soon items were with somebody in a period.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ServiceReport {
    pub from: Rfc3339,
    pub to: Rfc3339,
    /// The workspace's zone, in which people read these times.
    pub time_zone: String,
    /// What the figures are called, and how each is made.
    pub figures: BTreeMap<String, FigureView>,
    /// All of it, each wait held against its own queue's target.
    pub all: ServiceFigures,
    /// Those that are active, and others in which something was.
    pub queues: Vec<ServiceQueue>,
    /// Most items answered first.
    pub sources: Vec<ServiceOf>,
    /// Most items answered first.
    pub agents: Vec<ServiceOf>,
    pub parts: ServiceParts,
}

/// Service levels in all their variants, waits and handling times, contact and conversion: together, by
/// queue, source and agent, and over time. Counted from the tables, held against the targets of now.
#[utoipa::path(get, path = "/reports/service", tag = "reports",
    params(ServiceWanted, LanguageHeader), responses((status = 200, body = ServiceReport)))]
pub async fn service(
    State(app): State<App>,
    caller: Caller,
    Params(wanted): Params<ServiceWanted>,
) -> Answered<Json<ServiceReport>> {
    Ok(Json(app.service_report(&caller, &wanted).await?))
}

impl App {
    /// The report. Costs a scan of the period's assignments and results.
    pub async fn service_report(
        &self,
        caller: &Caller,
        wanted: &ServiceWanted,
    ) -> Answered<ServiceReport> {
        let workspace = caller.workspace;
        let only = wanted.queue.map(QueueId);
        let words = self.lexicon(caller).await?;
        if let Some(id) = only.filter(|id| !words.queues.contains_key(id)) {
            return Err(Refusal::UnknownQueue(id).into());
        }
        let look =
            |s: &routing::State| (s.facts().day_started, s.facts().settings.time_zone.clone());
        let (today, time_zone) = self.look(workspace, look).await?;
        let period = Period { from: wanted.from, to: wanted.to };
        // What happens at this very moment counts.
        let (from, to) = period.ends(today, Time(self.clock.now().0 + 1))?;
        let zone = TimeZone::get(&time_zone).unwrap_or(TimeZone::UTC);
        let (interval, starts) = begun(from, to, &zone, wanted.interval)?;
        let queues = words.queues.values().filter(|queue| only.is_none_or(|id| id == queue.id));
        let targets: Vec<WaitTarget> = queues
            .clone()
            .map(|queue| {
                let ServiceTarget { within_secs, short_secs, .. } = queue.spec.service_target;
                let millis = |secs: u32| u64::from(secs) * 1_000;
                let (within_ms, short_ms) = (millis(within_secs), millis(short_secs));
                WaitTarget { queue: queue.id, within_ms, short_ms }
            })
            .collect();
        let found = self.store.service(workspace, &targets, from, to).await?;
        let Grouped { all, by_queue, by_source, by_agent } = Grouped::of(&found);
        let shown = queues.filter(|queue| queue.active || by_queue.contains_key(&queue.id));
        let queues = shown.map(|queue| {
            let served = by_queue.get(&queue.id).copied().unwrap_or_default();
            let target = queue.spec.service_target;
            let level = waits(&served).share(Metric::ServiceLevel).filter(|level| level.whole > 0);
            ServiceQueue {
                id: queue.id.0,
                name: queue.spec.name.clone(),
                target,
                reached: level.map(|level| {
                    u128::from(level.part) * 100
                        >= u128::from(level.whole) * u128::from(target.percent)
                }),
                figures: figures(&served),
            }
        });
        Ok(ServiceReport {
            from: Rfc3339(from),
            to: Rfc3339(to),
            time_zone,
            figures: TOLD.into_iter().map(figure).collect(),
            all: figures(&all),
            queues: queues.collect(),
            sources: most_first(by_source, |id: SourceId| (id.0, words.source(id))),
            agents: most_first(by_agent, |id: AgentId| (id.0, words.agent(id))),
            parts: parts(&found.quarters, interval, starts),
        })
    }
}

struct Grouped {
    all: Served,
    by_queue: BTreeMap<QueueId, Served>,
    by_source: BTreeMap<SourceId, Served>,
    by_agent: BTreeMap<AgentId, Served>,
}

impl Grouped {
    fn of(found: &Service) -> Grouped {
        let (mut by_queue, mut by_source) = (BTreeMap::new(), BTreeMap::new());
        let (mut all, mut by_agent) = (Served::default(), BTreeMap::new());
        for (by, served) in &found.by {
            all += *served;
            *by_queue.entry(by.queue).or_default() += *served;
            *by_source.entry(by.source).or_default() += *served;
            if let Some(agent) = by.agent {
                *by_agent.entry(agent).or_default() += *served;
            }
        }
        Grouped { all, by_queue, by_source, by_agent }
    }
}

fn most_first<Id: Copy>(
    groups: BTreeMap<Id, Served>,
    named: impl Fn(Id) -> (u64, String),
) -> Vec<ServiceOf> {
    let one = |(id, served): (&Id, &Served)| {
        let (id, name) = named(*id);
        ServiceOf { id, name, figures: figures(served) }
    };
    let mut all: Vec<ServiceOf> = groups.iter().map(one).collect();
    all.sort_by(|a, b| {
        let most = |of: &ServiceOf| (of.figures.answered, of.figures.results);
        most(b).cmp(&most(a)).then_with(|| a.name.cmp(&b.name))
    });
    all
}

fn parts(quarters: &[(Time, Served)], interval: Interval, starts: Vec<Time>) -> ServiceParts {
    let mut parts = vec![Served::default(); starts.len()];
    for (quarter, served) in quarters {
        let part = starts.partition_point(|start| start <= quarter).saturating_sub(1);
        if let Some(part) = parts.get_mut(part) {
            *part += *served;
        }
    }
    let level = |served: &Served| waits(served).share(Metric::ServiceLevel);
    ServiceParts {
        interval,
        starts: starts.into_iter().map(Rfc3339).collect(),
        answered: parts.iter().map(|served| served.answered).collect(),
        answered_within: parts.iter().map(|served| served.answered_within).collect(),
        abandoned: parts.iter().map(|served| served.abandoned).collect(),
        service_level: parts.iter().map(|p| level(p).and_then(ShareView::of)).collect(),
        average_speed_of_answer_ms: parts
            .iter()
            .map(|served| waits(served).average_speed_of_answer_ms())
            .collect(),
    }
}

fn waits(served: &Served) -> Waits {
    Waits {
        answered: served.answered,
        answered_within: served.answered_within,
        abandoned: served.abandoned,
        abandoned_within: served.abandoned_within,
        abandoned_short: served.abandoned_short,
        answered_wait_ms: served.answered_wait_ms,
    }
}

fn figures(served: &Served) -> ServiceFigures {
    let waits = waits(served);
    let work = Work { handled: served.results, talk_ms: served.handled_ms, ..Work::default() };
    let Served { assigned, results: worked, contacted, won, .. } = *served;
    let results = Results { assigned, worked, contacted, won, ..Results::default() };
    let share = |metric| ShareView::of(waits.share(metric).or_else(|| results.share(metric))?);
    let means = [
        (Metric::AverageSpeedOfAnswer, waits.average_speed_of_answer_ms()),
        (Metric::AverageHandlingTime, work.average_handling_time_ms()),
    ];
    ServiceFigures {
        assigned,
        answered: served.answered,
        answered_within: served.answered_within,
        abandoned: served.abandoned,
        abandoned_within: served.abandoned_within,
        abandoned_short: served.abandoned_short,
        results: worked,
        contacted,
        won,
        shares: TOLD.into_iter().filter_map(|m| Some((word(m), share(m)?))).collect(),
        means_ms: means.into_iter().filter_map(|(m, mean)| Some((word(m), mean?))).collect(),
    }
}
