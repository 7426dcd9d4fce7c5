//! How long people wait, for how many agents: Erlang C, and Erlang A where callers give up.
//!
//! Both take arrivals that come at random at a steady rate (Poisson), handling times that are
//! exponential, and agents who all serve all. Erlang C lets nobody give up, so it wants more agents
//! than load; Erlang A gives each caller a patience, exponential too.
//!
//! Sources: A. K. Erlang, “Solution of some problems in the theory of probabilities of significance in
//! automatic telephone exchanges” (1917); O. Garnett, A. Mandelbaum, M. Reiman, “Designing a call center
//! with impatient customers”, M&SOM 4(3), 2002; A. Mandelbaum, S. Zeltyn, “Service engineering in action:
//! the Palm/Erlang-A queue” (2007).
//!
//! ```
//! use metrics::staffing::Load;
//!
//! // 360 calls an hour of four minutes each are 24 Erlang.
//! let load = Load::new(360.0, 240.0, None).unwrap();
//! let level = load.with(27).service_level(20.0);
//! assert!((level - 0.6497).abs() < 0.0001, "{level}");
//! assert_eq!(load.agents_for(0.8, 20.0), Some(29));
//! ```

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// More agents than this are not looked at.
pub const MOST_AGENTS: u32 = 100_000;

/// How wrong an integral may be: far below what anybody reads.
const NEAR_ENOUGH: f64 = 1e-7;

/// A figure that says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum BadLoad {
    #[error("arrivals an hour must be more than 0 and at most 1,000,000; {0} is not")]
    Arrivals(f64),
    #[error("the handling time must be more than 0 and at most 604,800 seconds; {0} is not")]
    Handling(f64),
    #[error("the patience must be more than 0 and at most 86,400 seconds; {0} is not")]
    Patience(f64),
}

/// What comes in.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Load {
    arrivals_per_hour: f64,
    handling_secs: f64,
    patience_secs: Option<f64>,
}

impl Load {
    /// Arrivals an hour, mean handling seconds, and mean seconds until a caller gives up; `None` when
    /// nobody ever does.
    pub fn new(
        arrivals_per_hour: f64,
        handling_secs: f64,
        patience_secs: Option<f64>,
    ) -> Result<Load, BadLoad> {
        let good = |figure: f64, most: f64| figure > 0.0 && figure <= most;
        if !good(arrivals_per_hour, 1e6) {
            return Err(BadLoad::Arrivals(arrivals_per_hour));
        }
        if !good(handling_secs, 604_800.0) {
            return Err(BadLoad::Handling(handling_secs));
        }
        match patience_secs {
            Some(secs) if !good(secs, 86_400.0) => Err(BadLoad::Patience(secs)),
            _ => Ok(Load { arrivals_per_hour, handling_secs, patience_secs }),
        }
    }

    /// The load in Erlang: how many agents would be on work all the time.
    pub fn erlangs(&self) -> f64 {
        self.per_sec() * self.handling_secs
    }

    pub fn with(&self, agents: u32) -> Staffed {
        Staffed { load: *self, agents: agents.min(MOST_AGENTS) }
    }

    /// The fewest agents with whom at least `level` (0–1) are answered within so many seconds; `None`
    /// when not even [`MOST_AGENTS`] are enough.
    pub fn agents_for(&self, level: f64, within_secs: f64) -> Option<u32> {
        let enough = |agents: u32| self.with(agents).service_level(within_secs) >= level;
        if !enough(MOST_AGENTS) {
            return None;
        }
        // More agents never answer fewer in time, so the first that are enough are found by halves.
        let (mut few, mut many) = (0, MOST_AGENTS);
        while few < many {
            let middle = few + (many - few) / 2;
            if enough(middle) { many = middle } else { few = middle + 1 }
        }
        Some(many)
    }

    fn per_sec(&self) -> f64 {
        self.arrivals_per_hour / 3_600.0
    }
}

/// A load and those who take it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Staffed {
    load: Load,
    agents: u32,
}

impl Staffed {
    /// The part (0–1) of all who come that is answered within so many seconds: whoever gave up was not.
    /// Without patience and with no more agents than load the line only grows, and nobody is.
    pub fn service_level(&self, within_secs: f64) -> f64 {
        let within = within_secs.max(0.0);
        match self.load.patience_secs {
            None => self.without_patience(within),
            Some(patience) => self.with_patience(within, patience),
        }
    }

    /// The part (0–1) that has to wait at all.
    pub fn waits(&self) -> f64 {
        let blocked = self.blocked();
        match self.load.patience_secs {
            None if self.overrun() => 1.0,
            // Erlang C from Erlang B.
            None => {
                let busy = self.load.erlangs() / f64::from(self.agents);
                blocked / (1.0 - busy * (1.0 - blocked))
            }
            Some(patience) => {
                let crowd = self.ln_crowd(patience);
                1.0 / (1.0 + (1.0 / blocked - 1.0) * (-crowd).exp())
            }
        }
    }

    /// The mean wait of all who come, in seconds, until answered or given up; `None` when the line only
    /// grows.
    pub fn mean_wait_secs(&self) -> Option<f64> {
        match self.load.patience_secs {
            None if self.overrun() => None,
            None => {
                let spare = f64::from(self.agents) - self.load.erlangs();
                Some(self.waits() * self.load.handling_secs / spare)
            }
            Some(patience) => Some(self.abandonment() * patience),
        }
    }

    /// The part (0–1) that gives up.
    pub fn abandonment(&self) -> f64 {
        let Some(patience) = self.load.patience_secs else { return 0.0 };
        // Whoever comes is answered or gives up: so many are answered as agents have time for.
        if self.agents == 0 {
            return 1.0;
        }
        let busy = self.load.erlangs() / f64::from(self.agents);
        let of_those_who_wait = (-self.ln_crowd(patience)).exp() / busy + 1.0 - 1.0 / busy;
        (of_those_who_wait * self.waits()).clamp(0.0, 1.0)
    }

    /// The part (0–1) of their time that agents are on work.
    pub fn occupancy(&self) -> f64 {
        if self.agents == 0 {
            return 1.0;
        }
        let answered = self.load.erlangs() * (1.0 - self.abandonment());
        (answered / f64::from(self.agents)).min(1.0)
    }

    fn overrun(&self) -> bool {
        f64::from(self.agents) <= self.load.erlangs()
    }

    fn without_patience(&self, within: f64) -> f64 {
        if self.overrun() {
            return 0.0;
        }
        let spare = f64::from(self.agents) - self.load.erlangs();
        1.0 - self.waits() * (-spare * within / self.load.handling_secs).exp()
    }

    /// Erlang A. With agents ending `cμ` calls, arrivals `λ` and impatience `θ`, the wait that somebody
    /// of endless patience would have has, besides its weight at 0, the density
    /// `cμ π exp((λ/θ)(1 − e^(−θt)) − cμt)`, where `π` is the chance of all agents busy and nobody
    /// waiting; whoever comes is still there after `t` with the chance `e^(−θt)`. It is summed up over
    /// `u = 1 − e^(−θt)`, the part that would have given up by then.
    fn with_patience(&self, within: f64, patience: f64) -> f64 {
        if self.agents == 0 {
            return 0.0;
        }
        let crowd = self.ln_crowd(patience);
        let ending = f64::from(self.agents) * patience / self.load.handling_secs;
        let crowding = self.load.per_sec() * patience;
        // ln(1/blocked − 1 + e^crowd), without leaving what a float can hold.
        let all = crowd + ((1.0 / self.blocked() - 1.0) * (-crowd).exp()).ln_1p();
        let answered_at =
            |gone: f64| (ending.ln() - all + crowding * gone + ending * (-gone).ln_1p()).exp();
        // Where it is highest it is cut in two, so that no peak is stepped over.
        let end = 1.0 - (-within / patience).exp();
        let peak = (1.0 - ending / crowding).clamp(0.0, end);
        let answered = integral(&answered_at, 0.0, peak) + integral(&answered_at, peak, end);
        (1.0 - self.waits() + answered).clamp(0.0, 1.0)
    }

    /// Erlang B: the chance that all agents are busy if nobody could wait.
    fn blocked(&self) -> f64 {
        let erlangs = self.load.erlangs();
        (1..=self.agents).fold(1.0, |blocked, agents| {
            erlangs * blocked / (f64::from(agents) + erlangs * blocked)
        })
    }

    /// The logarithm of how much more likely it is that all agents are busy, than that they are and
    /// nobody waits: of `1 + Σ yʲ / ((x+1) … (x+j))` with `x = cμ/θ` and `y = λ/θ` (Palm's function).
    fn ln_crowd(&self, patience: f64) -> f64 {
        const LARGE: f64 = 1e200;
        let x = f64::from(self.agents) * patience / self.load.handling_secs;
        let y = self.load.per_sec() * patience;
        let (mut sum, mut term, mut waiting, mut scale) = (1.0_f64, 1.0_f64, 1.0_f64, 0.0);
        // Terms grow until x + j = y; after that they shrink ever faster.
        while x + waiting <= y || term > sum * 1e-16 {
            term *= y / (x + waiting);
            sum += term;
            waiting += 1.0;
            if sum > LARGE {
                (sum, term) = (sum / LARGE, term / LARGE);
                scale += LARGE.ln();
            }
        }
        sum.ln() + scale
    }
}

/// By Simpson's rule, halving what is not smooth enough yet.
fn integral(of: &impl Fn(f64) -> f64, start: f64, end: f64) -> f64 {
    fn part(of: &impl Fn(f64) -> f64, [a, b]: [f64; 2], ends: [f64; 3], depth: u32) -> f64 {
        let middle = f64::midpoint(a, b);
        let [first, second, third] = ends;
        let quarter = of(f64::midpoint(a, middle));
        let three_quarters = of(f64::midpoint(middle, b));
        let whole = (b - a) / 6.0 * (first + 4.0 * second + third);
        let left = (middle - a) / 6.0 * (first + 4.0 * quarter + second);
        let right = (b - middle) / 6.0 * (second + 4.0 * three_quarters + third);
        // The first halvings are always made: three points may all miss what lies between.
        if depth == 0 || depth < 44 && (left + right - whole).abs() < NEAR_ENOUGH {
            return left + right;
        }
        part(of, [a, middle], [first, quarter, second], depth - 1)
            + part(of, [middle, b], [second, three_quarters, third], depth - 1)
    }
    if end <= start {
        return 0.0;
    }
    part(of, [start, end], [of(start), of(f64::midpoint(start, end)), of(end)], 50)
}

#[cfg(test)]
mod tests;
