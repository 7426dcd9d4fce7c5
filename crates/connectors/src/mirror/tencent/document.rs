//! Which document, and which of its sheets.

use crate::mirror::Trouble;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A Smart Sheet, as a configuration names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// What the browser's address bar shows, the id in it, or the API's own file id.
    pub link: String,
    /// The sheet's title or id; else the one that the link names, or the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tab: Option<String>,
    /// Another address than Tencent's own, for a stand-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
}

/// An id of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Id {
    /// The one in addresses, which has to be converted.
    Encoded(String),
    /// The API's.
    File(String),
}

impl Document {
    pub(super) fn base(&self) -> &str {
        self.base.as_deref().unwrap_or("https://docs.qq.com")
    }

    /// The document's id and the sheet that is named.
    pub(super) fn parse(&self) -> Result<(Id, Option<String>), Trouble> {
        let link = self.link.trim();
        let given = self.tab.as_deref().map(str::trim).filter(|tab| !tab.is_empty());
        let Some((_, rest)) = link.split_once("://") else {
            let id = link.to_owned();
            let id = if id.contains('$') { Id::File(id) } else { Id::Encoded(id) };
            let whole = !link.is_empty() && !link.contains(['/', '?', ' ']);
            let tab = given.map(str::to_owned);
            return whole.then_some((id, tab)).ok_or_else(|| self.not_one());
        };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let query = query.split('#').next().unwrap_or_default();
        let mut parts = path.split('/').skip(1);
        let id = match (parts.next(), parts.next()) {
            (Some("smartsheet"), Some(id)) if !id.is_empty() => Id::Encoded(id.to_owned()),
            _ => return Err(self.not_one()),
        };
        let linked = query.split('&').find_map(|pair| pair.strip_prefix("tab="));
        Ok((id, given.or(linked).map(str::to_owned)))
    }

    fn not_one(&self) -> Trouble {
        let what = "the link is not one of a Smart Sheet: copy it from the browser, it looks like \
                    https://docs.qq.com/smartsheet/…?tab=…";
        Trouble::BadRequest(what.into())
    }
}

/// The id of the wanted sheet.
pub fn tab<'a>(all: &'a [Value], wanted: Option<&str>) -> Result<&'a str, String> {
    let known: Vec<(&str, &str)> = all
        .iter()
        .filter_map(|one| Some((one["sheetID"].as_str()?, one["title"].as_str().unwrap_or(""))))
        .collect();
    let titles = || known.iter().map(|(_, title)| *title).collect::<Vec<_>>().join(", ");
    match (wanted, &known[..]) {
        (None, [(id, _)]) => Ok(id),
        (None, _) => Err(format!("say which sheet of the document is meant: {}", titles())),
        (Some(wanted), _) => {
            if let Some((id, _)) = known.iter().find(|(id, _)| *id == wanted) {
                return Ok(id);
            }
            let same: Vec<&str> = known
                .iter()
                .filter(|(_, title)| title.trim() == wanted)
                .map(|(id, _)| *id)
                .collect();
            match same[..] {
                [id] => Ok(id),
                [] => Err(format!("the document has no sheet “{wanted}”; it has: {}", titles())),
                _ => Err(format!("the document has {} sheets “{wanted}”: rename one", same.len())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(link: &str, tab: Option<&str>) -> Result<(Id, Option<String>), Trouble> {
        Document { link: link.into(), tab: tab.map(str::to_owned), base: None }.parse()
    }

    #[test]
    fn links_and_ids_are_understood() {
        let link = "https://docs.qq.com/smartsheet/DTest?tab=BB08J2&u=1#x";
        let encoded = Id::Encoded("DTest".into());
        assert_eq!(parse(link, None), Ok((encoded.clone(), Some("BB08J2".into()))));
        assert_eq!(parse(link, Some("Calls")), Ok((encoded.clone(), Some("Calls".into()))));
        assert_eq!(parse(" DTest ", None), Ok((encoded, None)));
        assert_eq!(parse("300000000$x", None), Ok((Id::File("300000000$x".into()), None)));
        for bad in ["", "https://docs.qq.com/sheet/DTest", "https://docs.qq.com", "a b"] {
            assert!(parse(bad, None).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_sheet_is_the_named_or_the_only_one() {
        let sheet = |id: &str, title: &str| serde_json::json!({"sheetID": id, "title": title});
        let two = [sheet("t1", "Calls"), sheet("t2", "Old")];
        assert_eq!(tab(&two[..1], None), Ok("t1"));
        assert_eq!((tab(&two, Some("Old")), tab(&two, Some("t1"))), (Ok("t2"), Ok("t1")));
        assert!(tab(&two, None).unwrap_err().contains("Calls, Old"));
        assert!(tab(&two, Some("New")).unwrap_err().contains("it has: Calls, Old"));
        let same = [sheet("t1", "Calls"), sheet("t2", "Calls")];
        assert!(tab(&same, Some("Calls")).unwrap_err().contains("2 sheets"));
    }
}
