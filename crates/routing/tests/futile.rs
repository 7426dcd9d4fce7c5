//! Which rules can never decide, what follows from what, and who is next.

use routing::{
    AgentId, AgentSpec, Answer, Attributes, Cause, Command, Condition, Event, Facts, Futile, Kind,
    Op, Presence, QueueId, QueueSpec, Rule, RuleId, RuleSpec, Skills, SourceId, SourceSpec, State,
    Step, Strategy, Submission, Time, Value,
};

const NOON: Time = Time(1_772_452_800_000);

/// A small generator: chance enters by a fixed seed. The second attribute may be the priority.
struct Chance(u64, [&'static str; 2]);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % n
    }

    fn text(&mut self) -> String {
        ["pune", "goa", "p"][self.below(3) as usize].to_owned()
    }

    fn number(&mut self) -> f64 {
        match self.1 {
            [_, "priority"] => [-1.0, 0.0, 50.0, 50.5, 51.0, 100.0, 101.0][self.below(7) as usize],
            _ => self.below(3) as f64,
        }
    }

    fn value(&mut self) -> Value {
        match self.below(4) {
            0 => Value::Bool(self.below(2) == 0),
            1 | 2 => Value::Number(self.number()),
            _ => Value::Text(self.text()),
        }
    }

    fn comparison(&mut self) -> Condition {
        let attribute = self.1[self.below(2) as usize].to_owned();
        let text = Value::Text(self.text());
        let (op, value) = match self.below(10) {
            0 => (Op::Eq, self.value()),
            1 => (Op::Ne, self.value()),
            2 => (Op::Lt, Value::Number(self.number())),
            3 => (Op::Le, Value::Number(self.number())),
            4 => (Op::Gt, Value::Number(self.number())),
            5 => (Op::Ge, text),
            6 => (Op::Contains, text),
            7 => (Op::StartsWith, text),
            8 => (Op::Exists, Value::Bool(self.below(2) == 0)),
            _ => (Op::In, Value::List((0..self.below(3)).map(|_| self.text()).collect())),
        };
        Condition::Compare { attribute, op, value }
    }

    fn condition(&mut self, depth: u32) -> Condition {
        let parts = |chance: &mut Chance| {
            (0..chance.below(3)).map(|_| chance.condition(depth - 1)).collect::<Vec<_>>()
        };
        match if depth == 0 { 9 } else { self.below(10) } {
            0 | 1 => Condition::All(parts(self)),
            2 | 3 => Condition::Any(parts(self)),
            4 => Condition::Not(Box::new(self.condition(depth - 1))),
            _ => self.comparison(),
        }
    }
}

/// Every item there can be, as far as these conditions can tell them apart.
fn items(names: [&str; 2]) -> Vec<Attributes> {
    let values: Vec<Option<Value>> = [
        None,
        Some(Value::Bool(true)),
        Some(Value::Bool(false)),
        Some(Value::Number(-1.0)),
        Some(Value::Number(0.0)),
        Some(Value::Number(0.5)),
        Some(Value::Number(1.0)),
        Some(Value::Number(2.0)),
        Some(Value::Number(3.0)),
        Some(Value::from("")),
        Some(Value::from("goa")),
        Some(Value::from("p")),
        Some(Value::from("pune")),
        Some(Value::from("z")),
        Some(Value::List(vec!["pune".into()])),
    ]
    .into();
    let priorities = || (0..=100u8).map(|p| Some(Value::Number(f64::from(p)))).collect();
    let others = if names[1] == "priority" { priorities() } else { values.clone() };
    let mut all = Vec::new();
    for a in &values {
        for b in &others {
            let pairs = [(names[0], a), (names[1], b)].into_iter();
            all.push(pairs.filter_map(|(n, v)| Some((n, v.clone()?))).collect());
        }
    }
    all
}

#[test]
fn what_is_said_to_follow_follows() {
    holds_up(["a", "b"], 20_000);
    holds_up(["a", "priority"], 2_000);
}

fn holds_up(names: [&'static str; 2], runs: u32) {
    let (items, mut chance) = (items(names), Chance(7, names));
    let (mut followed, mut never, mut always) = (0, 0, 0);
    for _ in 0..runs {
        let (one, other) = (chance.condition(2), chance.condition(2));
        if one.is_never() {
            never += 1;
            assert!(items.iter().all(|item| !one.holds(item)), "{one:?}");
        }
        if one.is_always() {
            always += 1;
            assert!(items.iter().all(|item| one.holds(item)), "{one:?}");
        }
        if one.implies(&other) {
            followed += 1;
            let broken = items.iter().find(|item| one.holds(item) && !other.holds(item));
            assert_eq!(broken, None, "{one:?} → {other:?}");
        }
    }
    // It says so often enough for the test to mean something.
    let often = followed > runs / 20 && never > runs / 100 && always > runs / 100;
    assert!(often, "{followed} {never} {always}");
}

fn compare(attribute: &str, op: Op, value: impl Into<Value>) -> Condition {
    Condition::Compare { attribute: attribute.into(), op, value: value.into() }
}

#[test]
fn what_people_write_is_seen_to_follow() {
    let list = |texts: &[&str]| Value::List(texts.iter().map(|t| (*t).to_owned()).collect());
    let region = |value: &str| compare("region", Op::Eq, value);
    for (one, other) in [
        (compare("budget", Op::Ge, 2000.0), compare("budget", Op::Ge, 1000.0)),
        (compare("budget", Op::Gt, 1000.0), compare("budget", Op::Exists, true)),
        (compare("budget", Op::Eq, 5.0), compare("budget", Op::Lt, 10.0)),
        (region("mh"), compare("region", Op::In, list(&["gj", "mh"]))),
        (
            compare("region", Op::In, list(&["gj", "mh"])),
            Condition::Any(vec![region("mh"), region("gj"), region("kl")]),
        ),
        (Condition::All(vec![region("mh"), compare("x", Op::Lt, 1.0)]), region("mh")),
        (
            Condition::Not(Box::new(compare("budget", Op::Ge, 1000.0))),
            Condition::Not(Box::new(compare("budget", Op::Ge, 2000.0))),
        ),
    ] {
        assert!(one.implies(&other), "{one:?} → {other:?}");
        assert!(!other.implies(&one), "{other:?} → {one:?}");
    }
}

#[test]
fn what_can_never_hold_is_seen() {
    use Condition::{All, Any, Not};
    let not = |part: Condition| Not(Box::new(part));
    let region = |value: &str| compare("region", Op::Eq, value);
    let (above, below) = (|n: f64| compare("x", Op::Gt, n), |n: f64| compare("x", Op::Lt, n));
    let priority = |op: Op, n: f64| compare("priority", op, n);
    let list = |texts: &[&str]| Value::List(texts.iter().map(|t| (*t).to_owned()).collect());
    for never in [
        All(vec![region("mh"), not(region("mh"))]),
        All(vec![region("mh"), compare("region", Op::Ne, "mh")]),
        All(vec![region("mh"), not(compare("region", Op::In, list(&["gj", "mh"])))]),
        All(vec![priority(Op::Gt, 50.0), priority(Op::Lt, 40.0)]),
        All(vec![region("mh"), priority(Op::Gt, 50.0), priority(Op::Lt, 51.0)]),
        priority(Op::Gt, 100.0),
        not(priority(Op::Le, 100.0)),
        compare("priority", Op::Exists, false),
        All(vec![above(5.0), below(5.0)]),
        All(vec![above(5.0), All(vec![region("mh"), below(4.0)])]),
        All(vec![above(5.0), region("mh"), Any(vec![below(4.0), region("gj")])]),
        All(vec![above(5.0), compare("x", Op::Lt, "z")]),
        All(vec![compare("x", Op::Exists, false), above(5.0)]),
        All(vec![compare("x", Op::StartsWith, "pune"), compare("x", Op::StartsWith, "goa")]),
        not(Any(vec![region("mh"), not(region("mh"))])),
    ] {
        assert!(never.is_never(), "{never:?}");
        assert!(not(never.clone()).is_always(), "{never:?}");
    }
    for may in [
        All(vec![compare("x", Op::Ge, 5.0), compare("x", Op::Le, 5.0)]),
        All(vec![not(above(5.0)), not(below(5.0))]),
        All(vec![priority(Op::Gt, 50.0), priority(Op::Lt, 52.0)]),
        All(vec![compare("x", Op::Exists, false), compare("x", Op::Ne, "z")]),
        All(vec![compare("x", Op::StartsWith, "pune"), compare("x", Op::StartsWith, "pu")]),
    ] {
        assert!(!may.is_never(), "{may:?}");
    }
    // Everything is one or the other; but what is absent is neither less nor not less.
    assert!(Any(vec![region("mh"), not(region("mh"))]).is_always());
    assert!(Any(vec![priority(Op::Lt, 50.0), priority(Op::Ge, 50.0)]).is_always());
    assert!(!Any(vec![below(5.0), compare("x", Op::Ge, 5.0)]).is_always());
}

/// One queue of leads, one of tasks, and two sources of leads.
fn desk() -> State {
    let mut state = State::default();
    let mut make = |command| drop(state.handle(NOON, command));
    for kind in [Kind::Lead, Kind::Task] {
        let spec = QueueSpec {
            name: format!("{kind:?}"),
            kind,
            presence: Presence::Ignored,
            strategy: Strategy::FewestAssigned,
            ..QueueSpec::default()
        };
        make(Command::CreateQueue { spec });
    }
    for name in ["META", "GOOGLE"] {
        let spec = SourceSpec { name: name.into(), queue: QueueId(1), ..SourceSpec::default() };
        make(Command::CreateSource { spec });
    }
    state
}

fn rule(id: u64, when: Condition, queue: Option<u64>) -> (RuleId, Rule) {
    let spec = RuleSpec {
        name: format!("rule {id}"),
        position: 0,
        when,
        queue: queue.map(QueueId),
        priority: None,
        skills: Skills::new(),
    };
    (RuleId(id), Rule { id: RuleId(id), spec, active: true })
}

#[test]
fn rules_that_never_decide_are_found_with_the_reason() {
    let mut facts: Facts = desk().facts().clone();
    let urgent = || compare("priority", Op::Gt, 50.0);
    let meta = || compare("source", Op::Eq, "META");
    facts.rules = [
        rule(1, urgent(), Some(2)),
        rule(2, urgent(), Some(9)),
        // Neither of these two has ever decided anything, so this one does.
        rule(3, urgent(), None),
        rule(4, compare("priority", Op::Gt, 60.0), Some(1)),
        rule(5, meta(), None),
        rule(6, Condition::All(vec![compare("source", Op::Eq, "Meta")]), None),
        rule(7, Condition::Any(vec![compare("source", Op::Eq, "x"), urgent()]), Some(1)),
        rule(8, compare("priority", Op::Gt, 100.0), None),
        rule(9, Condition::Any(vec![meta(), Condition::Not(Box::new(meta()))]), None),
        rule(10, compare("region", Op::Eq, "mh"), None),
    ]
    .into();
    let found = State::restore(facts).futile_rules();
    assert_eq!(
        found,
        [
            (RuleId(1), Futile::NothingOfKind(Kind::Task)),
            (RuleId(2), Futile::QueueInactive(QueueId(9))),
            (RuleId(4), Futile::Behind(RuleId(3))),
            (RuleId(6), Futile::UnknownSource("Meta".into())),
            (RuleId(8), Futile::Contradiction),
            (RuleId(10), Futile::Behind(RuleId(9))),
        ]
    );
}

#[test]
fn who_is_said_to_be_next_gets_the_next_item() {
    let mut state = desk();
    let steps = vec![
        Step { same_region: true, ..Step::default() },
        Step { skills: [(routing::Code::new("loans"), 3)].into(), ..Step::default() },
        Step::default(),
    ];
    let spec = QueueSpec { steps, ..state.facts().queues[&QueueId(1)].spec.clone() };
    state.handle(NOON, Command::UpdateQueue { queue: QueueId(1), spec });
    for (queues, sources, skilled, daily_cap) in [
        (vec![1], vec![], false, None),
        (vec![], vec![1], false, Some(3)),
        (vec![], vec![2], true, None),
        (vec![1], vec![], true, Some(2)),
        (vec![2], vec![], true, None),
    ] {
        let skills =
            if skilled { [(routing::Code::new("loans"), 5)].into() } else { Skills::new() };
        let spec = AgentSpec {
            queues: queues.into_iter().map(QueueId).collect(),
            sources: sources.into_iter().map(SourceId).collect(),
            skills,
            daily_cap,
            ..AgentSpec::default()
        };
        state.handle(NOON, Command::CreateAgent { spec });
    }
    for n in 0..12 {
        let source = SourceId(1 + n % 2);
        let contenders = state.contenders(QueueId(1), Some(source));
        let said = contenders.first().filter(|one| one.step.is_some()).map(|one| one.agent);
        let submission = Submission { source, ..Submission::default() };
        let handled = state.handle(NOON, Command::Submit { submission });
        assert!(matches!(handled.answer, Ok(Answer::Item(_))));
        let got = handled.events.iter().find_map(|event| match event {
            Event::Assigned { agent, reason, .. } => Some((*agent, reason.step, reason.key)),
            _ => None,
        });
        let first = contenders.first().and_then(|t| Some((t.agent, t.step?, t.key?)));
        assert_eq!((said, first), (got.map(|(agent, ..)| agent), got), "item {n}: {contenders:?}");
    }
    let contenders = state.contenders(QueueId(1), Some(SourceId(1)));
    let capped: Vec<AgentId> = contenders
        .iter()
        .filter(|one| one.cause == Some(Cause::AtCap))
        .map(|one| one.agent)
        .collect();
    assert_eq!(capped, [AgentId(4)]);
    // Only who serves the queue for this source is in line; for the queue itself, everyone of any.
    assert_eq!(contenders.len(), 3, "{contenders:?}");
    assert_eq!(state.contenders(QueueId(1), None).len(), 4);
}
