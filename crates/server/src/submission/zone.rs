//! The time zones by whose clocks an item's contact may be called.

use crate::http::problem::FieldProblem;
use crate::submission::phone::Phone;

/// The name of a zone as the time zone database writes it.
pub fn known(name: &str) -> Result<String, FieldProblem> {
    let zone = jiff::tz::TimeZone::get(name.trim()).ok();
    zone.and_then(|zone| zone.iana_name().map(str::to_owned)).ok_or_else(|| {
        FieldProblem::new("time_zone", "is not an IANA time zone such as Asia/Kolkata")
    })
}

/// Where a contact may be, by the phone number and the region; empty, which is the workspace's
/// zone, for one who can neither be called nor placed.
pub fn of_contact(phone: &Phone, region: Option<&str>, country: &str) -> Vec<String> {
    if phone.raw.is_none() && region.is_none() {
        return Vec::new();
    }
    connectors::zones(phone.e164.as_deref(), region, country.parse().ok())
}
