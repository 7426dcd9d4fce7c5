//! The names that a script gives to what the core knows by ids.

use std::collections::BTreeMap;

/// The names of one kind of object.
#[derive(Clone, Debug, Default)]
pub struct Table {
    ids: BTreeMap<String, u64>,
    names: BTreeMap<u64, String>,
}

impl Table {
    /// Gives an object its name; the first name of an object and the last object of a name stay.
    pub fn bind(&mut self, name: &str, id: u64) {
        self.ids.insert(name.to_owned(), id);
        self.names.entry(id).or_insert_with(|| name.to_owned());
    }

    pub fn id(&self, name: &str) -> Option<u64> {
        self.ids.get(name).copied()
    }

    /// The object's name as a script writes it; `@7` for one that has none.
    pub fn name(&self, id: u64) -> String {
        self.names.get(&id).map_or_else(|| format!("@{id}"), |name| word(name))
    }

    /// All names, for a message.
    pub fn list(&self) -> String {
        let names: Vec<&str> = self.ids.keys().map(String::as_str).collect();
        if names.is_empty() { "none has a name yet".into() } else { names.join(", ") }
    }
}

/// The names of a workspace's objects.
#[derive(Clone, Debug, Default)]
pub struct Names {
    pub agents: Table,
    pub queues: Table,
    pub sources: Table,
    pub rules: Table,
    pub items: Table,
}

/// A text as one word of a script: bare where that is safe, else quoted as in JSON.
pub fn word(text: &str) -> String {
    let bare = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    if !text.is_empty() && text.chars().all(bare) {
        text.to_owned()
    } else {
        // A string always has a JSON form.
        serde_json::to_string(text).unwrap_or_default()
    }
}
