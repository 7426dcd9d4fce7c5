//! A failing run made small: commands are dropped, then what is left is made plainer, as long as
//! the same invariant breaks.

use super::check::Violation;
use super::renumber::{Gone, made};
use super::run::check_commands;
use routing::{
    AgentSpec, AtCap, Attributes, Callable, Capacity, Command, Hours, JoinAt, Mode, Presence,
    QueueSpec, Seen, Silence, Step, Strategy, Submission, Time,
};

/// The most tries.
const MAX_TRIES: usize = 20_000;

type Commands = Vec<(Time, Command)>;

struct Shrink {
    commands: Commands,
    violation: Violation,
    tries: usize,
}

/// The smallest that was found, and what it breaks.
pub fn shrink(commands: Commands, violation: Violation) -> (Commands, Violation) {
    let mut shrink = Shrink { commands, violation, tries: 0 };
    loop {
        let before = shrink.commands.clone();
        shrink.drop_commands();
        shrink.make_plainer();
        if shrink.commands == before || shrink.tries >= MAX_TRIES {
            return (shrink.commands, shrink.violation);
        }
    }
}

impl Shrink {
    fn still_fails(&mut self, commands: Commands) -> bool {
        self.tries += 1;
        if self.tries > MAX_TRIES {
            return false;
        }
        match check_commands(&commands) {
            Err(violation) if violation.invariant == self.violation.invariant => {
                self.commands = commands;
                self.violation = violation;
                true
            }
            _ => false,
        }
    }

    /// Ever smaller pieces are left out (Zeller, Hildebrandt 2002).
    fn drop_commands(&mut self) {
        let mut piece = self.commands.len().div_ceil(2);
        while piece > 0 {
            let mut at = 0;
            while at < self.commands.len() {
                let end = (at + piece).min(self.commands.len());
                let gone = Gone::new(made(&self.commands)[at..end].iter());
                let mut without = self.commands.clone();
                without.drain(at..end);
                for (_, command) in without.iter_mut().skip(at) {
                    *command = gone.renumber(command.clone());
                }
                if !self.still_fails(without) {
                    at += piece;
                }
            }
            piece = if piece == 1 { 0 } else { piece.div_ceil(2) };
        }
    }

    fn make_plainer(&mut self) {
        for at in 0..self.commands.len() {
            let mut tried = 0;
            while let Some((time, command)) = self.commands.get(at).cloned() {
                let mut plainer = plainer(&command);
                plainer.retain(|p| *p != command);
                let Some(candidate) = plainer.get(tried) else { break };
                let mut commands = self.commands.clone();
                commands[at] = (time, candidate.clone());
                if self.still_fails(commands) {
                    tried = 0;
                } else {
                    tried += 1;
                }
            }
        }
    }
}

/// The same command with one thing less.
fn plainer(command: &Command) -> Vec<Command> {
    match command {
        Command::CreateAgent { spec } => {
            agents(spec).into_iter().map(|spec| Command::CreateAgent { spec }).collect()
        }
        Command::UpdateAgent { agent, spec } => agents(spec)
            .into_iter()
            .map(|spec| Command::UpdateAgent { agent: *agent, spec })
            .collect(),
        Command::CreateQueue { spec } => {
            queues(spec).into_iter().map(|spec| Command::CreateQueue { spec }).collect()
        }
        Command::UpdateQueue { queue, spec } => queues(spec)
            .into_iter()
            .map(|spec| Command::UpdateQueue { queue: *queue, spec })
            .collect(),
        Command::Submit { submission } => submissions(submission)
            .into_iter()
            .map(|submission| Command::Submit { submission })
            .collect(),
        Command::Force { item, version, arrived_at, submission } => submissions(submission)
            .into_iter()
            .map(|submission| Command::Force {
                item: *item,
                version: *version,
                arrived_at: *arrived_at,
                submission,
            })
            .collect(),
        Command::SetBars { item, bars } => bars
            .iter()
            .map(|bar| Command::SetBars { item: *item, bars: vec![bar.clone()] })
            .collect(),
        Command::Complete { item, disposition, .. } => vec![Command::Complete {
            item: *item,
            seen: Seen::default(),
            disposition: disposition.clone(),
        }],
        Command::Accept { item, .. } => {
            vec![Command::Accept { item: *item, seen: Seen::default() }]
        }
        Command::Decline { item, .. } => {
            vec![Command::Decline { item: *item, seen: Seen::default() }]
        }
        Command::Reassign { item, to, .. } => {
            vec![Command::Reassign { item: *item, seen: Seen::default(), to: *to }]
        }
        _ => Vec::new(),
    }
}

fn agents(spec: &AgentSpec) -> Vec<AgentSpec> {
    let base = || spec.clone();
    let free = Capacity { lead: None, task: None, call: None };
    let mut all = vec![
        AgentSpec { regions: Default::default(), ..base() },
        AgentSpec { languages: Default::default(), ..base() },
        AgentSpec { skills: Default::default(), ..base() },
        AgentSpec { weight: 1, ..base() },
        AgentSpec { capacity: Capacity::default(), ..base() },
        AgentSpec { capacity: free, ..base() },
        AgentSpec { daily_cap: None, ..base() },
        AgentSpec { sources: Default::default(), ..base() },
        AgentSpec { hours: Hours::default(), ..base() },
        AgentSpec { days_off: Vec::new(), ..base() },
        AgentSpec { works_holidays: false, ..base() },
        AgentSpec { paused: false, ..base() },
    ];
    all.extend((0..spec.hours.0.len()).map(|at| {
        let mut less = base();
        less.hours.0.remove(at);
        less
    }));
    all.extend(spec.queues.iter().map(|queue| {
        let mut less = base();
        less.queues.remove(queue);
        less
    }));
    all
}

fn queues(spec: &QueueSpec) -> Vec<QueueSpec> {
    let base = || spec.clone();
    let mut all = vec![
        QueueSpec { mode: Mode::Push, ..base() },
        QueueSpec { presence: Presence::Ignored, ..base() },
        QueueSpec { steps: vec![Step::default()], ..base() },
        QueueSpec { strategy: Strategy::FairShare, ..base() },
        QueueSpec { at_cap: AtCap::Wait, ..base() },
        QueueSpec { join_at: JoinAt::Peers, ..base() },
        QueueSpec { dispositions: Vec::new(), ..base() },
        QueueSpec { may_move_placed: false, ..base() },
        QueueSpec { silence: None, ..base() },
        QueueSpec { calling: Hours::default(), ..base() },
        QueueSpec { silence: spec.silence.map(|s| Silence { then_queue: None, ..s }), ..base() },
    ];
    if spec.steps.len() > 1 {
        all.extend((0..spec.steps.len()).map(|at| {
            let mut less = base();
            less.steps.remove(at);
            less
        }));
    }
    for (at, step) in spec.steps.iter().enumerate() {
        let mut with = |step: Step| {
            let mut less = base();
            less.steps[at] = step;
            all.push(less);
        };
        with(Step { same_region: false, ..step.clone() });
        with(Step { same_language: false, ..step.clone() });
        with(Step { skills: Default::default(), ..step.clone() });
        with(Step { relax_levels: 0, ..step.clone() });
        with(Step { after_secs: 0, ..step.clone() });
    }
    all
}

fn submissions(submission: &Submission) -> Vec<Submission> {
    let base = || submission.clone();
    let own = || submission.callable.clone();
    vec![
        Submission { attributes: Attributes::default(), ..base() },
        Submission { region: None, ..base() },
        Submission { language: None, ..base() },
        Submission { skills: Default::default(), ..base() },
        Submission { priority: 0, ..base() },
        Submission { earliest: None, ..base() },
        Submission { contact: None, ..base() },
        Submission { callable: Callable { bars: Vec::new(), ..own() }, ..base() },
        Submission { callable: Callable::default(), ..base() },
        Submission { callable: Callable { hours: Hours::default(), ..own() }, ..base() },
        Submission { callable: Callable { zones: Vec::new(), ..own() }, ..base() },
        Submission { callable: Callable { not_on_holidays: false, ..own() }, ..base() },
    ]
}
