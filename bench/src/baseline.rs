//! The classic way: a function in the database, a transaction a lead.

use crate::Problem;
use crate::shop::{DAILY_CAP, Numbers, Team, next};
use crate::window::{Rate, Window};
use sqlx::{Connection, Executor, PgConnection, Row};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// How many clients call at once, each on a connection of its own.
pub const CLIENTS: [usize; 3] = [8, 32, 64];

/// How much the function leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The lead, its agent's count, a log row: what is judged against.
    Classic,
    /// Also the rows that Fairlead writes: for the reader to compare.
    SameRows,
}

impl Way {
    pub const ALL: [Way; 2] = [Way::Classic, Way::SameRows];

    /// How its figures are named.
    pub fn name(self) -> &'static str {
        match self {
            Way::Classic => "baseline.postgres",
            Way::SameRows => "baseline_same_rows.postgres",
        }
    }
}

/// Measures so many clients on a fresh database.
pub async fn measure(
    url: &str,
    way: Way,
    team: Team,
    clients: usize,
    span: Duration,
) -> Result<Rate, Problem> {
    let mut connection = PgConnection::connect(url).await?;
    connection.execute(include_str!("../baseline/classic.sql")).await?;
    if way == Way::SameRows {
        connection.execute(include_str!("../baseline/same_rows.sql")).await?;
    }
    sqlx::query(include_str!("../baseline/agents.sql"))
        .bind(team.agents as i64)
        .bind(team.states as i64)
        .bind(DAILY_CAP as i32)
        .execute(&mut connection)
        .await?;
    connection.execute("ANALYZE").await?;
    let mut connections = Vec::new();
    for _ in 0..clients {
        connections.push(PgConnection::connect(url).await?);
    }
    let numbers = Numbers::default();
    let window = Window::open(span);
    let mut tasks = JoinSet::new();
    for connection in connections {
        tasks.spawn(client(connection, team, numbers.clone(), window));
    }
    let mut micros = Vec::new();
    for task in tasks.join_all().await {
        micros.extend(task?);
    }
    audit(&mut connection).await?;
    connection.close().await?;
    Ok(window.rate(micros))
}

async fn client(
    mut connection: PgConnection,
    team: Team,
    numbers: Numbers,
    window: Window,
) -> Result<Vec<u32>, sqlx::Error> {
    let mut micros = Vec::new();
    while window.is_open() {
        let lead = next(&numbers);
        let asked = Instant::now();
        // Prepared once for each connection, and autocommitted: two messages a lead.
        sqlx::query("SELECT o_lead, o_agent FROM lead_in($1, $2, $3)")
            .bind(lead.name())
            .bind(lead.phone())
            .bind(lead.state(team))
            .fetch_one(&mut connection)
            .await?;
        window.note(asked, &mut micros);
    }
    connection.close().await?;
    Ok(micros)
}

/// Everybody got one agent, and the counts are right: what is measured does its work.
async fn audit(connection: &mut PgConnection) -> Result<(), Problem> {
    let sql = "SELECT (SELECT COUNT(*) FROM leads WHERE status = 'assigned'), \
        (SELECT COUNT(*) FROM leads WHERE status = 'waiting'), \
        (SELECT COUNT(*) FROM assignment_log WHERE agent_id IS NOT NULL), \
        (SELECT SUM(assigned_today) FROM agents)";
    let row = sqlx::query(sql).fetch_one(connection).await?;
    let count = |column: usize| row.try_get::<i64, _>(column);
    let (assigned, waiting, logged, counted) = (count(0)?, count(1)?, count(2)?, count(3)?);
    if waiting != 0 || logged != assigned || counted != assigned {
        let what = format!("{assigned} assigned, {waiting} waiting, {logged} logged, {counted}");
        return Err(format!("the baseline miscounted: {what} counted").into());
    }
    Ok(())
}
