//! What the do-not-call list changes, and windows of calling hours: which one an item waits behind,
//! and when it opens or closes. Like a step that opens, a window's edge is no event: it can be
//! derived from the time again.

use crate::calling::CallingTime;
use crate::line::Slot;
use crate::{Bar, ItemId, ItemState, QueueId, State, Time};

impl State {
    /// What the list says of the item's contact from now on.
    pub(super) fn set_bars(&mut self, id: ItemId, bars: &[Bar]) {
        let Some(item) = self.facts.items.get(&id) else { return };
        let waits = item.state == ItemState::Waiting;
        // It stands behind the window of what was said before.
        if waits {
            self.leave_line(id);
        }
        let now = self.facts.now;
        if let Some(item) = self.facts.items.get_mut(&id) {
            item.callable.bars = bars.to_vec();
        }
        if waits {
            self.enter_line(id);
        }
        // What the list said until now is not kept: silence counts by what it says from here on.
        if self.is_assigned(id) {
            self.facts.items.entry(id).and_modify(|item| item.relisted_at = now);
            self.keep_silence(id);
        }
    }

    /// The window behind which the item waits in its queue; `None` when it may be called at any
    /// time.
    pub(crate) fn window_for(&mut self, item: ItemId) -> Option<Slot> {
        let item = self.facts.items.get(&item)?;
        let queue = self.facts.queues.get(&item.queue)?;
        if !CallingTime::matters(&queue.spec, &item.callable) {
            return None;
        }
        let line = self.index.lines.get_mut(&queue.id)?;
        if let Some(slot) = line.windows.find(&item.callable) {
            return Some(slot);
        }
        let (queue, slot) = (queue.id, line.windows.add(&item.callable));
        self.keep_window(queue, slot);
        Some(slot)
    }

    /// Opens or closes the window at an edge of it; one behind which nothing waits is dropped.
    pub(crate) fn turn_window(&mut self, queue: QueueId, slot: Slot) {
        if let Some(line) = self.index.lines.get_mut(&queue) {
            line.windows.drop_idle(slot);
        }
        self.keep_window(queue, slot);
    }

    /// The same for every window, after an edit of the zone or the holidays.
    pub(super) fn keep_windows(&mut self) {
        let lines = self.index.lines.iter();
        let all = lines.flat_map(|(queue, line)| line.windows.slots().map(|slot| (*queue, slot)));
        let all: Vec<(QueueId, Slot)> = all.collect();
        all.into_iter().for_each(|(queue, slot)| self.keep_window(queue, slot));
    }

    /// When the window next opens.
    pub(crate) fn window_opens(&self, queue: QueueId, slot: Slot) -> Option<Time> {
        let spec = &self.facts.queues.get(&queue)?.spec;
        let callable = self.index.lines.get(&queue)?.windows.callable(slot)?;
        let time = CallingTime::new(spec, callable, &self.facts.settings, &self.index.zone);
        time.opens(self.index.now)
    }

    /// Whether it is time to call now, and when that may change.
    fn keep_window(&mut self, queue: QueueId, slot: Slot) {
        let edge = self.set_window(queue, slot);
        self.index.arm_window(queue, slot, edge);
    }

    fn set_window(&mut self, queue: QueueId, slot: Slot) -> Option<Time> {
        let spec = &self.facts.queues.get(&queue)?.spec;
        let line = self.index.lines.get_mut(&queue)?;
        let callable = line.windows.callable(slot)?;
        let time = CallingTime::new(spec, callable, &self.facts.settings, &self.index.zone);
        let (open, edge) = time.at(self.index.now);
        line.set_window(slot, open);
        edge
    }
}
