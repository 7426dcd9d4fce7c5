//! What supervisors were told of and nobody has seen to since.

use crate::{ItemId, ItemState, Notice, Presence, State};

impl State {
    /// What a supervisor was told of an open item, as long as it stands: until it is updated, moved
    /// or closed, or its holder is back, or somebody has it.
    pub fn notice(&self, item: ItemId) -> Option<Notice> {
        let item = self.facts.items.get(&item)?;
        if item.state == ItemState::Waiting && item.told {
            return Some(Notice::NobodyTookIt);
        }
        let ItemState::Assigned { agent, placed, .. } = item.state else { return None };
        if !placed && !item.told {
            return None;
        }
        let queue = &self.facts.queues.get(&item.queue)?.spec;
        let stays = placed && !queue.may_move_placed;
        let holder = self.facts.agents.get(&agent)?;
        // That somebody is gone is known of them, and no item keeps it.
        let gone = !holder.active || (queue.presence == Presence::Required && !holder.present);
        match (stays, gone) {
            (true, true) => Some(Notice::PlacedItemHeldByAbsent),
            _ if !item.told => None,
            (true, false) => Some(Notice::PlacedItemSilent),
            (false, _) => Some(Notice::SilentTooOften),
        }
    }

    /// The items of which a notice stands, the newest first. Scans what agents hold, and what
    /// nobody took from a silent holder.
    pub fn noticed(&self) -> Vec<ItemId> {
        let held = self.facts.agents.keys().flat_map(|agent| self.index.held(*agent));
        let groups = self.index.lines.values().flat_map(|line| line.groups());
        let untaken = groups.filter(|group| group.key.back.is_some());
        let untaken = untaken.flat_map(|group| group.items.iter().map(|(_, item)| *item));
        let all = held.chain(untaken);
        let mut noticed: Vec<ItemId> = all.filter(|item| self.notice(*item).is_some()).collect();
        noticed.sort_unstable_by(|a, b| b.cmp(a));
        noticed
    }
}
