//! What each event must have found, and what it leaves behind.

use super::*;

impl Model {
    /// What the event leaves behind. An error says what it should not have found.
    pub fn apply(&mut self, at: Time, event: &Event) -> Result<(), String> {
        if self.now == Time(0) && at != Time(0) {
            self.now = at;
            self.begin_day(self.local_day(at).0);
        }
        self.now = at;
        self.holds.retain(|_, (_, until)| *until > at);
        if let Some(item) = event.item().and_then(|id| self.items.get_mut(&id))
            && !matches!(event, Event::ResultKept { .. } | Event::Forgotten { .. })
        {
            item.version += 1;
        }
        match event {
            Event::ClockTicked | Event::MatchRequested { .. } | Event::Claimed { .. } => {}
            Event::RuleDeactivated { .. } | Event::ResultKept { .. } => {}
            Event::Forgotten { item } => {
                self.holds.retain(|_, (first, _)| first != item);
                self.last.retain(|_, last| last.id != *item);
            }
            Event::Updated { by_other: true, .. } => {}
            Event::SupervisorTold { item, notice, .. } => {
                if *notice != Notice::PlacedItemHeldByAbsent {
                    self.item(*item)?.told = true;
                }
            }
            Event::Configured { settings } => {
                self.settings = settings.clone();
                self.zone = TimeZone::get(&settings.time_zone).ok();
                self.calling.forget(None);
                // What was counted today stays counted until the new zone's next midnight.
                let fresh = self.turn == 0;
                self.begin_day(if fresh { self.local_day(at).0 } else { self.day_started });
                for agent in self.agents.keys().copied().collect::<Vec<_>>() {
                    self.keep_hours(agent);
                }
            }
            Event::AgentCreated { agent, spec } => {
                let new = Agent {
                    spec: spec.clone(),
                    active: true,
                    present: false,
                    status: Status::Offline,
                    on_shift: true,
                    shifts: Shifts::default(),
                    total: 0,
                    today: 0,
                    idle_since: at,
                    standings: BTreeMap::new(),
                    known: BTreeMap::new(),
                    held: [0; 3],
                };
                self.agents.insert(*agent, new);
                self.keep_hours(*agent);
            }
            Event::AgentUpdated { agent, spec } => {
                let a = self.agent(*agent)?;
                let before = std::mem::replace(&mut a.spec, spec.clone());
                a.active = true;
                self.keep_hours(*agent);
                self.join_added(*agent, &before);
            }
            Event::AgentDeactivated { agent } => {
                let a = self.agent(*agent)?;
                a.active = false;
                a.present = false;
                a.status = Status::Offline;
                self.reconsider_agent(*agent);
            }
            Event::QueueCreated { queue, spec } => {
                let new = Queue { spec: spec.clone(), active: true, served: 0 };
                self.queues.insert(*queue, new);
            }
            Event::QueueUpdated { queue, spec } => {
                let q = self.queues.get_mut(queue).ok_or("no such queue")?;
                q.spec = spec.clone();
                q.active = true;
                self.calling.forget(Some(*queue));
                self.reconsider_queue(*queue);
            }
            Event::QueueDeactivated { queue } => {
                self.queues.get_mut(queue).ok_or("no such queue")?.active = false;
            }
            Event::SourceCreated { source, spec } | Event::SourceUpdated { source, spec } => {
                let before = self.sources.insert(*source, (spec.clone(), true));
                if let Some((before, _)) = before {
                    self.reconsider_queue(before.queue);
                }
                self.reconsider_queue(spec.queue);
            }
            Event::SourceDeactivated { source } => {
                self.sources.get_mut(source).ok_or("no such source")?.1 = false;
            }
            Event::RuleCreated { rule, spec } | Event::RuleUpdated { rule, spec } => {
                self.rules.insert(*rule, (spec.clone(), true));
            }
            Event::SignedIn { agent } => {
                let a = self.agent(*agent)?;
                a.present = true;
                a.status = Status::Available;
                a.idle_since = at;
                self.reconsider_agent(*agent);
            }
            Event::SignedOut { agent } | Event::Lapsed { agent } => {
                let a = self.agent(*agent)?;
                a.present = false;
                a.status = Status::Offline;
                self.reconsider_agent(*agent);
            }
            Event::StatusSet { agent, status } => {
                self.agent(*agent)?.status = status.clone();
                self.reconsider_agent(*agent);
            }
            Event::ShiftChanged { agent, on_shift } => {
                self.agent(*agent)?.on_shift = *on_shift;
                self.reconsider_agent(*agent);
            }
            Event::DayStarted { at: began } => {
                self.begin_day(*began);
                self.day += 1;
                for agent in self.agents.values_mut() {
                    agent.today = 0;
                    agent.standings.values_mut().for_each(|s| s.today = 0);
                }
                for agent in self.agents.keys().copied().collect::<Vec<_>>() {
                    self.reconsider_agent(agent);
                }
            }
            Event::Submitted { item, submission } => {
                self.arrive(*item, 1, at, submission)?;
                self.recognise(*item, at, submission);
            }
            Event::Forced { item, version, arrived_at, submission } => {
                self.holds.retain(|_, (first, _)| first != item);
                self.arrive(*item, version + 1, *arrived_at, submission)?;
                self.recognise(*item, at, submission);
            }
            Event::Duplicate { item, .. } | Event::Barred { item } => self.close(*item)?,
            Event::BarsSet { item, bars } => {
                let item = self.item(*item)?;
                item.callable.bars.clone_from(bars);
                if let ItemState::Assigned { .. } = item.state {
                    item.relisted_at = at;
                }
            }
            Event::Queued { item, queue, rule: _, priority, skills } => {
                let ageing = i64::from(self.settings.ageing_secs) * 1000;
                let item = self.item(*item)?;
                let ItemState::Arrived { earliest } = item.state else {
                    return Err("queued twice".into());
                };
                item.queue = *queue;
                item.priority = *priority;
                item.skills = skills.clone();
                item.place = Time(item.arrived_at.0 - i64::from(*priority) * ageing);
                item.queued_at = at;
                item.state = match earliest.filter(|time| *time > at) {
                    Some(until) => ItemState::Scheduled { until },
                    None => ItemState::Waiting,
                };
            }
            Event::Offered { item, agent, until, .. } => {
                let state = ItemState::Offered { agent: *agent, since: at, until: *until };
                self.take(*item, *agent, state)?;
            }
            Event::Assigned { item, agent, .. } => {
                let state = ItemState::Assigned { agent: *agent, since: at, placed: false };
                self.take(*item, *agent, state)?;
            }
            Event::Accepted { item, agent, .. } => {
                let state = ItemState::Assigned { agent: *agent, since: at, placed: false };
                let item = self.item(*item)?;
                item.state = state;
                (item.left, item.told) = (None, false);
            }
            Event::Updated { item, .. } => {
                let item = self.item(*item)?;
                item.updated_at = at;
                item.told = false;
            }
            Event::WentSilent { item, agent, to } => self.leave_silent(*item, *agent, *to)?,
            Event::Declined { item, agent, .. } => {
                self.let_go(*item, true)?;
                self.exclude(*item, *agent, self.settings.re_offer_secs)?;
            }
            Event::OfferMissed { item, agent } => {
                self.let_go(*item, true)?;
                self.exclude(*item, *agent, self.settings.re_offer_secs)?;
                let agent_now = self.agent(*agent)?;
                if agent_now.status == Status::Available {
                    agent_now.status = Status::Away { reason: Code::new("missed_offer") };
                }
                self.reconsider_agent(*agent);
            }
            Event::Returned { item, .. } => self.let_go(*item, true)?,
            Event::Released { item, agent, .. } => {
                self.let_go(*item, false)?;
                self.exclude(*item, *agent, self.settings.re_offer_secs)?;
            }
            Event::Completed { item, seen, agent, outcome, .. } => {
                if seen.agent.is_some() {
                    self.remember(*item, *agent, *outcome == Outcome::Closed)?;
                }
                match outcome {
                    Outcome::Closed => self.close(*item)?,
                    Outcome::Retry { until } => self.come_back(*item, *until)?,
                    Outcome::Moved { queue } => self.go_on_in(*item, *queue)?,
                }
            }
            Event::Undone { item, agent, .. } => self.undo(*item, *agent)?,
            Event::RetryScheduled { item, until, promise: None, .. } => {
                self.come_back(*item, *until)?;
            }
            Event::RetryScheduled { item, until, promise: Some(promise), .. } => {
                let by = match promise {
                    Promise::Anybody => None,
                    Promise::Agent(agent) => Some(*agent),
                };
                self.let_go(*item, false)?;
                let item = self.item(*item)?;
                item.promised = Some((*until, by));
                (item.left, item.told) = (None, false);
                item.state = ItemState::Scheduled { until: *until };
            }
            Event::Reassigned { item, to: Target::Queue(queue), .. } => {
                self.go_on_in(*item, *queue)?;
            }
            Event::Reassigned { item, to: Target::Agent(agent), .. } => {
                if let ItemState::Assigned { agent: holder, placed, .. } =
                    &mut self.item(*item)?.state
                    && holder == agent
                {
                    *placed = true;
                    return Ok(());
                }
                self.let_go(*item, false)?;
                let state = ItemState::Assigned { agent: *agent, since: at, placed: true };
                self.take(*item, *agent, state)?;
            }
            Event::Cancelled { item, .. } => {
                self.holds.retain(|_, (first, _)| first != item);
                self.close(*item)?;
            }
            Event::Due { item } => {
                self.item(*item)?.queued_at = at;
                self.wait(*item)?;
            }
            Event::Overflowed { item, from, to } => {
                let item = self.item(*item)?;
                item.visited.push(*from);
                item.queue = *to;
                item.queued_at = at;
            }
        }
        if let Event::RuleDeactivated { rule } = event {
            self.rules.get_mut(rule).ok_or("no such rule")?.1 = false;
        }
        Ok(())
    }

    /// The first of a contact holds its key for the source's window.
    fn recognise(&mut self, item: ItemId, at: Time, submission: &routing::Submission) {
        if let Some(key) = self.contact_key(submission) {
            let window = self.sources[&submission.source].0.dedupe_window_secs;
            self.holds.entry(key).or_insert((item, at.plus_secs(window)));
        }
    }

    fn arrive(
        &mut self,
        id: ItemId,
        version: u32,
        at: Time,
        submission: &routing::Submission,
    ) -> Result<(), String> {
        let (source, _) = self.sources.get(&submission.source).ok_or("no such source")?;
        let new = Item {
            version,
            kind: source.kind,
            source: submission.source,
            queue: source.queue,
            state: ItemState::Arrived { earliest: submission.earliest },
            region: submission.region.clone(),
            language: submission.language.clone(),
            skills: submission.skills.clone(),
            callable: submission.callable.clone(),
            priority: submission.priority,
            arrived_at: at,
            queued_at: self.now,
            place: at,
            excluded: Vec::new(),
            visited: Vec::new(),
            attempts: 0,
            updated_at: Time(0),
            relisted_at: Time(0),
            moves: 0,
            left: None,
            told: false,
            promised: None,
            taken_on: 0,
        };
        self.items.insert(id, new);
        Ok(())
    }
}
