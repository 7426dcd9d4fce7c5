//! Whether it is time to call: one answer for all contacts of a queue whose time to be called is
//! the same, so that an edge of calling hours costs no more than the groups behind it.

use super::Slot;
use crate::Callable;
use std::collections::{BTreeMap, BTreeSet};

/// The time in which some contacts may be called.
#[derive(Clone, Debug)]
struct Window {
    callable: Callable,
    open: bool,
    /// The groups whose items' contacts these are.
    groups: BTreeSet<Slot>,
}

/// The windows of a line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Windows {
    windows: BTreeMap<Slot, Window>,
    window_of: BTreeMap<Callable, Slot>,
    last_slot: Slot,
}

impl Windows {
    pub fn find(&self, callable: &Callable) -> Option<Slot> {
        self.window_of.get(callable).copied()
    }

    pub fn slots(&self) -> impl Iterator<Item = Slot> {
        self.windows.keys().copied()
    }

    /// Whose time it is.
    pub fn callable(&self, slot: Slot) -> Option<&Callable> {
        self.windows.get(&slot).map(|window| &window.callable)
    }

    /// A new window, closed.
    pub fn add(&mut self, callable: &Callable) -> Slot {
        self.last_slot += 1;
        self.window_of.insert(callable.clone(), self.last_slot);
        let window = Window { callable: callable.clone(), open: false, groups: BTreeSet::new() };
        self.windows.insert(self.last_slot, window);
        self.last_slot
    }

    /// Drops the window when nothing waits behind it.
    pub fn drop_idle(&mut self, slot: Slot) {
        if self.windows.get(&slot).is_some_and(|window| window.groups.is_empty())
            && let Some(window) = self.windows.remove(&slot)
        {
            self.window_of.remove(&window.callable);
        }
    }

    /// The closed windows, each with the groups that wait behind it.
    pub fn closed(&self) -> impl Iterator<Item = (Slot, &BTreeSet<Slot>)> {
        let closed = self.windows.iter().filter(|(_, w)| !w.open && !w.groups.is_empty());
        closed.map(|(slot, window)| (*slot, &window.groups))
    }

    /// Opens or closes a window; the groups that may be matchable now.
    pub fn set(&mut self, slot: Slot, open: bool) -> BTreeSet<Slot> {
        let Some(window) = self.windows.get_mut(&slot) else { return BTreeSet::new() };
        window.open = open;
        if open { window.groups.clone() } else { BTreeSet::new() }
    }

    /// Whether items behind this window may be handed out; always without one.
    pub fn is_open(&self, slot: Option<Slot>) -> bool {
        slot.and_then(|slot| self.windows.get(&slot)).is_none_or(|window| window.open)
    }

    pub fn enter(&mut self, slot: Option<Slot>, group: Slot) {
        if let Some(window) = slot.and_then(|slot| self.windows.get_mut(&slot)) {
            window.groups.insert(group);
        }
    }

    pub fn leave(&mut self, slot: Option<Slot>, group: Slot) {
        if let Some(window) = slot.and_then(|slot| self.windows.get_mut(&slot)) {
            window.groups.remove(&group);
        }
    }
}
