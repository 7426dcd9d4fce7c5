//! The parts that need a database: rounds of the product and of the classic way in turn, so that
//! whatever else the machine does meets both.

use crate::baseline::Way;
use crate::options::Options;
use crate::phases::Phases;
use crate::report::Report;
use crate::shop::{COUNTRY, DESK, Team};
use crate::window::Rounds;
use crate::{Problem, baseline, durable};
use sqlx::{Connection, Executor, PgConnection};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Leads in flight where the product is compared with the classic way.
const COMPARED: usize = 256;

/// In flight over all nodes when one node is compared with two.
const CLUSTER_IN_FLIGHT: usize = 512;

/// A gigabyte, which `min_wal_size` keeps.
const LOG_FILES: usize = 64;

/// How often and how long each is measured.
fn rounds(options: &Options) -> (usize, Duration) {
    if options.quick { (1, Duration::from_secs(1)) } else { (3, Duration::from_secs(5)) }
}

fn in_flight(options: &Options) -> impl Iterator<Item = usize> {
    let wanted = options.in_flight;
    durable::IN_FLIGHT.into_iter().filter(move |n| wanted.is_none_or(|wanted| wanted == *n))
}

/// SQLite alone.
pub async fn sqlite(options: &Options, report: &mut Report) -> Result<(), Problem> {
    let (count, span) = rounds(options);
    for in_flight in in_flight(options) {
        let (mut rounds, mut phases) = (Rounds::default(), Phases::default());
        for _ in 0..count {
            let folder = tempfile::tempdir()?;
            let url = format!("sqlite:{}", folder.path().join("fairlead.db").display());
            let measured = durable::measure(&url, DESK, 1, in_flight, span).await?;
            rounds.push(measured.rate);
            phases.add(&measured.phases);
        }
        let name = format!("durable.sqlite.{in_flight}");
        rounds.report(report, &name);
        phases.report(report, &name);
    }
    Ok(())
}

/// Makes PostgreSQL's log as long as it becomes anyway where a database has run for a while: a new
/// one makes and zeroes a file of 16 MiB for each 16 MiB that are written, and whoever writes waits.
pub async fn lengthen_log(options: &Options) -> Result<(), Problem> {
    let mut connection = PgConnection::connect(&options.postgres()?).await?;
    for _ in 0..LOG_FILES {
        // Only a file in which something stands can be left for the next.
        connection.execute("SELECT pg_create_restore_point('bench'), pg_switch_wal()").await?;
    }
    connection.execute("CHECKPOINT").await?;
    connection.close().await?;
    Ok(())
}

/// PostgreSQL: the product, and the classic way beside it, for a desk and for a country's team.
pub async fn postgres(options: &Options, report: &mut Report) -> Result<(), Problem> {
    beside(options, report, DESK, "").await?;
    beside(options, report, COUNTRY, "country.").await
}

async fn beside(
    options: &Options,
    report: &mut Report,
    team: Team,
    prefix: &str,
) -> Result<(), Problem> {
    let admin = options.postgres()?;
    let (count, span) = rounds(options);
    // The larger team is there for the comparison, which is made at 256.
    let wanted = in_flight(options).filter(|n| team == DESK || *n == COMPARED);
    let mut ours: Vec<_> = wanted.map(|n| (n, Rounds::default(), Phases::default())).collect();
    let ways = Way::ALL.iter().flat_map(|way| baseline::CLIENTS.map(|n| (*way, n)));
    let mut classic: Vec<_> = ways.map(|(way, n)| (way, n, Rounds::default())).collect();
    for _ in 0..count {
        for (in_flight, rounds, phases) in ours.iter_mut().filter(|_| options.wants("durable")) {
            let database = Database::create(&admin).await?;
            let measured = durable::measure(&database.url, team, 1, *in_flight, span).await?;
            rounds.push(measured.rate);
            phases.add(&measured.phases);
            database.remove().await?;
        }
        for (way, clients, rounds) in classic.iter_mut().filter(|_| options.wants("baseline")) {
            let database = Database::create(&admin).await?;
            rounds.push(baseline::measure(&database.url, *way, team, *clients, span).await?);
            database.remove().await?;
        }
    }
    if options.wants("durable") {
        for (in_flight, rounds, phases) in ours {
            let name = format!("{prefix}durable.postgres.{in_flight}");
            rounds.report(report, &name);
            phases.report(report, &name);
        }
    }
    if options.wants("baseline") {
        for (way, clients, rounds) in classic {
            rounds.report(report, &format!("{prefix}{}.{clients}", way.name()));
        }
    }
    compare(report, prefix);
    Ok(())
}

fn compare(report: &mut Report, prefix: &str) {
    let rate = |name: &str, n: usize| format!("{prefix}{name}.postgres.{n}.leads_per_s");
    let ours = rate("durable", COMPARED);
    for (ratio, classic) in [("baseline", "baseline"), ("same_rows", "baseline_same_rows")] {
        let ratio = format!("{prefix}durable.to_{ratio}_32_ratio");
        report.add_ratio(&ratio, &ours, &rate(classic, 32));
    }
    let names = baseline::CLIENTS.map(|n| rate("baseline", n));
    let measured = |name: &&String| report.get(name).unwrap_or(f64::NAN);
    if let Some(best) = names.iter().max_by(|a, b| measured(a).total_cmp(&measured(b))) {
        report.add_ratio(&format!("{prefix}durable.to_best_baseline_ratio"), &ours, best);
    }
}

/// One node, and two that share one workspace, on PostgreSQL.
pub async fn cluster(options: &Options, report: &mut Report) -> Result<(), Problem> {
    let admin = options.postgres()?;
    let (count, span) = rounds(options);
    let mut both = [(1, Rounds::default()), (2, Rounds::default())];
    for _ in 0..count {
        for (nodes, rounds) in &mut both {
            let database = Database::create(&admin).await?;
            let measured = durable::measure(&database.url, DESK, *nodes, CLUSTER_IN_FLIGHT, span);
            rounds.push(measured.await?.rate);
            database.remove().await?;
        }
    }
    let [(_, one), (_, two)] = both;
    one.report(report, "cluster.one_node");
    two.report(report, "cluster.two_nodes");
    let (two, one) = ("cluster.two_nodes.leads_per_s", "cluster.one_node.leads_per_s");
    report.add_ratio("cluster.two_nodes_ratio", two, one);
    Ok(())
}

/// A database of its own for each measurement, so that none finds the other's tables large.
pub struct Database {
    admin: String,
    name: String,
    pub url: String,
}

impl Database {
    pub async fn create(admin: &str) -> Result<Self, Problem> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("bench_{}_{number}", std::process::id());
        let mut connection = PgConnection::connect(admin).await?;
        connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
        // What the one before left to be written does not burden this one.
        connection.execute("CHECKPOINT").await?;
        connection.close().await?;
        let (server, _) = admin.rsplit_once('/').ok_or("the PostgreSQL URL names no database")?;
        let url = format!("{server}/{name}");
        Ok(Database { admin: admin.to_owned(), name, url })
    }

    pub async fn remove(self) -> Result<(), Problem> {
        let mut connection = PgConnection::connect(&self.admin).await?;
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        connection.execute(sqlx::AssertSqlSafe(drop)).await?;
        connection.close().await?;
        Ok(())
    }
}
