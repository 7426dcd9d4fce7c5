//! Ids after commands were left out: what was made later moves up.

use routing::{
    AgentId, AgentSpec, Answer, AtCap, Command, ItemId, Promise, QueueId, QueueSpec, RuleId,
    RuleSpec, Seen, SourceId, SourceSpec, State, Target, Then, Time,
};
use std::collections::BTreeSet;

/// What each command made, when all are played.
pub(super) fn made(commands: &[(Time, Command)]) -> Vec<Option<Answer>> {
    let mut state = State::default();
    let mut answers = Vec::with_capacity(commands.len());
    for (time, command) in commands {
        let makes = matches!(
            command,
            Command::CreateAgent { .. }
                | Command::CreateQueue { .. }
                | Command::CreateSource { .. }
                | Command::CreateRule { .. }
                | Command::Submit { .. }
        );
        let answer = state.handle(*time, command.clone()).answer.ok();
        answers.push(answer.filter(|_| makes));
        state.forget_closed();
    }
    answers
}

/// The ids that were made by what is left out.
#[derive(Clone, Debug, Default)]
pub(super) struct Gone {
    agents: BTreeSet<u64>,
    queues: BTreeSet<u64>,
    sources: BTreeSet<u64>,
    rules: BTreeSet<u64>,
    items: BTreeSet<u64>,
}

fn moved(gone: &BTreeSet<u64>, id: u64) -> u64 {
    id - gone.range(..id).count() as u64
}

impl Gone {
    pub fn new<'a>(answers: impl Iterator<Item = &'a Option<Answer>>) -> Self {
        let mut gone = Gone::default();
        for answer in answers.flatten() {
            match answer {
                Answer::Agent(id) => gone.agents.insert(id.0),
                Answer::Queue(id) => gone.queues.insert(id.0),
                Answer::Source(id) => gone.sources.insert(id.0),
                Answer::Rule(id) => gone.rules.insert(id.0),
                Answer::Item(id) => gone.items.insert(id.0),
                Answer::Done => false,
            };
        }
        gone
    }

    fn agent(&self, id: AgentId) -> AgentId {
        AgentId(moved(&self.agents, id.0))
    }

    fn queue(&self, id: QueueId) -> QueueId {
        QueueId(moved(&self.queues, id.0))
    }

    fn source(&self, id: SourceId) -> SourceId {
        SourceId(moved(&self.sources, id.0))
    }

    fn rule(&self, id: RuleId) -> RuleId {
        RuleId(moved(&self.rules, id.0))
    }

    fn item(&self, id: ItemId) -> ItemId {
        ItemId(moved(&self.items, id.0))
    }

    fn agent_spec(&self, spec: &mut AgentSpec) {
        let queues = spec.queues.iter().filter(|q| !self.queues.contains(&q.0));
        spec.queues = queues.map(|q| self.queue(*q)).collect();
        let sources = spec.sources.iter().filter(|s| !self.sources.contains(&s.0));
        spec.sources = sources.map(|s| self.source(*s)).collect();
    }

    fn queue_spec(&self, spec: &mut QueueSpec) {
        if let AtCap::Queue { queue } = &mut spec.at_cap {
            *queue = self.queue(*queue);
        }
        for disposition in &mut spec.dispositions {
            if let Then::Move { queue } = &mut disposition.then {
                *queue = self.queue(*queue);
            }
        }
        if let Some(queue) = spec.silence.as_mut().and_then(|s| s.then_queue.as_mut()) {
            *queue = self.queue(*queue);
        }
    }

    fn source_spec(&self, spec: &mut SourceSpec) {
        spec.queue = self.queue(spec.queue);
    }

    fn rule_spec(&self, spec: &mut RuleSpec) {
        spec.queue = spec.queue.map(|queue| self.queue(queue));
    }

    fn seen(&self, seen: &mut Seen) {
        seen.agent = seen.agent.map(|agent| self.agent(agent));
    }

    /// The command with the ids that things have now.
    pub fn renumber(&self, mut command: Command) -> Command {
        match &mut command {
            Command::Configure { .. } | Command::Clock => {}
            Command::CreateAgent { spec } => self.agent_spec(spec),
            Command::UpdateAgent { agent, spec } => {
                *agent = self.agent(*agent);
                self.agent_spec(spec);
            }
            Command::CreateQueue { spec } => self.queue_spec(spec),
            Command::UpdateQueue { queue, spec } => {
                *queue = self.queue(*queue);
                self.queue_spec(spec);
            }
            Command::DeactivateQueue { queue } => *queue = self.queue(*queue),
            Command::CreateSource { spec } => self.source_spec(spec),
            Command::UpdateSource { source, spec } => {
                *source = self.source(*source);
                self.source_spec(spec);
            }
            Command::DeactivateSource { source } => *source = self.source(*source),
            Command::CreateRule { spec } => self.rule_spec(spec),
            Command::UpdateRule { rule, spec } => {
                *rule = self.rule(*rule);
                self.rule_spec(spec);
            }
            Command::DeactivateRule { rule } => *rule = self.rule(*rule),
            Command::DeactivateAgent { agent }
            | Command::SignIn { agent }
            | Command::SignOut { agent }
            | Command::Lapse { agent }
            | Command::SetStatus { agent, .. }
            | Command::Claim { agent } => *agent = self.agent(*agent),
            Command::KeepResult { item, agent } | Command::Undo { item, agent } => {
                *item = self.item(*item);
                *agent = self.agent(*agent);
            }
            Command::Forget { item } => *item = self.item(*item),
            Command::Force { item, submission, .. } => {
                *item = self.item(*item);
                submission.source = self.source(submission.source);
            }
            Command::SetBars { item, .. } => *item = self.item(*item),
            Command::Submit { submission } => submission.source = self.source(submission.source),
            Command::Reassign { item, seen, to } => {
                *item = self.item(*item);
                self.seen(seen);
                match to {
                    Target::Agent(agent) => *agent = self.agent(*agent),
                    Target::Queue(queue) => *queue = self.queue(*queue),
                }
            }
            Command::Retry { item, seen, promise, .. } => {
                *item = self.item(*item);
                self.seen(seen);
                if let Some(Promise::Agent(agent)) = promise {
                    *agent = self.agent(*agent);
                }
            }
            Command::Accept { item, seen }
            | Command::Decline { item, seen }
            | Command::Complete { item, seen, .. }
            | Command::Update { item, seen, .. }
            | Command::Release { item, seen }
            | Command::Cancel { item, seen } => {
                *item = self.item(*item);
                self.seen(seen);
            }
            Command::Match { source, .. } => *source = source.map(|source| self.source(source)),
        }
        command
    }
}
