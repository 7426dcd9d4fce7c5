//! Scripts: one command per line, names instead of ids, local times of the workspace; the lines
//! that start with `>` say what came of it.
//!
//! ```text
//! workspace zone Asia/Kolkata
//! at 2026-03-02 09:00
//! queue leads steps same region | after 30s anyone
//! source META to leads
//! agent asha region mh serves leads
//! asha signs in
//! lead L1 from META region mh
//!   > L1 queued in leads
//!   > L1 assigned to asha: step 1, fair share (clock 0)
//! ```

mod clauses;
mod cursor;
mod line;
mod names;
mod outcome;
mod print;
mod print_clauses;
mod when;

pub use line::{Line, Makes};
pub use names::{Names, Table};
pub use outcome::Teller;
pub use print::print;

use cursor::Cursor;
use routing::{Answer, Command, Handled, State, Time};
use thiserror::Error;

/// What a script's line gets wrong, and what would be allowed there.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {problem}; allowed here: {allowed}")]
pub struct ParseError {
    /// Counted from 1.
    pub line: usize,
    pub problem: String,
    pub allowed: String,
}

/// A script that was played.
#[derive(Clone, Debug)]
pub struct Played {
    /// The script with the outcome lines as they came.
    pub text: String,
    pub commands: Vec<(Time, Command)>,
}

/// 2026-01-01 00:00 UTC: where a script's time starts when it does not say.
const START: Time = Time(1_767_225_600_000);

/// A workspace that a script is played on.
#[derive(Debug, Default)]
pub struct Stage {
    pub state: State,
    pub names: Names,
    pub now: Time,
}

impl Stage {
    /// An empty workspace at the beginning of 2026.
    pub fn new() -> Self {
        Stage { now: START, ..Stage::default() }
    }

    /// Carries out a command and gives what it made its name.
    pub fn handle(&mut self, command: Command, makes: Option<Makes>) -> Handled {
        let handled = self.state.handle(self.now, command);
        if let (Some(makes), Ok(answer)) = (makes, &handled.answer) {
            self.names.bind(&makes, answer);
        }
        handled
    }
}

/// Plays a script: carries out its commands and writes the outcome lines anew.
pub fn play(script: &str) -> Result<Played, ParseError> {
    let mut stage = Stage::new();
    let mut played = Played { text: String::new(), commands: Vec::new() };
    let lines: Vec<&str> = script.lines().collect();
    for (at, text) in lines.iter().enumerate() {
        let content = text.trim();
        if content.starts_with('>') {
            continue;
        }
        played.text += text.trim_end();
        played.text.push('\n');
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let mut cursor = Cursor::new(at + 1, content)?;
        let outcome = match line::parse(&mut cursor, &stage)? {
            Line::At(time) => {
                stage.now = time;
                Vec::new()
            }
            Line::Advance(time) => {
                stage.now = time;
                perform(&mut stage, &mut played, Command::Clock, None)
            }
            Line::Command { command, makes } => {
                if played.commands.is_empty()
                    && let Command::Configure { settings } = &*command
                    && State::default().handle(START, (*command).clone()).answer.is_ok()
                    && let Some(time) = first_time(&lines, at, &settings.time_zone)?
                {
                    stage.now = time;
                }
                perform(&mut stage, &mut played, *command, makes)
            }
            Line::Show => outcome::show(&stage),
            Line::Why(item) => outcome::why(&stage, item),
        };
        for line in outcome {
            played.text += &format!("  > {line}\n");
        }
    }
    Ok(played)
}

fn perform(
    stage: &mut Stage,
    played: &mut Played,
    command: Command,
    makes: Option<Makes>,
) -> Vec<String> {
    played.commands.push((stage.now, command.clone()));
    let makes_name = makes.clone();
    let handled = stage.handle(command.clone(), makes);
    Teller::new(stage).tell(&command, makes_name.as_ref(), &handled)
}

/// A workspace begins at the time that the line after it says, in its own zone.
fn first_time(lines: &[&str], at: usize, zone: &str) -> Result<Option<Time>, ParseError> {
    let next = lines.iter().enumerate().skip(at + 1).find(|(_, text)| {
        let text = text.trim();
        !text.is_empty() && !text.starts_with(['#', '>'])
    });
    let Some((number, text)) = next else { return Ok(None) };
    let mut cursor = Cursor::new(number + 1, text.trim())?;
    if !cursor.take("at") {
        return Ok(None);
    }
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    cursor.local_time(START, &zone).map(Some)
}

/// The commands as a script: what [`play`] reads back as the same commands at the same times.
pub fn script(commands: &[(Time, Command)]) -> String {
    let mut stage = Stage::new();
    let mut text = String::new();
    for (at, (time, command)) in commands.iter().enumerate() {
        // The first line of a workspace says in which zone the time after it is meant.
        let begins = at == 0
            && matches!(command, Command::Configure { .. })
            && State::default().handle(START, command.clone()).answer.is_ok();
        let mut say_time = (*time != stage.now).then_some(*time);
        stage.now = *time;
        if let Some(time) = say_time.filter(|_| !begins) {
            text += &format!("at {}\n", print::local(time, &print::zone(stage.state.facts())));
            say_time = None;
        }
        let (line, makes) = print(&stage.names, stage.state.facts(), command);
        text += &line;
        text.push('\n');
        stage.handle(command.clone(), makes);
        if let Some(time) = say_time {
            text += &format!("at {}\n", print::local(time, &print::zone(stage.state.facts())));
        }
    }
    text
}

impl Names {
    fn bind(&mut self, makes: &Makes, answer: &Answer) {
        match (makes, answer) {
            (Makes::Agent(name), Answer::Agent(id)) => self.agents.bind(name, id.0),
            (Makes::Queue(name), Answer::Queue(id)) => self.queues.bind(name, id.0),
            (Makes::Source(name), Answer::Source(id)) => self.sources.bind(name, id.0),
            (Makes::Rule(name), Answer::Rule(id)) => self.rules.bind(name, id.0),
            (Makes::Item(name), Answer::Item(id)) => self.items.bind(name, id.0),
            _ => {}
        }
    }
}
