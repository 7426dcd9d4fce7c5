//! Hearing what was committed: every event once, in order, from the moment of subscribing.

use super::Actor;
use routing::{Event, Time};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::broadcast;

/// An event as live clients hear it: durable, in order, each once.
#[derive(Clone, Debug)]
pub struct Published {
    pub seq: u64,
    pub at: Time,
    pub actor: Actor,
    pub event: Event,
}

/// What a subscriber hears next.
#[derive(Clone, Debug)]
pub enum Heard {
    Event(Arc<Published>),
    /// Some events were missed: read the journal from the last seq seen, skip what is heard again,
    /// and go on listening.
    Resync,
    /// Rows beside the events have changed: whatever is shown is to be loaded again.
    Reload,
    /// Something was announced to desks, or an announcement was ended.
    Announced,
    /// How agents see a queue's items was changed.
    DesksChanged,
}

/// What goes to subscribers in one piece.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    Events(Arc<[Arc<Published>]>),
    Resync,
    Reload,
    Announced,
    DesksChanged,
}

/// The most events a piece holds, and the most pieces a slow subscriber may be behind.
const PIECE: usize = 64;
const PIECES: usize = 2048;

/// Tells all subscribers of a workspace.
#[derive(Clone, Debug)]
pub(super) struct Loudspeaker(broadcast::Sender<Piece>);

impl Loudspeaker {
    pub fn new() -> Self {
        Loudspeaker(broadcast::Sender::new(PIECES))
    }

    /// Whether nobody listens, so that nothing need be prepared.
    pub fn is_unheard(&self) -> bool {
        self.0.receiver_count() == 0
    }

    pub fn publish(&self, events: impl IntoIterator<Item = Published>) {
        let events: Vec<_> = events.into_iter().map(Arc::new).collect();
        for piece in events.chunks(PIECE) {
            // An error says that nobody listens.
            let _ = self.0.send(Piece::Events(piece.into()));
        }
    }

    /// Tells everybody to read the journal.
    pub fn resync(&self) {
        let _ = self.0.send(Piece::Resync);
    }

    /// Tells everybody to load again what they show.
    pub fn reload(&self) {
        let _ = self.0.send(Piece::Reload);
    }

    /// Tells everybody to ask what is announced.
    pub fn announced(&self) {
        let _ = self.0.send(Piece::Announced);
    }

    /// Tells everybody to ask how items are shown.
    pub fn desks_changed(&self) {
        let _ = self.0.send(Piece::DesksChanged);
    }

    pub fn subscribe(&self) -> Subscription {
        Subscription { pieces: self.0.subscribe(), next: VecDeque::new() }
    }
}

/// Hears what is published in one workspace from now on.
#[derive(Debug)]
pub struct Subscription {
    pieces: broadcast::Receiver<Piece>,
    next: VecDeque<Arc<Published>>,
}

impl Subscription {
    /// The next event; `None` once the dispatcher has stopped. Safe to drop while it waits.
    pub async fn next(&mut self) -> Option<Heard> {
        loop {
            if let Some(event) = self.next.pop_front() {
                return Some(Heard::Event(event));
            }
            match self.pieces.recv().await {
                Ok(Piece::Events(events)) => self.next.extend(events.iter().cloned()),
                Ok(Piece::Resync) | Err(broadcast::error::RecvError::Lagged(_)) => {
                    return Some(Heard::Resync);
                }
                Ok(Piece::Reload) => return Some(Heard::Reload),
                Ok(Piece::Announced) => return Some(Heard::Announced),
                Ok(Piece::DesksChanged) => return Some(Heard::DesksChanged),
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}
