//! What the server costs when nothing happens, and how soon it is there.

use crate::http::prepare;
use crate::load::Task;
use crate::options::Options;
use crate::product::Product;
use crate::report::Report;
use crate::shop::{Lead, dispatch, open};
use crate::window::median;
use crate::{Problem, http};
use server::dispatcher::{Actor, Request};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Leads of one request, and requests at once, while the large database is made.
const TOGETHER: u64 = 1_000;
const AT_ONCE: u64 = 4;

const MIB: f64 = 1024.0 * 1024.0;

/// Measures memory, size and start.
pub async fn measure(options: &Options, report: &mut Report) -> Result<(), Problem> {
    let binary = options.fairlead()?;
    report.add("binary.mib", std::fs::metadata(&binary)?.len() as f64 / MIB, "MiB");
    empty(options, report, &binary)?;
    // A quick run shows that a filled database is loaded; its figure has another name.
    let (items, name) = if options.quick { (20_000, "20k") } else { (1_000_000, "million") };
    filled(report, &binary, items, name).await
}

/// A start without any database: tables are made, the link for the first admin is printed.
fn empty(options: &Options, report: &mut Report, binary: &Path) -> Result<(), Problem> {
    let mut millis = Vec::new();
    let starts = if options.quick { 1 } else { 7 };
    for start in 0..starts {
        let folder = tempfile::tempdir()?;
        let product = Product::start(binary, folder.path(), None)?;
        millis.push(product.ready_in.as_secs_f64() * 1000.0);
        if start + 1 == starts {
            // Whatever a start leaves to do is done by then.
            std::thread::sleep(Duration::from_secs(if options.quick { 1 } else { 10 }));
            report.add("idle.rss_mib", product.rss_mib()?, "MiB");
        }
        product.stop()?;
    }
    report.add("ready.empty_ms", median(&mut millis), "ms");
    Ok(())
}

/// A start with so many open items; and the first lead's answer, which needs all of them loaded.
async fn filled(report: &mut Report, binary: &Path, items: u64, name: &str) -> Result<(), Problem> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite:{}", folder.path().join("fairlead.db").display());
    let shop = prepare(&url).await?;
    let store = open(&url).await?;
    let node = dispatch(&store)?;
    let started = Instant::now();
    let mut under_way = JoinSet::new();
    for first in (1..=items).step_by(TOGETHER as usize) {
        let work = (first..(first + TOGETHER).min(items + 1))
            .map(|number| shop.work(Lead::number(number)))
            .collect();
        let (node, workspace) = (node.clone(), shop.workspace);
        let request = Request { actor: Actor::Source(shop.source), idempotency: None, work };
        under_way.spawn(async move {
            let results = node.submit(workspace, request).await?;
            results.into_iter().collect::<Result<Vec<_>, _>>()?;
            Ok::<_, Problem>(())
        });
        if under_way.len() as u64 >= AT_ONCE
            && let Some(done) = under_way.join_next().await
        {
            done??;
        }
    }
    for done in under_way.join_all().await {
        done?;
    }
    let per_second = items as f64 / started.elapsed().as_secs_f64();
    report.add("bulk.sqlite.leads_per_s", per_second, "1/s");
    node.stop().await;
    store.close().await;
    drop(store);

    let started = Instant::now();
    let product = Product::start(binary, folder.path(), Some(&url))?;
    let ready = product.ready_in.as_secs_f64() * 1000.0;
    report.add(format!("ready.{name}_ms"), ready, "ms");
    let task = Task {
        address: product.address,
        token: http::TOKEN.to_owned(),
        source: shop.source.0,
        first: items + 1,
        connections: 1,
        secs: 0.0,
        rate: None,
    };
    task.first_answer().await?;
    let answered = started.elapsed().as_secs_f64() * 1000.0;
    report.add(format!("ready.{name}_first_lead_ms"), answered, "ms");
    report.add(format!("idle.{name}_rss_mib"), product.rss_mib()?, "MiB");
    product.stop()
}
