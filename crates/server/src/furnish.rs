//! Furnishing a workspace with queues, rules and sources that are written down as plain objects.

use crate::api::desks::{self, Desk};
use crate::auth::secret;
use crate::dispatcher::{Actor, Dispatcher, Personal, Request, Work, WorkspaceId};
use crate::error::Error;
use crate::submission::{Face, Secrets};
use routing::{Answer, Command, QueueId, QueueSpec, Refusal, SourceId, SourceSpec};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::SourceFace;
use utoipa::ToSchema;

/// A source that was made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MadeSource {
    pub id: u64,
    pub name: String,
    /// The last part of its webhook's address, `/ingest/{key}`.
    pub key: String,
    /// The webhook's secret, which is shown this once: only its hash is kept.
    pub secret: String,
}

/// A workspace to be furnished.
#[derive(Clone, Copy)]
pub struct Furnishing<'a> {
    pub dispatcher: &'a Dispatcher,
    pub workspace: WorkspaceId,
    /// Whose doing it is, for the audit.
    pub actor: Actor,
}

/// What stands in the way of furnishing.
pub fn failed(problem: impl std::fmt::Display) -> Error {
    Error::Invalid { field: "the configuration".to_owned(), problem: problem.to_string() }
}

/// A specification, from a plain object.
pub fn read<T: DeserializeOwned>(spec: Value) -> Result<T, Error> {
    serde_json::from_value(spec).map_err(failed)
}

impl Furnishing<'_> {
    /// Has all of it done, or says what was refused.
    pub async fn run(&self, work: Vec<Work>) -> Result<Vec<Answer>, Error> {
        let request = Request { actor: self.actor, idempotency: None, work };
        let results = self.dispatcher.submit(self.workspace, request).await.map_err(failed)?;
        results.into_iter().map(|result| result.map(|done| done.answer).map_err(failed)).collect()
    }

    pub async fn queues(&self, specs: Vec<Value>) -> Result<Vec<QueueId>, Error> {
        let work: Result<Vec<Work>, Error> = specs
            .into_iter()
            .map(|spec| Ok(Command::CreateQueue { spec: read(spec)? }.into()))
            .collect();
        let made = self.run(work?).await?.into_iter();
        Ok(made.filter_map(|a| if let Answer::Queue(id) = a { Some(id) } else { None }).collect())
    }

    /// The first queue, its desk and its sources, in one batch; `None` for a workspace that has a queue or a
    /// source already, and nothing is changed then. It is looked at under the workspace's lock: of
    /// those who begin at once, on whatever nodes, one does.
    pub async fn begin(
        &self,
        queue: Value,
        desk: Option<Desk>,
        sources: Vec<(Value, Face)>,
    ) -> Result<Option<Vec<MadeSource>>, Error> {
        let spec: QueueSpec = read(queue)?;
        let (mut made, faces) = faced(sources)?;
        // Set whenever the first piece is decided, before the others are.
        let begins = Arc::new(AtomicBool::new(false));
        let (first, refused) = (begins.clone(), || Refusal::Invalid {
            field: "preset",
            problem: "the workspace has queues or sources already".to_owned(),
        });
        let mut work = vec![Work::change(move |state| {
            let empty = state.facts().queues.is_empty() && state.facts().sources.is_empty();
            first.store(empty, Ordering::Relaxed);
            if empty { Ok(Command::CreateQueue { spec: spec.clone() }) } else { Err(refused()) }
        })];
        if let Some(desk) = desk {
            let rows = desks::of_new_queue(self.actor, &desk);
            work[0].personal.extend(rows.map_err(|problem| failed(problem.detail))?);
        }
        for (spec, face) in faces {
            let begins = begins.clone();
            let mut one = Work::change(move |state| {
                let spec = SourceSpec { queue: state.facts().last_queue, ..spec.clone() };
                let begins = begins.load(Ordering::Relaxed);
                if begins { Ok(Command::CreateSource { spec }) } else { Err(refused()) }
            });
            one.personal.push(Personal::Source(Box::new(face)));
            work.push(one);
        }
        let request = Request { actor: self.actor, idempotency: None, work };
        let results = self.dispatcher.submit(self.workspace, request).await.map_err(failed)?;
        if !begins.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let answers = results.into_iter().map(|result| result.map(|done| done.answer));
        let answers: Vec<Answer> = answers.collect::<Result<_, _>>().map_err(failed)?;
        numbered(&mut made, &answers[1..]);
        Ok(Some(made))
    }

    pub async fn rules(&self, specs: Vec<Value>) -> Result<(), Error> {
        let work: Result<Vec<Work>, Error> = specs
            .into_iter()
            .map(|spec| Ok(Command::CreateRule { spec: read(spec)? }.into()))
            .collect();
        self.run(work?).await.map(drop)
    }

    /// Sources, each with the webhook's secret.
    pub async fn sources(&self, specs: Vec<(Value, Face)>) -> Result<Vec<MadeSource>, Error> {
        let (mut made, faces) = faced(specs)?;
        let work = faces.into_iter().map(|(spec, face)| {
            let mut one = Work::from(Command::CreateSource { spec });
            one.personal.push(Personal::Source(Box::new(face)));
            one
        });
        let answers = self.run(work.collect()).await?;
        numbered(&mut made, &answers);
        Ok(made)
    }
}

/// Sources to be made, each with a secret of its own, and the rows that meet their webhooks.
type Faced = (Vec<MadeSource>, Vec<(SourceSpec, SourceFace)>);

fn faced(specs: Vec<(Value, Face)>) -> Result<Faced, Error> {
    let (mut made, mut faces) = (Vec::new(), Vec::new());
    for (spec, face) in specs {
        let spec: SourceSpec = read(spec)?;
        let secret = secret::webhook().map_err(failed)?;
        let row = face.row(SourceId(0), Secrets::hashed(&secret));
        let row = row.map_err(|problem| failed(problem.detail))?;
        made.push(MadeSource { id: 0, name: spec.name.clone(), key: row.key.clone(), secret });
        faces.push((spec, row));
    }
    Ok((made, faces))
}

/// Notes which ids the sources got.
fn numbered(made: &mut [MadeSource], answers: &[Answer]) {
    for (made, answer) in made.iter_mut().zip(answers) {
        if let Answer::Source(id) = answer {
            made.id = id.0;
        }
    }
}
