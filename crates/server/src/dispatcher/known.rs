//! What a batch has to know from the tables before it is decided, read under the lock.

use super::desk::Ask;
use super::request::{Commands, Personal, RulesRow};
use routing::{AgentId, Command, ContactKey, ItemId, SourceId, State, Time};
use std::collections::{BTreeSet, HashMap};
use store::{Answered, Late, OptOut, Transaction, User};

/// Rows that decide whether something is a repetition, a taken name, or overdue.
#[derive(Default)]
pub(super) struct Known {
    /// Answers given before, by scope and key.
    pub answers: HashMap<(String, String), Answered>,
    pub logins_by_name: HashMap<String, User>,
    pub logins: HashMap<AgentId, User>,
    pub source_keys: HashMap<String, SourceId>,
    pub last_seen: HashMap<AgentId, Time>,
    /// Agents who come late with a result, by item.
    pub late: HashMap<(ItemId, AgentId), Late>,
    /// Items that are kept back, with their versions.
    pub duplicates: HashMap<ItemId, u32>,
    /// What the do-not-call list says of those who would be called.
    pub opt_outs: HashMap<ContactKey, Vec<OptOut>>,
    /// The last version of the list of rules, where somebody names the one they saw.
    pub rules_version: u64,
    /// Changes of the rules that still wait, of those whose time has come.
    pub rule_changes: BTreeSet<u64>,
    /// The open items of the numbers that are put on it.
    pub open_items: HashMap<String, Vec<ItemId>>,
}

impl Known {
    /// Reads what these asks need; nothing for most.
    pub async fn look_up(
        tx: &mut dyn Transaction,
        state: &State,
        asks: &[Ask],
    ) -> store::Result<Known> {
        let mut known = Known::default();
        let (mut keys, mut callees, mut phones) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        for ask in asks {
            match ask {
                Ask::Lapse(agents) => {
                    for &agent in agents {
                        if let Some(at) = tx.last_seen(agent).await? {
                            known.last_seen.insert(agent, at);
                        }
                    }
                }
                Ask::Request { request, .. } => {
                    if let Some(key) = &request.idempotency {
                        keys.push((key.scope.clone(), key.key.clone()));
                    }
                    callees.extend(request.work.iter().filter_map(|work| work.callee));
                    for row in request.work.iter().flat_map(|work| &work.personal) {
                        if let Personal::Rules(row) = row {
                            known.look_up_rules(tx, row).await?;
                        }
                        let Personal::OptOut(row) = row else { continue };
                        callees.insert(row.entry.contact);
                        phones.insert(row.phone.as_str());
                    }
                    for work in &request.work {
                        // What is refused now needs no names.
                        let Ok(Commands::One(command)) = work.order.commands(state) else {
                            continue;
                        };
                        known.look_up_item(tx, &command).await?;
                        known.look_up_names(tx, &command, &work.personal).await?;
                    }
                }
            }
        }
        if !keys.is_empty() {
            let answers = tx.answers(&keys).await?;
            known.answers =
                answers.into_iter().map(|a| ((a.scope.clone(), a.key.clone()), a)).collect();
        }
        if !callees.is_empty() {
            let callees: Vec<ContactKey> = callees.into_iter().collect();
            for entry in tx.opt_outs(&callees).await? {
                known.opt_outs.entry(entry.what.contact).or_default().push(entry);
            }
        }
        if !phones.is_empty() {
            let phones: Vec<&str> = phones.into_iter().collect();
            for (phone, item) in tx.open_items(&phones).await? {
                known.open_items.entry(phone).or_default().push(item);
            }
        }
        Ok(known)
    }

    async fn look_up_rules(
        &mut self,
        tx: &mut dyn Transaction,
        row: &RulesRow,
    ) -> store::Result<()> {
        if row.seen.is_some() {
            self.rules_version = tx.rules_version().await?;
        }
        if let Some(change) = row.change
            && tx.rule_change_waits(change).await?
        {
            self.rule_changes.insert(change);
        }
        Ok(())
    }

    /// What the state has forgotten of an item.
    async fn look_up_item(
        &mut self,
        tx: &mut dyn Transaction,
        command: &Command,
    ) -> store::Result<()> {
        match *command {
            Command::KeepResult { item, agent } => {
                self.late.insert((item, agent), tx.late(item, agent).await?);
            }
            Command::Force { item, .. } => {
                if let Some(version) = tx.duplicate(item).await? {
                    self.duplicates.insert(item, version);
                }
            }
            _ => {}
        }
        Ok(())
    }

    async fn look_up_names(
        &mut self,
        tx: &mut dyn Transaction,
        command: &Command,
        personal: &[Personal],
    ) -> store::Result<()> {
        for row in personal {
            match row {
                Personal::Login(change) => {
                    if let Some(name) = &change.name
                        && let Some(user) = tx.user_by_name(name).await?
                    {
                        self.logins_by_name.insert(name.clone(), user);
                    }
                    if let Command::UpdateAgent { agent, .. } | Command::DeactivateAgent { agent } =
                        command
                        && let Some(user) = tx.user_of_agent(*agent).await?
                    {
                        self.logins.insert(*agent, user);
                    }
                }
                Personal::Source(face) => {
                    if let Some(source) = tx.source_by_key(&face.key).await? {
                        self.source_keys.insert(face.key.clone(), source);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}
