//! Figures by the names and formulas of the crate `metrics`, as they are told.

use metrics::{Metric, Share};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A figure by the name that leaves nothing open, with its formula.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FigureView {
    pub name: String,
    pub formula: String,
}

/// A part of a whole, which is never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShareView {
    pub part: u64,
    pub whole: u64,
    /// Hundredths of a percent, rounded half up: 8,113 is 81.13 %.
    pub hundredths: u64,
}

impl ShareView {
    /// `None` of nothing.
    pub fn of(share: Share) -> Option<ShareView> {
        let Share { part, whole } = share;
        Some(ShareView { part, whole, hundredths: share.hundredths()? })
    }
}

/// The name it goes by in JSON, and how it is told.
pub fn figure(metric: Metric) -> (String, FigureView) {
    let (name, formula) = (metric.title().to_owned(), metric.formula().to_owned());
    (word(metric), FigureView { name, formula })
}

/// A name as JSON writes it.
pub fn word(name: impl Serialize) -> String {
    serde_json::to_value(name)
        .ok()
        .and_then(|name| name.as_str().map(str::to_owned))
        .unwrap_or_default()
}
