//! A policy, ready for the engine: carried out when the period begins, and kept in force when people
//! changed the same objects within it.

use crate::policy::{BadPolicy, Policy, merged};
use routing::{AgentId, AgentSpec, Command, Event, Refusal, RuleId, RuleSpec, State, Time};
use std::collections::BTreeMap;

/// What is done when the period begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Command(Command),
    NewRule(RuleSpec),
    NewAgent { like: AgentId, spec: AgentSpec },
}

/// What a policy changes in one workspace. Made by [`Policy::change`]; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub(crate) policy: Policy,
    /// Each with its place in the policy.
    pub(crate) steps: Vec<(String, Step)>,
}

/// What became of a change in one workspace.
#[derive(Clone, Debug, Default)]
pub(crate) struct InForce {
    policy: Policy,
    /// Whose presence the added ones share.
    pub added: BTreeMap<AgentId, Vec<AgentId>>,
    /// New objects got ids that the record does not give out.
    renumbered: bool,
}

/// What is asked instead of what was recorded.
pub(crate) enum Instead {
    Command(Command),
    /// An object that was made within the period, under the id that it got.
    Made(Event),
    /// The policy says otherwise.
    Nothing,
}

impl Change {
    pub(crate) fn add(&mut self, path: impl Into<String>, command: Command) {
        self.steps.push((path.into(), Step::Command(command)));
    }

    /// Whether nothing is changed.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// What the engine is asked when the period begins; new rules and agents get ids of their own.
    pub fn commands(&self) -> impl Iterator<Item = Command> {
        self.steps.iter().map(|(_, step)| match step {
            Step::Command(command) => command.clone(),
            Step::NewRule(spec) => Command::CreateRule { spec: spec.clone() },
            Step::NewAgent { spec, .. } => Command::CreateAgent { spec: spec.clone() },
        })
    }

    /// Carries it out. `taken` are the last ids that the record gives out within the period.
    pub(crate) fn begin(
        &self,
        state: &mut State,
        now: Time,
        taken: (AgentId, RuleId),
        mut saw: impl FnMut(&mut State, Vec<Event>),
    ) -> Result<InForce, BadPolicy> {
        let mut force = InForce { policy: self.policy.clone(), ..InForce::default() };
        let facts = state.facts();
        let mut agent = taken.0.max(facts.last_agent);
        let mut rule = taken.1.max(facts.last_rule);
        for (path, step) in &self.steps {
            let refused = |refusal: Refusal| BadPolicy::new(path.clone(), refusal.to_string());
            match step {
                Step::Command(command) => {
                    let handled = state.handle(now, command.clone());
                    saw(state, handled.events);
                    handled.answer.map_err(refused)?;
                }
                Step::NewRule(spec) => {
                    rule.0 += 1;
                    let made = Event::RuleCreated { rule, spec: spec.clone() };
                    let events = make(state, now, made).map_err(refused)?;
                    saw(state, events);
                    force.renumbered = true;
                }
                Step::NewAgent { like, spec } => {
                    agent.0 += 1;
                    let made = Event::AgentCreated { agent, spec: spec.clone() };
                    let events = make(state, now, made).map_err(refused)?;
                    saw(state, events);
                    force.added.entry(*like).or_default().push(agent);
                    force.renumbered = true;
                }
            }
        }
        Ok(force)
    }
}

/// Makes an object under this id, and has the engine look what follows.
pub(crate) fn make(state: &mut State, now: Time, made: Event) -> Result<Vec<Event>, Refusal> {
    // Asked only whether it may be: carried out, it would get another id.
    if let Some(command) = made.command()
        && !state.admits(now, &command)
    {
        state.clone().handle(now, command).answer?;
    }
    state.apply(now.max(state.facts().now), &made);
    let mut events = vec![made];
    events.extend(state.handle(now, Command::Clock).events);
    Ok(events)
}

impl InForce {
    pub(crate) fn is_nothing(&self) -> bool {
        self.policy == Policy::default()
    }

    /// What people did to the configuration within the period, under the policy.
    pub(crate) fn instead(&self, event: &Event) -> Result<Instead, BadPolicy> {
        let policy = &self.policy;
        let command = match event {
            Event::Configured { settings } => {
                Command::Configure { settings: merged(settings, &policy.settings, "settings")? }
            }
            Event::QueueUpdated { queue, spec } if policy.queues.contains_key(queue) => {
                let spec = merged(spec, &policy.queues[queue], &format!("queues.{queue}"))?;
                Command::UpdateQueue { queue: *queue, spec }
            }
            Event::AgentUpdated { agent, .. } if policy.remove_agents.contains(agent) => {
                return Ok(Instead::Nothing);
            }
            Event::AgentUpdated { agent, spec } if policy.agents.contains_key(agent) => {
                let spec = merged(spec, &policy.agents[agent], &format!("agents.{agent}"))?;
                Command::UpdateAgent { agent: *agent, spec }
            }
            Event::RuleCreated { .. }
            | Event::RuleUpdated { .. }
            | Event::RuleDeactivated { .. }
                if policy.rules.is_some() =>
            {
                return Ok(Instead::Nothing);
            }
            Event::AgentCreated { .. } | Event::RuleCreated { .. } if self.renumbered => {
                return Ok(Instead::Made(event.clone()));
            }
            other => match other.command() {
                Some(command) => command,
                None => return Ok(Instead::Nothing),
            },
        };
        Ok(Instead::Command(command))
    }

    /// What the agents do who come and go with this one.
    pub(crate) fn mirrored(&self, event: &Event) -> Vec<Command> {
        let (like, command): (_, fn(AgentId, &Event) -> Command) = match event {
            Event::SignedIn { agent } => (agent, |agent, _| Command::SignIn { agent }),
            Event::SignedOut { agent } => (agent, |agent, _| Command::SignOut { agent }),
            Event::Lapsed { agent } => (agent, |agent, _| Command::Lapse { agent }),
            Event::AgentDeactivated { agent } => {
                (agent, |agent, _| Command::DeactivateAgent { agent })
            }
            Event::StatusSet { agent, .. } => (agent, |agent, event| match event {
                Event::StatusSet { status, .. } => {
                    Command::SetStatus { agent, status: status.clone() }
                }
                _ => Command::SignOut { agent },
            }),
            _ => return Vec::new(),
        };
        let added = self.added.get(like).into_iter().flatten();
        added.map(|agent| command(*agent, event)).collect()
    }
}
