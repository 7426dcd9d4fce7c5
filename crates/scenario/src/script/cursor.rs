//! A line of a script as words, read from left to right.

use super::ParseError;
use jiff::civil;
use jiff::tz::{Offset, TimeZone};
use routing::{Code, Skills, Time, Value};

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    /// Quoted: never a keyword, a number or an id.
    Text(String),
    Mark(char),
}

/// The words of one line that are still to be read.
pub(crate) struct Cursor {
    pub line: usize,
    tokens: Vec<Token>,
    at: usize,
}

impl Cursor {
    pub fn new(line: usize, text: &str) -> Result<Self, ParseError> {
        let mut tokens = Vec::new();
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            if first == '"' {
                let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<String>();
                let Some(Ok(text)) = stream.next() else {
                    return Err(ParseError {
                        line,
                        problem: format!("the quoted text is not closed: {rest}"),
                        allowed: "a text such as \"no answer\"".into(),
                    });
                };
                tokens.push(Token::Text(text));
                rest = &rest[stream.byte_offset()..];
            } else if matches!(first, ',' | '|' | '(' | ')' | '[' | ']') {
                tokens.push(Token::Mark(first));
                rest = &rest[1..];
            } else {
                let stops = |c: char| c.is_whitespace() || ",|()[]\"".contains(c);
                let end = rest.find(stops).unwrap_or(rest.len());
                tokens.push(Token::Word(rest[..end].to_owned()));
                rest = &rest[end..];
            }
            rest = rest.trim_start();
        }
        Ok(Cursor { line, tokens, at: 0 })
    }

    pub fn problem(&self, problem: impl Into<String>, allowed: impl Into<String>) -> ParseError {
        ParseError { line: self.line, problem: problem.into(), allowed: allowed.into() }
    }

    /// The next word is not understood.
    pub fn unexpected<T>(&self, allowed: &str) -> Result<T, ParseError> {
        let found = match self.tokens.get(self.at) {
            None => "the line ends too early".into(),
            Some(Token::Word(word)) => format!("“{word}” is not understood"),
            Some(Token::Text(text)) => format!("the text “{text}” is not understood"),
            Some(Token::Mark(mark)) => format!("“{mark}” is not understood"),
        };
        Err(self.problem(found, allowed))
    }

    /// Whether everything has been read; commas between clauses are passed over.
    pub fn is_done(&mut self) -> bool {
        self.skip_commas();
        self.at == self.tokens.len()
    }

    pub fn end(&mut self) -> Result<(), ParseError> {
        if self.is_done() { Ok(()) } else { self.unexpected("the end of the line") }
    }

    pub fn skip_commas(&mut self) {
        while self.take_mark(',') {}
    }

    pub fn take_mark(&mut self, mark: char) -> bool {
        let found = self.tokens.get(self.at) == Some(&Token::Mark(mark));
        self.at += usize::from(found);
        found
    }

    pub fn mark(&mut self, mark: char) -> Result<(), ParseError> {
        if self.take_mark(mark) { Ok(()) } else { self.unexpected(&mark.to_string()) }
    }

    /// The next word, if it is not quoted; a colon at its end does not count.
    pub fn peek(&self) -> Option<&str> {
        match self.tokens.get(self.at) {
            Some(Token::Word(word)) => Some(word.strip_suffix(':').unwrap_or(word)),
            _ => None,
        }
    }

    /// Reads these words, all or none.
    pub fn take(&mut self, words: &str) -> bool {
        let start = self.at;
        for word in words.split(' ') {
            if self.peek() != Some(word) {
                self.at = start;
                return false;
            }
            self.at += 1;
        }
        true
    }

    pub fn expect(&mut self, words: &str) -> Result<(), ParseError> {
        if self.take(words) { Ok(()) } else { self.unexpected(words) }
    }

    /// The next word or quoted text.
    pub fn text(&mut self, what: &str) -> Result<String, ParseError> {
        match self.tokens.get(self.at) {
            Some(Token::Word(text) | Token::Text(text)) => {
                self.at += 1;
                Ok(text.clone())
            }
            _ => self.unexpected(what),
        }
    }

    /// An id such as `@7`, if the next word is one.
    pub fn raw_id(&mut self) -> Option<u64> {
        let Some(Token::Word(word)) = self.tokens.get(self.at) else { return None };
        let id = word.strip_prefix('@')?.parse().ok()?;
        self.at += 1;
        Some(id)
    }

    pub fn code(&mut self, what: &str) -> Result<Code, ParseError> {
        Ok(Code::new(&self.text(what)?))
    }

    pub fn number<T: std::str::FromStr>(&mut self, what: &str) -> Result<T, ParseError> {
        let number = self.peek().and_then(|word| word.parse().ok());
        match number {
            Some(number) => {
                self.at += 1;
                Ok(number)
            }
            None => self.unexpected(what),
        }
    }

    /// A day such as `2026-03-02`.
    pub fn day(&mut self) -> Result<civil::Date, ParseError> {
        self.number("a day such as 2026-03-02")
    }

    /// One or more, joined by `and`.
    pub fn several<T>(
        &mut self,
        mut one: impl FnMut(&mut Self) -> Result<T, ParseError>,
    ) -> Result<Vec<T>, ParseError> {
        let mut found = vec![one(self)?];
        while self.take("and") {
            found.push(one(self)?);
        }
        Ok(found)
    }

    /// `kyc 4 and loans 2`
    pub fn skills(&mut self) -> Result<Skills, ParseError> {
        let skill = |c: &mut Self| Ok((c.code("a skill")?, c.number("a level such as 4")?));
        Ok(self.several(skill)?.into_iter().collect())
    }

    /// `30s`, `5m`, `2h`, `1d`, `1500ms`, or several of them in one word: `1h30m`. In milliseconds.
    pub fn millis(&mut self) -> Result<i64, ParseError> {
        const ALLOWED: &str = "a time span such as 30s, 5m, 2h, 1d or 1h30m";
        let Some(mut rest) = self.peek() else { return self.unexpected(ALLOWED) };
        let mut millis = 0_i64;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let (number, after) = rest.split_at(digits);
            let letters = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
            let (unit, after) = after.split_at(letters);
            let unit = match unit {
                "ms" => 1,
                "s" => 1_000,
                "m" => 60_000,
                "h" => 3_600_000,
                "d" => 86_400_000,
                _ => return self.unexpected(ALLOWED),
            };
            let Some(span) = number.parse::<i64>().ok().and_then(|n| n.checked_mul(unit)) else {
                return self.unexpected(ALLOWED);
            };
            millis = millis.saturating_add(span);
            rest = after;
        }
        self.at += 1;
        Ok(millis)
    }

    pub fn secs(&mut self) -> Result<u32, ParseError> {
        let start = self.at;
        let millis = self.millis()?;
        if let Some(secs) = u32::try_from(millis / 1000).ok().filter(|_| millis % 1000 == 0) {
            return Ok(secs);
        }
        self.at = start;
        self.unexpected("whole seconds, such as 30s")
    }

    /// `2026-03-02 09:30`, or `09:30` of the day that `now` lies in; `+05:30` says which when the
    /// clock shows a time twice.
    pub fn local_time(&mut self, now: Time, zone: &TimeZone) -> Result<Time, ParseError> {
        const ALLOWED: &str = "a local time such as 2026-03-02 09:30 or 09:30";
        let mut word = self.text(ALLOWED)?;
        let date = match word.parse::<civil::Date>() {
            Ok(date) if word.len() == 10 => {
                word = self.text(ALLOWED)?;
                date
            }
            _ => now.timestamp().to_zoned(zone.clone()).date(),
        };
        let offset_at = word.get(5..).and_then(|w| w.find(['+', '-']));
        let (time, offset) = match offset_at {
            Some(at) => (&word[..at + 5], offset(&word[at + 5..])),
            None => (word.as_str(), None),
        };
        let Ok(time) = time.parse::<civil::Time>() else {
            self.at -= 1;
            return self.unexpected(ALLOWED);
        };
        let zone = offset.map_or_else(|| zone.clone(), TimeZone::fixed);
        match date.to_datetime(time).to_zoned(zone) {
            Ok(zoned) => Ok(Time::from(zoned.timestamp())),
            Err(_) => self.unexpected(ALLOWED),
        }
    }

    /// A value of an attribute: a number, `true`, `false`, a word or quoted text, a list `[a, b]`.
    pub fn value(&mut self) -> Result<Value, ParseError> {
        if self.take_mark('[') {
            let mut list = Vec::new();
            while !self.take_mark(']') {
                list.push(self.text("a word or ]")?);
                self.take_mark(',');
            }
            return Ok(Value::List(list));
        }
        let quoted = matches!(self.tokens.get(self.at), Some(Token::Text(_)));
        let text = self.text("a value: a number, true, false, a text, or [a, b]")?;
        if quoted {
            return Ok(Value::Text(text));
        }
        Ok(match (text.as_str(), text.parse::<f64>()) {
            ("true", _) => Value::Bool(true),
            ("false", _) => Value::Bool(false),
            (_, Ok(number)) if number.is_finite() => Value::Number(number),
            _ => Value::Text(text),
        })
    }
}

/// `+05:30`
fn offset(text: &str) -> Option<Offset> {
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let secs = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
    Offset::from_seconds(if text.starts_with('-') { -secs } else { secs }).ok()
}
