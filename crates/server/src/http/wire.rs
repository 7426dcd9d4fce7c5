//! How things are written on the wire: times, pages, cursors.

use crate::http::Problem;
use routing::Time;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// The most entries of one page.
pub const MAX_LIMIT: u32 = 500;
/// The entries of a page when the request does not say.
pub const DEFAULT_LIMIT: u32 = 50;

/// A time in RFC 3339, UTC, to the millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rfc3339(pub Time);

impl From<Time> for Rfc3339 {
    fn from(time: Time) -> Self {
        Rfc3339(time)
    }
}

impl std::fmt::Display for Rfc3339 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3}", self.0.timestamp())
    }
}

impl Serialize for Rfc3339 {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rfc3339 {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        text.parse::<jiff::Timestamp>().map(|t| Rfc3339(t.into())).map_err(|_| {
            serde::de::Error::custom("must be an RFC 3339 time such as 2026-01-31T09:30:00Z")
        })
    }
}

impl PartialSchema for Rfc3339 {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .examples([serde_json::json!("2026-01-31T09:30:00.000Z")])
            .into()
    }
}

impl ToSchema for Rfc3339 {
    fn name() -> std::borrow::Cow<'static, str> {
        "Time".into()
    }
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Give this as `cursor` for the next page; null on the last one.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Everything on one page.
    pub fn whole(items: Vec<T>) -> Self {
        Page { items, next_cursor: None }
    }
}

/// `?limit=&cursor=`, as every list takes them.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Entries per page, 1–500; 50 when absent.
    #[serde(default, deserialize_with = "number_in_text")]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
}

impl Paging {
    /// The number of entries asked for.
    pub fn limit(&self) -> Result<u32, Problem> {
        match self.limit.unwrap_or(DEFAULT_LIMIT) {
            limit @ 1..=MAX_LIMIT => Ok(limit),
            _ => Err(Problem::field("limit", format!("must be from 1 to {MAX_LIMIT}"))),
        }
    }

    /// Where to go on: the number that [`cursor`] wrote.
    pub fn after(&self) -> Result<Option<u64>, Problem> {
        let Some(text) = &self.cursor else { return Ok(None) };
        match text.strip_prefix('c').and_then(|t| t.parse().ok()) {
            Some(at) => Ok(Some(at)),
            None => Err(Problem::field("cursor", "is not one that this server gave out")),
        }
    }
}

/// A cursor that goes on after the object of this number.
pub fn cursor(after: u64) -> String {
    format!("c{after}")
}

/// Cuts a list that is kept in memory into pages by its entries' ids, ascending.
pub fn page_by_id<T>(
    all: impl Iterator<Item = (u64, T)>,
    paging: &Paging,
) -> Result<Page<T>, Problem> {
    let (limit, after) = (paging.limit()? as usize, paging.after()?.unwrap_or(0));
    let mut rest = all.filter(|(id, _)| *id > after).peekable();
    let mut items = Vec::new();
    let mut last = after;
    while items.len() < limit {
        let Some((id, one)) = rest.next() else { break };
        last = id;
        items.push(one);
    }
    Ok(Page { items, next_cursor: rest.peek().is_some().then(|| cursor(last)) })
}

/// Query strings are flattened text, in which serde no longer reads numbers by itself.
pub fn number_in_text<'de, D, N>(input: D) -> Result<Option<N>, D::Error>
where
    D: Deserializer<'de>,
    N: std::str::FromStr,
{
    let Some(text) = Option::<String>::deserialize(input)? else { return Ok(None) };
    text.parse().map(Some).map_err(|_| serde::de::Error::custom("must be a whole number"))
}

/// A whole number; one that is too large for its field is the largest there is, which whoever knows
/// the field's limit refuses with that limit.
pub fn capped<'de, D: Deserializer<'de>>(input: D) -> Result<Option<u32>, D::Error> {
    let number = Option::<u64>::deserialize(input)?;
    Ok(number.map(|number| u32::try_from(number).unwrap_or(u32::MAX)))
}

/// Tells `null` (clear it) from absent (leave it) in a merge.
pub fn nullable<'de, D, T>(input: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(input).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc_to_the_millisecond_and_read_with_any_offset() {
        let written = serde_json::to_string(&Rfc3339(Time(1_769_851_800_123))).unwrap();
        assert_eq!(written, "\"2026-01-31T09:30:00.123Z\"");
        let read: Rfc3339 = serde_json::from_str("\"2026-01-31T15:00:00.123+05:30\"").unwrap();
        assert_eq!(read.0, Time(1_769_851_800_123));
    }

    #[test]
    fn pages_go_on_where_the_last_one_ended() {
        let all = || (1..=5u64).map(|n| (n, n));
        let paging = Paging { limit: Some(2), cursor: None };
        let first = page_by_id(all(), &paging).unwrap();
        assert_eq!(first.items, [1, 2]);
        let paging = Paging { limit: Some(3), cursor: first.next_cursor };
        let second = page_by_id(all(), &paging).unwrap();
        assert_eq!((second.items, second.next_cursor), (vec![3, 4, 5], None));
    }
}
