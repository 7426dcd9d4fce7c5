//! Where a newcomer's count starts: at the least of those who would get the same leads.

use routing::{
    AgentId, AgentSpec, Command, JoinAt, Mode, Presence, QueueId, QueueSpec, SourceId, SourceSpec,
    State, Strategy, Submission, Time,
};

const META: SourceId = SourceId(1);
const GOOGLE: SourceId = SourceId(2);
const ALL: QueueId = QueueId(1);

/// One queue for two sources: agent 1 has had six of META, agent 2 two of GOOGLE.
struct Desk(State);

impl Desk {
    fn new(strategy: Strategy, join_at: JoinAt) -> Self {
        let mut desk = Desk(State::default());
        let spec = QueueSpec {
            name: "leads".into(),
            presence: Presence::Ignored,
            mode: Mode::Push,
            strategy,
            join_at,
            ..QueueSpec::default()
        };
        desk.does(Command::CreateQueue { spec });
        for name in ["META", "GOOGLE"] {
            let spec = SourceSpec { name: name.into(), queue: ALL, ..SourceSpec::default() };
            desk.does(Command::CreateSource { spec });
        }
        desk.joins(&[META], &[]);
        desk.joins(&[GOOGLE], &[]);
        for source in [META, META, GOOGLE, META, META, GOOGLE, META, META] {
            let submission = Submission { source, ..Submission::default() };
            desk.does(Command::Submit { submission });
        }
        desk
    }

    fn does(&mut self, command: Command) {
        let handled = self.0.handle(Time(1_772_452_800_000), command);
        handled.answer.expect("an answer");
        self.0.forget_closed();
    }

    fn joins(&mut self, sources: &[SourceId], queues: &[QueueId]) -> (u64, u64) {
        self.does(Command::CreateAgent { spec: serving(sources, queues) });
        self.numbers(self.0.facts().last_agent)
    }

    fn changes(&mut self, agent: AgentId, spec: AgentSpec) -> (u64, u64) {
        self.does(Command::UpdateAgent { agent, spec });
        self.numbers(agent)
    }

    /// In total and today.
    fn numbers(&self, agent: AgentId) -> (u64, u64) {
        let standing = self.0.facts().agents[&agent].standings[&ALL];
        (standing.count, standing.today)
    }
}

fn serving(sources: &[SourceId], queues: &[QueueId]) -> AgentSpec {
    AgentSpec {
        sources: sources.iter().copied().collect(),
        queues: queues.iter().copied().collect(),
        ..AgentSpec::default()
    }
}

#[test]
fn a_newcomer_starts_level_with_those_of_the_source() {
    let mut desk = Desk::new(Strategy::FewestAssigned, JoinAt::Peers);
    assert_eq!(desk.joins(&[META], &[]), (6, 0));
    assert_eq!(desk.joins(&[GOOGLE], &[]), (2, 0));
    assert_eq!(desk.joins(&[META, GOOGLE], &[]), (6, 0), "flooded in none of them");
    assert_eq!(desk.joins(&[], &[ALL]), (2, 0), "everybody is a peer");
    // Who serves the queue as a whole is a peer in each of its sources.
    assert_eq!(desk.joins(&[META], &[]), (2, 0));
    let mut desk = Desk::new(Strategy::FewestToday, JoinAt::Peers);
    assert_eq!(desk.joins(&[META], &[]), (0, 6));
    let mut desk = Desk::new(Strategy::FewestAssigned, JoinAt::Zero);
    assert_eq!(desk.joins(&[META], &[]), (0, 0));
}

#[test]
fn what_is_added_to_somebody_is_joined_too() {
    let ben = AgentId(2);
    let mut desk = Desk::new(Strategy::FewestAssigned, JoinAt::Peers);
    // Nothing is begun by other edits, and a count is never lowered.
    let heavier = AgentSpec { weight: 3, ..serving(&[GOOGLE], &[]) };
    assert_eq!(desk.changes(ben, heavier), (2, 2));
    assert_eq!(desk.changes(ben, serving(&[META, GOOGLE], &[])), (6, 2));
    assert_eq!(desk.changes(ben, serving(&[GOOGLE], &[])), (6, 2));
    let mut desk = Desk::new(Strategy::FewestAssigned, JoinAt::Peers);
    assert_eq!(desk.changes(ben, serving(&[], &[ALL])), (6, 2), "the only other has six");
    // They had META by serving the queue.
    let mut desk = Desk::new(Strategy::FewestAssigned, JoinAt::Peers);
    assert_eq!(desk.joins(&[], &[ALL]), (2, 0));
    assert_eq!(desk.changes(AgentId(3), serving(&[META], &[])), (2, 0));
}
