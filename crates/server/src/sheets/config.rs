//! What a sheet is: where, which columns, how often.

use connectors::mirror::google::Spreadsheet;
use connectors::mirror::tencent::Document;
use connectors::mirror::{Budget, Columns};
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// Whose service keeps a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SheetKind {
    /// A Smart Sheet of Tencent Docs.
    Tencent,
    /// A sheet of Google Sheets.
    Google,
    /// A CSV or Excel file on the server's machine.
    File,
}

impl SheetKind {
    pub fn as_str(self) -> &'static str {
        match self {
            SheetKind::Tencent => "tencent",
            SheetKind::Google => "google",
            SheetKind::File => "file",
        }
    }

    pub fn of(name: &str) -> Option<SheetKind> {
        [SheetKind::Tencent, SheetKind::Google, SheetKind::File]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }

    /// Calls a minute and a day when nobody says otherwise. Tencent allows 150 a minute and file,
    /// and few a day to an application that nobody pays for; Google 60 a minute and user.
    fn calls(self) -> (u32, u32) {
        match self {
            SheetKind::Tencent => (120, 2_000),
            SheetKind::Google => (50, 50_000),
            SheetKind::File => (0, 0),
        }
    }
}

impl fmt::Display for SheetKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How often a service is called; its own default where one is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = SheetPace)]
pub struct Pace {
    /// At most so many calls in any minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
    /// At most so many calls in any 24 hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_day: Option<u32>,
    /// Everything is read again after so many seconds, or later when that takes too many calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_secs: Option<u32>,
}

/// Everything is read again after so long when nobody says otherwise.
const READ_SECS: u32 = 60;
const DAY_SECS: u32 = 24 * 3600;

/// A sheet's configuration, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetConfig {
    /// What a browser's address bar shows, or the file's path.
    pub link: String,
    /// The sheet's title within its document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tab: Option<String>,
    /// Google: the row with the titles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_row: Option<u32>,
    /// Another address than the service's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    pub columns: Columns,
    #[serde(default)]
    pub pace: Pace,
}

impl SheetConfig {
    pub fn document(&self) -> Document {
        Document { link: self.link.clone(), tab: self.tab.clone(), base: self.base.clone() }
    }

    pub fn spreadsheet(&self) -> Spreadsheet {
        Spreadsheet {
            link: self.link.clone(),
            tab: self.tab.clone(),
            header_row: self.header_row.unwrap_or(1),
            base: self.base.clone(),
        }
    }

    /// Whether both are the same table of the same document, as far as it can be told without asking.
    pub fn is_same(&self, kind: SheetKind, other: &SheetConfig) -> bool {
        let ((document, tab), (others, their_tab)) = (self.place(), other.place());
        let same_tab = match kind {
            // Without a tab it is the only one.
            SheetKind::Tencent => tab.is_none() || their_tab.is_none() || tab == their_tab,
            SheetKind::Google | SheetKind::File => tab == their_tab,
        };
        document == others && self.base == other.base && same_tab
    }

    /// The document's id or path and what names the table in it; the address bar says the same
    /// document in more ways than one.
    fn place(&self) -> (&str, Option<&str>) {
        let link = self.link.trim();
        let (path, rest) = link.split_at(link.find(['?', '#']).unwrap_or(link.len()));
        let path = path.trim_end_matches('/').trim_end_matches("/edit");
        let id = path.rsplit('/').next().unwrap_or_default();
        let mut parts = rest.split(['?', '#', '&']).rev();
        let linked = parts.find_map(|part| part.strip_prefix("tab=").or(part.strip_prefix("gid=")));
        // Google's first one is usually called 0.
        let tab = self.tab.as_deref().or(linked.filter(|tab| *tab != "0"));
        (if link.contains("://") { id } else { path }, tab)
    }

    /// Calls a minute and a day.
    pub fn calls(&self, kind: SheetKind) -> (u32, u32) {
        let (minute, day) = kind.calls();
        (self.pace.per_minute.unwrap_or(minute), self.pace.per_day.unwrap_or(day))
    }

    /// A budget of which what was kept is spent, whatever the numbers were then.
    pub fn budget(&self, kind: SheetKind, kept: Option<&str>) -> Budget {
        let (minute, day) = self.calls(kind);
        let kept = kept.and_then(|text| serde_json::from_str::<Budget>(text).ok());
        kept.map_or(Budget::new(minute, day), |kept| kept.allowing(minute, day))
    }

    /// When everything is read again after a reading of so many calls: half of a day's are left for
    /// writing.
    pub fn read_again_secs(&self, kind: SheetKind, calls: u32) -> u32 {
        let wished = self.pace.read_secs.unwrap_or(READ_SECS);
        let (_, day) = self.calls(kind);
        let spread = u64::from(calls) * u64::from(DAY_SECS) / u64::from((day / 2).max(1));
        match kind {
            SheetKind::File => wished,
            _ => wished.max(u32::try_from(spread).unwrap_or(DAY_SECS).min(DAY_SECS)),
        }
    }

    /// How long to wait between two writings when half of a day's calls are spent: what is left is
    /// spread over the day.
    pub fn write_gap_secs(&self, kind: SheetKind, spent_today: u32) -> u32 {
        let (_, day) = self.calls(kind);
        let calls = 2;
        if kind == SheetKind::File || spent_today < day / 2 {
            0
        } else {
            calls * DAY_SECS / day.max(1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(pace: Pace) -> SheetConfig {
        SheetConfig {
            link: "DTest".into(),
            tab: None,
            header_row: None,
            base: None,
            columns: Columns::recruitment(),
            pace,
        }
    }

    #[test]
    fn reading_leaves_half_of_the_calls_for_writing() {
        let own = config(Pace::default());
        assert_eq!(own.read_again_secs(SheetKind::Tencent, 2), 172);
        assert_eq!(own.read_again_secs(SheetKind::Google, 2), 60);
        assert_eq!(own.read_again_secs(SheetKind::File, 0), 60);
        let paid = Pace { per_day: Some(1_000_000), read_secs: Some(10), ..Pace::default() };
        assert_eq!(config(paid).read_again_secs(SheetKind::Tencent, 50), 10);
    }

    #[test]
    fn the_same_table_is_known_by_whatever_link() {
        let of = |link: &str| SheetConfig {
            link: link.into(),
            ..config(Pace { read_secs: Some(7), ..Pace::default() })
        };
        let google = |one: &str, other: &str| {
            let link = |rest: &str| of(&format!("https://docs.google.com/spreadsheets/d/{rest}"));
            link(one).is_same(SheetKind::Google, &link(other))
        };
        assert!(google("1aB/edit?gid=7#gid=7", "1aB/edit#gid=7"));
        assert!(google("1aB/edit#gid=0", "1aB"));
        assert!(!google("1aB/edit#gid=7", "1aB/edit#gid=8") && !google("1aB", "1aC"));
        assert!(of("1aB").is_same(SheetKind::Google, &of("https://x/spreadsheets/d/1aB/edit")));
        let tencent = |one: &str, other: &str| {
            let link = |rest: &str| of(&format!("https://docs.qq.com/smartsheet/{rest}"));
            link(one).is_same(SheetKind::Tencent, &link(other))
        };
        assert!(tencent("DTest?tab=t1&u=2", "DTest?tab=t1") && tencent("DTest", "DTest?tab=t1"));
        assert!(!tencent("DTest?tab=t1", "DTest?tab=t2") && !tencent("DTest", "DOther"));
        let file = |one: &str, other: &str| of(one).is_same(SheetKind::File, &of(other));
        assert!(file("/lists/a.csv", "/lists/a.csv") && !file("/lists/a.csv", "/other/a.csv"));
        let second = SheetConfig { tab: Some("B".into()), ..of("/lists/a.xlsx") };
        assert!(!second.is_same(SheetKind::File, &of("/lists/a.xlsx")));
    }

    #[test]
    fn writing_waits_only_when_many_calls_are_spent() {
        let own = config(Pace::default());
        let gap = |spent| own.write_gap_secs(SheetKind::Tencent, spent);
        assert_eq!((gap(0), gap(999), gap(1_000)), (0, 0, 86));
    }

    #[test]
    fn calls_that_were_made_count_whatever_the_numbers_are_now() {
        let own = config(Pace::default());
        let mut budget = own.budget(SheetKind::Tencent, None);
        budget.allow(0).unwrap();
        let kept = serde_json::to_string(&budget).unwrap();
        let other = config(Pace { per_minute: Some(1), ..Pace::default() });
        for config in [own, other.clone()] {
            assert_eq!(config.budget(SheetKind::Tencent, Some(&kept)).spent(0).day, 1);
        }
        assert!(other.budget(SheetKind::Tencent, Some(&kept)).allow(0).is_err());
    }
}
