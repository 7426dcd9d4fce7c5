//! Tables for spreadsheets, in which nothing is computed.

use crate::http::Problem;
use crate::http::problem::Answered;
use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt};
use std::io;

const EXCEL: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A table as it is written, line by line. The mark before it lets spreadsheets see that it is
/// UTF-8.
#[derive(Debug, Default)]
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

    pub fn into_text(self) -> String {
        self.0
    }

    /// As a file of that name.
    pub fn file(self, name: &str) -> Response {
        file(name, self.0.into())
    }
}

/// A CSV file of that name.
pub fn file(name: &str, body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, body).into_response()
}

/// An Excel workbook of that name.
pub fn workbook(name: &str, body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, EXCEL.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, body).into_response()
}

/// A body that is made part by part as the client takes it, so that a long one needs no memory:
/// `part` gives the next and what makes the one after it. The first is made before the head goes
/// out: an error then is still an answer.
pub async fn in_parts<S, F>(mut head: Vec<u8>, source: S, part: fn(S) -> F) -> Answered<Body>
where
    S: Send + 'static,
    F: Future<Output = Answered<(Vec<u8>, Option<S>)>> + Send + 'static,
{
    let (first, source) = part(source).await?;
    head.extend(first);
    let rest = stream::try_unfold(source, move |source| async move {
        let Some(source) = source else { return Ok(None) };
        let failed = |problem: Problem| io::Error::other(problem.detail);
        part(source).await.map(Some).map_err(failed)
    });
    let first = stream::once(async { Ok::<_, io::Error>(head) });
    Ok(Body::from_stream(first.chain(rest)))
}

/// A cell that no spreadsheet takes for a formula (OWASP: CSV injection).
fn cell(text: &str) -> String {
    let guarded = connectors::escape_formula(text);
    match guarded.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", guarded.replace('"', "\"\"")),
        false => guarded.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn counted(n: u32) -> Answered<(Vec<u8>, Option<u32>)> {
        match n {
            9 => Err(Problem::internal("no nine")),
            n => Ok((format!("{n}\n").into_bytes(), (n != 2).then_some(n + 1))),
        }
    }

    #[tokio::test]
    async fn a_long_file_comes_part_by_part() {
        let body = in_parts(b"head\n".to_vec(), 0, counted).await.unwrap();
        let whole = axum::body::to_bytes(body, 100).await.unwrap();
        assert_eq!(whole, "head\n0\n1\n2\n");
        assert!(in_parts(Vec::new(), 9, counted).await.is_err(), "an answer, not half a file");
        let body = in_parts(Vec::new(), 8, counted).await.unwrap();
        assert!(axum::body::to_bytes(body, 100).await.is_err(), "it breaks off");
    }

    #[test]
    fn cells_are_quoted_and_no_formulas() {
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("＝1+1"), "'＝1+1");
        assert_eq!(cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(cell("-5"), "-5");
        let mut csv = Csv::new(&["row", "problem"]);
        csv.line(["1", "+x"]);
        assert_eq!(csv.0, "\u{feff}row,problem\r\n1,'+x\r\n");
    }
}
