//! When a contact may be called: a queue's calling hours by the contact's own clocks, and what the
//! contact themselves wants.

use crate::roster::Hours;
use crate::time::{Time, zone};
use crate::workspace::Settings;
use crate::{Bar, ItemId, ItemState, QueueId, QueueSpec, Roster, State};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// By whose clocks a contact may be called, and when they want to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Callable {
    /// IANA names of the zones that the contact may be in, at most 32: it must be time to call in
    /// all of them. The workspace's zone when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<String>,
    /// When the contact wants to be called, in those zones; any time when empty.
    #[serde(skip_serializing_if = "Hours::is_empty")]
    pub hours: Hours,
    /// Whether the contact does not want to be called on the workspace's holidays.
    #[serde(skip_serializing_if = "crate::agent::is_false")]
    pub not_on_holidays: bool,
    /// What the do-not-call list says of them: all of it counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bars: Vec<Bar>,
}

impl Callable {
    pub fn is_default(&self) -> bool {
        *self == Callable::default()
    }

    /// Whether the contact leaves it to the queue when to call.
    fn minds_nothing(&self) -> bool {
        self.hours.is_empty() && !self.not_on_holidays && self.bars.is_empty()
    }

    /// Whether the do-not-call list leaves no time at all to call in, for ever.
    pub fn is_barred_for_good(&self) -> bool {
        self.bars.iter().any(Bar::is_for_good)
    }

    /// From when on the do-not-call list leaves some time to call in; `None` when it never does.
    fn free_from(&self, now: Time) -> Option<Time> {
        let never = self.bars.iter().filter(|bar| bar.is_never() && bar.counts(now));
        never.map(|bar| bar.until).try_fold(now, |from, until| Some(from.max(until?)))
    }
}

/// How an open item stands with its queue's calling hours and its contact's wishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calling {
    pub open: bool,
    /// When it opens, or while it is open when it closes. `None` when that is not within nine days:
    /// some zones have no common hours, some hours no end.
    pub until: Option<Time>,
    /// The zones by whose clocks it is counted; never empty.
    pub zones: Vec<String>,
    /// The do-not-call list is what closes it.
    pub barred: bool,
}

impl Calling {
    /// How a contact stands with a queue's calling hours at `now`; `None` when they may be called at
    /// any time.
    pub fn of(
        queue: &QueueSpec,
        callable: &Callable,
        settings: &Settings,
        now: Time,
    ) -> Option<Calling> {
        if !CallingTime::matters(queue, callable) {
            return None;
        }
        let own = zone(&settings.time_zone).unwrap_or(TimeZone::UTC);
        let time = CallingTime::new(queue, callable, settings, &own);
        let (open, _) = time.at(now);
        let until = if open { time.closes(now) } else { time.opens(now) };
        let zones = match callable.zones.is_empty() {
            true => vec![settings.time_zone.clone()],
            false => callable.zones.clone(),
        };
        Some(Calling { open, until, zones, barred: time.barred(now) })
    }
}

/// How far ahead, in seconds, an opening is looked for: a week, and a day for zones on either side.
const FARTHEST_SECS: u32 = 9 * 86_400;

/// After how much time of all, in seconds, somebody has had time enough to call.
const LONGEST_SECS: u32 = 60 * 86_400;

/// The time in which the contacts of one kind may be called from one queue.
pub(crate) struct CallingTime<'a> {
    queue: &'a Hours,
    callable: &'a Callable,
    settings: &'a Settings,
    zones: Vec<TimeZone>,
}

impl<'a> CallingTime<'a> {
    /// Whether time matters at all for such contacts in such a queue.
    pub fn matters(queue: &QueueSpec, callable: &Callable) -> bool {
        !(queue.calling.is_empty() && callable.minds_nothing())
    }

    pub fn new(
        queue: &'a QueueSpec,
        callable: &'a Callable,
        settings: &'a Settings,
        own: &TimeZone,
    ) -> Self {
        let mut zones: Vec<TimeZone> = callable.zones.iter().filter_map(|z| zone(z)).collect();
        if zones.is_empty() {
            zones.push(own.clone());
        }
        CallingTime { queue: &queue.calling, callable, settings, zones }
    }

    /// Whether it is time to call, and the next moment at which that may change.
    pub fn at(&self, now: Time) -> (bool, Option<Time>) {
        let (mut open, mut edge) = (true, None::<Time>);
        for (on, next) in self.spans(now) {
            open &= on;
            edge = [edge, next].into_iter().flatten().min();
        }
        (open, edge)
    }

    /// When it next is time to call, from `now` on.
    pub fn opens(&self, now: Time) -> Option<Time> {
        let mut at = self.callable.free_from(now)?;
        let end = at.plus_secs(FARTHEST_SECS);
        while at < end {
            // It opens no earlier than whatever is closed may open last.
            let closed = self.spans(at).filter(|(on, _)| !on);
            match closed.map(|(_, next)| next).max() {
                None => return Some(at),
                Some(next) => at = next.filter(|next| *next > at)?,
            }
        }
        None
    }

    /// When it next is not time to call any more, from `now` on.
    fn closes(&self, now: Time) -> Option<Time> {
        let (mut at, end) = (now, now.plus_secs(FARTHEST_SECS));
        while at < end {
            match self.at(at) {
                (false, _) => return Some(at),
                (true, edge) => at = edge.filter(|edge| *edge > at)?,
            }
        }
        None
    }

    /// The moment at which it has been time to call, within the roster's shifts, for `secs` since
    /// `start`; 60 days on when that is not within them, and `None` when the list leaves no time.
    pub fn after(&self, roster: &Roster<'_>, start: Time, secs: u32) -> Option<Time> {
        if self.callable.is_barred_for_good() {
            return None;
        }
        let end = start.plus_secs(LONGEST_SECS);
        let (mut at, mut left) = (start, i64::from(secs) * 1000);
        while at < end {
            let (open, closes) = self.at(at);
            let (on_shift, ends) = roster.at(at);
            let edge = [closes, ends].into_iter().flatten().min().unwrap_or(Time(i64::MAX));
            let span = edge.0.saturating_sub(at.0);
            if open && on_shift {
                if span >= left {
                    return Some(Time(at.0 + left));
                }
                left -= span;
            }
            at = edge;
        }
        Some(end)
    }

    /// Whether the do-not-call list closes it.
    fn barred(&self, now: Time) -> bool {
        self.bars(now).any(|(on, _)| !on)
    }

    /// Everything that must be open, and when that may change.
    fn spans(&self, now: Time) -> impl Iterator<Item = (bool, Option<Time>)> {
        let own = (&self.callable.hours, self.callable.not_on_holidays);
        let rosters = [(self.queue, false), own];
        let rosters = rosters.into_iter().flat_map(move |said| self.rosters(said));
        rosters.map(move |roster| roster.at(now)).chain(self.bars(now))
    }

    /// What the do-not-call list says now: an entry that has ended says nothing.
    fn bars(&self, now: Time) -> impl Iterator<Item = (bool, Option<Time>)> {
        let bars = self.callable.bars.iter().filter(move |bar| bar.counts(now));
        bars.flat_map(move |bar| {
            let never = bar.is_never().then_some((false, bar.until));
            let said = (!bar.is_never()).then_some((&bar.hours, bar.not_on_holidays));
            let spans = said.into_iter().flat_map(|said| self.rosters(said)).map(move |roster| {
                let (on, next) = roster.at(now);
                (on, [next, bar.until].into_iter().flatten().min())
            });
            never.into_iter().chain(spans)
        })
    }

    /// The same hours in every zone.
    fn rosters(
        &self,
        (hours, not_on_holidays): (&'a Hours, bool),
    ) -> impl Iterator<Item = Roster<'_>> {
        let holidays = Some(&self.settings.holidays).filter(|_| not_on_holidays);
        self.zones.iter().map(move |zone| Roster { hours, days_off: &[], holidays, zone })
    }
}

/// What waits in a queue although somebody might be free, because it is not time to call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutsideCalling {
    pub waiting: usize,
    /// When the first of it may be called.
    pub opens: Option<Time>,
}

impl State {
    /// What waits in a queue for calling hours. Costs no more than the number of distinct zones and
    /// requirements that wait.
    pub fn outside_calling(&self, queue: QueueId) -> OutsideCalling {
        let mut outside = OutsideCalling::default();
        let Some(line) = self.index.lines.get(&queue) else { return outside };
        for (slot, groups) in line.windows.closed() {
            let items = groups.iter().filter_map(|slot| line.group(*slot)).map(|g| g.items.len());
            outside.waiting += items.sum::<usize>();
            let opens = self.window_opens(queue, slot);
            outside.opens = [outside.opens, opens].into_iter().flatten().min();
        }
        outside
    }

    /// How an open item stands with calling hours at `now`; `None` when it may be called at any
    /// time. An item in somebody's hands stays there when they end.
    pub fn calling(&self, now: Time, item: ItemId) -> Option<Calling> {
        let item = self.facts.items.get(&item)?;
        let queue = &self.facts.queues.get(&item.queue)?.spec;
        let is_open = !matches!(item.state, ItemState::Closed { .. });
        Calling::of(queue, &item.callable, &self.facts.settings, now).filter(|_| is_open)
    }
}
