//! Settings, agents, queues, sources and rules as clauses: what differs from the base.

use super::clauses::{DAYS, STRATEGIES};
use super::names::{Names, word};
use super::print::span;
use super::when;
use routing::{
    AgentSpec, AtCap, Callable, Code, DedupeScope, Dispatch, Disposition, Hours, JoinAt, Kind,
    Mode, Presence, QueueSpec, RuleSpec, ServiceTarget, Settings, Shift, Skills, SourceSpec, Step,
    Strategy, Then,
};

/// Every setting.
pub(super) fn settings(settings: &Settings) -> String {
    let dispatch = match settings.dispatch {
        Dispatch::AtOnce => "at once",
        Dispatch::ByWorker => "by worker",
    };
    let holidays = settings.holidays.iter().map(|(day, name)| format!("{day} {}", word(name)));
    let holidays = match settings.holidays.is_empty() {
        true => ", no holidays".to_owned(),
        false => format!(", holidays {}", holidays.collect::<Vec<_>>().join(" and ")),
    };
    format!(
        "zone {}, country {}, heartbeat {}, re-offer {}, ageing {}, dispatch {dispatch}{holidays}",
        word(&settings.time_zone),
        word(&settings.country),
        span(settings.heartbeat_secs),
        span(settings.re_offer_secs),
        span(settings.ageing_secs),
    )
}

pub(super) fn kind_name(kind: Kind) -> &'static str {
    super::line::kind_word(kind)
}

pub(super) fn strategy_words(strategy: Strategy) -> &'static str {
    STRATEGIES.iter().find(|(_, s)| *s == strategy).map_or("fair share", |(words, _)| words)
}

pub(super) fn skills(skills: &Skills) -> String {
    let each: Vec<String> =
        skills.iter().map(|(skill, level)| format!("{} {level}", word(skill.as_str()))).collect();
    each.join(" and ")
}

fn list<'a>(codes: impl Iterator<Item = &'a Code>) -> String {
    codes.map(|c| word(c.as_str())).collect::<Vec<_>>().join(" and ")
}

pub(super) fn agent(names: &Names, spec: &AgentSpec, base: &AgentSpec) -> Vec<String> {
    let mut parts = Vec::new();
    if !spec.regions.is_empty() {
        parts.push(format!("region {}", list(spec.regions.iter())));
    }
    if !spec.languages.is_empty() {
        parts.push(format!("speaks {}", list(spec.languages.iter())));
    }
    if !spec.skills.is_empty() {
        parts.push(format!("skill {}", skills(&spec.skills)));
    }
    if spec.weight != base.weight {
        parts.push(format!("weight {}", spec.weight));
    }
    let limits: Vec<String> = [Kind::Lead, Kind::Task, Kind::Call]
        .into_iter()
        .filter(|kind| spec.capacity.of(*kind) != base.capacity.of(*kind))
        .map(|kind| match spec.capacity.of(kind) {
            Some(limit) => format!("{} {limit}", kind_name(kind)),
            None => format!("{} any", kind_name(kind)),
        })
        .collect();
    if !limits.is_empty() {
        parts.push(format!("capacity {}", limits.join(" and ")));
    }
    if let Some(cap) = spec.daily_cap {
        parts.push(format!("cap {cap}"));
    }
    if !spec.queues.is_empty() {
        let queues: Vec<String> = spec.queues.iter().map(|q| names.queues.name(q.0)).collect();
        parts.push(format!("serves {}", queues.join(" and ")));
    }
    if !spec.sources.is_empty() {
        let sources: Vec<String> = spec.sources.iter().map(|s| names.sources.name(s.0)).collect();
        parts.push(format!("serves source {}", sources.join(" and ")));
    }
    if !spec.hours.0.is_empty() {
        parts.push(format!("hours {}", hours(&spec.hours)));
    }
    if !spec.days_off.is_empty() {
        let off = spec.days_off.iter().map(|off| format!("{} to {}", off.from, off.to));
        parts.push(format!("off {}", off.collect::<Vec<_>>().join(" and ")));
    }
    if spec.works_holidays {
        parts.push("works on holidays".into());
    }
    if spec.paused {
        parts.push("paused".into());
    }
    parts
}

/// Days that follow each other and have the same times are said as one.
pub(super) fn hours(hours: &Hours) -> String {
    let mut runs: Vec<(Shift, u8)> = Vec::new();
    for shift in &hours.0 {
        match runs.last_mut() {
            Some((first, last))
                if *last + 1 == shift.day
                    && (1..=7).contains(&shift.day)
                    && (first.from, first.to) == (shift.from, shift.to) =>
            {
                *last = shift.day;
            }
            _ => runs.push((*shift, shift.day)),
        }
    }
    let day = |day: u8| match DAYS.get(usize::from(day.wrapping_sub(1))) {
        Some(name) => (*name).to_owned(),
        None => format!("day{day}"),
    };
    let run = |(first, last): &(Shift, u8)| {
        let days = match first.day == *last {
            true => day(*last),
            false => format!("{}-{}", day(first.day), day(*last)),
        };
        format!("{days} {}-{}", first.from, first.to)
    };
    runs.iter().map(run).collect::<Vec<_>>().join(" and ")
}

pub(super) fn queue(names: &Names, spec: &QueueSpec, base: &QueueSpec) -> Vec<String> {
    let mut parts = Vec::new();
    if spec.name != base.name {
        parts.push(format!("named {}", word(&spec.name)));
    }
    if spec.kind != base.kind {
        parts.push(format!("kind {}", kind_name(spec.kind)));
    }
    match spec.mode {
        Mode::Push => {}
        Mode::Pull => parts.push("pull".into()),
        Mode::Offer { secs } => parts.push(format!("offer {}", span(secs))),
    }
    if spec.presence == Presence::Ignored {
        parts.push("presence ignored".into());
    }
    if spec.steps.is_empty() {
        parts.push("no steps".into());
    } else if spec.steps != base.steps {
        let steps: Vec<String> = spec.steps.iter().map(step).collect();
        parts.push(format!("steps {}", steps.join(" | ")));
    }
    if spec.strategy != base.strategy {
        parts.push(format!("strategy {}", strategy_words(spec.strategy)));
    }
    match spec.at_cap {
        AtCap::Wait => {}
        AtCap::OverflowFewestToday => parts.push("cap overflow".into()),
        AtCap::Queue { queue } => parts.push(format!("cap then {}", names.queues.name(queue.0))),
    }
    if spec.join_at == JoinAt::Zero {
        parts.push("newcomers at zero".into());
    }
    if !spec.dispositions.is_empty() {
        let results: Vec<String> =
            spec.dispositions.iter().map(|d| disposition(names, d)).collect();
        parts.push(format!("results {}", results.join(" | ")));
    }
    if spec.may_move_placed {
        parts.push("may move placed".into());
    }
    if let Some(silence) = spec.silence {
        let working = if silence.working_hours { " working" } else { "" };
        let then = silence.then_queue.map(|to| format!(" then {}", names.queues.name(to.0)));
        parts.push(format!(
            "silence {}{working} at most {}{}",
            span(silence.after_secs),
            silence.max_moves,
            then.unwrap_or_default()
        ));
    }
    if spec.undo_secs > 0 {
        parts.push(format!("undo {}", span(spec.undo_secs)));
    }
    if spec.callback_grace_secs != QueueSpec::default().callback_grace_secs {
        parts.push(format!("keeps promises for {}", span(spec.callback_grace_secs)));
    }
    if !spec.calling.is_empty() {
        parts.push(format!("calling {}", hours(&spec.calling)));
    }
    if spec.service_target != base.service_target {
        let ServiceTarget { percent, within_secs, short_secs } = spec.service_target;
        let (within, short) = (span(within_secs), span(short_secs));
        parts.push(format!("target {percent} percent within {within} short {short}"));
    }
    parts
}

/// When a contact may be called.
pub(super) fn callable(callable: &Callable) -> Vec<String> {
    let mut parts = Vec::new();
    if !callable.zones.is_empty() {
        let zones: Vec<String> = callable.zones.iter().map(|zone| word(zone)).collect();
        parts.push(format!("zone {}", zones.join(" and ")));
    }
    if !callable.hours.is_empty() {
        parts.push(format!("wants calls {}", hours(&callable.hours)));
    }
    if callable.not_on_holidays {
        parts.push("no calls on holidays".into());
    }
    parts
}

fn step(step: &Step) -> String {
    let mut parts = Vec::new();
    if step.after_secs > 0 {
        parts.push(format!("after {}", span(step.after_secs)));
    }
    if step.same_region {
        parts.push("same region".into());
    }
    if step.same_language {
        parts.push("same language".into());
    }
    if !step.skills.is_empty() {
        parts.push(format!("skill {}", skills(&step.skills)));
    }
    if step.relax_levels > 0 {
        parts.push(format!("relax {}", step.relax_levels));
    }
    if !step.same_region && !step.same_language && step.skills.is_empty() {
        parts.push("anyone".into());
    }
    parts.join(" ")
}

fn disposition(names: &Names, disposition: &Disposition) -> String {
    let mut text = word(disposition.name.as_str());
    if !disposition.label.is_empty() {
        text += &format!(" label {}", word(&disposition.label));
    }
    if disposition.contacted {
        text += " contacted";
    }
    if disposition.won {
        text += " won";
    }
    if disposition.do_not_call {
        text += " not to be called again";
    }
    text += &match disposition.then {
        Then::Close => " closes".into(),
        Then::Retry { after_secs, max_attempts } => {
            format!(" retries after {} at most {max_attempts}", span(after_secs))
        }
        Then::Move { queue } => format!(" moves to {}", names.queues.name(queue.0)),
    };
    text
}

pub(super) fn source(names: &Names, spec: &SourceSpec, base: &SourceSpec) -> Vec<String> {
    let mut parts = vec![format!("to {}", names.queues.name(spec.queue.0))];
    if spec.name != base.name {
        parts.push(format!("named {}", word(&spec.name)));
    }
    if spec.kind != base.kind {
        parts.push(format!("kind {}", kind_name(spec.kind)));
    }
    match spec.dedupe_window_secs {
        0 => parts.push("duplicates never".into()),
        secs if secs != base.dedupe_window_secs => {
            parts.push(format!("duplicates within {}", span(secs)));
        }
        _ => {}
    }
    if spec.dedupe_scope == DedupeScope::Source {
        parts.push("among source".into());
    }
    parts
}

pub(super) fn rule(names: &Names, spec: &RuleSpec, base_name: &str) -> Vec<String> {
    let mut parts = vec![format!("when {}", when::write(&spec.when))];
    if spec.name != base_name {
        parts.push(format!("named {}", word(&spec.name)));
    }
    if spec.position != 0 {
        parts.push(format!("position {}", spec.position));
    }
    if let Some(queue) = spec.queue {
        parts.push(format!("to {}", names.queues.name(queue.0)));
    }
    if let Some(priority) = spec.priority {
        parts.push(format!("priority {priority}"));
    }
    if !spec.skills.is_empty() {
        parts.push(format!("skill {}", skills(&spec.skills)));
    }
    parts
}
