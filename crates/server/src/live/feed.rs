//! One client's stream: first what the journal holds after where the client was, then what is
//! published, each event once and in order.

use crate::app::App;
use crate::auth::{Caller, Role};
use crate::dispatcher::{Heard, Subscription};
use crate::http::Rfc3339;
use crate::http::problem::Answered;
use crate::live::eyes::{Eyes, Seen};
use crate::live::{Message, Notice};
use crate::words::without_colleagues;
use routing::{Event, ItemId, Time};
use std::collections::VecDeque;
use store::{AssignmentFilter, Entry};
use tokio::sync::broadcast;

/// Events read from the journal at once.
const PAGE: u32 = 1000;
/// A client that is behind by more is told to load everything again.
const MAX_BEHIND: u64 = 100_000;

/// A client's stream.
pub struct Feed {
    app: App,
    caller: Caller,
    eyes: Eyes,
    heard: Subscription,
    notices: broadcast::Receiver<Notice>,
    /// The last event that was sent or passed over.
    last: u64,
    ready: VecDeque<Message>,
    /// Read the journal before listening on.
    behind: bool,
}

impl Feed {
    /// Begins after `after`, or now.
    pub async fn open(app: App, caller: Caller, after: Option<u64>) -> Answered<Feed> {
        // First listen, then look where the journal is: nothing can fall between.
        let heard = app.dispatcher.subscribe(caller.workspace);
        let notices = app.board.look();
        let now = app.store.workspace(caller.workspace).await?.seq;
        let eyes = match (caller.role, caller.agent) {
            (Role::Agent, Some(agent)) => {
                let holds = app.look(caller.workspace, move |s| s.held(agent).collect()).await?;
                Eyes::Agent { agent, holds }
            }
            (Role::Agent, None) => {
                caller.own_agent()?;
                Eyes::All
            }
            _ => Eyes::All,
        };
        // Whoever was away while somebody was erased may still show them.
        let stale = match after {
            Some(after) => app.store.erased_since(caller.workspace, after).await?,
            None => false,
        };
        // A client that has seen more than there is has lived with another database.
        let after = after.unwrap_or(now);
        let (last, first) = if stale || after > now || now - after > MAX_BEHIND {
            (now, Message::Resync { seq: now })
        } else {
            (after, Message::Hello { seq: after })
        };
        let ready = VecDeque::from([first]);
        Ok(Feed { app, caller, eyes, heard, notices, last, ready, behind: last < now })
    }

    /// The number of the last event that this client has had.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// The next message; `None` when the server stops. Safe to drop while it waits.
    pub async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return Some(message);
            }
            if self.behind {
                self.catch_up().await?;
                continue;
            }
            tokio::select! {
                heard = self.heard.next() => match heard? {
                    Heard::Resync => self.behind = true,
                    Heard::Reload => return Some(Message::Resync { seq: self.last }),
                    Heard::Announced => return Some(Message::Announced),
                    Heard::DesksChanged => return Some(Message::DesksChanged),
                    Heard::Event(event) if event.seq > self.last + 1 => self.behind = true,
                    Heard::Event(event) if event.seq <= self.last => {}
                    Heard::Event(event) => self.take(event.seq, event.at, &event.event).await,
                },
                notice = self.notices.recv() => {
                    if let Ok(notice) = notice
                        && notice.workspace == self.caller.workspace
                        && self.caller.role > Role::Agent
                    {
                        return Some(Message::Import { import: (*notice.import).clone() });
                    }
                }
                () = self.app.stopped() => return None,
            }
        }
    }

    /// Reads one part of what the journal holds.
    async fn catch_up(&mut self) -> Option<()> {
        let read = self.app.store.events_since(self.caller.workspace, self.last, PAGE).await;
        let entries = match read {
            Ok(entries) => entries,
            Err(error) => {
                // The client comes back and goes on where it was.
                tracing::warn!(%error, "a live stream could not read the journal");
                return None;
            }
        };
        self.behind = entries.len() == PAGE as usize;
        for Entry { seq, at, event, .. } in entries {
            self.take(seq, at, &event).await;
        }
        Some(())
    }

    async fn take(&mut self, seq: u64, at: Time, event: &Event) {
        self.last = seq;
        let seen = match self.eyes.see(event) {
            Seen::Yes => true,
            Seen::No => false,
            Seen::AskTables(item) => self.was_mine(item, at).await,
        };
        if seen {
            let (at, event) = (Rfc3339(at), event.clone());
            let event = match self.eyes {
                Eyes::All => event,
                Eyes::Agent { agent, .. } => without_colleagues(event, agent),
            };
            self.ready.push_back(Message::Event { seq, at, event });
        } else if is_of_queues(event) {
            // Its results and hours are the desk's too.
            self.ready.push_back(Message::DesksChanged);
        }
    }

    /// Whether the item was taken from this agent at that time.
    async fn was_mine(&self, item: ItemId, at: Time) -> bool {
        let filter = AssignmentFilter {
            item: Some(item),
            agent: self.caller.agent,
            offers: true,
            limit: 10,
            ..AssignmentFilter::default()
        };
        match self.app.store.assignments(self.caller.workspace, &filter).await {
            Ok(page) => page.items.iter().any(|row| row.ended_at == Some(at)),
            Err(_) => false,
        }
    }
}

fn is_of_queues(event: &Event) -> bool {
    use Event::{QueueCreated, QueueDeactivated, QueueUpdated};
    matches!(event, QueueCreated { .. } | QueueUpdated { .. } | QueueDeactivated { .. })
}
