//! `GET /reports/service/export`: a table of service levels as a file for a spreadsheet.

use super::file::{Format, Rows, titled};
use super::service::{ServiceFigures, ServiceReport, ServiceWanted};
use crate::api::figures::{ShareView, word};
use crate::api::outcome_series::Interval;
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Answered;
use crate::http::wire::number_in_text;
use crate::http::{Params, Problem, Rfc3339};
use crate::words::LanguageHeader;
use axum::extract::State;
use axum::response::Response;
use connectors::Cell;
use metrics::Metric;
use serde::Deserialize;

/// Which table of which report, and how it is written.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ServiceExport {
    /// `csv` or `xlsx`; `csv` when absent.
    pub format: Option<String>,
    /// `queues`, `sources`, `agents` or `time`; `queues` when absent.
    pub table: Option<String>,
    /// All queues when absent.
    #[serde(deserialize_with = "number_in_text")]
    pub queue: Option<u64>,
    /// From this time on; since the local day began when absent.
    pub from: Option<Rfc3339>,
    /// Before this time; until now when absent.
    pub to: Option<Rfc3339>,
    /// How `time` is divided: `quarter` (of an hour), `hour`, `day`, `week` or `month`; into a
    /// hundred parts at most when absent, into 3,000 when asked for.
    pub interval: Option<Interval>,
}

/// One of the tables of service levels as CSV or as an Excel workbook. A column has the name of its
/// figure in the report, with the unit: percent, or seconds. No cell is taken for a formula.
#[utoipa::path(get, path = "/reports/service/export", tag = "reports",
    params(ServiceExport, LanguageHeader),
    responses((status = 200, content(
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
pub async fn service_export(
    State(app): State<App>,
    caller: Caller,
    Params(wanted): Params<ServiceExport>,
) -> Answered<Response> {
    let format = Format::of(wanted.format.as_deref())?;
    let table = wanted.table.as_deref().unwrap_or("queues");
    let rows: fn(&ServiceReport) -> Rows<'_> = match table {
        "queues" => queues,
        "sources" => |report| groups(report, "source"),
        "agents" => |report| groups(report, "agent"),
        "time" => parts,
        _ => return Err(Problem::field("table", "must be queues, sources, agents or time")),
    };
    let ServiceExport { queue, from, to, interval, .. } = wanted.clone();
    let report = app.service_report(&caller, &ServiceWanted { queue, from, to, interval }).await?;
    format.file(&format!("service-{table}"), rows(&report))
}

/// Counts, shares and means: what is asked of each group, in this order.
type Count = (&'static str, fn(&ServiceFigures) -> u64);
const COUNTS: [Count; 9] = [
    ("assigned", |f| f.assigned),
    ("answered", |f| f.answered),
    ("answered_within", |f| f.answered_within),
    ("abandoned", |f| f.abandoned),
    ("abandoned_within", |f| f.abandoned_within),
    ("abandoned_short", |f| f.abandoned_short),
    ("results", |f| f.results),
    ("contacted", |f| f.contacted),
    ("won", |f| f.won),
];
const SHARES: [Metric; 9] = [
    Metric::ServiceLevel,
    Metric::ServiceLevelAnswered,
    Metric::ServiceLevelAbandonedKept,
    Metric::ServiceLevelShortExcluded,
    Metric::Abandonment,
    Metric::AbandonmentShortExcluded,
    Metric::ContactRate,
    Metric::ConversionOfAssigned,
    Metric::ConversionOfContacted,
];
const MEANS: [Metric; 2] = [Metric::AverageSpeedOfAnswer, Metric::AverageHandlingTime];

fn titles(before: &[&str]) -> Vec<String> {
    let counts = COUNTS.iter().map(|(name, _)| (*name).to_owned());
    let shares = SHARES.iter().map(|metric| word(metric) + "_percent");
    let means = MEANS.iter().map(|metric| word(metric) + "_seconds");
    let before = ["from_utc", "to_utc"].iter().chain(before).map(|name| (*name).to_owned());
    before.chain(counts).chain(shares).chain(means).collect()
}

fn line<'a>(
    report: &ServiceReport,
    before: impl IntoIterator<Item = Cell<'a>>,
    figures: &ServiceFigures,
) -> Vec<Cell<'a>> {
    let mut line = vec![Cell::text(report.from.to_string()), Cell::text(report.to.to_string())];
    line.extend(before);
    line.extend(COUNTS.iter().map(|(_, count)| Cell::Number(count(figures))));
    line.extend(SHARES.iter().map(|metric| percent(figures.shares.get(&word(metric)))));
    line.extend(MEANS.iter().map(|metric| seconds(figures.means_ms.get(&word(metric)))));
    line
}

fn queues(report: &ServiceReport) -> Rows<'_> {
    let before = [
        "queue",
        "queue_name",
        "target_percent",
        "target_seconds",
        "short_seconds",
        "target_reached",
    ];
    let rows = report.queues.iter().map(|queue| {
        let target = &queue.target;
        let before = [
            Cell::Number(queue.id),
            Cell::text(&queue.name),
            Cell::Number(target.percent.into()),
            Cell::Number(target.within_secs.into()),
            Cell::Number(target.short_secs.into()),
            queue
                .reached
                .map_or(Cell::Empty, |reached| Cell::text(if reached { "yes" } else { "no" })),
        ];
        line(report, before, &queue.figures)
    });
    titled(titles(&before), rows)
}

/// Of sources or agents.
fn groups<'a>(report: &'a ServiceReport, kind: &str) -> Rows<'a> {
    let groups = if kind == "agent" { &report.agents } else { &report.sources };
    let rows = groups
        .iter()
        .map(|of| line(report, [Cell::Number(of.id), Cell::text(&of.name)], &of.figures));
    titled(titles(&[kind, &format!("{kind}_name")]), rows)
}

fn parts(report: &ServiceReport) -> Rows<'_> {
    let parts = &report.parts;
    let titles = [
        "from_utc",
        "answered",
        "answered_within",
        "abandoned",
        "service_level_percent",
        "average_speed_of_answer_seconds",
    ];
    let rows = parts.starts.iter().enumerate().map(|(part, start)| {
        let count = |counts: &[u64]| Cell::Number(counts.get(part).copied().unwrap_or_default());
        let level = parts.service_level.get(part).and_then(Option::as_ref);
        let mean = parts.average_speed_of_answer_ms.get(part).and_then(Option::as_ref);
        vec![
            Cell::text(start.to_string()),
            count(&parts.answered),
            count(&parts.answered_within),
            count(&parts.abandoned),
            percent(level),
            seconds(mean),
        ]
    });
    titled(titles, rows)
}

fn percent(share: Option<&ShareView>) -> Cell<'static> {
    share.map_or(Cell::Empty, |share| Cell::Hundredths(share.hundredths))
}

fn seconds(millis: Option<&u64>) -> Cell<'static> {
    millis.map_or(Cell::Empty, |millis| Cell::Hundredths((millis + 5) / 10))
}
