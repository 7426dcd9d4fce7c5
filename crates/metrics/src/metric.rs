//! Every figure by its name, with the formula that it is.

use serde::{Deserialize, Serialize};

/// What a figure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Hundredths of a percent.
    Percent,
    /// Milliseconds.
    Duration,
}

/// A figure. Its name in JSON says which variant it is; there is none that leaves it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// The default: who gave up counts as not served in time.
    ServiceLevel,
    ServiceLevelAnswered,
    ServiceLevelAbandonedKept,
    ServiceLevelShortExcluded,
    Abandonment,
    AbandonmentShortExcluded,
    AverageSpeedOfAnswer,
    AverageHandlingTime,
    Occupancy,
    UtilisationSignedIn,
    UtilisationScheduled,
    Adherence,
    FirstContactResolution,
    ContactRate,
    ConversionOfAssigned,
    ConversionOfContacted,
    TimeToFirstContact,
}

impl Metric {
    pub const ALL: [Metric; 17] = [
        Metric::ServiceLevel,
        Metric::ServiceLevelAnswered,
        Metric::ServiceLevelAbandonedKept,
        Metric::ServiceLevelShortExcluded,
        Metric::Abandonment,
        Metric::AbandonmentShortExcluded,
        Metric::AverageSpeedOfAnswer,
        Metric::AverageHandlingTime,
        Metric::Occupancy,
        Metric::UtilisationSignedIn,
        Metric::UtilisationScheduled,
        Metric::Adherence,
        Metric::FirstContactResolution,
        Metric::ContactRate,
        Metric::ConversionOfAssigned,
        Metric::ConversionOfContacted,
        Metric::TimeToFirstContact,
    ];

    /// What it is called where people read it, in English.
    pub fn title(self) -> &'static str {
        match self {
            Metric::ServiceLevel => "Service level (abandoned count against)",
            Metric::ServiceLevelAnswered => "Service level (answered only)",
            Metric::ServiceLevelAbandonedKept => "Service level (abandoned in time count for)",
            Metric::ServiceLevelShortExcluded => "Service level (short abandons left out)",
            Metric::Abandonment => "Abandonment",
            Metric::AbandonmentShortExcluded => "Abandonment (short abandons left out)",
            Metric::AverageSpeedOfAnswer => "Average speed of answer",
            Metric::AverageHandlingTime => "Average handling time",
            Metric::Occupancy => "Occupancy",
            Metric::UtilisationSignedIn => "Utilisation (of time signed in)",
            Metric::UtilisationScheduled => "Utilisation (of time scheduled)",
            Metric::Adherence => "Adherence",
            Metric::FirstContactResolution => "First-contact resolution",
            Metric::ContactRate => "Contact rate",
            Metric::ConversionOfAssigned => "Conversion (of assigned)",
            Metric::ConversionOfContacted => "Conversion (of contacted)",
            Metric::TimeToFirstContact => "Median time to first contact",
        }
    }

    /// How it is made of what is counted.
    pub fn formula(self) -> &'static str {
        match self {
            Metric::ServiceLevel => "answered within target ÷ (answered + abandoned)",
            Metric::ServiceLevelAnswered => "answered within target ÷ answered",
            Metric::ServiceLevelAbandonedKept => {
                "(answered within target + abandoned within target) ÷ (answered + abandoned)"
            }
            Metric::ServiceLevelShortExcluded => {
                "answered within target ÷ (answered + abandoned − short abandons)"
            }
            Metric::Abandonment => "abandoned ÷ (answered + abandoned)",
            Metric::AbandonmentShortExcluded => {
                "(abandoned − short abandons) ÷ (answered + abandoned − short abandons)"
            }
            Metric::AverageSpeedOfAnswer => "waits of the answered ÷ answered",
            Metric::AverageHandlingTime => "(talk + hold + wrap-up) ÷ handled",
            Metric::Occupancy => "on work ÷ (on work + idle)",
            Metric::UtilisationSignedIn => "on work ÷ signed in",
            Metric::UtilisationScheduled => "on work ÷ scheduled",
            Metric::Adherence => "as scheduled ÷ scheduled",
            Metric::FirstContactResolution => {
                "resolved without the contact coming back within the window ÷ resolved"
            }
            Metric::ContactRate => "contacted ÷ worked",
            Metric::ConversionOfAssigned => "won ÷ assigned",
            Metric::ConversionOfContacted => "won ÷ contacted",
            Metric::TimeToFirstContact => "median of (first contact − arrival)",
        }
    }

    pub fn unit(self) -> Unit {
        match self {
            Metric::AverageSpeedOfAnswer
            | Metric::AverageHandlingTime
            | Metric::TimeToFirstContact => Unit::Duration,
            _ => Unit::Percent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Metric;
    use std::collections::BTreeSet;

    #[test]
    fn each_is_in_the_documents_with_its_formula() {
        let page = include_str!("../../../docs/metrics.md");
        for metric in Metric::ALL {
            let row = format!("| {} | {} |", metric.title(), metric.formula());
            assert!(page.contains(&row), "docs/metrics.md lacks: {row}");
        }
    }

    #[test]
    fn each_has_a_title_and_a_formula_of_its_own() {
        let titles: BTreeSet<_> = Metric::ALL.iter().map(|metric| metric.title()).collect();
        let formulas: BTreeSet<_> = Metric::ALL.iter().map(|metric| metric.formula()).collect();
        assert_eq!((titles.len(), formulas.len()), (Metric::ALL.len(), Metric::ALL.len()));
    }
}
