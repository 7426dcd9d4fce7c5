//! What time must bring by itself, and nothing else: what is due comes, and comes in time.

use super::check::{Checked, Violation, Walk, holds, violation};
use routing::{Command, Event, ItemState, Notice, Time};

impl Checked {
    /// What time brought before the command is among the events, also where the command hides it.
    pub(super) fn noticed(&mut self, now: Time, events: &[Event]) -> Result<(), Violation> {
        let model = &mut self.model;
        let day_is_over = model.now > Time(0) && model.day_ends <= now;
        let day_starts = events.iter().any(|event| matches!(event, Event::DayStarted { .. }));
        holds!(!day_is_over || day_starts, "time", "the day went by unnoticed");
        let zone = model.zone();
        for (id, agent) in &mut model.agents {
            let changes =
                |event: &Event| matches!(event, Event::ShiftChanged { agent, .. } if agent == id);
            let is = agent.shifts.on(&agent.spec, &model.settings.holidays, now, &zone);
            let noticed = is == agent.on_shift || events.iter().any(changes);
            holds!(noticed, "time", "agent {id}: a shift's edge went by unnoticed");
        }
        Ok(())
    }

    /// What came of time was due.
    pub(super) fn before_due(&mut self, walk: &mut Walk, event: &Event) -> Result<(), Violation> {
        let (now, model) = (walk.now, &mut self.model);
        let due = match event {
            Event::Due { item } => {
                let state = model.items.get(item).map(|i| i.state);
                matches!(state, Some(ItemState::Scheduled { until }) if until <= now)
            }
            Event::OfferMissed { item, agent } => {
                let state = model.items.get(item).map(|i| i.state);
                matches!(state, Some(ItemState::Offered { agent: to, until, .. })
                    if until <= now && to == *agent)
            }
            Event::SupervisorTold { item, agent, notice: Notice::NobodyTookIt } => {
                let item = model.items.get(item);
                item.is_some_and(|item| model.untaken(now, item) == Some(*agent))
            }
            Event::WentSilent { item, .. } | Event::SupervisorTold { item, .. } => {
                let item = model.items.get(item).map(|i| (*item, i));
                item.is_some_and(|(id, item)| {
                    walk.follows = model.after_silence(id, item).into();
                    let silent = model.silent_at(item).is_some_and(|at| at <= now);
                    silent && walk.follows.pop_front().as_ref() == Some(event)
                })
            }
            Event::DayStarted { at } => *at == model.local_day(now).0 && model.day_ends <= now,
            Event::ShiftChanged { agent, on_shift } => {
                let (zone, holidays) = (model.zone(), &model.settings.holidays);
                model.agents.get_mut(agent).is_some_and(|a| {
                    let is = a.shifts.on(&a.spec, holidays, now, &zone);
                    is == *on_shift && a.on_shift != is
                })
            }
            _ => false,
        };
        holds!(due, "time", "{event:?} at {now:?} was not due");
        Ok(())
    }

    /// Nothing that is due is left, and the next deadline is not late.
    pub(super) fn deadlines(
        &mut self,
        now: Time,
        command: &Command,
        done: bool,
    ) -> Result<(), Violation> {
        // A day that ended by a change of the zone starts again with the next command.
        let moved = matches!(command, Command::Configure { .. });
        // So goes on what holders were silent about for too long by the measure of an edit.
        let remeasured = done
            && matches!(
                command,
                Command::Configure { .. }
                    | Command::UpdateQueue { .. }
                    | Command::UpdateAgent { .. }
            );
        let mut overdue = false;
        let zone = self.model.zone();
        for (id, agent) in &mut self.model.agents {
            let is = agent.shifts.on(&agent.spec, &self.model.settings.holidays, now, &zone);
            holds!(is == agent.on_shift, "time", "agent {id}: on shift is {is}");
        }
        for (id, item) in &self.model.items {
            let silent = self.model.silent_at(item).is_some_and(|at| at <= now);
            overdue |= silent;
            let due = match item.state {
                ItemState::Scheduled { until } | ItemState::Offered { until, .. } => until <= now,
                ItemState::Arrived { .. } => true,
                ItemState::Assigned { .. } => silent && !remeasured,
                _ => false,
            };
            holds!(!due, "time", "item {id} {:?} is due", item.state);
        }
        let day_ends = self.model.day_ends;
        let day_over = self.model.now > Time(0) && day_ends <= now;
        holds!(!day_over || moved, "time", "the day ended at {day_ends:?}");
        let (ours, theirs) = (self.model.deadline(now), self.state.next_deadline());
        let late = ours.is_some_and(|ours| theirs.is_none_or(|theirs| theirs > ours));
        holds!(!late, "time", "next deadline {theirs:?}, should be {ours:?}");
        let past = theirs.is_some_and(|theirs| theirs <= now);
        holds!(!past || moved || overdue, "time", "deadline {theirs:?} is past at {now:?}");
        Ok(())
    }
}
