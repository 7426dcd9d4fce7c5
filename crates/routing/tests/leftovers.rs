//! More can be matched than one command may: the rest follows, and a replay does the same.

use routing::{
    AgentId, AgentSpec, Answer, Command, Event, Handled, MAX_MATCHES, Mode, Presence, QueueSpec,
    SourceSpec, State, Submission, Time,
};

const NOON: Time = Time(1_772_452_800_000);

/// A state, and all that happened to it.
#[derive(Default)]
struct Run {
    state: State,
    events: Vec<(Time, Event)>,
}

impl Run {
    fn handle(&mut self, at: Time, command: Command) -> Handled {
        let handled = self.state.handle(at, command);
        self.events.extend(handled.events.iter().map(|event| (at, event.clone())));
        self.state.forget_closed();
        handled
    }

    fn assigned(&self) -> usize {
        self.events.iter().filter(|(_, event)| event.is_match()).count()
    }
}

#[test]
fn what_a_limit_left_over_is_matched_in_the_same_place_by_a_replay() {
    let mut run = Run::default();
    let spec = QueueSpec {
        name: "leads".into(),
        mode: Mode::Push,
        presence: Presence::Required,
        ..QueueSpec::default()
    };
    let Ok(Answer::Queue(queue)) = run.handle(NOON, Command::CreateQueue { spec }).answer else {
        panic!("no queue");
    };
    let spec = SourceSpec { name: "web".into(), queue, ..SourceSpec::default() };
    let Ok(Answer::Source(source)) = run.handle(NOON, Command::CreateSource { spec }).answer else {
        panic!("no source");
    };
    let spec = AgentSpec { queues: [queue].into(), ..AgentSpec::default() };
    run.handle(NOON, Command::CreateAgent { spec });
    let submit = || Command::Submit { submission: Submission { source, ..Submission::default() } };
    let leads = 4 * MAX_MATCHES + 500;
    for _ in 0..leads {
        run.handle(NOON, submit());
    }
    // They come in faster than the rest follows, as within one batch.
    let later = NOON.plus_secs(60);
    run.handle(later, Command::SignIn { agent: AgentId(1) });
    assert_eq!(run.assigned(), MAX_MATCHES);
    assert!(run.state.unfinished());
    let handled = run.handle(later, submit());
    assert!(matches!(handled.events[0], Event::Submitted { .. }), "{:?}", handled.events[0]);
    assert_eq!(run.assigned(), 2 * MAX_MATCHES);
    run.handle(later.plus_secs(1), Command::Clock);
    run.handle(later.plus_secs(1), submit());
    while run.state.unfinished() {
        run.handle(later.plus_secs(2), Command::Clock);
    }
    assert_eq!(run.assigned(), leads + 2);

    let mut again = Run::default();
    for (at, event) in &run.events {
        if let Some(command) = event.command() {
            again.handle(*at, command);
        }
    }
    assert!(again.events == run.events, "the replay went another way");
    assert_eq!(again.state.canonical(), run.state.canonical());
}
