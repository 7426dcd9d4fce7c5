//! Deciding a batch: asks in, rows and answers out. No database, no waiting.

use super::desk::Ask;
use super::known::Known;
use super::opt_outs;
use super::personal;
use super::replay;
use super::request::{Commands, Done, Request, Results, SubmitError, Work};
use super::rules;
use routing::{AgentId, Answer, Command, Event, Refusal, State, Time};
use std::collections::HashMap;
use store::{Actor, Answered, Batch, BatchId, Recorded};

/// A batch takes no more asks once it has this many events.
const MAX_EVENTS: usize = 20_000;

/// A decided batch, not yet written.
pub(super) struct Decided {
    pub batch: Batch,
    /// For each ask that was decided its answer; `None` for those that nobody waits for.
    pub answers: Vec<Option<Result<Results, SubmitError>>>,
    pub commands: usize,
}

impl Decided {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        let b = &self.batch;
        b.events.is_empty()
            && b.personal.is_empty()
            && b.agent_names.is_empty()
            && b.sources.is_empty()
            && b.users.is_empty()
            && b.answers.is_empty()
            && b.imports.is_empty()
            && b.outbox.is_empty()
            && b.opt_outs.is_empty()
            && b.opt_ins.is_empty()
            && b.desk.is_empty()
            && b.sheet_rows.is_empty()
            && b.rule_changes.is_empty()
            && b.acts.is_empty()
    }
}

/// Decides the asks in order; the state has changed by what `Decided` says.
pub(super) struct Deciding<'a> {
    pub state: &'a mut State,
    /// The journal's last event before the batch.
    pub seq: u64,
    pub now: Time,
    /// For how long this node has been up and the database been there.
    pub calm_secs: u32,
    pub known: &'a Known,
    pub out: Decided,
    /// Where each idempotency key of this batch was answered.
    keys: HashMap<(&'a str, &'a str), usize>,
}

impl<'a> Deciding<'a> {
    pub fn new(
        state: &'a mut State,
        seq: u64,
        now: Time,
        calm_secs: u32,
        known: &'a Known,
        id: BatchId,
    ) -> Self {
        let out = Decided { batch: Batch::new(id), answers: Vec::new(), commands: 0 };
        Deciding { state, seq, now, calm_secs, known, out, keys: HashMap::new() }
    }

    pub fn decide(mut self, asks: &'a [Ask]) -> Decided {
        // What is due, and what a limit left over, comes first and is nobody's doing.
        if self.state.unfinished() || self.state.next_deadline().is_some_and(|due| due <= self.now)
        {
            // The clock is never refused.
            let _ = self.handle(Actor::System, Command::Clock);
        }
        for ask in asks {
            // A transaction has its bound; whoever is left comes with the next.
            if self.out.batch.events.len() >= MAX_EVENTS {
                break;
            }
            let answer = match ask {
                Ask::Lapse(agents) => {
                    agents.iter().for_each(|agent| self.lapse(*agent));
                    None
                }
                Ask::Request { request, .. } => Some(self.request(request)),
            };
            self.out.answers.push(answer);
        }
        self.out.batch.next_deadline =
            if self.state.unfinished() { Some(self.now) } else { self.state.next_deadline() };
        self.out
    }

    fn request(&mut self, request: &'a Request) -> Result<Results, SubmitError> {
        let Some(key) = &request.idempotency else {
            return Ok(self.work(request));
        };
        let name = (key.scope.as_str(), key.key.as_str());
        if let Some(&before) = self.keys.get(&name) {
            return self.out.answers[before].clone().unwrap_or(Ok(Vec::new())).and_then(
                |results| {
                    let same = self.out.batch.answers.iter().any(|a| {
                        a.scope == key.scope && a.key == key.key && a.request == key.request
                    });
                    if same { Ok(results) } else { Err(SubmitError::KeyReused) }
                },
            );
        }
        if let Some(before) = self.known.answers.get(&(key.scope.clone(), key.key.clone())) {
            return match replay::recall(&before.body) {
                Some(results) if before.request == key.request => Ok(results),
                _ => Err(SubmitError::KeyReused),
            };
        }
        let results = self.work(request);
        // A request that was refused altogether changed nothing: it may be sent again, corrected.
        if results.iter().any(Result::is_ok) {
            self.keys.insert(name, self.out.answers.len());
            self.out.batch.answers.push(Answered {
                scope: key.scope.clone(),
                key: key.key.clone(),
                request: key.request.clone(),
                status: 200,
                body: replay::keep(&results),
                item: None,
                keep_until: self.now.plus_secs(key.keep_secs),
            });
        }
        Ok(results)
    }

    fn work(&mut self, request: &Request) -> Results {
        let results = request.work.iter().map(|work| {
            let mut command = match work.order.commands(self.state)? {
                Commands::One(command) => command,
                Commands::Together(changes) => return self.together(request.actor, work, changes),
            };
            opt_outs::mark(&mut command, work.callee, self.state, self.known, &self.out.batch);
            personal::admit(work, &command, self.known, &self.out.batch)?;
            self.bar(request.actor, work, &command);
            let first = self.out.batch.events.len();
            let before = rules::before(&command, self.state);
            let done = self.handle(request.actor, command.clone().into_owned())?;
            if let Some(before) = before {
                let by = (request.actor, self.now);
                rules::add(work, by, before, first, self.state, &mut self.out.batch);
            }
            personal::add(work, &command, done.answer, first, self.known, &mut self.out.batch);
            opt_outs::note(&command, work.callee, done.answer, &mut self.out.batch);
            Ok(done)
        });
        results.collect()
    }

    /// Changes to the rules, all or none: each is looked at before the first is made.
    fn together(
        &mut self,
        actor: Actor,
        work: &Work,
        commands: Vec<Command>,
    ) -> Result<Done, Refusal> {
        rules::admit(&rules::row(work), self.known, &self.out.batch)?;
        if let Some(refusal) = rules::refused(self.state, self.now, &commands) {
            return Err(refusal);
        }
        let (before, first) = (rules::in_order(self.state), self.out.batch.events.len());
        let seq = self.seq + first as u64;
        let mut all = Done { seq, at: self.now, answer: Answer::Done, events: Vec::new() };
        for command in commands {
            let done = self.handle(actor, command)?;
            all.seq = done.seq;
            all.events.extend(done.events);
        }
        rules::add(work, (actor, self.now), before, first, self.state, &mut self.out.batch);
        Ok(all)
    }

    /// Items that wait, or that somebody has, learn what the work puts on the do-not-call list:
    /// before its command, so that whoever records such a result is not given the next at once.
    fn bar(&mut self, actor: Actor, work: &Work, command: &Command) {
        opt_outs::add(work, command, self.state, self.known, self.now, &mut self.out.batch);
        let batch = &self.out.batch;
        for (command, contact) in opt_outs::follow(work, command, self.state, self.known, batch) {
            if self.handle(actor, command.clone()).is_ok() {
                opt_outs::note(&command, Some(contact), Answer::Done, &mut self.out.batch);
            }
        }
    }

    /// Lapses an agent who is still overdue now that the lock is held.
    fn lapse(&mut self, agent: AgentId) {
        let timeout_secs = self.state.facts().settings.heartbeat_secs;
        if self.calm_secs < timeout_secs {
            return;
        }
        let heard = self.known.last_seen.get(&agent);
        if heard.is_none_or(|at| at.plus_secs(timeout_secs) < self.now) {
            // Refused when the agent signed out meanwhile: nothing to do then.
            let _ = self.handle(Actor::System, Command::Lapse { agent });
        }
    }

    fn handle(&mut self, actor: Actor, command: Command) -> Result<Done, Refusal> {
        self.out.commands += 1;
        let handled = self.state.handle(self.now, command);
        let events = &mut self.out.batch.events;
        // What the clock brought before the command is nobody's doing.
        let clock_first = handled.events.first() == Some(&Event::ClockTicked);
        let mut by = if clock_first { Actor::System } else { actor };
        events.reserve(handled.events.len());
        for event in &handled.events {
            if event.is_given() && *event != Event::ClockTicked {
                by = actor;
            }
            events.push(Recorded { event: event.clone(), actor: by, at: self.now });
        }
        let seq = self.seq + events.len() as u64;
        let answer = handled.answer?;
        Ok(Done { seq, at: self.now, answer, events: handled.events })
    }
}
