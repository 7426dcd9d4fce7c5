//! Which spreadsheet, and which of its sheets.

use crate::mirror::{Trouble, outside::escaped};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A sheet of a spreadsheet, as a configuration names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spreadsheet {
    /// What the browser's address bar shows, or the id in it.
    pub link: String,
    /// The sheet's title; else the one that the link names, or the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tab: Option<String>,
    /// The row with the titles, from 1.
    #[serde(default = "first")]
    pub header_row: u32,
    /// Another address than Google's own, for a stand-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
}

fn first() -> u32 {
    1
}

impl Spreadsheet {
    pub(super) fn base(&self) -> &str {
        self.base.as_deref().unwrap_or("https://sheets.googleapis.com")
    }

    /// The path of the spreadsheet.
    pub(super) fn path(&self) -> Result<String, Trouble> {
        let link = self.link.trim();
        let id = match link.split_once("/spreadsheets/d/") {
            Some((_, rest)) => rest.split(['/', '?', '#']).next().unwrap_or_default(),
            None if link.contains(['/', ' ', '?']) => "",
            None => link,
        };
        if id.is_empty() || self.header_row == 0 {
            let what = "the link is not one of a Google sheet, or its header_row is 0: copy it from \
                        the browser, it looks like https://docs.google.com/spreadsheets/d/…/edit";
            return Err(Trouble::BadRequest(what.into()));
        }
        Ok(format!("/v4/spreadsheets/{}", escaped(id, "")))
    }

    /// The sheet's properties among those of all.
    pub(super) fn tab<'a>(&self, sheets: &'a [Value]) -> Result<&'a Value, Trouble> {
        let all: Vec<&Value> = sheets.iter().map(|sheet| &sheet["properties"]).collect();
        let titled = |title: &&str, sheet: &&&Value| sheet["title"].as_str() == Some(*title);
        let wanted = self.tab.as_deref().map(str::trim).filter(|tab| !tab.is_empty());
        let linked = self.link.split_once("gid=").and_then(|(_, gid)| {
            gid.split(|c: char| !c.is_ascii_digit()).next()?.parse::<i64>().ok()
        });
        let found = match (wanted, linked) {
            (Some(title), _) => all.iter().find(|sheet| titled(&title, sheet)),
            (None, Some(gid)) => all.iter().find(|sheet| sheet["sheetId"].as_i64() == Some(gid)),
            (None, None) => all.first(),
        };
        found.copied().ok_or_else(|| {
            let titles: Vec<&str> =
                all.iter().filter_map(|sheet| sheet["title"].as_str()).collect();
            let wanted = wanted.unwrap_or("of the link");
            let titles = titles.join(", ");
            Trouble::BadRequest(format!("there is no sheet “{wanted}”; there are: {titles}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sheet(link: &str, tab: Option<&str>) -> Spreadsheet {
        let tab = tab.map(str::to_owned);
        Spreadsheet { link: link.into(), tab, header_row: 1, base: None }
    }

    #[test]
    fn links_and_ids_are_understood() {
        let path = Ok("/v4/spreadsheets/1aB-_".to_owned());
        assert_eq!(
            sheet("https://docs.google.com/spreadsheets/d/1aB-_/edit#gid=7", None).path(),
            path
        );
        assert_eq!(sheet(" 1aB-_ ", None).path(), path);
        for bad in ["", "https://docs.google.com/document/d/1", "https://x/spreadsheets/d/"] {
            assert!(sheet(bad, None).path().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_sheet_is_the_named_the_linked_or_the_first() {
        let all = [
            json!({"properties": {"sheetId": 0, "title": "A"}}),
            json!({"properties": {"sheetId": 7, "title": "B"}}),
        ];
        let title = |sheet: Spreadsheet| sheet.tab(&all).map(|tab| tab["title"].clone());
        assert_eq!(title(sheet("1", None)), Ok(json!("A")));
        assert_eq!(title(sheet("x/edit?gid=7#gid=7", None)), Ok(json!("B")));
        assert_eq!(title(sheet("x/edit#gid=7", Some("A"))), Ok(json!("A")));
        assert!(title(sheet("1", Some("C"))).unwrap_err().to_string().contains("there are: A, B"));
    }
}
