//! The load generator: a process of its own, so that the server's figures are the server's.

use crate::Problem;
use crate::shop::{DESK, Lead, Numbers, next};
use crate::window::Window;
use crate::wire::Connection;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// The hidden first argument that makes this program the generator.
pub const ARGUMENT: &str = "generate-load";

/// How long what was sent last may take to be seen.
const PATIENCE: Duration = Duration::from_secs(5);

/// What to send, where.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Task {
    pub address: SocketAddr,
    pub token: String,
    pub source: u64,
    /// The first lead's number: no run repeats another's phones.
    pub first: u64,
    pub connections: usize,
    pub secs: f64,
    /// Leads a second; as fast as answers come when absent. With a rate, the live stream is heard.
    pub rate: Option<f64>,
}

/// What came of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// Answers in the window, over its length.
    pub per_second: f64,
    /// Each answer's microseconds.
    pub answered: Vec<u32>,
    /// Each lead's microseconds from being sent to its assignment being heard.
    pub heard: Vec<u32>,
    /// Leads whose assignment was not heard.
    pub unheard: usize,
}

impl Task {
    /// Has another process do it.
    pub fn run(&self) -> Result<Outcome, Problem> {
        let child = Command::new(std::env::current_exe()?)
            .arg(ARGUMENT)
            .arg(serde_json::to_string(self)?)
            .stderr(Stdio::inherit())
            .output()?;
        if !child.status.success() {
            return Err(format!("the load generator ended with {}", child.status).into());
        }
        Ok(serde_json::from_slice(&child.stdout)?)
    }

    /// Posts one lead from this process and waits for its answer.
    pub async fn first_answer(&self) -> Result<(), Problem> {
        let mut connection = Connection::open(self.address, &self.token).await?;
        let body = self.body(Lead::number(self.first));
        created(connection.post(&body).await?).map(drop)
    }

    fn body(&self, lead: Lead) -> String {
        let (source, name, phone, state) =
            (self.source, lead.name(), lead.phone(), lead.state(DESK));
        format!(
            r#"{{"source":{source},"contact":{{"name":"{name}","phone":"{phone}"}},"region":"{state}"}}"#
        )
    }

    async fn generate(self) -> Result<Outcome, Problem> {
        match self.rate {
            Some(rate) => Arc::new(self).at_rate(rate).await,
            None => Arc::new(self).flat_out().await,
        }
    }

    /// Each connection sends a lead, reads the answer, and sends the next.
    async fn flat_out(self: Arc<Self>) -> Result<Outcome, Problem> {
        let numbers = Numbers::default();
        numbers.store(self.first, Ordering::Relaxed);
        let mut connections = Vec::new();
        for _ in 0..self.connections {
            connections.push(Connection::open(self.address, &self.token).await?);
        }
        let window = Window::open(Duration::from_secs_f64(self.secs));
        let mut tasks = JoinSet::new();
        for mut connection in connections {
            let (task, numbers) = (self.clone(), numbers.clone());
            tasks.spawn(async move {
                let mut micros = Vec::new();
                while window.is_open() {
                    let body = task.body(next(&numbers));
                    let asked = Instant::now();
                    created(connection.post(&body).await?)?;
                    window.note(asked, &mut micros);
                }
                Ok::<_, Problem>(micros)
            });
        }
        let mut answered = Vec::new();
        for task in tasks.join_all().await {
            answered.extend(task?);
        }
        let rate = window.rate(answered);
        Ok(Outcome { per_second: rate.per_second(), answered: rate.micros, ..Outcome::default() })
    }

    /// Sends on schedule whatever the answers do. A lead that had to wait for its connection has
    /// been on its way since it was due.
    async fn at_rate(self: Arc<Self>, rate: f64) -> Result<Outcome, Problem> {
        let live = Live::open(self.address, &self.token).await?;
        let each = Duration::from_secs_f64(self.connections as f64 / rate);
        let rounds = (self.secs * rate / self.connections as f64) as u32;
        let mut tasks = JoinSet::new();
        let start = Instant::now() + Duration::from_millis(50);
        for number in 0..self.connections {
            let mut connection = Connection::open(self.address, &self.token).await?;
            let task = self.clone();
            let begin = start + each.mul_f64(number as f64 / self.connections as f64);
            tasks.spawn(async move {
                let mut sent = Vec::new();
                for round in 0..rounds {
                    let due = begin + each * round;
                    let late = Instant::now() > due;
                    tokio::time::sleep_until(due.into()).await;
                    // A timer's lateness is not the server's.
                    let asked = if late { due } else { Instant::now() };
                    let lead = task.first + u64::from(round) * task.connections as u64;
                    let body = task.body(Lead::number(lead + number as u64));
                    let item = created(connection.post(&body).await?)?;
                    sent.push((item, asked, Instant::now()));
                }
                Ok::<_, Problem>(sent)
            });
        }
        let mut sent = Vec::new();
        for task in tasks.join_all().await {
            sent.extend(task?);
        }
        let took = start.elapsed();
        let seen = live.seen(sent.len()).await;
        let micros =
            |from: Instant, to: Instant| u32::try_from((to - from).as_micros()).unwrap_or(u32::MAX);
        let heard: Vec<u32> = sent
            .iter()
            .filter_map(|(item, asked, _)| Some(micros(*asked, *seen.get(item)?)))
            .collect();
        Ok(Outcome {
            per_second: sent.len() as f64 / took.as_secs_f64(),
            answered: sent.iter().map(|(_, asked, answered)| micros(*asked, *answered)).collect(),
            unheard: sent.len() - heard.len(),
            heard,
        })
    }
}

/// The item of a 201.
fn created((status, body): (u16, &[u8])) -> Result<u64, Problem> {
    #[derive(Deserialize)]
    struct Created {
        id: u64,
    }
    if status != 201 {
        return Err(
            format!("a lead was answered {status}: {}", String::from_utf8_lossy(body)).into()
        );
    }
    Ok(serde_json::from_slice::<Created>(body)?.id)
}

/// A live stream, heard as a supervisor's page hears it.
struct Live(mpsc::UnboundedReceiver<(u64, Instant)>);

impl Live {
    async fn open(address: SocketAddr, token: &str) -> Result<Self, Problem> {
        #[derive(Deserialize)]
        struct Message {
            event: Option<Event>,
        }
        #[derive(Deserialize)]
        struct Event {
            event: String,
            item: Option<u64>,
        }
        let mut request = format!("ws://{address}/api/v1/live").into_client_request()?;
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse()?);
        let (mut stream, _) = tokio_tungstenite::connect_async(request).await?;
        stream.next().await.ok_or("the live stream ended at once")??;
        let (tell, seen) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(Ok(message)) = stream.next().await {
                let Ok(text) = message.to_text() else { continue };
                let Ok(message) = serde_json::from_str::<Message>(text) else { continue };
                let Some(Event { event, item: Some(item) }) = message.event else { continue };
                // A duplicate is shown as such, and never assigned.
                let settled = event == "assigned" || event == "duplicate";
                if settled && tell.send((item, Instant::now())).is_err() {
                    return;
                }
            }
        });
        Ok(Live(seen))
    }

    /// When each item was first heard of; waits for as many as were sent.
    async fn seen(mut self, count: usize) -> HashMap<u64, Instant> {
        let mut seen = HashMap::new();
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while seen.len() < count {
            match tokio::time::timeout_at(deadline, self.0.recv()).await {
                Ok(Some((item, at))) => {
                    seen.entry(item).or_insert(at);
                }
                _ => break,
            }
        }
        seen
    }
}

/// Runs as the generator: the task comes as JSON, the outcome goes to standard output.
pub fn main(task: &str) -> Result<(), Problem> {
    let task: Task = serde_json::from_str(task)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(task.generate())?;
    println!("{}", serde_json::to_string(&outcome)?);
    Ok(())
}
