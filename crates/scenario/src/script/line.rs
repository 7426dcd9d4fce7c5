//! What each line of a script means.

use super::clauses::{agent, bar, hours, queue, rule, settings, source};
use super::cursor::Cursor;
use super::names::Table;
use super::print::zone;
use super::{ParseError, Stage};
use routing::{
    AgentId, AgentSpec, Attributes, Command, ContactKey, ItemId, Kind, Promise, QueueId, QueueSpec,
    RuleId, Seen, SourceId, SourceSpec, Status, Submission, Target, Time,
};

/// The name for what a command makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Makes {
    Agent(String),
    Queue(String),
    Source(String),
    Rule(String),
    Item(String),
}

/// One line, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// It is now this time; nothing happens by itself until something is asked.
    At(Time),
    /// It is now this time, and the clock is looked at.
    Advance(Time),
    Command {
        command: Box<Command>,
        makes: Option<Makes>,
    },
    /// Tells how agents and queues stand.
    Show,
    /// Tells who could have the item, and what speaks against the others.
    Why(ItemId),
}

const LINES: &str = "workspace, at, advance, until, clock, agent, queue, source, rule, \
     change, replace, deactivate, lead, task, call, item, force, list bars, list frees, match, show, why, supervisor, \
     or the name of an agent";

const ACTIONS: &str = "signs in, signs out, lapses, is available, is away REASON, is offline, \
     is late with, undoes, claims, accepts, declines, updates, completes, releases, retries, reassigns, cancels";

fn plain(command: Command) -> Result<Line, ParseError> {
    Ok(Line::Command { command: Box::new(command), makes: None })
}

pub(crate) fn parse(c: &mut Cursor, stage: &Stage) -> Result<Line, ParseError> {
    let line = parse_line(c, stage)?;
    c.end()?;
    Ok(line)
}

fn parse_line(c: &mut Cursor, stage: &Stage) -> Result<Line, ParseError> {
    let facts = stage.state.facts();
    let names = &stage.names;
    if c.take("workspace") {
        let settings = settings(c, facts.settings.clone())?;
        return plain(Command::Configure { settings });
    }
    if c.take("at") {
        return Ok(Line::At(time_ahead(c, stage)?));
    }
    if c.take("until") {
        return Ok(Line::Advance(time_ahead(c, stage)?));
    }
    if c.take("advance") {
        let millis = c.millis()?;
        return Ok(Line::Advance(Time(stage.now.0.saturating_add(millis))));
    }
    if c.take("clock") {
        return plain(Command::Clock);
    }
    if c.take("show") {
        return Ok(Line::Show);
    }
    if c.take("why") {
        return Ok(Line::Why(ItemId(id(c, &names.items, "item")?)));
    }
    if c.take("match") {
        c.take("at most");
        let max = c.number("how many to match at most")?;
        let of = c.take("from").then(|| id(c, &names.sources, "source")).transpose()?;
        return plain(Command::Match { source: of.map(SourceId), max });
    }
    if c.take("agent") {
        let name = new_name(c, "an agent")?;
        let command = Command::CreateAgent { spec: agent(c, names, AgentSpec::default())? };
        return Ok(Line::Command { command: Box::new(command), makes: Some(Makes::Agent(name)) });
    }
    if c.take("queue") {
        let name = new_name(c, "a queue")?;
        let base = QueueSpec { name: name.clone(), ..QueueSpec::default() };
        let command = Command::CreateQueue { spec: queue(c, names, base)? };
        return Ok(Line::Command { command: Box::new(command), makes: Some(Makes::Queue(name)) });
    }
    if c.take("source") {
        let name = new_name(c, "a source")?;
        let base = SourceSpec { name: name.clone(), ..SourceSpec::default() };
        let command = Command::CreateSource { spec: source(c, names, base)? };
        return Ok(Line::Command { command: Box::new(command), makes: Some(Makes::Source(name)) });
    }
    if c.take("rule") {
        let name = new_name(c, "a rule")?;
        let command = Command::CreateRule { spec: rule(c, names, super::clauses::no_rule(&name))? };
        return Ok(Line::Command { command: Box::new(command), makes: Some(Makes::Rule(name)) });
    }
    if c.take("change") {
        return update(c, stage, true);
    }
    if c.take("replace") {
        return update(c, stage, false);
    }
    if c.take("deactivate") {
        return deactivate(c, stage);
    }
    for kind in ["lead", "task", "call", "item"] {
        if c.take(kind) {
            return submit(c, stage, kind);
        }
    }
    if c.take("force") {
        return force(c, stage);
    }
    if c.take("forget") {
        return plain(Command::Forget { item: ItemId(id(c, &names.items, "item")?) });
    }
    if c.take("list bars") {
        return bars(c, stage);
    }
    if c.take("list frees") {
        let item = ItemId(id(c, &names.items, "item")?);
        return plain(Command::SetBars { item, bars: Vec::new() });
    }
    if c.take("supervisor") {
        return act(c, stage, None);
    }
    if c.peek().is_some_and(|word| word.starts_with('@') || names.agents.id(word).is_some()) {
        let agent = AgentId(id(c, &names.agents, "agent")?);
        return agent_line(c, stage, agent);
    }
    let allowed = format!("{LINES} ({})", names.agents.list());
    c.unexpected(&allowed)
}

fn time_ahead(c: &mut Cursor, stage: &Stage) -> Result<Time, ParseError> {
    let time = c.local_time(stage.now, &zone(stage.state.facts()))?;
    if time < stage.now {
        return Err(c.problem("time does not go back", "a later time"));
    }
    Ok(time)
}

fn new_name(c: &mut Cursor, what: &str) -> Result<String, ParseError> {
    c.text(&format!("a name for {what}"))
}

/// An object by its name, or by its id as `@7`.
pub(crate) fn id(c: &mut Cursor, table: &Table, what: &str) -> Result<u64, ParseError> {
    if let Some(id) = c.raw_id() {
        return Ok(id);
    }
    let name = c.text(&format!("the name of an {what}"))?;
    table.id(&name).ok_or_else(|| c.problem(format!("there is no {what} “{name}”"), table.list()))
}

fn update(c: &mut Cursor, stage: &Stage, keep: bool) -> Result<Line, ParseError> {
    let facts = stage.state.facts();
    let names = &stage.names;
    if c.take("agent") {
        let agent_id = AgentId(id(c, &names.agents, "agent")?);
        let before = facts.agents.get(&agent_id).filter(|_| keep).map(|a| a.spec.clone());
        let spec = agent(c, names, before.unwrap_or_default())?;
        return plain(Command::UpdateAgent { agent: agent_id, spec });
    }
    if c.take("queue") {
        let queue_id = QueueId(id(c, &names.queues, "queue")?);
        let before = facts.queues.get(&queue_id).filter(|_| keep).map(|q| q.spec.clone());
        let spec = queue(c, names, before.unwrap_or_default())?;
        return plain(Command::UpdateQueue { queue: queue_id, spec });
    }
    if c.take("source") {
        let source_id = SourceId(id(c, &names.sources, "source")?);
        let before = facts.sources.get(&source_id).filter(|_| keep).map(|s| s.spec.clone());
        let spec = source(c, names, before.unwrap_or_default())?;
        return plain(Command::UpdateSource { source: source_id, spec });
    }
    if c.take("rule") {
        let rule_id = RuleId(id(c, &names.rules, "rule")?);
        let before = facts.rules.get(&rule_id).filter(|_| keep).map(|r| r.spec.clone());
        let spec = rule(c, names, before.unwrap_or_else(|| super::clauses::no_rule("")))?;
        return plain(Command::UpdateRule { rule: rule_id, spec });
    }
    c.unexpected("agent, queue, source, rule")
}

fn deactivate(c: &mut Cursor, stage: &Stage) -> Result<Line, ParseError> {
    let names = &stage.names;
    if c.take("agent") {
        let agent = AgentId(id(c, &names.agents, "agent")?);
        return plain(Command::DeactivateAgent { agent });
    }
    if c.take("queue") {
        let queue = QueueId(id(c, &names.queues, "queue")?);
        return plain(Command::DeactivateQueue { queue });
    }
    if c.take("source") {
        let source = SourceId(id(c, &names.sources, "source")?);
        return plain(Command::DeactivateSource { source });
    }
    if c.take("rule") {
        let rule = RuleId(id(c, &names.rules, "rule")?);
        return plain(Command::DeactivateRule { rule });
    }
    c.unexpected("agent, queue, source, rule")
}

/// `lead L1 from META, region mh, with budget 1000 and city pune`
fn submit(c: &mut Cursor, stage: &Stage, kind: &str) -> Result<Line, ParseError> {
    let name = new_name(c, "the item")?;
    c.expect("from")?;
    let source = SourceId(id(c, &stage.names.sources, "source")?);
    let brings = stage.state.facts().sources.get(&source).map(|s| kind_word(s.spec.kind));
    if brings.is_some_and(|brings| kind != "item" && kind != brings) {
        return Err(c.problem(
            format!("{} does not bring a {kind}", stage.names.sources.name(source.0)),
            brings.unwrap_or("item"),
        ));
    }
    let submission = submission(c, stage, source)?;
    let command = Command::Submit { submission };
    Ok(Line::Command { command: Box::new(command), makes: Some(Makes::Item(name)) })
}

/// `force L2 version 2 of 2026-03-02 09:30 from META, region mh`
fn force(c: &mut Cursor, stage: &Stage) -> Result<Line, ParseError> {
    let item = ItemId(id(c, &stage.names.items, "item")?);
    c.expect("version")?;
    let version = c.number("the version that was seen")?;
    c.expect("of")?;
    let arrived_at = c.local_time(stage.now, &zone(stage.state.facts()))?;
    c.expect("from")?;
    let source = SourceId(id(c, &stage.names.sources, "source")?);
    let submission = submission(c, stage, source)?;
    plain(Command::Force { item, version, arrived_at, submission })
}

/// `list bars L1 except mon-fri 10:00-12:00, on holidays`: what the do-not-call list says now
fn bars(c: &mut Cursor, stage: &Stage) -> Result<Line, ParseError> {
    let item = ItemId(id(c, &stage.names.items, "item")?);
    let mut bars = vec![bar(c, stage.now, &zone(stage.state.facts()))?];
    while !c.is_done() {
        c.expect("barred")?;
        bars.push(bar(c, stage.now, &zone(stage.state.facts()))?);
    }
    plain(Command::SetBars { item, bars })
}

/// What an item brings along.
fn submission(c: &mut Cursor, stage: &Stage, source: SourceId) -> Result<Submission, ParseError> {
    let mut submission = Submission { source, ..Submission::default() };
    while !c.is_done() {
        if c.take("region") {
            submission.region = Some(c.code("a region")?);
        } else if c.take("language") {
            submission.language = Some(c.code("a language")?);
        } else if c.take("skill") || c.take("skills") {
            submission.skills = c.skills()?;
        } else if c.take("priority") {
            submission.priority = c.number("a number from 0 to 100")?;
        } else if c.take("not before") {
            let zone = zone(stage.state.facts());
            submission.earliest = Some(c.local_time(stage.now, &zone)?);
        } else if c.take("contact") {
            submission.contact = Some(contact(c)?);
        } else if c.take("barred") {
            submission.callable.bars.push(bar(c, stage.now, &zone(stage.state.facts()))?);
        } else if c.take("zone") || c.take("zones") {
            let zone = |c: &mut Cursor| c.text("a time zone such as Asia/Kolkata");
            submission.callable.zones = c.several(zone)?;
        } else if c.take("wants calls") {
            submission.callable.hours = hours(c)?;
        } else if c.take("no calls on holidays") {
            submission.callable.not_on_holidays = true;
        } else if c.take("with") {
            let pair = |c: &mut Cursor| Ok((c.text("an attribute")?, c.value()?));
            submission.attributes = c.several(pair)?.into_iter().collect::<Attributes>();
        } else {
            return c.unexpected(
                "region, language, skill, priority, not before, contact, barred, zone, wants calls, \
                 no calls on holidays, with, the end of the line",
            );
        }
    }
    Ok(submission)
}

pub(crate) fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Lead => "lead",
        Kind::Task => "task",
        Kind::Call => "call",
    }
}

/// A contact by a name, which is hashed (FNV-1a), or by its key in hexadecimal as `@1f`.
fn contact(c: &mut Cursor) -> Result<ContactKey, ParseError> {
    let name = c.text("a name for the contact")?;
    if let Some(key) = name.strip_prefix('@').and_then(|hex| u128::from_str_radix(hex, 16).ok()) {
        return Ok(ContactKey(key));
    }
    let hash = name.bytes().fold(0x6c62272e07bb014262b821756295c58d_u128, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000000001000000000000000000013b)
    });
    Ok(ContactKey(hash))
}

fn agent_line(c: &mut Cursor, stage: &Stage, agent: AgentId) -> Result<Line, ParseError> {
    if c.take("signs in") {
        return plain(Command::SignIn { agent });
    }
    if c.take("signs out") {
        return plain(Command::SignOut { agent });
    }
    if c.take("lapses") {
        return plain(Command::Lapse { agent });
    }
    if c.take("claims") {
        return plain(Command::Claim { agent });
    }
    if c.take("is available") {
        return plain(Command::SetStatus { agent, status: Status::Available });
    }
    if c.take("is offline") {
        return plain(Command::SetStatus { agent, status: Status::Offline });
    }
    if c.take("is away") {
        let reason = c.code("a reason such as lunch")?;
        return plain(Command::SetStatus { agent, status: Status::Away { reason } });
    }
    if c.take("undoes") {
        let item = ItemId(id(c, &stage.names.items, "item")?);
        return plain(Command::Undo { item, agent });
    }
    if c.take("is late with") {
        let item = ItemId(id(c, &stage.names.items, "item")?);
        return plain(Command::KeepResult { item, agent });
    }
    act(c, stage, Some(agent))
}

/// What an agent or a supervisor does with an item: `asha completes L1 version 3 as good`
fn act(c: &mut Cursor, stage: &Stage, agent: Option<AgentId>) -> Result<Line, ParseError> {
    let verbs = [
        "accepts",
        "declines",
        "updates",
        "completes",
        "releases",
        "retries",
        "reassigns",
        "cancels",
    ];
    let Some(verb) = verbs.into_iter().find(|verb| c.take(verb)) else {
        return c.unexpected(ACTIONS);
    };
    let item = ItemId(id(c, &stage.names.items, "item")?);
    let version = c.take("version").then(|| c.number("the version that was seen")).transpose()?;
    let seen = Seen { agent, version };
    plain(match verb {
        "accepts" => Command::Accept { item, seen },
        "declines" => Command::Decline { item, seen },
        "updates" => {
            let contacted = c.take("contacted");
            let by_other = agent.is_none() && !c.take("for the holder");
            Command::Update { item, seen, contacted, by_other }
        }
        "releases" => Command::Release { item, seen },
        "cancels" => Command::Cancel { item, seen },
        "completes" => {
            c.expect("as")?;
            Command::Complete { item, seen, disposition: c.code("a result")? }
        }
        "retries" => {
            let until = if c.take("in") {
                Time(stage.now.0.saturating_add(c.millis()?))
            } else {
                c.expect("at")?;
                c.local_time(stage.now, &zone(stage.state.facts()))?
            };
            let promise = match c.take("for") {
                true if c.take("anybody") => Some(Promise::Anybody),
                true => {
                    let agent = AgentId(id(c, &stage.names.agents, "agent")?);
                    Some(Promise::Agent(agent))
                }
                false => None,
            };
            Command::Retry { item, seen, until, promise }
        }
        _ => {
            c.expect("to")?;
            let to = if c.take("queue") {
                Target::Queue(QueueId(id(c, &stage.names.queues, "queue")?))
            } else {
                Target::Agent(AgentId(id(c, &stage.names.agents, "agent")?))
            };
            Command::Reassign { item, seen, to }
        }
    })
}
