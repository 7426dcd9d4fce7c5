//! Configurations and submissions of every kind, now and then a wrong one.

use super::random::Random;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use routing::{
    AgentSpec, AtCap, Attributes, Bar, Callable, Capacity, Code, Condition, ContactKey, DaysOff,
    DedupeScope, Dispatch, Disposition, Facts, Hours, JoinAt, Kind, Mode, Op, Presence, QueueId,
    QueueSpec, RuleSpec, ServiceTarget, Settings, Shift, Silence, Skills, SourceId, SourceSpec,
    Step, Strategy, Submission, Then, Time, TimeOfDay, Value,
};
use std::collections::BTreeSet;

const REGIONS: [&str; 3] = ["mh", "gj", "ka"];
const LANGUAGES: [&str; 3] = ["hi", "en", "kn"];
const SKILLS: [&str; 3] = ["kyc", "loans", "cards"];
const ZONES: [&str; 7] = [
    "Asia/Kolkata",
    "Europe/Berlin",
    "America/New_York",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "America/Havana",
    "UTC",
];
/// Results that queues may know, and one that none does.
pub(super) const RESULTS: [&str; 5] = ["good", "no answer", "busy", "wrong queue", "nonsense"];

/// How a run is flavoured: what its queues and people tend to be.
#[derive(Clone, Debug)]
pub struct Taste {
    pub zone: &'static str,
    pub dispatch: Dispatch,
    pub max_agents: u64,
    strategy: Option<Strategy>,
    kinds: u64,
    presence: u64,
    hours: u64,
    caps: u64,
    offers: u64,
    pulls: u64,
    steps: u64,
    silences: u64,
    calling: u64,
    undos: u64,
    wrong: u64,
}

impl Taste {
    pub fn new(random: &mut Random) -> Self {
        let strategy = random.percent(60).then(|| strategy(random));
        Taste {
            zone: random.pick(&ZONES).copied().unwrap_or("UTC"),
            dispatch: if random.percent(20) { Dispatch::ByWorker } else { Dispatch::AtOnce },
            max_agents: random.from_to(1, 8),
            strategy,
            kinds: if random.percent(50) { 1 } else { 3 },
            presence: random.below(101),
            hours: random.below(60),
            caps: random.below(80),
            offers: random.below(60),
            pulls: random.below(40),
            steps: random.below(100),
            silences: random.below(60),
            calling: if random.percent(50) { random.below(100) } else { 0 },
            undos: random.below(100),
            wrong: random.below(4),
        }
    }

    pub fn settings(&self, random: &mut Random, now: Time) -> Settings {
        let wrong = random.percent(self.wrong);
        let holidays = if random.percent(40) { random.from_to(1, 4) } else { 0 };
        Settings {
            time_zone: self.zone.into(),
            country: if wrong { "India".into() } else { "IN".into() },
            heartbeat_secs: random.from_to(10, 100) as u32,
            re_offer_secs: random.pick(&[0, 20, 60, 600]).copied().unwrap_or(60),
            ageing_secs: random.pick(&[0, 1, 60, 3600]).copied().unwrap_or(60),
            dispatch: self.dispatch,
            holidays: (0..holidays).map(|_| (day_near(random, now), "a feast".into())).collect(),
            // What people write for a region is read before the core sees it.
            regions: Default::default(),
        }
    }

    fn kind(&self, random: &mut Random) -> Kind {
        match random.below(self.kinds) {
            0 => Kind::Lead,
            1 => Kind::Task,
            _ => Kind::Call,
        }
    }

    pub fn agent(&self, random: &mut Random, facts: &Facts) -> AgentSpec {
        let limit = |random: &mut Random| match random.below(4) {
            0 => None,
            _ => Some(random.from_to(1, 3) as u32),
        };
        let wrong = random.percent(self.wrong);
        let queues = (1..=facts.last_queue.0 + u64::from(wrong)).map(QueueId);
        let sources = (1..=facts.last_source.0 + u64::from(wrong)).map(SourceId);
        let serves = random.from_to(20, 100);
        AgentSpec {
            regions: some(random, &REGIONS, 50).collect(),
            languages: some(random, &LANGUAGES, 50).collect(),
            skills: skills(random, 60),
            weight: if random.percent(self.wrong) { 21 } else { weight(random) },
            capacity: Capacity { lead: limit(random), task: limit(random), call: limit(random) },
            daily_cap: random.percent(self.caps).then(|| random.below(6) as u32),
            queues: queues.filter(|_| random.percent(serves)).collect(),
            sources: sources.filter(|_| random.percent(20)).collect(),
            hours: if random.percent(self.hours) { hours(random) } else { Hours::default() },
            days_off: match random.percent(self.hours / 3) {
                true => (0..random.from_to(1, 3)).map(|_| days_off(random, facts.now)).collect(),
                false => Vec::new(),
            },
            works_holidays: random.percent(30),
            paused: random.percent(3),
        }
    }

    pub fn queue(&self, random: &mut Random, facts: &Facts, kind: Option<Kind>) -> QueueSpec {
        let wrong = random.percent(self.wrong);
        let other = |random: &mut Random| QueueId(random.from_to(1, facts.last_queue.0.max(1)));
        let mode = match random.below(100) {
            n if n < self.offers => Mode::Offer { secs: random.from_to(1, 60) as u32 },
            n if n < self.offers + self.pulls => Mode::Pull,
            _ => Mode::Push,
        };
        let at_cap = match random.below(3) {
            _ if mode == Mode::Pull && !wrong => AtCap::Wait,
            0 => AtCap::Wait,
            1 => AtCap::OverflowFewestToday,
            _ if facts.last_queue.0 > 0 => AtCap::Queue { queue: other(random) },
            _ => AtCap::Wait,
        };
        let known = if random.percent(50) { random.from_to(1, 4) as usize } else { 0 };
        let dispositions = RESULTS[..known].iter().enumerate().map(|(at, name)| Disposition {
            name: Code::new(name),
            label: if at == 0 { "通过 / \"Good\"".into() } else { String::new() },
            contacted: at == 0,
            won: at == 0 && wrong,
            do_not_call: at == 2,
            then: match at {
                1 => Then::Retry { after_secs: random.from_to(1, 7200) as u32, max_attempts: 2 },
                3 if facts.last_queue.0 > 0 => Then::Move { queue: other(random) },
                _ => Then::Close,
            },
        });
        let dispositions = dispositions.collect();
        QueueSpec {
            name: format!("queue {}", random.below(100)),
            kind: kind.filter(|_| !wrong).unwrap_or_else(|| self.kind(random)),
            mode,
            presence: if random.percent(self.presence) {
                Presence::Required
            } else {
                Presence::Ignored
            },
            steps: self.steps(random),
            strategy: self.strategy.unwrap_or_else(|| strategy(random)),
            at_cap,
            join_at: if random.percent(70) { JoinAt::Peers } else { JoinAt::Zero },
            dispositions,
            may_move_placed: random.percent(30),
            silence: random.percent(self.silences).then(|| self.silence(random, facts)),
            calling: if random.percent(self.calling) { hours(random) } else { Hours::default() },
            undo_secs: match random.percent(self.undos) {
                true => random.from_to(1, if wrong { 70 } else { 60 }) as u32,
                false => 0,
            },
            callback_grace_secs: random.pick(&[0, 60, 900, 7200]).copied().unwrap_or(900),
            service_target: self.service_target(random),
        }
    }

    fn service_target(&self, random: &mut Random) -> ServiceTarget {
        if !random.percent(20) {
            return ServiceTarget::default();
        }
        let least = if random.percent(self.wrong) { 0 } else { 1 };
        ServiceTarget {
            percent: random.from_to(least, 100) as u8,
            within_secs: random.from_to(least, 3600) as u32,
            short_secs: random.below(60) as u32,
        }
    }

    fn silence(&self, random: &mut Random, facts: &Facts) -> Silence {
        let shortest = if random.percent(self.wrong) { 0 } else { 60 };
        Silence {
            after_secs: random.from_to(shortest, 7200) as u32,
            working_hours: random.percent(40),
            max_moves: random.below(4) as u32,
            then_queue: (facts.last_queue.0 > 0 && random.percent(40))
                .then(|| QueueId(random.from_to(1, facts.last_queue.0))),
        }
    }

    fn steps(&self, random: &mut Random) -> Vec<Step> {
        if !random.percent(self.steps) {
            return vec![Step::default()];
        }
        let mut after_secs = if random.percent(80) { 0 } else { random.from_to(1, 60) as u32 };
        let mut steps = Vec::new();
        for _ in 0..random.from_to(1, 3) {
            steps.push(Step {
                after_secs,
                same_region: random.percent(40),
                same_language: random.percent(30),
                skills: skills(random, 15),
                relax_levels: if random.percent(20) { random.from_to(1, 4) as u8 } else { 0 },
            });
            after_secs += random.below(90) as u32;
        }
        if random.percent(50) {
            steps.push(Step { after_secs, ..Step::default() });
        }
        if random.percent(self.wrong) {
            steps.reverse();
        }
        steps
    }

    pub fn source(&self, random: &mut Random, facts: &Facts) -> SourceSpec {
        let queue = QueueId(random.from_to(1, facts.last_queue.0.max(1)));
        let kind = facts.queues.get(&queue).map(|q| q.spec.kind);
        SourceSpec {
            name: format!("source {}", random.below(100)),
            kind: kind.filter(|_| !random.percent(self.wrong)).unwrap_or_default(),
            queue,
            dedupe_window_secs: random.pick(&[0, 60, 3600, 86_400]).copied().unwrap_or(0),
            dedupe_scope: if random.percent(50) {
                DedupeScope::Workspace
            } else {
                DedupeScope::Source
            },
            category: None,
            medium: None,
        }
    }

    pub fn rule(&self, random: &mut Random, facts: &Facts) -> RuleSpec {
        let queue = QueueId(random.from_to(1, facts.last_queue.0 + 1));
        let queue =
            if random.percent(2) { queue } else { QueueId(queue.0.min(facts.last_queue.0)) };
        RuleSpec {
            name: format!("rule {}", random.below(100)),
            position: random.below(3) as i32 - 1,
            when: condition(random, 3),
            queue: random.percent(60).then_some(queue).filter(|q| q.0 > 0),
            priority: random.percent(40).then(|| random.below(101) as u8),
            skills: skills(random, 15),
        }
    }

    pub fn submission(&self, random: &mut Random, facts: &Facts, now: Time) -> Submission {
        let wrong = random.percent(self.wrong);
        let attributes: Attributes = [
            ("budget", Value::from(random.below(5) as f64 * 500.0)),
            ("city", Value::from(if random.percent(50) { "pune" } else { "new delhi" })),
            ("vip", Value::from(random.percent(50))),
            ("tags", Value::List(vec!["web".into(), "5".into()])),
        ]
        .into_iter()
        .filter(|_| random.percent(50))
        .collect();
        Submission {
            source: SourceId(random.from_to(1, facts.last_source.0 + u64::from(wrong)).max(1)),
            attributes,
            region: random.percent(70).then(|| code(random, &REGIONS)),
            language: random.percent(70).then(|| code(random, &LANGUAGES)),
            skills: skills(random, 15),
            priority: match random.below(100) {
                0 if wrong => 101,
                0..40 => 0,
                n => n as u8,
            },
            earliest: random
                .percent(10)
                .then(|| Time(now.0 + random.below(7_200_000) as i64 / 1000 * 1000 - 60_000)),
            contact: random.percent(40).then(|| ContactKey(u128::from(random.below(6)))),
            callable: Callable {
                bars: if random.percent(8) { self.bars(random, now) } else { Vec::new() },
                ..self.callable(random)
            },
        }
    }

    fn callable(&self, random: &mut Random) -> Callable {
        if !random.percent(self.calling) {
            return Callable::default();
        }
        let wrong = random.percent(self.wrong).then(|| "Mars/Olympus".to_owned());
        let zones = (0..random.below(3)).filter_map(|_| random.pick(&ZONES).copied());
        Callable {
            zones: zones.map(str::to_owned).chain(wrong).collect(),
            hours: if random.percent(20) { hours(random) } else { Hours::default() },
            not_on_holidays: random.percent(20),
            bars: Vec::new(),
        }
    }

    /// What the do-not-call list may say: mostly never, now and then more than is taken.
    pub fn bars(&self, random: &mut Random, now: Time) -> Vec<Bar> {
        let count = if random.percent(self.wrong) { 11 } else { random.from_to(1, 2) };
        let mut bar = || Bar {
            hours: if random.percent(30) { hours(random) } else { Hours::default() },
            not_on_holidays: random.percent(20),
            until: (random.percent(40))
                .then(|| Time(now.0 + random.below(172_800) as i64 * 1000 - 60_000)),
        };
        (0..count).map(|_| bar()).collect()
    }
}

fn code(random: &mut Random, of: &[&str]) -> Code {
    Code::new(random.pick(of).copied().unwrap_or(""))
}

fn some<'a>(
    random: &'a mut Random,
    of: &'a [&str],
    percent: u64,
) -> impl Iterator<Item = Code> + 'a {
    of.iter().filter(move |_| random.percent(percent)).map(|text| Code::new(text))
}

fn skills(random: &mut Random, percent: u64) -> Skills {
    let names: BTreeSet<Code> = some(random, &SKILLS, percent).collect();
    names.into_iter().map(|skill| (skill, random.from_to(1, 6) as u8)).collect()
}

fn weight(random: &mut Random) -> u8 {
    if random.percent(50) { 1 } else { random.from_to(1, 20) as u8 }
}

pub(super) fn strategy(random: &mut Random) -> Strategy {
    match random.below(7) {
        0 => Strategy::FairShare,
        1 => Strategy::RoundRobin,
        2 => Strategy::FewestAssigned,
        3 => Strategy::FewestToday,
        4 => Strategy::LongestIdle,
        5 => Strategy::LeastBusy,
        _ => Strategy::BestSkill,
    }
}

/// A day from yesterday to three days on.
fn day_near(random: &mut Random, now: Time) -> Date {
    let today = now.timestamp().to_zoned(TimeZone::UTC).date();
    today.saturating_add((random.below(5) as i64 - 1).days())
}

fn days_off(random: &mut Random, now: Time) -> DaysOff {
    let from = day_near(random, now);
    let days = if random.percent(10) { 20 } else { random.below(3) as i64 };
    DaysOff { from, to: from.saturating_add(days.days()) }
}

fn hours(random: &mut Random) -> Hours {
    let time = |random: &mut Random| {
        TimeOfDay::new(random.below(24) as u16, random.below(4) as u16 * 15)
            .or_else(|| TimeOfDay::new(24, 0))
    };
    let shift = |random: &mut Random| {
        Some(Shift {
            day: random.from_to(1, 7) as u8,
            from: time(random)?,
            to: if random.percent(10) { TimeOfDay::new(24, 0)? } else { time(random)? },
        })
    };
    Hours((0..random.from_to(1, 8)).filter_map(|_| shift(random)).collect())
}

fn condition(random: &mut Random, depth: u64) -> Condition {
    let parts = |random: &mut Random| {
        (0..random.below(3)).map(|_| condition(random, depth - 1)).collect::<Vec<_>>()
    };
    let compare = |attribute: &str, op: Op, value: Value| Condition::Compare {
        attribute: attribute.into(),
        op,
        value,
    };
    match random.below(if depth > 0 { 12 } else { 9 }) {
        0 => compare("budget", Op::Ge, 1000.0.into()),
        1 => compare("budget", Op::Lt, 1500.5.into()),
        2 => compare("city", Op::Contains, "new d".into()),
        3 => compare("city", Op::In, Value::List(vec!["pune".into(), "x y".into()])),
        4 => compare("vip", Op::Exists, random.percent(50).into()),
        5 => compare("tags", Op::Contains, "5".into()),
        6 => compare("region", Op::Ne, "mh".into()),
        7 => compare("vip", Op::Eq, true.into()),
        // Not a list: refused.
        8 if random.percent(5) => compare("priority", Op::In, 50.0.into()),
        8 => compare("priority", Op::Gt, 50.0.into()),
        9 => Condition::All(parts(random)),
        10 => Condition::Any(parts(random)),
        _ => Condition::Not(Box::new(condition(random, depth - 1))),
    }
}
