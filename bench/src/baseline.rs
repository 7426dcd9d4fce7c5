//! The classic way: a function in the database, a transaction a lead.

use crate::measure::{Measures, Rate};
use crate::shop::{Problem, STATES};
use sqlx::{Connection, Executor, PgConnection};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Measures 8, 32 and 64 clients.
pub async fn measure(measures: &mut Measures, url: &str, secs: u64) -> Result<(), Problem> {
    let mut connection = PgConnection::connect(url).await?;
    connection.execute(include_str!("../baseline/classic.sql")).await?;
    let next = Arc::new(AtomicU64::new(1));
    for clients in [8, 32, 64] {
        let begin = Instant::now() + Duration::from_secs(1);
        let end = begin + Duration::from_secs(secs);
        let mut tasks = JoinSet::new();
        for _ in 0..clients {
            let (mut connection, next) = (PgConnection::connect(url).await?, next.clone());
            tasks.spawn(async move {
                let mut micros = Vec::new();
                while Instant::now() < end {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let asked = Instant::now();
                    sqlx::query("SELECT lead_in($1, $2, $3, $4)")
                        .bind(format!("Contact {number}"))
                        .bind(format!("+9198{number:08}"))
                        .bind(STATES[number as usize % STATES.len()])
                        .bind("web")
                        .execute(&mut connection)
                        .await?;
                    if asked >= begin {
                        micros.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
                    }
                }
                Ok::<_, sqlx::Error>(micros)
            });
        }
        let mut micros = Vec::new();
        for task in tasks.join_all().await {
            micros.extend(task?);
        }
        let mut rate = Rate { took: begin.elapsed(), micros };
        measures.add_rate(&format!("baseline.postgres.{clients}"), &mut rate);
    }
    Ok(())
}

/// How the two ways compare, when both were measured.
pub fn compare(measures: &mut Measures) {
    let rate = |measures: &Measures, name: &str| {
        measures.get(&format!("{name}.leads_per_s")).unwrap_or(f64::NAN)
    };
    let ours = rate(measures, "durable.postgres.256");
    let at_32 = rate(measures, "baseline.postgres.32");
    let best = [8, 32, 64]
        .map(|clients| rate(measures, &format!("baseline.postgres.{clients}")))
        .into_iter()
        .fold(f64::NAN, f64::max);
    measures.add("ratio.durable_256_to_baseline_32", ours / at_32, "ratio");
    measures.add("ratio.durable_256_to_baseline_best", ours / best, "ratio");
}
