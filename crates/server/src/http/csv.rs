//! Tables for spreadsheets, in which nothing is computed.

use axum::http::header;
use axum::response::{IntoResponse, Response};

/// A table as it is written, line by line. The mark before it lets spreadsheets see that it is
/// UTF-8.
#[derive(Debug)]
pub struct Csv(String);

impl Csv {
    /// Begins with the titles.
    pub fn new(titles: &[&str]) -> Self {
        let mut csv = Csv("\u{feff}".to_owned());
        csv.line(titles.iter().copied());
        csv
    }

    pub fn line<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let cells: Vec<String> = cells.into_iter().map(|c| cell(c.as_ref())).collect();
        self.0.push_str(&cells.join(","));
        self.0.push_str("\r\n");
    }

    /// As a file of that name.
    pub fn file(self, name: &str) -> Response {
        let headers = [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        ];
        (headers, self.0).into_response()
    }
}

/// A cell that no spreadsheet takes for a formula (OWASP: CSV injection).
fn cell(text: &str) -> String {
    let guarded = match text.starts_with(['=', '@', '\t', '\r'])
        || (text.starts_with(['+', '-']) && text.parse::<f64>().is_err())
    {
        true => format!("'{text}"),
        false => text.to_owned(),
    };
    match guarded.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", guarded.replace('"', "\"\"")),
        false => guarded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_no_formulas() {
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(cell("-5"), "-5");
        let mut csv = Csv::new(&["row", "problem"]);
        csv.line(["1", "+x"]);
        assert_eq!(csv.0, "\u{feff}row,problem\r\n1,'+x\r\n");
    }
}
