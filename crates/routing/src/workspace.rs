//! What holds for a whole workspace.

use crate::Holidays;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// When matching runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dispatch {
    /// Whatever can be matched is matched in the same transaction.
    #[default]
    AtOnce,
    /// Only a `Match` command matches: a worker's or a person's trigger.
    ByWorker,
}

/// The settings of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// IANA name; days, caps and working hours are counted in this zone.
    pub time_zone: String,
    /// ISO 3166-1 alpha-2; how a phone number without a country code is read.
    pub country: String,
    /// A present agent who is silent for longer than this has lapsed. 10–3,600.
    pub heartbeat_secs: u32,
    /// Whoever declined, missed or released an item does not get it again for this long. 0–86,400.
    pub re_offer_secs: u32,
    /// One point of priority is worth this much waiting. 0–86,400.
    pub ageing_secs: u32,
    pub dispatch: Dispatch,
    /// Local days on which nobody works who does not say so.
    #[serde(skip_serializing_if = "Holidays::is_empty")]
    pub holidays: Holidays,
    /// Codes of regions, each with the names that people write for it, beside those of the country.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub regions: BTreeMap<String, Vec<String>>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            time_zone: "UTC".into(),
            country: "US".into(),
            heartbeat_secs: 90,
            re_offer_secs: 60,
            ageing_secs: 60,
            dispatch: Dispatch::AtOnce,
            holidays: Holidays::new(),
            regions: BTreeMap::new(),
        }
    }
}
