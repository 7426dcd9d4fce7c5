//! A cell's value, whatever the service calls it.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// One cell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellValue {
    #[default]
    Empty,
    Text(String),
    Number(f64),
    /// A ticked or unticked box.
    Flag(bool),
    /// A moment in Unix milliseconds, where the service knows one from a number.
    Moment(i64),
}

impl CellValue {
    /// A text, or nothing when it is empty.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { CellValue::Empty } else { CellValue::Text(text) }
    }

    /// As a person would read it: a whole number without a point, a ticked box as 1, a moment as
    /// RFC 3339 in UTC.
    pub fn plain(&self) -> Cow<'_, str> {
        match self {
            CellValue::Empty => Cow::Borrowed(""),
            CellValue::Text(text) => Cow::Borrowed(text.trim()),
            CellValue::Number(number) => Cow::Owned(number_text(*number)),
            CellValue::Flag(flag) => Cow::Borrowed(if *flag { "1" } else { "0" }),
            CellValue::Moment(millis) => match jiff::Timestamp::from_millisecond(*millis) {
                Ok(moment) => Cow::Owned(moment.to_string()),
                Err(_) => Cow::Owned(millis.to_string()),
            },
        }
    }

    /// Whether a person would say that both are the same: 1 is `1`, a ticked box and `TRUE`; an
    /// unticked box is 0, and nothing. Line ends of both kinds are the same.
    ///
    /// ```
    /// use connectors::mirror::CellValue;
    /// assert!(CellValue::Number(1.0).same(&CellValue::text("1")));
    /// assert!(CellValue::Flag(true).same(&CellValue::text("TRUE")));
    /// assert!(CellValue::Flag(false).same(&CellValue::Empty));
    /// assert!(!CellValue::Number(0.0).same(&CellValue::Empty));
    /// ```
    pub fn same(&self, other: &CellValue) -> bool {
        let nothing =
            |a: &CellValue, b: &CellValue| *a == CellValue::Flag(false) && b.plain().is_empty();
        // Services and files write line ends their own way.
        let text = |value: &CellValue| unboxed(&value.plain()).replace("\r\n", "\n");
        text(self) == text(other) || nothing(self, other) || nothing(other, self)
    }

    /// Whether somebody has set it: not empty, not 0, not unticked, not a word for no.
    pub fn is_set(&self) -> bool {
        let text = self.plain().to_lowercase();
        !matches!(&*text, "" | "0" | "false" | "no" | "n" | "否" | "未" | "नहीं")
    }
}

/// A box's word as the number that stands for it.
fn unboxed(text: &str) -> &str {
    if text.eq_ignore_ascii_case("true") {
        "1"
    } else if text.eq_ignore_ascii_case("false") {
        "0"
    } else {
        text
    }
}

/// 9876543210 rather than 9876543210.0 or 9.87654321E9.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        format!("{number:.0}")
    } else {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_the_same_is_the_same() {
        let same = |a: CellValue, b: CellValue| a.same(&b) && b.same(&a);
        assert!(same(CellValue::Number(13_800_138_000.0), CellValue::text("13800138000")));
        assert!(same(CellValue::text(" a "), CellValue::text("a")));
        assert!(same(CellValue::Flag(false), CellValue::Number(0.0)));
        assert!(same(CellValue::Moment(0), CellValue::text("1970-01-01T00:00:00Z")));
        assert!(same(CellValue::text("a\r\nb"), CellValue::text("a\nb")));
        assert!(!same(CellValue::text("a"), CellValue::text("A")));
        assert!(!same(CellValue::Flag(true), CellValue::Empty));
    }

    #[test]
    fn words_for_no_are_not_set() {
        for unset in ["", " ", "0", "FALSE", "No", "否"] {
            assert!(!CellValue::text(unset).is_set(), "{unset:?}");
        }
        for set in [CellValue::Flag(true), CellValue::Number(1.0), CellValue::text("王芳")] {
            assert!(set.is_set(), "{set:?}");
        }
    }
}
