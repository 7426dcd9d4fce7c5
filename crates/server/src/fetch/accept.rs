//! Taking in a notice: durable once this returns.

use crate::api::ingest::once;
use crate::app::App;
use crate::dispatcher::{Actor, IdempotencyKey, Personal, Request, Work, WorkspaceId};
use crate::fetch::CHANNEL;
use crate::http::Problem;
use crate::http::problem::Answered;
use connectors::webhook::meta::NoticedLead;
use futures_util::future::try_join_all;
use routing::{Command, Refusal, SourceId, Time};
use serde::{Deserialize, Serialize};
use store::Outgoing;

/// A lead to be fetched, as the outbox keeps it: ids and times, nothing about the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    pub source: SourceId,
    pub lead: NoticedLead,
    pub accepted_at: Time,
}

impl Wanted {
    /// The key under which the notice was accepted.
    pub fn notice_key(&self) -> IdempotencyKey {
        once(self.source, "leadgen_id noticed", &self.lead.leadgen_id)
    }

    /// The key under which its item is submitted.
    pub fn item_key(&self) -> IdempotencyKey {
        once(self.source, "leadgen_id", &self.lead.leadgen_id)
    }
}

/// What the outbox calls the source's leads begins so.
pub(super) fn objects(source: SourceId) -> String {
    format!("{source}/")
}

/// Keeps the leads of a notice. One that was accepted before is left alone; where the source takes
/// nothing in any more, the notice is refused.
pub async fn accept(
    app: &App,
    workspace: WorkspaceId,
    source: SourceId,
    leads: Vec<NoticedLead>,
) -> Answered<()> {
    if leads.is_empty() {
        return Ok(());
    }
    let accepted_at = app.clock.now();
    let requests = leads.into_iter().map(|lead| {
        let wanted = Wanted { source, lead, accepted_at };
        // Nothing is decided now; the row comes with a look at the clock.
        let mut work = Work::change(move |state| {
            let found = state.facts().sources.get(&source).ok_or(Refusal::UnknownSource(source))?;
            if found.active { Ok(Command::Clock) } else { Err(Refusal::SourceInactive(source)) }
        });
        work.personal.push(Personal::Outgoing(Outgoing {
            id: 0,
            channel: CHANNEL.to_owned(),
            object: format!("{}{}", objects(source), wanted.lead.leadgen_id),
            body: serde_json::to_string(&wanted).map_err(Problem::internal)?,
            attempts: 0,
        }));
        let idempotency = Some(wanted.notice_key());
        Ok(Request { actor: Actor::Source(source), idempotency, work: vec![work] })
    });
    let requests: Vec<Request> = requests.collect::<Answered<_>>()?;
    let taken = requests.into_iter().map(|request| app.dispatcher.submit(workspace, request));
    for result in try_join_all(taken).await?.into_iter().flatten() {
        result?;
    }
    app.fetch_wake.notify_one();
    Ok(())
}
