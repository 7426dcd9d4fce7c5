//! How a workspace reads what people write: a number without a country code, the name of a state or
//! of a language.

use connectors::{Country, RegionError, Regions};
use routing::{Code, Settings};
use std::collections::{BTreeMap, BTreeSet};

/// A workspace's country and the regions it knows.
#[derive(Clone, Debug)]
pub struct Locale {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    regions: Regions,
    /// What the regions were made of.
    own: BTreeMap<String, Vec<String>>,
}

impl Locale {
    /// The locale of a workspace with these settings.
    pub fn of(settings: &Settings) -> Self {
        // Settings are checked before they are kept.
        let regions = regions(settings).unwrap_or_else(|_| Regions::of(country(settings)));
        Locale { country: settings.country.clone(), regions, own: settings.regions.clone() }
    }

    /// Whether it is the locale of a workspace with these settings.
    pub fn is_of(&self, settings: &Settings) -> bool {
        (&self.country, &self.own) == (&settings.country, &settings.regions)
    }

    /// A region as it is compared: `Orissa` and `IN-OD` are both `or`.
    pub fn region(&self, text: &str) -> Option<Code> {
        self.regions.code(text).map(|code| Code::new(&code))
    }

    /// Whether a table that the workspace goes by knows the region, or there is none to go by.
    pub fn may_be_region(&self, code: &Code) -> bool {
        !self.regions.has_table() || self.regions.knows(code.as_str())
    }

    /// What a code of `before` stands for here: whatever its names are read as now, so that what is
    /// written goes where it went.
    pub fn reread(&self, code: &Code, before: &Locale) -> BTreeSet<Code> {
        let names = before.regions.names(code.as_str());
        let mut all: BTreeSet<Code> = names.iter().filter_map(|name| self.region(name)).collect();
        // The code itself may be another region's now; with nothing else to go by it stays.
        if !names.iter().any(|name| self.regions.knows(name)) {
            all.extend(self.region(code.as_str()));
        }
        all
    }

    /// A language as it is compared, in whatever country: `Hindi` and `hi-IN` are both `hi`.
    pub fn language(&self, text: &str) -> Option<Code> {
        connectors::language(text).map(|code| Code::new(&code))
    }
}

/// The regions that a workspace with these settings knows.
///
/// # Errors
/// When its own table says one name for two regions.
pub fn regions(settings: &Settings) -> Result<Regions, RegionError> {
    Regions::of(country(settings)).with(&settings.regions)
}

/// The country that numbers without a country code are of.
pub fn country(settings: &Settings) -> Option<Country> {
    settings.country.parse().ok()
}
