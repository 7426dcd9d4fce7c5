//! Reasons, verdicts and events in the reader's language, one line each.
//!
//! [`Lexicon`] knows names and figures and puts a line together; a language is one [`Words`], in
//! which a missing phrase does not compile.

mod en;
mod hi;
mod lexicon;
#[cfg(test)]
mod tests;
mod zh;

pub use lexicon::Lexicon;

use axum::http::{HeaderMap, header};
use jiff::Zoned;
use routing::{AgentId, Cause, Event, QueueId, Reason, Strategy, Verdict};

/// A language that lines are made in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    English,
    Chinese,
    Hindi,
}

/// The header by which a client chooses the language of lines.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
pub struct LanguageHeader {
    /// The language of lines made for people: `en`, `zh` or `hi`. English without it.
    #[param(rename = "Accept-Language", required = false)]
    pub accept_language: Option<String>,
}

impl Language {
    /// The language that these headers prefer of those there are.
    pub fn asked(headers: &HeaderMap) -> Language {
        let sent = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
        let wanted = sent.unwrap_or_default().split(',').filter_map(|one| {
            let (tag, weight) = one.split_once(';').unwrap_or((one, ""));
            let weight = weight.trim().strip_prefix("q=").and_then(|q| q.parse().ok());
            let weight = weight.unwrap_or(1.0_f32);
            let language = match tag.trim().split('-').next()?.to_ascii_lowercase().as_str() {
                "en" => Language::English,
                "zh" => Language::Chinese,
                "hi" => Language::Hindi,
                _ => return None,
            };
            (weight > 0.0).then_some((language, weight))
        });
        let best = wanted.reduce(|best, one| if one.1 > best.1 { one } else { best });
        best.map(|(language, _)| language).unwrap_or_default()
    }

    fn words(self) -> &'static dyn Words {
        match self {
            Language::English => &en::English,
            Language::Chinese => &zh::Chinese,
            Language::Hindi => &hi::Hindi,
        }
    }
}

/// A thing that may have lost its name.
#[derive(Clone, Copy, Debug)]
enum Thing {
    Agent,
    Queue,
    Source,
    Rule,
}

/// What an agent was compared by.
#[derive(Clone, Debug)]
enum Standing {
    Share(String),
    NeverYet,
    WaitedLongest,
    Assigned(u64),
    Today(u64),
    /// Since this time on the clock.
    Idle(String),
    /// Percent of capacity.
    Busy(u64),
    /// The levels' sum.
    Skilled(u64),
}

/// What a step asks for.
#[derive(Clone, Copy, Debug)]
enum Ask<'a> {
    SameRegion,
    SameLanguage,
    Skill(&'a str, u8),
}

/// Who would have been next.
#[derive(Clone, Debug)]
enum Next {
    Nobody,
    Somebody {
        name: String,
        figure: Option<String>,
    },
    /// Not for this reader.
    Unsaid,
}

/// By whose clocks calling hours are counted.
#[derive(Clone, Copy, Debug)]
enum Where<'a> {
    Zone(&'a str),
    /// In so many zones at once.
    Zones(usize),
}

/// How it stands with calling hours.
#[derive(Clone, Debug)]
enum When {
    Opens(String),
    Ends(String),
    Open,
    Never,
    /// The do-not-call list leaves no time, or none before that.
    Barred(Option<String>),
}

/// All phrases of one language.
trait Words: Sync {
    fn unnamed(&self, thing: Thing, id: u64) -> String;
    /// Somebody who was not there, in a period that is played again.
    fn another(&self, n: usize, like: &str) -> String;
    /// Another agent, to an agent.
    fn colleague(&self) -> &'static str;
    fn clock(&self, at: &Zoned) -> String;
    /// A time of another year.
    fn date(&self, at: &Zoned) -> String;

    /// What a strategy is called, and whom it takes.
    fn strategy(&self, strategy: Strategy) -> (&'static str, &'static str);
    fn claimed(&self, name: &str) -> String;
    /// Goes before what was compared, when everyone was at their cap.
    fn overflow(&self) -> &'static str;
    /// Goes before what was compared, when it came back to whom it left for their silence.
    fn back(&self) -> &'static str;
    fn compared(&self, name: &str, standing: &Standing) -> String;
    fn figure(&self, standing: &Standing) -> Option<String>;
    fn ask(&self, ask: Ask<'_>) -> String;
    /// What a step found; a step that asks for nothing is for anybody, `None` is no longer known.
    fn found(&self, step: u8, asks: Option<&[String]>, compared: &str, next: &Next) -> String;
    /// Goes after it.
    fn passed_over(&self, agents: &[(Cause, u32)]) -> String;
    fn placed_with(&self, name: &str) -> String;
    fn placed(&self) -> &'static str;
    fn calling(&self, place: Where<'_>, when: &When) -> String;

    fn cause(&self, cause: &Cause) -> String;
    fn verdict(&self, verdict: &Verdict) -> String;
    fn holds(&self) -> &'static str;

    /// What a person did with an item that another has; a supervisor, when they are not to be named.
    fn done_by(&self, name: Option<&str>, contacted: bool) -> String;
    fn event(&self, names: &Lexicon, event: &Event, queue: Option<QueueId>) -> String;
    /// What was done beside the core to an object of that name.
    fn act(&self, act: &str, object: &str) -> String;
}

/// An agent's own view of a reason: without their colleagues' names and figures.
pub fn without_runners_up(reason: Reason) -> Reason {
    Reason { runners_up: Vec::new(), ..reason }
}

/// An agent's own view of an event: without their colleagues' names and figures.
pub fn without_colleagues(mut event: Event, own: AgentId) -> Event {
    if let Event::Offered { agent, reason, .. } | Event::Assigned { agent, reason, .. } = &mut event
    {
        reason.runners_up.clear();
        if *agent != own {
            reason.key = routing::Key(0, 0);
        }
    }
    event
}
