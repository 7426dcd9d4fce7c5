//! The journal's hash chain and the audit's, read through the server part by part.

use crate::api::Api;
use crate::print::cell;
use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use std::time::{Duration, Instant};

/// The journal and the audit, read to their ends or to the first broken row.
pub struct Audited {
    pub journal: Value,
    took: Duration,
}

impl Audited {
    /// Reads part by part, and shows how far it has come.
    pub fn read(api: &Api) -> Result<Audited> {
        let started = Instant::now();
        let total = api.get::<Value>("/stats")?["seq"].as_u64().unwrap_or_default();
        let bar = ProgressBar::new(total).with_style(ProgressStyle::with_template(
            "{bar:30} {human_pos} of {human_len} events, {eta} left",
        )?);
        let mut journal: Value = api.get("/journal/verify")?;
        while journal["done"] == false && journal["broken_at"].is_null() {
            bar.set_position(journal["events"].as_u64().unwrap_or_default());
            let head = journal["head"].as_str().unwrap_or_default();
            let (events, rows) = (&journal["events"], &journal["rows"]);
            let path = format!("/journal/verify?events={events}&rows={rows}&head={head}");
            journal = api.get(&path)?;
        }
        bar.finish_and_clear();
        Ok(Audited { journal, took: started.elapsed() })
    }

    /// The first row of each chain that is not what was written.
    pub fn problems(&self) -> Vec<String> {
        let broken = |chain: &Value, what: &str| {
            let at = chain["broken_at"].as_u64()?;
            let why = chain["problem"].as_str().unwrap_or("it does not follow from the one before");
            Some(format!("{what} {at}: {why}"))
        };
        let journal = broken(&self.journal, "journal: the first broken row is event");
        let audit = broken(&self.journal["audit"], "audit: the first broken row is row");
        let differ = self.differences().into_iter().flatten();
        let differ = differ.map(|what| format!("tables: {}", cell(what)));
        journal.into_iter().chain(audit).chain(differ).collect()
    }

    /// What the tables say otherwise than the journal; `None` when that was not found out.
    fn differences(&self) -> Option<&Vec<Value>> {
        self.journal["differences"].as_array()
    }

    pub fn words(&self) -> String {
        let (events, rows) = (&self.journal["events"], &self.journal["rows"]);
        let secs = self.took.as_secs_f64();
        let mut text =
            format!("The journal: {rows} rows with {events} events were checked in {secs:.1} s.");
        if self.journal["broken_at"].is_null() {
            let head = self.journal["head"].as_str().unwrap_or_default();
            text += &format!(" They form an unbroken chain that ends in {head}.");
        }
        text += match self.differences() {
            Some(said) if said.is_empty() => {
                "\nThe tables of what is open say what the journal does."
            }
            Some(_) => "",
            None => "\nThe tables were not held against it.",
        };
        let audit = &self.journal["audit"];
        if audit["broken_at"].is_null() && audit["rows"] != 0 && !audit.is_null() {
            let (rows, head) = (&audit["rows"], audit["head"].as_str().unwrap_or_default());
            text +=
                &format!("\nThe audit: {rows} rows form an unbroken chain that ends in {head}.");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_broken_chain_is_named_and_a_sound_one_shown() {
        let of = |journal| Audited { journal, took: Duration::from_millis(1240) };
        let audit = json!({ "rows": 3, "head": "bb", "broken_at": null, "problem": null });
        let sound = of(json!({ "events": 8, "rows": 6, "head": "aa", "broken_at": null,
            "audit": audit, "differences": [] }));
        assert_eq!(sound.problems(), Vec::<String>::new());
        assert_eq!(
            sound.words(),
            "The journal: 6 rows with 8 events were checked in 1.2 s. They form an unbroken chain \
             that ends in aa.\nThe tables of what is open say what the journal does.\nThe audit: 3 rows form an unbroken chain that ends in bb."
        );
        let forged = of(json!({ "events": 1, "rows": 1, "head": "aa", "broken_at": 2,
            "problem": "its hash is cc", "audit": null, "differences": null }));
        assert_eq!(forged.problems(), ["journal: the first broken row is event 2: its hash is cc"]);
        assert_eq!(
            forged.words(),
            "The journal: 1 rows with 1 events were checked in 1.2 s.\nThe tables were not held \
             against it."
        );
        let counted = of(json!({ "events": 8, "rows": 6, "head": "aa", "broken_at": null,
            "audit": null, "differences": ["agents 1 total is 9 in the tables"] }));
        assert_eq!(counted.problems(), ["tables: agents 1 total is 9 in the tables"]);
    }
}
