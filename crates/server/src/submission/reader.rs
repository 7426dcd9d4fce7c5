//! Objects of a webhook and rows of a file, read by their fields' names: as the source says, else
//! as the names suggest.

use crate::http::Rfc3339;
use crate::submission::face::Face;
use crate::submission::incoming::{ContactIn, Incoming};
use crate::submission::locale::country;
use connectors::{Country, Field, Form, Lead, Mapping, MappingError, Override};
use routing::Settings;
use std::collections::BTreeMap;

/// Maps fields: as `given`, then as the source says, then as it declares, then as names and first
/// values suggest.
///
/// # Errors
/// When a given field is not there.
pub fn mapping(
    names: &[String],
    rows: &[&[String]],
    country: Option<Country>,
    face: &Face,
    given: &BTreeMap<String, String>,
) -> Result<Mapping, MappingError> {
    let same = |a: &str, b: &str| a.trim().to_lowercase() == b.trim().to_lowercase();
    let mut overrides = Vec::new();
    for (column, field) in given {
        overrides.push(Override::new(column, field)?);
    }
    for name in names {
        if overrides.iter().any(|o| same(&o.column, name)) {
            continue;
        }
        let declared = || face.declared.names().find(|declared| same(declared, name));
        let field = face.map.get(name).cloned();
        let field = field.or_else(|| declared().map(|d| Field::Attribute(d.to_owned())));
        overrides.extend(field.map(|field| Override { column: name.clone(), field }));
    }
    Mapping::guess(names, rows, country).with(&overrides)
}

/// How rows or objects of this mapping are read in this workspace.
pub fn form(mapping: &Mapping, settings: &Settings) -> Form {
    let zone = jiff::tz::TimeZone::get(&settings.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    Form::new(mapping, country(settings), zone)
}

/// A lead as it is prepared.
pub fn incoming(lead: Lead) -> Incoming {
    let Lead { contact, region, language, priority, earliest, attributes } = lead;
    Incoming {
        contact: ContactIn {
            name: contact.name,
            phone: contact.phone.map(|phone| phone.raw),
            email: contact.email,
        },
        attributes,
        region,
        language,
        skills: Default::default(),
        priority: priority.unwrap_or_default(),
        earliest: earliest.map(|time| Rfc3339(time.into())),
        ..Incoming::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_goes_before_what_the_name_suggests() {
        let names = ["Phone".to_owned(), "Deal Value".to_owned(), "Owner".to_owned()];
        let given = BTreeMap::from([("owner".to_owned(), "skip".to_owned())]);
        let map = mapping(&names, &[], None, &Face::default(), &given).unwrap();
        assert_eq!(map.field("Phone"), Some(&Field::Phone));
        assert_eq!(map.field("Owner"), Some(&Field::Skip));
        assert_eq!(map.field("Deal Value"), Some(&Field::Attribute("deal_value".into())));
        let wrong = BTreeMap::from([("Mobile".to_owned(), "phone".to_owned())]);
        assert!(mapping(&names, &[], None, &Face::default(), &wrong).is_err());
    }
}
