//! What stops a command: one readable message.

use std::{fmt, io};

/// A message that says what went wrong, with which thing, and what to do next.
#[derive(Debug)]
pub struct Problem(String);

/// What a fallible step of a command gives.
pub type Outcome<T> = Result<T, Problem>;

impl Problem {
    pub fn new(message: impl Into<String>) -> Self {
        Problem(message.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Problem(error.to_string())
    }
}

/// Adds what was being done to an error of the operating system.
pub trait Context<T> {
    fn context(self, doing: impl FnOnce() -> String) -> Outcome<T>;
}

impl<T, E: fmt::Display> Context<T> for Result<T, E> {
    fn context(self, doing: impl FnOnce() -> String) -> Outcome<T> {
        self.map_err(|error| Problem(format!("{}: {error}", doing())))
    }
}
