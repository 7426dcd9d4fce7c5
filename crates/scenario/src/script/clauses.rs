//! The clauses of settings, agents, queues, sources and rules, in any order. Each changes one
//! field of what was there before.

use super::ParseError;
use super::cursor::Cursor;
use super::line::id;
use super::names::Names;
use super::when::condition;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use routing::{
    AgentSpec, AtCap, Bar, Condition, DaysOff, DedupeScope, Dispatch, Disposition, Hours, JoinAt,
    Kind, Mode, Presence, QueueId, QueueSpec, RuleSpec, ServiceTarget, Settings, Shift, Silence,
    SourceId, SourceSpec, Step, Strategy, Then, Time, TimeOfDay,
};

pub(super) const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

pub(super) const STRATEGIES: [(&str, Strategy); 7] = [
    ("fair share", Strategy::FairShare),
    ("round robin", Strategy::RoundRobin),
    ("fewest assigned", Strategy::FewestAssigned),
    ("fewest today", Strategy::FewestToday),
    ("longest idle", Strategy::LongestIdle),
    ("least busy", Strategy::LeastBusy),
    ("best skill", Strategy::BestSkill),
];

/// A rule that holds always and does nothing yet.
pub(super) fn no_rule(name: &str) -> RuleSpec {
    RuleSpec {
        name: name.to_owned(),
        position: 0,
        when: Condition::All(Vec::new()),
        queue: None,
        priority: None,
        skills: Default::default(),
    }
}

pub(super) fn settings(c: &mut Cursor, mut settings: Settings) -> Result<Settings, ParseError> {
    while !c.is_done() {
        if c.take("zone") {
            settings.time_zone = c.text("a time zone such as Asia/Kolkata")?;
        } else if c.take("country") {
            settings.country = c.text("a country such as IN")?;
        } else if c.take("heartbeat") {
            settings.heartbeat_secs = c.secs()?;
        } else if c.take("re-offer") {
            settings.re_offer_secs = c.secs()?;
        } else if c.take("ageing") {
            settings.ageing_secs = c.secs()?;
        } else if c.take("dispatch at once") {
            settings.dispatch = Dispatch::AtOnce;
        } else if c.take("dispatch by worker") {
            settings.dispatch = Dispatch::ByWorker;
        } else if c.take("no holidays") {
            settings.holidays.clear();
        } else if c.take("holiday") || c.take("holidays") {
            settings.holidays = c.several(holiday)?.into_iter().collect();
        } else {
            return c.unexpected(
                "zone, country, heartbeat, re-offer, ageing, dispatch at once, \
                 dispatch by worker, holiday, no holidays",
            );
        }
    }
    Ok(settings)
}

/// `2026-11-08 Diwali`
fn holiday(c: &mut Cursor) -> Result<(Date, String), ParseError> {
    Ok((c.day()?, c.text("what the holiday is called")?))
}

/// `2026-03-02 to 2026-03-05`, or one day.
fn days_off(c: &mut Cursor) -> Result<DaysOff, ParseError> {
    let from = c.day()?;
    Ok(DaysOff { from, to: if c.take("to") { c.day()? } else { from } })
}

fn kind(c: &mut Cursor) -> Result<Kind, ParseError> {
    for (word, kind) in [("lead", Kind::Lead), ("task", Kind::Task), ("call", Kind::Call)] {
        if c.take(word) {
            return Ok(kind);
        }
    }
    c.unexpected("lead, task, call")
}

pub(super) fn agent(
    c: &mut Cursor,
    names: &Names,
    mut spec: AgentSpec,
) -> Result<AgentSpec, ParseError> {
    while !c.is_done() {
        if c.take("no regions") {
            spec.regions.clear();
        } else if c.take("no languages") {
            spec.languages.clear();
        } else if c.take("no skills") {
            spec.skills.clear();
        } else if c.take("no cap") {
            spec.daily_cap = None;
        } else if c.take("region") || c.take("regions") {
            spec.regions = c.several(|c| c.code("a region"))?.into_iter().collect();
        } else if c.take("speaks") {
            spec.languages = c.several(|c| c.code("a language"))?.into_iter().collect();
        } else if c.take("skill") || c.take("skills") {
            spec.skills = c.skills()?;
        } else if c.take("weight") {
            spec.weight = c.number("a weight from 1 to 20")?;
        } else if c.take("cap") {
            spec.daily_cap = Some(c.number("how many a day")?);
        } else if c.take("capacity") {
            for (kind, limit) in c.several(capacity)? {
                match kind {
                    Kind::Lead => spec.capacity.lead = limit,
                    Kind::Task => spec.capacity.task = limit,
                    Kind::Call => spec.capacity.call = limit,
                }
            }
        } else if c.take("serves no queue") {
            spec.queues.clear();
        } else if c.take("serves no source") {
            spec.sources.clear();
        } else if c.take("serves source") || c.take("serves sources") {
            let one = |c: &mut Cursor| Ok(SourceId(id(c, &names.sources, "source")?));
            spec.sources = c.several(one)?.into_iter().collect();
        } else if c.take("serves") {
            let one = |c: &mut Cursor| Ok(QueueId(id(c, &names.queues, "queue")?));
            spec.queues = c.several(one)?.into_iter().collect();
        } else if c.take("no days off") {
            spec.days_off.clear();
        } else if c.take("off") {
            spec.days_off = c.several(days_off)?;
        } else if c.take("works on holidays") {
            spec.works_holidays = true;
        } else if c.take("rests on holidays") {
            spec.works_holidays = false;
        } else if c.take("paused") {
            spec.paused = true;
        } else if c.take("not paused") {
            spec.paused = false;
        } else if c.take("hours always") {
            spec.hours = Hours::default();
        } else if c.take("hours") {
            spec.hours = hours(c)?;
        } else {
            return c.unexpected(
                "region, speaks, skill, weight, cap, capacity, serves QUEUE, serves source SOURCE, \
                 hours, hours always, off DAY to DAY, no days off, works on holidays, \
                 rests on holidays, paused, not paused, no regions, no languages, no skills, \
                 no cap, serves no queue, serves no source",
            );
        }
    }
    Ok(spec)
}

/// `lead 5`, `task any`
fn capacity(c: &mut Cursor) -> Result<(Kind, Option<u32>), ParseError> {
    let kind = kind(c)?;
    if c.take("any") {
        return Ok((kind, None));
    }
    Ok((kind, Some(c.number("how many at once, or any")?)))
}

/// `mon-fri 09:00-18:00 and sat 10:00-14:00`
pub(super) fn hours(c: &mut Cursor) -> Result<Hours, ParseError> {
    Ok(Hours(c.several(shifts)?.into_iter().flatten().collect()))
}

/// `except mon-fri 10:00-12:00 on holidays until 2026-04-01 00:00`: what the do-not-call list
/// says, all of it if they may be called at times
pub(super) fn bar(c: &mut Cursor, now: Time, zone: &TimeZone) -> Result<Bar, ParseError> {
    let mut bar = Bar::default();
    if c.take("except") {
        bar.hours = hours(c)?;
    }
    bar.not_on_holidays = c.take("on holidays");
    if c.take("until") {
        bar.until = Some(c.local_time(now, zone)?);
    }
    Ok(bar)
}

/// `mon-fri 09:00-18:00`: the days one after the other.
fn shifts(c: &mut Cursor) -> Result<Vec<Shift>, ParseError> {
    const ALLOWED: &str = "days and times such as mon-fri 09:00-18:00";
    let days = c.text(ALLOWED)?;
    let day = |name: &str| match DAYS.iter().position(|d| *d == name) {
        Some(at) => Some(at as u8 + 1),
        None => name.strip_prefix("day")?.parse().ok(),
    };
    let (first, last) = days.split_once('-').unwrap_or((&days, &days));
    let times = c.text(ALLOWED)?;
    let time = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        TimeOfDay::new(hour.parse().ok()?, minute.parse().ok()?)
    };
    let times = times.split_once('-').and_then(|(from, to)| Some((time(from)?, time(to)?)));
    match (day(first), day(last), times) {
        (Some(first), Some(last), Some((from, to))) if first <= last => {
            Ok((first..=last).map(|day| Shift { day, from, to }).collect())
        }
        _ => Err(c.problem("these are no working hours", ALLOWED)),
    }
}

pub(super) fn queue(
    c: &mut Cursor,
    names: &Names,
    mut spec: QueueSpec,
) -> Result<QueueSpec, ParseError> {
    while !c.is_done() {
        if c.take("named") {
            spec.name = c.text("a name")?;
        } else if c.take("kind") {
            spec.kind = kind(c)?;
        } else if c.take("push") {
            spec.mode = Mode::Push;
        } else if c.take("pull") {
            spec.mode = Mode::Pull;
        } else if c.take("offer") {
            spec.mode = Mode::Offer { secs: c.secs()? };
        } else if c.take("presence required") {
            spec.presence = Presence::Required;
        } else if c.take("presence ignored") {
            spec.presence = Presence::Ignored;
        } else if c.take("no steps") {
            spec.steps.clear();
        } else if c.take("steps") {
            spec.steps = vec![step(c)?];
            while c.take_mark('|') {
                spec.steps.push(step(c)?);
            }
        } else if c.take("strategy") {
            let Some((_, strategy)) = STRATEGIES.iter().find(|(words, _)| c.take(words)) else {
                let known: Vec<&str> = STRATEGIES.iter().map(|(words, _)| *words).collect();
                return c.unexpected(&known.join(", "));
            };
            spec.strategy = *strategy;
        } else if c.take("cap wait") {
            spec.at_cap = AtCap::Wait;
        } else if c.take("cap overflow") {
            spec.at_cap = AtCap::OverflowFewestToday;
        } else if c.take("cap then") {
            spec.at_cap = AtCap::Queue { queue: QueueId(id(c, &names.queues, "queue")?) };
        } else if c.take("newcomers at peers") {
            spec.join_at = JoinAt::Peers;
        } else if c.take("newcomers at zero") {
            spec.join_at = JoinAt::Zero;
        } else if c.take("no results") {
            spec.dispositions.clear();
        } else if c.take("results") {
            spec.dispositions = vec![disposition(c, names)?];
            while c.take_mark('|') {
                spec.dispositions.push(disposition(c, names)?);
            }
        } else if c.take("no silence") {
            spec.silence = None;
        } else if c.take("silence") {
            spec.silence = Some(silence(c, names)?);
        } else if c.take("calling at any time") {
            spec.calling = Hours::default();
        } else if c.take("calling") {
            spec.calling = hours(c)?;
        } else if c.take("undo") {
            spec.undo_secs = c.secs()?;
        } else if c.take("keeps promises for") {
            spec.callback_grace_secs = c.secs()?;
        } else if c.take("target") {
            spec.service_target = service_target(c)?;
        } else if c.take("may move placed") {
            spec.may_move_placed = true;
        } else if c.take("may not move placed") {
            spec.may_move_placed = false;
        } else {
            return c.unexpected(
                "push, offer, pull, presence required, presence ignored, steps, strategy, \
                 cap wait, cap overflow, cap then QUEUE, newcomers at peers, newcomers at zero, \
                 results, no results, silence, no silence, calling mon-fri 09:00-21:00, \
                 calling at any time, undo 10s, keeps promises for 15m, target 80 percent within 20s short 5s, may move placed, may not move placed, kind, named",
            );
        }
    }
    Ok(spec)
}

/// `after 30s same region, skill kyc 2, relax 1`
fn step(c: &mut Cursor) -> Result<Step, ParseError> {
    let mut step = Step::default();
    let mut says_nothing = true;
    loop {
        c.skip_commas();
        if c.take("after") {
            step.after_secs = c.secs()?;
        } else if c.take("anyone") {
        } else if c.take("same region") {
            step.same_region = true;
        } else if c.take("same language") {
            step.same_language = true;
        } else if c.take("skill") || c.take("skills") {
            step.skills = c.skills()?;
        } else if c.take("relax") {
            step.relax_levels = c.number("by how many levels")?;
        } else if says_nothing {
            return c.unexpected("after, anyone, same region, same language, skill, relax");
        } else {
            return Ok(step);
        }
        says_nothing = false;
    }
}

/// `2h working at most 3 then ESCALATED`
fn silence(c: &mut Cursor, names: &Names) -> Result<Silence, ParseError> {
    let after_secs = c.secs()?;
    let working_hours = c.take("working");
    c.expect("at most")?;
    let max_moves = c.number("how often it goes to somebody else")?;
    let to = c.take("then").then(|| id(c, &names.queues, "queue")).transpose()?;
    Ok(Silence { after_secs, working_hours, max_moves, then_queue: to.map(QueueId) })
}

/// `80 percent within 20s short 5s`
fn service_target(c: &mut Cursor) -> Result<ServiceTarget, ParseError> {
    let percent = c.number("a percentage")?;
    c.expect("percent within")?;
    let within_secs = c.secs()?;
    c.expect("short")?;
    Ok(ServiceTarget { percent, within_secs, short_secs: c.secs()? })
}

/// `"no answer" label "No answer" retry after 2h at most 3`
fn disposition(c: &mut Cursor, names: &Names) -> Result<Disposition, ParseError> {
    let name = c.code("a result")?;
    let label = if c.take("label") { c.text("a label")? } else { String::new() };
    let contacted = c.take("contacted");
    let won = c.take("won");
    let do_not_call = c.take("not to be called again");
    let then = if c.take("closes") {
        Then::Close
    } else if c.take("retries after") {
        let after_secs = c.secs()?;
        c.expect("at most")?;
        Then::Retry { after_secs, max_attempts: c.number("how often at most")? }
    } else if c.take("moves to") {
        Then::Move { queue: QueueId(id(c, &names.queues, "queue")?) }
    } else {
        return c.unexpected(
            "label, contacted, won, not to be called again, closes, retries after 2h at most 3, moves to QUEUE",
        );
    };
    Ok(Disposition { name, label, contacted, won, do_not_call, then })
}

pub(super) fn source(
    c: &mut Cursor,
    names: &Names,
    mut spec: SourceSpec,
) -> Result<SourceSpec, ParseError> {
    while !c.is_done() {
        if c.take("named") {
            spec.name = c.text("a name")?;
        } else if c.take("kind") {
            spec.kind = kind(c)?;
        } else if c.take("to") {
            spec.queue = QueueId(id(c, &names.queues, "queue")?);
        } else if c.take("duplicates never") {
            spec.dedupe_window_secs = 0;
        } else if c.take("duplicates within") {
            spec.dedupe_window_secs = c.secs()?;
        } else if c.take("among workspace") {
            spec.dedupe_scope = DedupeScope::Workspace;
        } else if c.take("among source") {
            spec.dedupe_scope = DedupeScope::Source;
        } else {
            return c.unexpected(
                "to QUEUE, kind, duplicates within 1d, duplicates never, \
                 among workspace, among source, named",
            );
        }
    }
    Ok(spec)
}

pub(super) fn rule(
    c: &mut Cursor,
    names: &Names,
    mut spec: RuleSpec,
) -> Result<RuleSpec, ParseError> {
    while !c.is_done() {
        if c.take("named") {
            spec.name = c.text("a name")?;
        } else if c.take("position") {
            spec.position = c.number("a position such as 1")?;
        } else if c.take("when") {
            spec.when = condition(c)?;
        } else if c.take("to own queue") {
            spec.queue = None;
        } else if c.take("to") {
            spec.queue = Some(QueueId(id(c, &names.queues, "queue")?));
        } else if c.take("own priority") {
            spec.priority = None;
        } else if c.take("priority") {
            spec.priority = Some(c.number("a number from 0 to 100")?);
        } else if c.take("no skills") {
            spec.skills.clear();
        } else if c.take("skill") || c.take("skills") {
            spec.skills = c.skills()?;
        } else {
            return c.unexpected(
                "when, to QUEUE, to own queue, priority, own priority, skill, no skills, \
                 position, named",
            );
        }
    }
    Ok(spec)
}
