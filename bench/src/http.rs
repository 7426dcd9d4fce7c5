//! The built server over HTTP, and how long a lead takes to be on a screen.

use crate::Problem;
use crate::databases::Database;
use crate::load::Task;
use crate::options::Options;
use crate::product::Product;
use crate::report::Report;
use crate::shop::{DESK, Shop, dispatch, open};
use crate::window::percentile_ms;
use sha2::{Digest, Sha256};
use std::path::Path;
use store::{Actor, NewToken, Role};

/// Posters at once, each on a connection that is kept alive.
const CONNECTIONS: usize = 128;
/// Leads a second while the live stream is heard, and over how many connections they come.
const LIVE_RATE: f64 = 500.0;
const LIVE_CONNECTIONS: usize = 50;

/// The token of the bench's own workspace.
pub const TOKEN: &str = "fl_bench";

/// Measures the server on SQLite, as it comes, and on PostgreSQL.
pub async fn measure(options: &Options, report: &mut Report) -> Result<(), Problem> {
    let binary = options.fairlead()?;
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite:{}", folder.path().join("fairlead.db").display());
    one(options, report, "http", &binary, folder.path(), &url).await?;
    let database = Database::create(&options.postgres()?).await?;
    let folder = tempfile::tempdir()?;
    one(options, report, "http.postgres", &binary, folder.path(), &database.url).await?;
    database.remove().await
}

async fn one(
    options: &Options,
    report: &mut Report,
    name: &str,
    binary: &Path,
    folder: &Path,
    url: &str,
) -> Result<(), Problem> {
    let shop = prepare(url).await?;
    let product = Product::start(binary, folder, Some(url))?;
    let mut task = Task {
        address: product.address,
        token: TOKEN.to_owned(),
        source: shop.source.0,
        first: 0,
        connections: CONNECTIONS,
        secs: if options.quick { 1.0 } else { 10.0 },
        rate: None,
    };
    let mut posted = task.run()?;
    report.add(format!("{name}.leads_per_s"), posted.per_second, "1/s");
    report.add(format!("{name}.p50_ms"), percentile_ms(&mut posted.answered, 50.0), "ms");
    report.add(format!("{name}.p99_ms"), percentile_ms(&mut posted.answered, 99.0), "ms");
    task = Task {
        first: 1 << 30,
        connections: LIVE_CONNECTIONS,
        secs: if options.quick { 1.0 } else { 20.0 },
        rate: Some(LIVE_RATE),
        ..task
    };
    let mut lived = task.run()?;
    if lived.unheard > 0 {
        return Err(format!("{} leads were never heard of", lived.unheard).into());
    }
    report.add(format!("{name}.live_per_s"), lived.per_second, "1/s");
    report.add(
        format!("{name}.live_answer_p99_ms"),
        percentile_ms(&mut lived.answered, 99.0),
        "ms",
    );
    report.add(format!("{name}.live_p50_ms"), percentile_ms(&mut lived.heard, 50.0), "ms");
    report.add(format!("{name}.live_p99_ms"), percentile_ms(&mut lived.heard, 99.0), "ms");
    report.add(format!("{name}.rss_after_mib"), product.rss_mib()?, "MiB");
    product.stop()
}

/// Furnishes a workspace and gives it a token, as `fairlead setup` and an admin would.
pub async fn prepare(url: &str) -> Result<Shop, Problem> {
    let store = open(url).await?;
    let node = dispatch(&store)?;
    let shop = Shop::furnish(&store, &node, "bench", DESK).await?;
    let token = NewToken {
        name: "bench".into(),
        hash: Sha256::digest(TOKEN).iter().map(|byte| format!("{byte:02x}")).collect(),
        role: Role::Admin,
        agent: None,
        created_by: None,
    };
    let now = server::clock::Clock::system().now();
    store.create_token(shop.workspace, &token, Actor::System, now).await?;
    node.stop().await;
    store.close().await;
    Ok(shop)
}
