//! Furnishing a workspace with queues, rules and sources that are written down as plain objects.

use crate::auth::secret;
use crate::dispatcher::{Actor, Dispatcher, Personal, Request, Work, WorkspaceId};
use crate::error::Error;
use crate::submission::{Face, Secrets};
use routing::{Answer, Command, QueueId, SourceId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
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

    pub async fn rules(&self, specs: Vec<Value>) -> Result<(), Error> {
        let work: Result<Vec<Work>, Error> = specs
            .into_iter()
            .map(|spec| Ok(Command::CreateRule { spec: read(spec)? }.into()))
            .collect();
        self.run(work?).await.map(drop)
    }

    /// Sources, each with the webhook's secret.
    pub async fn sources(&self, specs: Vec<(Value, Face)>) -> Result<Vec<MadeSource>, Error> {
        let (mut work, mut made) = (Vec::new(), Vec::new());
        for (spec, face) in specs {
            let spec: routing::SourceSpec = read(spec)?;
            let secret = secret::webhook().map_err(failed)?;
            let row = face.row(SourceId(0), Secrets::hashed(&secret));
            let row = row.map_err(|problem| failed(problem.detail))?;
            made.push(MadeSource { id: 0, name: spec.name.clone(), key: row.key.clone(), secret });
            let mut one = Work::from(Command::CreateSource { spec });
            one.personal.push(Personal::Source(Box::new(row)));
            work.push(one);
        }
        for (made, answer) in made.iter_mut().zip(self.run(work).await?) {
            if let Answer::Source(id) = answer {
                made.id = id.0;
            }
        }
        Ok(made)
    }
}
