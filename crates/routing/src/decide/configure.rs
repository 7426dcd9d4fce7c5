//! Agents, queues, sources, rules and settings are made and changed.

use super::{Admitted, valid};
use crate::{AgentId, Answer, Command, Event, QueueId, Refusal, RuleId, SourceId, State, Then};

impl State {
    pub(super) fn admit_configuration(&self, command: Command) -> Result<Admitted, Refusal> {
        let facts = &self.facts;
        match command {
            Command::Configure { settings } => {
                valid::settings(&settings)?;
                if facts.settings == settings {
                    return Admitted::nothing();
                }
                Admitted::done(Event::Configured { settings })
            }
            Command::CreateAgent { spec } => {
                valid::agent(facts, &spec)?;
                let agent = AgentId(facts.last_agent.0 + 1);
                Admitted::made(Event::AgentCreated { agent, spec }, Answer::Agent(agent))
            }
            Command::UpdateAgent { agent, spec } => {
                let before = facts.agents.get(&agent).ok_or(Refusal::UnknownAgent(agent))?;
                valid::agent(facts, &spec)?;
                if before.active && before.spec == spec {
                    return Admitted::nothing();
                }
                Admitted::done(Event::AgentUpdated { agent, spec })
            }
            Command::DeactivateAgent { agent } => {
                let before = facts.agents.get(&agent).ok_or(Refusal::UnknownAgent(agent))?;
                if !before.active {
                    return Admitted::nothing();
                }
                Admitted::done(Event::AgentDeactivated { agent })
            }
            Command::CreateQueue { spec } => {
                let queue = QueueId(facts.last_queue.0 + 1);
                valid::queue(facts, queue, &spec)?;
                Admitted::made(Event::QueueCreated { queue, spec }, Answer::Queue(queue))
            }
            Command::UpdateQueue { queue, spec } => {
                let before = facts.queues.get(&queue).ok_or(Refusal::UnknownQueue(queue))?;
                valid::queue(facts, queue, &spec)?;
                if before.spec.kind != spec.kind {
                    let problem = "cannot change; make another queue".into();
                    return Err(Refusal::Invalid { field: "kind", problem });
                }
                if before.active && before.spec == spec {
                    return Admitted::nothing();
                }
                Admitted::done(Event::QueueUpdated { queue, spec })
            }
            Command::DeactivateQueue { queue } => self.admit_deactivate_queue(queue),
            Command::CreateSource { spec } => {
                valid::source(facts, &spec)?;
                let source = SourceId(facts.last_source.0 + 1);
                Admitted::made(Event::SourceCreated { source, spec }, Answer::Source(source))
            }
            Command::UpdateSource { source, spec } => {
                let before = facts.sources.get(&source).ok_or(Refusal::UnknownSource(source))?;
                valid::source(facts, &spec)?;
                if before.active && before.spec == spec {
                    return Admitted::nothing();
                }
                Admitted::done(Event::SourceUpdated { source, spec })
            }
            Command::DeactivateSource { source } => {
                let before = facts.sources.get(&source).ok_or(Refusal::UnknownSource(source))?;
                if !before.active {
                    return Admitted::nothing();
                }
                Admitted::done(Event::SourceDeactivated { source })
            }
            Command::CreateRule { spec } => {
                valid::rule(facts, &spec)?;
                let rule = RuleId(facts.last_rule.0 + 1);
                Admitted::made(Event::RuleCreated { rule, spec }, Answer::Rule(rule))
            }
            Command::UpdateRule { rule, spec } => {
                let before = facts.rules.get(&rule).ok_or(Refusal::UnknownRule(rule))?;
                valid::rule(facts, &spec)?;
                if before.active && before.spec == spec {
                    return Admitted::nothing();
                }
                Admitted::done(Event::RuleUpdated { rule, spec })
            }
            Command::DeactivateRule { rule } => {
                let before = facts.rules.get(&rule).ok_or(Refusal::UnknownRule(rule))?;
                if !before.active {
                    return Admitted::nothing();
                }
                Admitted::done(Event::RuleDeactivated { rule })
            }
            // Everything else is admitted elsewhere.
            _ => Admitted::nothing(),
        }
    }

    /// What waits in it is still served, but nothing may send anything new there.
    fn admit_deactivate_queue(&self, queue: QueueId) -> Result<Admitted, Refusal> {
        let before = self.facts.queues.get(&queue).ok_or(Refusal::UnknownQueue(queue))?;
        if !before.active {
            return Admitted::nothing();
        }
        let source = self.facts.sources.values().find(|s| s.active && s.spec.queue == queue);
        let rule = self.facts.rules.values().find(|r| r.active && r.spec.queue == Some(queue));
        let from = self.facts.queues.values().filter(|q| q.active && q.id != queue).find(|q| {
            let moves = |d: &crate::Disposition| d.then == Then::Move { queue };
            q.spec.at_cap == crate::AtCap::Queue { queue }
                || q.spec.dispositions.iter().any(moves)
                || q.spec.silence.is_some_and(|s| s.then_queue == Some(queue))
        });
        let by = source
            .map(|s| format!("source “{}”", s.spec.name))
            .or(rule.map(|r| format!("rule “{}”", r.spec.name)))
            .or(from.map(|q| format!("queue “{}”", q.spec.name)));
        match by {
            Some(by) => Err(Refusal::QueueInUse { queue, by }),
            None => Admitted::done(Event::QueueDeactivated { queue }),
        }
    }
}
