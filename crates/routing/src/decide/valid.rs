//! What may be kept: every limit of a configuration object or submission.

use crate::agent::{AgentSpec, Code, Skills};
use crate::bar::MAX_BARS;
use crate::item::Submission;
use crate::queue::{AtCap, Mode, QueueSpec, ServiceTarget, Then};
use crate::rule::RuleSpec;
use crate::source::SourceSpec;
use crate::time::zone;
use crate::workspace::Settings;
use crate::{Bar, Callable, Facts, Hours, Kind, MAX_ATTRIBUTES, MAX_TEXT, QueueId, Refusal, Value};

/// The most skills an agent, item, step or rule may name.
pub(super) const MAX_SKILLS: usize = 50;
const MAX_NAME: usize = 100;
const MAX_CODE: usize = 64;
const MAX_CODES: usize = 200;
const MAX_SHIFTS: usize = 50;
const MAX_ZONES: usize = 32;
const MAX_DAYS_OFF: usize = 100;
const MAX_HOLIDAYS: usize = 400;
const MAX_REGIONS: usize = 500;
const MAX_REGION_NAMES: usize = 50;
const MAX_STEPS: usize = 10;
const MAX_DISPOSITIONS: usize = 30;
const DAY_SECS: u32 = 86_400;
const YEAR_SECS: u32 = 366 * DAY_SECS;

fn check(good: bool, field: &'static str, problem: impl Into<String>) -> Result<(), Refusal> {
    if good { Ok(()) } else { Err(Refusal::Invalid { field, problem: problem.into() }) }
}

fn name(name: &str) -> Result<(), Refusal> {
    let good = !name.trim().is_empty() && name.chars().count() <= MAX_NAME;
    check(good, "name", format!("must have 1 to {MAX_NAME} characters"))
}

pub(super) fn code(field: &'static str, code: &Code) -> Result<(), Refusal> {
    let good = !code.as_str().is_empty() && code.as_str().chars().count() <= MAX_CODE;
    check(good, field, format!("each must have 1 to {MAX_CODE} characters"))
}

fn codes<'a>(
    field: &'static str,
    list: impl ExactSizeIterator<Item = &'a Code>,
) -> Result<(), Refusal> {
    check(list.len() <= MAX_CODES, field, format!("at most {MAX_CODES}"))?;
    list.into_iter().try_for_each(|c| code(field, c))
}

fn skills(skills: &Skills) -> Result<(), Refusal> {
    check(skills.len() <= MAX_SKILLS, "skills", format!("at most {MAX_SKILLS}"))?;
    skills.keys().try_for_each(|c| code("skills", c))?;
    let levels = skills.values().all(|level| (1..=10).contains(level));
    check(levels, "skills", "levels go from 1 to 10")
}

pub(super) fn settings(settings: &Settings) -> Result<(), Refusal> {
    let Settings { time_zone, country, heartbeat_secs, re_offer_secs, ageing_secs, .. } = settings;
    check(
        zone(time_zone).is_some(),
        "time_zone",
        format!("“{time_zone}” is not an IANA time zone such as Asia/Kolkata"),
    )?;
    let letters = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
    check(letters, "country", "must be two capital letters such as IN (ISO 3166-1)")?;
    check((10..=3600).contains(heartbeat_secs), "heartbeat_secs", "must be 10 to 3600")?;
    check(*re_offer_secs <= DAY_SECS, "re_offer_secs", "must be at most 86400")?;
    check(*ageing_secs <= DAY_SECS, "ageing_secs", "must be at most 86400")?;
    let holidays = &settings.holidays;
    check(holidays.len() <= MAX_HOLIDAYS, "holidays", format!("at most {MAX_HOLIDAYS}"))?;
    let named = holidays.values().all(|name| name.chars().count() <= MAX_NAME);
    check(named, "holidays", format!("a name has at most {MAX_NAME} characters"))?;
    let regions = &settings.regions;
    check(regions.len() <= MAX_REGIONS, "regions", format!("at most {MAX_REGIONS}"))?;
    let few = regions.values().all(|names| names.len() <= MAX_REGION_NAMES);
    check(few, "regions", format!("a region has at most {MAX_REGION_NAMES} names"))?;
    let mut names = regions.iter().flat_map(|(code, names)| names.iter().chain([code]));
    let short = names.all(|name| (1..=MAX_CODE).contains(&name.len()));
    check(short, "regions", format!("codes and names have 1 to {MAX_CODE} bytes"))
}

fn hours(field: &'static str, hours: &Hours) -> Result<(), Refusal> {
    let shifts = &hours.0;
    check(shifts.len() <= MAX_SHIFTS, field, format!("at most {MAX_SHIFTS} shifts"))?;
    let days = shifts.iter().all(|s| (1..=7).contains(&s.day));
    check(days, field, "day goes from 1 (Monday) to 7 (Sunday)")
}

/// By whose clocks, and when, a contact may be called.
fn callable(callable: &Callable) -> Result<(), Refusal> {
    let zones = &callable.zones;
    check(zones.len() <= MAX_ZONES, "time_zone", format!("at most {MAX_ZONES}"))?;
    if let Some(unknown) = zones.iter().find(|name| zone(name).is_none()) {
        let problem = format!("“{unknown}” is not an IANA time zone such as Asia/Kolkata");
        return Err(Refusal::Invalid { field: "time_zone", problem });
    }
    hours("call_hours", &callable.hours)?;
    bars(&callable.bars)
}

/// What the do-not-call list says of a contact.
pub(super) fn bars(bars: &[Bar]) -> Result<(), Refusal> {
    check(bars.len() <= MAX_BARS, "bars", format!("at most {MAX_BARS}"))?;
    bars.iter().try_for_each(|bar| hours("bars", &bar.hours))
}

pub(super) fn agent(facts: &Facts, spec: &AgentSpec) -> Result<(), Refusal> {
    codes("regions", spec.regions.iter())?;
    codes("languages", spec.languages.iter())?;
    skills(&spec.skills)?;
    check((1..=20).contains(&spec.weight), "weight", "must be 1 to 20")?;
    if let Some(queue) = spec.queues.iter().find(|q| !facts.queues.contains_key(q)) {
        return Err(Refusal::UnknownQueue(*queue));
    }
    if let Some(source) = spec.sources.iter().find(|s| !facts.sources.contains_key(s)) {
        return Err(Refusal::UnknownSource(*source));
    }
    hours("hours", &spec.hours)?;
    let off = &spec.days_off;
    check(off.len() <= MAX_DAYS_OFF, "days_off", format!("at most {MAX_DAYS_OFF}"))?;
    check(off.iter().all(|off| off.from <= off.to), "days_off", "`from` comes before `to`")
}

/// Another queue that items of this one may go on to.
fn next_queue(
    facts: &Facts,
    field: &'static str,
    from: QueueId,
    kind: Kind,
    to: QueueId,
) -> Result<(), Refusal> {
    check(to != from, field, "must be another queue")?;
    let queue = facts.queues.get(&to).ok_or(Refusal::UnknownQueue(to))?;
    if queue.spec.kind != kind {
        return Err(Refusal::WrongKind { queue: to });
    }
    if queue.active { Ok(()) } else { Err(Refusal::QueueInactive(to)) }
}

pub(super) fn queue(facts: &Facts, id: QueueId, spec: &QueueSpec) -> Result<(), Refusal> {
    name(&spec.name)?;
    if let Mode::Offer { secs } = spec.mode {
        check((1..=DAY_SECS).contains(&secs), "mode", "an offer lasts 1 to 86400 seconds")?;
    }
    let steps = &spec.steps;
    check((1..=MAX_STEPS).contains(&steps.len()), "steps", format!("1 to {MAX_STEPS}"))?;
    let rising = steps.is_sorted_by_key(|s| s.after_secs);
    check(rising, "steps", "each must come at the same time as the one before, or later")?;
    let bounded = steps.iter().all(|s| s.after_secs <= YEAR_SECS && s.relax_levels <= 10);
    check(bounded, "steps", "after_secs is at most a year, relax_levels at most 10")?;
    steps.iter().try_for_each(|s| skills(&s.skills))?;
    if let AtCap::Queue { queue } = spec.at_cap {
        next_queue(facts, "at_cap", id, spec.kind, queue)?;
    }
    let known = &spec.dispositions;
    check(known.len() <= MAX_DISPOSITIONS, "dispositions", format!("at most {MAX_DISPOSITIONS}"))?;
    for (at, disposition) in known.iter().enumerate() {
        code("dispositions", &disposition.name)?;
        let label = disposition.label.chars().count() <= MAX_NAME;
        check(label, "dispositions", format!("a label has at most {MAX_NAME} characters"))?;
        let unique = known[..at].iter().all(|d| d.name != disposition.name);
        check(unique, "dispositions", "names must differ")?;
        let ends = !disposition.do_not_call || disposition.then == Then::Close;
        check(ends, "dispositions", "one that is never to be called again closes the item")?;
        match disposition.then {
            Then::Close => {}
            Then::Retry { after_secs, max_attempts } => {
                let good =
                    (1..=YEAR_SECS).contains(&after_secs) && (1..=100).contains(&max_attempts);
                check(
                    good,
                    "dispositions",
                    "a retry comes after 1 second to a year, 1 to 100 times",
                )?;
            }
            Then::Move { queue } => next_queue(facts, "dispositions", id, spec.kind, queue)?,
        }
    }
    check(spec.undo_secs <= 60, "undo_secs", "must be at most 60")?;
    let grace = spec.callback_grace_secs;
    check(grace <= DAY_SECS, "callback_grace_secs", "must be at most 86400")?;
    let ServiceTarget { percent, within_secs, short_secs } = spec.service_target;
    check((1..=100).contains(&percent), "service_target", "percent goes from 1 to 100")?;
    let good = (1..=30 * DAY_SECS).contains(&within_secs);
    check(good, "service_target", "within_secs goes from 1 to 2592000 (30 days)")?;
    check(short_secs <= DAY_SECS, "service_target", "short_secs is at most 86400")?;
    if let Some(silence) = spec.silence {
        let good = (60..=30 * DAY_SECS).contains(&silence.after_secs);
        check(good, "silence", "after_secs goes from 60 to 2592000 (30 days)")?;
        check(silence.max_moves <= 100, "silence", "max_moves is at most 100")?;
        if let Some(queue) = silence.then_queue {
            next_queue(facts, "silence", id, spec.kind, queue)?;
        }
    }
    hours("calling", &spec.calling)?;
    // Overflow beyond the cap needs a cap's meaning, which pulling does not have.
    let pulls = spec.mode == Mode::Pull && spec.at_cap != AtCap::Wait;
    check(!pulls, "at_cap", "a pull queue can only wait")?;
    Ok(())
}

pub(super) fn source(facts: &Facts, spec: &SourceSpec) -> Result<(), Refusal> {
    name(&spec.name)?;
    let queue = facts.queues.get(&spec.queue).ok_or(Refusal::UnknownQueue(spec.queue))?;
    if !queue.active {
        return Err(Refusal::QueueInactive(queue.id));
    }
    if queue.spec.kind != spec.kind {
        return Err(Refusal::WrongKind { queue: queue.id });
    }
    spec.category.iter().try_for_each(|category| code("category", category))?;
    spec.medium.iter().try_for_each(|medium| code("medium", medium))?;
    let window = spec.dedupe_window_secs <= YEAR_SECS;
    check(window, "dedupe_window_secs", "must be 0 to 31622400, which is a year")
}

pub(super) fn rule(facts: &Facts, spec: &RuleSpec) -> Result<(), Refusal> {
    name(&spec.name)?;
    spec.when.check().map_err(|problem| Refusal::Invalid { field: "when", problem })?;
    if let Some(queue) = spec.queue {
        let queue = facts.queues.get(&queue).ok_or(Refusal::UnknownQueue(queue))?;
        if !queue.active {
            return Err(Refusal::QueueInactive(queue.id));
        }
    }
    check(spec.priority.is_none_or(|p| p <= 100), "priority", "must be 0 to 100")?;
    skills(&spec.skills)
}

pub(super) fn submission(submission: &Submission) -> Result<(), Refusal> {
    let Submission { attributes, region, language, priority, .. } = submission;
    check(*priority <= 100, "priority", "must be 0 to 100")?;
    skills(&submission.skills)?;
    region.iter().try_for_each(|c| code("region", c))?;
    language.iter().try_for_each(|c| code("language", c))?;
    callable(&submission.callable)?;
    check(attributes.len() <= MAX_ATTRIBUTES, "attributes", format!("at most {MAX_ATTRIBUTES}"))?;
    for (name, value) in attributes.iter() {
        let short = |text: &str| text.len() <= MAX_TEXT;
        let good = match value {
            Value::Bool(_) => true,
            Value::Number(n) => n.is_finite(),
            Value::Text(text) => short(text),
            Value::List(list) => list.len() <= MAX_ATTRIBUTES && list.iter().all(|t| short(t)),
        };
        check(
            good && short(name) && !name.is_empty(),
            "attributes",
            format!("“{name}”: names and texts have at most {MAX_TEXT} bytes"),
        )?;
    }
    Ok(())
}
