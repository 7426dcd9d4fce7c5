//! The job: rows become items, a range at a time. A range is one request with its own key, so that
//! a range that was taken is never taken again; its counts are written after it.

use crate::api::imports::ImportView;
use crate::api::items::submit::work;
use crate::app::App;
use crate::dispatcher::{Actor, IdempotencyKey, Personal, Request, Results, SubmitError, Work};
use crate::http::Problem;
use crate::http::problem::Answered;
use crate::imports::RANGE;
use crate::imports::upload::{folder, kept_at};
use crate::submission::{KnownSource, Locale, Prepared, Strictness, prepare};
use axum::http::StatusCode;
use connectors::{Country, Form, Options, Row, Table};
use routing::{Answer, Command, Event};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::{ImportJob, ImportState, ImportStep, ItemStatus, RejectedRow, WorkspaceId};
use tokio::sync::mpsc;

/// A job to run.
#[derive(Clone, Debug)]
pub struct Job {
    pub workspace: WorkspaceId,
    pub job: ImportJob,
    pub path: PathBuf,
}

/// A file that belongs to no job is removed when it is this old; younger ones may be another
/// server's that is just taking them in.
const STRAY: Duration = Duration::from_secs(24 * 3600);

/// Goes on with the jobs that were running when the server last stopped, and removes old files
/// that belong to none. Of two servers that share a data folder both may go on with a job: the keys
/// of its ranges see that no row is taken twice.
pub async fn resume_all(app: App) {
    let mut expected = Vec::new();
    let Ok(workspaces) = app.workspace_ids().await else { return };
    for workspace in workspaces.iter() {
        let Ok(jobs) = app.store.imports(*workspace).await else { return };
        for job in jobs.into_iter().filter(|job| job.state == ImportState::Running) {
            let path = kept_at(&app.config.data_dir, *workspace, job.id);
            if !path.exists() {
                // Another node's, or its file is gone: whoever sends the file again goes on.
                continue;
            }
            expected.push(path.clone());
            tokio::spawn(run(app.clone(), Job { workspace: *workspace, job, path }));
        }
    }
    let Ok(files) = std::fs::read_dir(folder(&app.config.data_dir)) else { return };
    for path in files.flatten().map(|file| file.path()) {
        let ours = path.file_name().and_then(|n| n.to_str());
        let ours = ours.is_some_and(|n| n.starts_with("upload-") || n.starts_with("import-"));
        let now = Duration::from_millis(app.clock.now().0.max(0).unsigned_abs());
        let written = path.metadata().and_then(|m| m.modified()).ok();
        let written = written.and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
        let old = written.is_some_and(|written| now.saturating_sub(written) > STRAY);
        if ours && old && !expected.contains(&path) {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Runs a job to its end, or until the server stops. A database that is away for a while ends
/// nothing: the job goes on when it is back.
pub async fn run(app: App, mut job: Job) {
    let (workspace, id) = (job.workspace, job.job.id);
    if !app.imports_running.begin(workspace, id) {
        return;
    }
    let Ok(_turn) = app.import_turns.acquire().await else { return };
    let mut pause = Duration::from_millis(100);
    while let Err(problem) = attempt(&app, &job).await {
        tracing::warn!(import = id.0, problem = problem.detail, "an import waits");
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.stopped() => break,
        }
        pause = (pause * 2).min(Duration::from_secs(5));
        if let Ok(Some(now)) = app.store.import(workspace, id).await {
            job.job = now;
        }
    }
    app.imports_running.end(workspace, id);
}

/// Goes on with a job and writes its end; an error is one that passes.
async fn attempt(app: &App, job: &Job) -> Answered<()> {
    let (state, problem) = match rows(app, job).await {
        Ok(Ended::Finished) => (ImportState::Done, None),
        Ok(Ended::Stopping) => return Ok(()),
        Err(problem) if problem.status == StatusCode::SERVICE_UNAVAILABLE => return Err(problem),
        Err(problem) => (ImportState::Failed, Some(problem.detail)),
    };
    app.store.finish_import(job.workspace, job.job.id, state, problem.as_deref()).await?;
    drop(std::fs::remove_file(&job.path));
    tracing::info!(import = job.job.id.0, state = state.as_str(), "an import ended");
    tell(app, job).await;
    Ok(())
}

enum Ended {
    Finished,
    Stopping,
}

/// What makes items of rows.
pub struct Maker {
    pub source: KnownSource,
    pub contact_key: [u8; 32],
    pub locale: Locale,
    pub form: Form,
}

impl Maker {
    /// The item of a row, or what is wrong with the row.
    pub fn prepare(&self, row: &Row) -> Result<Prepared, RejectedRow> {
        let rejected =
            |problem: String| RejectedRow { row: row.number, problem, cells: row.cells.clone() };
        let lead = self.form.read(row).map_err(|rejection| rejected(rejection.to_string()))?;
        let (id, face) = (self.source.source.id, &self.source.face);
        let (incoming, strictness) = (crate::submission::incoming(lead), Strictness::Keep);
        prepare(id, face, &self.contact_key, &self.locale, incoming, strictness)
            .map_err(|problem| rejected(problem.detail))
    }
}

async fn rows(app: &App, job: &Job) -> Answered<Ended> {
    let (workspace, import) = (job.workspace, job.job.id);
    let source = app.store.source(workspace, job.job.source).await?;
    let source = source.ok_or_else(|| Problem::not_found("The source is gone."))?;
    let source = KnownSource::new(source)?;
    let given: BTreeMap<String, String> =
        serde_json::from_value(job.job.mapping.clone()).map_err(Problem::internal)?;
    let settings = app.settings(workspace).await?;
    let options = options(&settings.country);
    let (path, done) = (job.path.clone(), job.job.done);
    let (send, mut ranges) = mpsc::channel::<Result<Vec<Row>, String>>(2);
    let headers = {
        let (path, options) = (path.clone(), options.clone());
        blocking(move || Ok(Table::open(&path, &options).map_err(unreadable)?.headers().to_vec()))
            .await?
    };
    let contact_key = app.contact_key(workspace).await?;
    let mapping = crate::submission::mapping(&headers, &[], None, &source.face, &given);
    let mapping = mapping.map_err(|error| Problem::field("map", error.to_string()))?;
    let form = crate::submission::form(&mapping, &settings);
    let maker = Maker { source, contact_key, locale: Locale::of(&settings), form };
    let reader = tokio::task::spawn_blocking(move || read(&path, &options, done, &send));
    loop {
        let range = tokio::select! {
            range = ranges.recv() => range,
            () = app.stopped() => return Ok(Ended::Stopping),
        };
        let Some(range) = range else { break };
        let range = range.map_err(|problem| Problem::field("file", problem))?;
        let Some(step) = take(app, job, &maker, &range).await? else { return Ok(Ended::Stopping) };
        let mut count = Work::from(Command::Clock);
        count.personal.push(Personal::Import(step));
        let key = key(job, &format!("counts of {}", last(&range)));
        if submit(app, job, key, vec![count]).await?.is_none() {
            return Ok(Ended::Stopping);
        }
        tell(app, job).await;
    }
    reader.await.map_err(Problem::internal)?;
    tracing::debug!(import = import.0, "all rows were read");
    Ok(Ended::Finished)
}

/// Takes one range in and says what became of its rows; `None` when the server stops.
async fn take(app: &App, job: &Job, maker: &Maker, range: &[Row]) -> Answered<Option<ImportStep>> {
    let mut step =
        ImportStep { import: job.job.id, done: range.len() as u64, ..Default::default() };
    let mut taken = Vec::new();
    let mut works = Vec::new();
    for row in range {
        match maker.prepare(row) {
            Ok(prepared) => {
                works.push(work(&prepared));
                taken.push(row);
            }
            Err(rejected) => step.rejected.push(rejected),
        }
    }
    if works.is_empty() {
        return Ok(Some(step));
    }
    let count = works.len() as u64;
    let key = key(job, &format!("rows to {}", last(range)));
    let Some(results) = submit(app, job, key, works).await? else { return Ok(None) };
    for (row, result) in taken.into_iter().zip(results) {
        match result {
            Ok(done) => {
                let Answer::Item(item) = done.answer else { continue };
                let duplicate = if done.events.is_empty() {
                    // Taken before a restart: what became of it is in the tables.
                    let row = app.store.item(job.workspace, item).await?;
                    row.is_some_and(|row| row.state == ItemStatus::Duplicate)
                } else {
                    let of =
                        |e: &Event| matches!(e, Event::Duplicate { item: i, .. } if *i == item);
                    done.events.iter().any(of)
                };
                match duplicate {
                    true => step.duplicates += 1,
                    false => step.imported += 1,
                }
            }
            Err(refusal) => step.rejected.push(RejectedRow {
                row: row.number,
                problem: refusal.to_string(),
                cells: row.cells.clone(),
            }),
        }
    }
    app.metrics.items_in.inc_by(count);
    step.rejected.sort_by_key(|row| row.row);
    Ok(Some(step))
}

fn last(range: &[Row]) -> u64 {
    range.last().map_or(0, |row| row.number)
}

fn key(job: &Job, what: &str) -> IdempotencyKey {
    IdempotencyKey {
        scope: format!("import:{}", job.job.id.0),
        key: what.to_owned(),
        request: job.job.fingerprint.clone(),
        keep_secs: IdempotencyKey::DAY,
    }
}

/// Submits, and tries again while the server is busy or the database away; `None` when the server
/// stops.
async fn submit(
    app: &App,
    job: &Job,
    key: IdempotencyKey,
    work: Vec<Work>,
) -> Answered<Option<Results>> {
    let actor = Actor::Source(job.job.source);
    let mut pause = Duration::from_millis(100);
    loop {
        let request = Request { actor, idempotency: Some(key.clone()), work: work.clone() };
        match app.dispatcher.submit(job.workspace, request).await {
            Ok(results) => return Ok(Some(results)),
            Err(SubmitError::Stopping) => return Ok(None),
            Err(SubmitError::Busy { .. } | SubmitError::Unavailable { .. }) => {
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = app.stopped() => return Ok(None),
                }
                pause = (pause * 2).min(Duration::from_secs(5));
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Reads ranges of rows after `done`. Ranges begin at fixed rows, so that a resumed job asks with
/// the same keys.
fn read(path: &Path, options: &Options, done: u64, send: &mpsc::Sender<Result<Vec<Row>, String>>) {
    let table = match Table::open(path, options) {
        Ok(table) => table,
        Err(error) => return drop(send.blocking_send(Err(error.to_string()))),
    };
    let mut range = Vec::with_capacity(RANGE as usize);
    for row in table {
        match row {
            Ok(row) if row.number <= done => {}
            Ok(row) => {
                let ends = row.number % RANGE == 0;
                range.push(row);
                if ends && send.blocking_send(Ok(std::mem::take(&mut range))).is_err() {
                    return;
                }
            }
            Err(error) => {
                if !range.is_empty() {
                    let _ = send.blocking_send(Ok(std::mem::take(&mut range)));
                }
                return drop(send.blocking_send(Err(error.to_string())));
            }
        }
    }
    if !range.is_empty() {
        // An error says that the job has ended.
        let _ = send.blocking_send(Ok(range));
    }
}

/// How a file is read.
pub fn options(country: &str) -> Options {
    Options { country: country.parse::<Country>().ok(), ..Options::default() }
}

/// A file that is not a table is the client's mistake.
pub fn unreadable(error: connectors::TableError) -> Problem {
    Problem::field("file", error.to_string())
}

/// Runs something that reads files off the async threads.
pub async fn blocking<R: Send + 'static>(
    work: impl FnOnce() -> Answered<R> + Send + 'static,
) -> Answered<R> {
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)?
}

async fn tell(app: &App, job: &Job) {
    if let Ok(Some(now)) = app.store.import(job.workspace, job.job.id).await {
        app.board.put(job.workspace, ImportView::new(now, Vec::new()));
    }
}
