//! Which column is what: as the upload says, as the source says, as the header suggests.

use crate::http::Problem;
use crate::http::problem::Answered;
use crate::mapping::guess_field;
use crate::submission::{Face, MapTo};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A column, and what it becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ColumnView {
    pub column: String,
    /// `phone`, `name`, `email`, `region`, `language`, `priority`, `earliest`, `skip`, or an
    /// attribute's name.
    pub becomes: String,
    /// Its first values that are not empty.
    pub samples: Vec<String>,
}

/// Maps every column; a column that `given` names and the file does not have is an error.
pub fn columns(
    headers: &[String],
    face: &Face,
    given: &BTreeMap<String, String>,
) -> Answered<BTreeMap<String, MapTo>> {
    let plain = |text: &str| text.trim().to_lowercase();
    for column in given.keys() {
        if !headers.iter().any(|h| plain(h) == plain(column)) {
            let known = headers.join(", ");
            let problem = format!(
                "names the column “{column}”, which the file does not have; it has: {known}"
            );
            return Err(Problem::field("map", problem));
        }
    }
    let of = |header: &String| {
        let given = given.iter().find(|(column, _)| plain(column) == plain(header));
        let declared = || {
            let name = face.declared.names().find(|name| plain(name) == plain(header))?;
            Some(MapTo::Attribute(name.to_owned()))
        };
        given
            .map(|(_, ours)| MapTo::parse(ours))
            .or_else(|| face.map.get(header).cloned())
            .or_else(declared)
            .or_else(|| guess_field(header))
            .unwrap_or_else(|| MapTo::Attribute(header.clone()))
    };
    Ok(headers.iter().map(|header| (header.clone(), of(header))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_goes_before_what_the_header_suggests() {
        let headers = ["Phone".to_owned(), "Deal Value".to_owned(), "Owner".to_owned()];
        let given = BTreeMap::from([("owner".to_owned(), "skip".to_owned())]);
        let map = columns(&headers, &Face::default(), &given).unwrap();
        assert_eq!(map["Phone"], MapTo::Phone);
        assert_eq!(map["Owner"], MapTo::Skip);
        assert_eq!(map["Deal Value"], MapTo::Attribute("Deal Value".into()));
        let wrong = BTreeMap::from([("Mobile".to_owned(), "phone".to_owned())]);
        assert_eq!(columns(&headers, &Face::default(), &wrong).unwrap_err().errors[0].field, "map");
    }
}
