//! The time zones that a contact may be in, by their phone number and their region.
//!
//! What is not known for certain gives every zone that it may be: a number from a large country
//! without a known area is anywhere in that country. Numbers move with their owners, so where the
//! area code and the region disagree, both count.

use crate::phone::{Country, country_of};
use crate::region::folded;
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

const COUNTRIES: &str = include_str!("zones_of_countries.txt");
const NORTH_AMERICA: &str = include_str!("zones_of_north_america.txt");

type Zones = Vec<&'static str>;

static OF_COUNTRY: LazyLock<HashMap<&str, Zones>> = LazyLock::new(|| {
    entries(COUNTRIES).map(|(country, zones)| (country, zones.split(' ').collect())).collect()
});

/// By the three digits after +1.
static OF_AREA: LazyLock<HashMap<&str, Zones>> = LazyLock::new(|| {
    let areas = entries(NORTH_AMERICA).filter(|(zones, _)| zones.contains('/'));
    let each = |(zones, codes): (&'static str, &'static str)| {
        codes.split(' ').map(move |code| (code, zones.split(' ').collect()))
    };
    areas.flat_map(each).collect()
});

/// By the country and the folded code or name of a state or province.
static OF_STATE: LazyLock<HashMap<(&str, String), Zones>> = LazyLock::new(|| {
    let states = entries(NORTH_AMERICA).filter(|(names, _)| names.contains(','));
    let each = |(names, zones): (&'static str, &'static str)| {
        let mut names = names.split(", ");
        let country = names.next().unwrap_or_default();
        names.map(move |name| ((country, folded(name)), zones.split(' ').collect()))
    };
    states.flat_map(each).collect()
});

fn entries(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(": "))
}

/// The IANA names of the zones that a contact may be in: of the phone number (`+` and digits) and the
/// region in alphabetical order, or of the whole country, the one in which most people live first.
/// `country` is that of regions, and of contacts whose number says nothing.
///
/// ```
/// use connectors::zones;
/// let us = Some("US".parse().unwrap());
/// assert_eq!(zones(Some("+919876543210"), None, us), ["Asia/Kolkata"]);
/// assert_eq!(zones(Some("+12125550123"), None, us), ["America/New_York"]);
/// assert_eq!(zones(None, Some("Texas"), us), ["America/Chicago", "America/Denver"]);
/// ```
pub fn zones(phone: Option<&str>, region: Option<&str>, country: Option<Country>) -> Vec<String> {
    let country = country.map(|country| country.to_string());
    let of_phone = phone.and_then(country_of).map(|country| country.to_string());
    let area = phone.and_then(|phone| phone.strip_prefix("+1")?.get(..3));
    let area = area.and_then(|area| OF_AREA.get(area));
    // A region is one of the workspace's country; somebody with a number from elsewhere may be there.
    let at_home = of_phone.is_none() || of_phone == country;
    let state = region.zip(country.as_deref()).filter(|_| at_home);
    let state = state.and_then(|(region, country)| of_state(country, region));
    let known: BTreeSet<&str> = area.into_iter().chain(state).flatten().copied().collect();
    let whole = || OF_COUNTRY.get(of_phone.or(country)?.as_str());
    let zones = match known.is_empty() {
        true => whole().cloned().unwrap_or_default(),
        false => known.into_iter().collect(),
    };
    zones.into_iter().map(str::to_owned).collect()
}

fn of_state(country: &str, region: &str) -> Option<&'static Zones> {
    let country = ["US", "CA"].into_iter().find(|known| *known == country)?;
    let name = folded(region);
    let bare = name.strip_prefix(&country.to_lowercase()).and_then(|rest| rest.strip_prefix(' '));
    let bare = bare.map(str::to_owned);
    [Some(name), bare].into_iter().flatten().find_map(|name| OF_STATE.get(&(country, name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(phone: &str, region: &str, country: &str) -> String {
        let given = |text: &'static str| Some(text).filter(|text| !text.is_empty());
        let (phone, region) = (phone.to_owned().leak(), region.to_owned().leak());
        zones(given(phone), given(region), country.parse().ok()).join(" ")
    }

    #[test]
    fn a_number_says_where_its_owner_is() {
        for (phone, zones) in [
            ("+919876543210", "Asia/Kolkata"),
            ("+493023125000", "Europe/Berlin"),
            ("+8613800138000", "Asia/Shanghai"),
            ("+13127445000", "America/Chicago"),
            ("+14155550123", "America/Los_Angeles"),
            ("+12085550123", "America/Denver America/Los_Angeles"),
            ("+14165550123", "America/Toronto"),
            ("+17875550123", "America/Puerto_Rico"),
        ] {
            assert_eq!(at(phone, "", "IN"), zones, "{phone}");
        }
    }

    #[test]
    fn what_is_not_known_is_everywhere_it_may_be() {
        let us = at("", "", "US");
        assert_eq!(us.split(' ').count(), 8, "{us}");
        assert_eq!(at("+18003569377", "", "US"), us, "a toll-free number has no place");
        assert_eq!(at("", "no such state", "US"), us);
        assert_eq!(at("", "", "IN"), "Asia/Kolkata");
        assert!(at("+5511987654321", "", "IN").starts_with("America/Sao_Paulo "));
        assert!(us.starts_with("America/New_York "), "{us}");
        assert_eq!(at("", "", ""), "");
    }

    #[test]
    fn a_region_counts_beside_the_number() {
        assert_eq!(at("", "us-ca", "US"), "America/Los_Angeles");
        assert_eq!(at("", "Québec", "CA"), "America/Halifax America/Toronto");
        let both = at("+12125550123", "California", "US");
        assert_eq!(both, "America/Los_Angeles America/New_York");
        // CA is Canada's code too, and IN Indiana's: a region is one of the workspace's country.
        assert_eq!(at("+919876543210", "CA", "US"), "Asia/Kolkata");
    }

    #[test]
    fn every_zone_is_one_and_no_area_is_named_twice() {
        let tables = OF_COUNTRY.values().chain(OF_AREA.values()).chain(OF_STATE.values());
        for zone in tables.flatten() {
            assert!(jiff::tz::TimeZone::get(zone).is_ok(), "{zone}");
        }
        let areas = entries(NORTH_AMERICA).filter(|(zones, _)| zones.contains('/'));
        let areas: usize = areas.map(|(_, codes)| codes.split(' ').count()).sum();
        assert_eq!(areas, OF_AREA.len());
        assert!(areas > 400, "{areas} areas");
    }
}
