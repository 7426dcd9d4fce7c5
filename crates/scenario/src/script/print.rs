//! Commands as lines of a script.

use super::line::{Makes, kind_word};
use super::names::{Names, word};
use super::print_clauses::{agent, callable, hours, queue, rule, settings, skills, source};
use super::when::write_value;
use jiff::tz::TimeZone;
use routing::{
    AgentId, AgentSpec, Bar, Code, Command, Facts, ItemId, Promise, QueueSpec, Seen, SourceSpec,
    Status, Submission, Target, Time,
};

/// The zone that a workspace's local times are meant in.
pub(crate) fn zone(facts: &Facts) -> TimeZone {
    TimeZone::get(&facts.settings.time_zone).unwrap_or(TimeZone::UTC)
}

/// A moment as a script says it: `2026-03-02 09:30`, with the offset when the clock shows it twice.
pub(crate) fn local(time: Time, zone: &TimeZone) -> String {
    let zoned = time.timestamp().to_zoned(zone.clone());
    let civil = zoned.datetime();
    let form = match (civil.second(), civil.millisecond()) {
        (0, 0) => "%Y-%m-%d %H:%M",
        (_, 0) => "%Y-%m-%d %H:%M:%S",
        _ => "%Y-%m-%d %H:%M:%S%.3f",
    };
    let text = civil.strftime(form).to_string();
    let twice = zone.to_ambiguous_timestamp(civil).is_ambiguous();
    if twice { format!("{text}{}", zoned.strftime("%:z")) } else { text }
}

/// A span as a script says it, in its largest whole unit.
pub(crate) fn span(secs: u32) -> String {
    match secs {
        0 => "0s".into(),
        s if s % 86_400 == 0 => format!("{}d", s / 86_400),
        s if s % 3_600 == 0 => format!("{}h", s / 3_600),
        s if s % 60 == 0 => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}

/// The command as a script's line, and the name it gives to what it makes.
pub fn print(names: &Names, facts: &Facts, command: &Command) -> (String, Option<Makes>) {
    let agents = |id: &AgentId| names.agents.name(id.0);
    let plain = |line: String| (line, None);
    match command {
        Command::Configure { settings: s } => plain(format!("workspace {}", settings(s))),
        Command::CreateAgent { spec } => {
            let name = format!("agent{}", facts.last_agent.0 + 1);
            let line = clauses(format!("agent {name}"), agent(names, spec, &AgentSpec::default()));
            (line, Some(Makes::Agent(name)))
        }
        Command::UpdateAgent { agent: id, spec } => plain(clauses(
            format!("replace agent {}", agents(id)),
            agent(names, spec, &AgentSpec::default()),
        )),
        Command::DeactivateAgent { agent } => plain(format!("deactivate agent {}", agents(agent))),
        Command::CreateQueue { spec } => {
            let name = format!("queue{}", facts.last_queue.0 + 1);
            let base = QueueSpec { name: name.clone(), ..QueueSpec::default() };
            let line = clauses(format!("queue {name}"), queue(names, spec, &base));
            (line, Some(Makes::Queue(name)))
        }
        Command::UpdateQueue { queue: id, spec } => plain(clauses(
            format!("replace queue {}", names.queues.name(id.0)),
            queue(names, spec, &QueueSpec::default()),
        )),
        Command::DeactivateQueue { queue } => {
            plain(format!("deactivate queue {}", names.queues.name(queue.0)))
        }
        Command::CreateSource { spec } => {
            let name = format!("source{}", facts.last_source.0 + 1);
            let base = SourceSpec { name: name.clone(), ..SourceSpec::default() };
            let line = clauses(format!("source {name}"), source(names, spec, &base));
            (line, Some(Makes::Source(name)))
        }
        Command::UpdateSource { source: id, spec } => plain(clauses(
            format!("replace source {}", names.sources.name(id.0)),
            source(names, spec, &SourceSpec::default()),
        )),
        Command::DeactivateSource { source } => {
            plain(format!("deactivate source {}", names.sources.name(source.0)))
        }
        Command::CreateRule { spec } => {
            let name = format!("rule{}", facts.last_rule.0 + 1);
            let line = clauses(format!("rule {name}"), rule(names, spec, &name));
            (line, Some(Makes::Rule(name)))
        }
        Command::UpdateRule { rule: id, spec } => plain(clauses(
            format!("replace rule {}", names.rules.name(id.0)),
            rule(names, spec, ""),
        )),
        Command::DeactivateRule { rule } => {
            plain(format!("deactivate rule {}", names.rules.name(rule.0)))
        }
        Command::SignIn { agent } => plain(format!("{} signs in", agents(agent))),
        Command::SignOut { agent } => plain(format!("{} signs out", agents(agent))),
        Command::Lapse { agent } => plain(format!("{} lapses", agents(agent))),
        Command::SetStatus { agent, status } => {
            plain(format!("{} is {}", agents(agent), status_words(status)))
        }
        Command::Forget { item } => plain(format!("forget {}", names.items.name(item.0))),
        Command::KeepResult { item, agent } => {
            plain(format!("{} is late with {}", agents(agent), names.items.name(item.0)))
        }
        Command::Force { item, version, arrived_at, submission } => {
            let (item, at) = (names.items.name(item.0), local(*arrived_at, &zone(facts)));
            let source = names.sources.name(submission.source.0);
            let line = format!("force {item} version {version} of {at} from {source}");
            plain(clauses(line, brought(facts, submission)))
        }
        Command::SetBars { item, bars: none } if none.is_empty() => {
            plain(format!("list frees {}", names.items.name(item.0)))
        }
        Command::SetBars { item, bars: said } => {
            let said = bars(facts, said).join(", ");
            let said = said.strip_prefix("barred").unwrap_or(&said);
            plain(format!("list bars {}{said}", names.items.name(item.0)))
        }
        Command::Submit { submission } => submit(names, facts, submission),
        Command::Claim { agent } => plain(format!("{} claims", agents(agent))),
        Command::Accept { item, seen } => plain(act(names, "accepts", *item, *seen)),
        Command::Decline { item, seen } => plain(act(names, "declines", *item, *seen)),
        Command::Update { item, seen, contacted, by_other } => {
            let contacted = if *contacted { " contacted" } else { "" };
            let whose = if seen.agent.is_none() && !by_other { " for the holder" } else { "" };
            plain(format!("{}{contacted}{whose}", act(names, "updates", *item, *seen)))
        }
        Command::Release { item, seen } => plain(act(names, "releases", *item, *seen)),
        Command::Cancel { item, seen } => plain(act(names, "cancels", *item, *seen)),
        Command::Complete { item, seen, disposition } => plain(format!(
            "{} as {}",
            act(names, "completes", *item, *seen),
            word(disposition.as_str())
        )),
        Command::Undo { item, agent } => {
            plain(format!("{} undoes {}", agents(agent), names.items.name(item.0)))
        }
        Command::Retry { item, seen, until, promise } => {
            let until = local(*until, &zone(facts));
            let whose = match promise {
                Some(Promise::Anybody) => " for anybody".to_owned(),
                Some(Promise::Agent(agent)) => format!(" for {}", agents(agent)),
                None => String::new(),
            };
            plain(format!("{} at {until}{whose}", act(names, "retries", *item, *seen)))
        }
        Command::Reassign { item, seen, to } => {
            let to = match to {
                Target::Agent(agent) => agents(agent),
                Target::Queue(queue) => format!("queue {}", names.queues.name(queue.0)),
            };
            plain(format!("{} to {to}", act(names, "reassigns", *item, *seen)))
        }
        Command::Match { source, max } => plain(match source {
            Some(source) => {
                format!("match at most {max} from {}", names.sources.name(source.0))
            }
            None => format!("match at most {max}"),
        }),
        Command::Clock => plain("clock".into()),
    }
}

pub(super) fn clauses(first: String, clauses: Vec<String>) -> String {
    if clauses.is_empty() { first } else { format!("{first} {}", clauses.join(", ")) }
}

pub(super) fn status_words(status: &Status) -> String {
    match status {
        Status::Available => "available".into(),
        Status::Offline => "offline".into(),
        Status::Away { reason } => format!("away {}", word(reason.as_str())),
    }
}

fn act(names: &Names, verb: &str, item: ItemId, seen: Seen) -> String {
    let who = seen.agent.map_or_else(|| "supervisor".into(), |agent| names.agents.name(agent.0));
    let version = seen.version.map_or_else(String::new, |version| format!(" version {version}"));
    format!("{who} {verb} {}{version}", names.items.name(item.0))
}

fn submit(names: &Names, facts: &Facts, submission: &Submission) -> (String, Option<Makes>) {
    let source = submission.source;
    let kind = facts.sources.get(&source).map_or("item", |s| kind_word(s.spec.kind));
    let name = format!("{}{}", kind[..1].to_uppercase(), facts.last_item.0 + 1);
    let line = format!("{kind} {name} from {}", names.sources.name(source.0));
    (clauses(line, brought(facts, submission)), Some(Makes::Item(name)))
}

/// What the do-not-call list says of its contact.
fn bars(facts: &Facts, bars: &[Bar]) -> Vec<String> {
    let one = |bar: &Bar| {
        let mut text = "barred".to_owned();
        if !bar.hours.is_empty() {
            text += &format!(" except {}", hours(&bar.hours));
        }
        if bar.not_on_holidays {
            text += " on holidays";
        }
        if let Some(until) = bar.until {
            text += &format!(" until {}", local(until, &zone(facts)));
        }
        text
    };
    bars.iter().map(one).collect()
}

/// What an item brings along.
fn brought(facts: &Facts, submission: &Submission) -> Vec<String> {
    let Submission { attributes, region, language, skills: wanted, .. } = submission;
    let code = |what: &str, code: &Option<Code>| {
        code.as_ref().map(|code| format!("{what} {}", word(code.as_str())))
    };
    let mut parts: Vec<String> =
        [code("region", region), code("language", language)].into_iter().flatten().collect();
    if !wanted.is_empty() {
        parts.push(format!("skill {}", skills(wanted)));
    }
    if submission.priority != 0 {
        parts.push(format!("priority {}", submission.priority));
    }
    if let Some(earliest) = submission.earliest {
        parts.push(format!("not before {}", local(earliest, &zone(facts))));
    }
    if let Some(contact) = submission.contact {
        parts.push(format!("contact @{:x}", contact.0));
    }
    parts.extend(callable(&submission.callable));
    parts.extend(bars(facts, &submission.callable.bars));
    if !attributes.is_empty() {
        let pairs: Vec<String> = attributes
            .iter()
            .map(|(name, value)| format!("{} {}", word(name), write_value(value)))
            .collect();
        parts.push(format!("with {}", pairs.join(" and ")));
    }
    parts
}
