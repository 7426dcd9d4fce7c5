//! Rows become items, each coming of a row once, whatever happens in between.

use super::pass::{Pass, Stop};
use crate::api::items::submit::work;
use crate::auth::secret;
use crate::dispatcher::{Actor, IdempotencyKey, Personal, Request, Work};
use crate::http::Problem;
use crate::submission::{
    KnownSource, Locale, Prepared, Strictness, country, form, incoming, prepare,
};
use connectors::mirror::{Columns, Row, RowId, SheetColumn, Trouble, Use};
use connectors::{Field, Form, Mapping, Override};
use futures_util::future::try_join_all;
use routing::{AgentId, Answer, Command, ItemId, Refusal, Seen, Target};
use serde_json::{Map, Value};
use std::sync::Arc;
use store::{ItemRow, NewSheetRow, SheetId};

/// Rows that are submitted together.
const AT_ONCE: usize = 200;

/// How a sheet's rows are read.
pub struct Intake {
    source: Arc<KnownSource>,
    contact_key: [u8; 32],
    locale: Locale,
    form: Form,
    columns: Columns,
    sheet: SheetId,
}

/// A row that is to come as an item.
pub struct Coming {
    pub key: String,
    /// The how manieth time.
    pub comings: u32,
    pub row: Row,
    /// Whose it is already, as the sheet says.
    pub owner: Option<AgentId>,
}

impl Intake {
    pub async fn of(pass: &Pass<'_>, columns: Columns) -> Result<Intake, Stop> {
        let (app, workspace) = (pass.app, pass.workspace);
        let source = app.source_by_id(workspace, pass.sheet.source).await?;
        let source = source.filter(|source| source.source.active).ok_or_else(|| {
            Trouble::BadRequest("the sheet's source takes nothing in: make it active again".into())
        })?;
        let settings = app.settings(workspace).await?;
        let read = columns.all().iter().filter(|column| column.permission == Use::Read);
        let overrides: Vec<Override> = read
            .map(|column| Override {
                column: column.name().to_owned(),
                field: column.attribute.clone().unwrap_or(Field::Skip),
            })
            .collect();
        let names: Vec<String> = overrides.iter().map(|one| one.column.clone()).collect();
        let mapping = Mapping::guess(&names, &[], country(&settings)).with(&overrides);
        let mapping = mapping.map_err(|error| Trouble::BadRequest(error.to_string()))?;
        Ok(Intake {
            source,
            contact_key: app.contact_key(workspace).await?,
            locale: Locale::of(&settings),
            form: form(&mapping, &settings),
            columns,
            sheet: pass.sheet.id,
        })
    }

    /// What the store knows a row by.
    pub fn key(&self, row: &RowId) -> String {
        let identity = format!("sheet:{}:row:{}", self.sheet.0, row.0);
        let key = secret::contact_key(&self.contact_key, &identity);
        key.map_or_else(|| secret::hash(&identity), |key| format!("{:032x}", key.0))
    }

    /// The item that a row is.
    ///
    /// # Errors
    /// When it cannot be one as it stands.
    pub fn prepare(&self, row: &Row) -> Result<Prepared, Problem> {
        let read = self.columns.all().iter().filter(|column| column.permission == Use::Read);
        let cells = read.filter_map(|column| {
            let text = row.cell(column).plain();
            (!text.is_empty()).then(|| (column.name().to_owned(), Value::String(text.into_owned())))
        });
        let object: Map<String, Value> = cells.collect();
        let lead = self.form.read_object(&object);
        let lead = lead.map_err(|rejection| Problem::field("row", rejection.to_string()))?;
        let (id, face) = (self.source.source.id, &self.source.face);
        let incoming = incoming(lead);
        prepare(id, face, &self.contact_key, &self.locale, incoming, Strictness::Keep)
    }
}

/// Rows that did not become items.
pub struct NotCome {
    /// They cannot be one as they stand.
    pub unfit: Vec<Coming>,
    /// Their owner cannot have them now.
    pub unowned: Vec<Coming>,
}

/// What became of an edit of what somebody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// They see it already.
    Nothing,
    Done,
    /// It is in nobody's hands any more.
    Late,
}

/// The item that was submitted right before goes to whom the sheet names: a person said so.
fn placing(agent: AgentId) -> Work {
    Work::change(move |state| {
        let (item, to) = (state.facts().last_item, Target::Agent(agent));
        Ok(Command::Reassign { item, seen: Seen::default(), to })
    })
}

/// Whether both are the same item to the core, and of the same person; then what differs are fields.
pub fn is_same(old: &Prepared, new: &Prepared) -> bool {
    let person = |one: &Prepared| {
        let personal = one.personal.clone();
        (personal.name, personal.phone, personal.phone_raw, personal.email)
    };
    old.submission == new.submission && person(old) == person(new)
}

/// What of a row's changes the core has no part in: the row with these alone, and their columns.
pub fn beside_core<'a>(
    intake: &Intake,
    seen: &Row,
    now: &Row,
    edited: &[&'a SheetColumn],
) -> (Row, Vec<&'a SheetColumn>) {
    let (mut beside, mut taken) = (seen.clone(), Vec::new());
    let Ok(before) = intake.prepare(seen) else { return (beside, taken) };
    for column in edited {
        let mut with = beside.clone();
        with.take(column, now);
        let same = |with: Prepared| with.submission == before.submission;
        if intake.prepare(&with).is_ok_and(same) {
            beside = with;
            taken.push(*column);
        }
    }
    (beside, taken)
}

/// The fields that differ; null takes one away.
pub fn edits(old: &Prepared, new: &Prepared) -> Map<String, Value> {
    let (old, new) = (&old.personal.attributes, &new.personal.attributes);
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    let mut edits: Map<String, Value> = gone.map(|name| (name.clone(), Value::Null)).collect();
    let changed = new.iter().filter(|(name, value)| old.get(*name) != Some(*value));
    edits.extend(changed.map(|(name, value)| (name.clone(), value.clone())));
    edits
}

impl Pass<'_> {
    /// Makes items of rows, and gives them to whom the sheet says that they belong.
    pub async fn submit(&mut self, intake: &Intake, rows: Vec<Coming>) -> Result<NotCome, Stop> {
        let (mut unfit, mut unowned) = (Vec::new(), Vec::new());
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let (mut some, mut works) = (Vec::new(), Vec::new());
            for coming in rows.by_ref().take(AT_ONCE) {
                match intake.prepare(&coming.row) {
                    Ok(prepared) => {
                        works.push(self.coming(&prepared, &coming));
                        some.push(coming);
                    }
                    Err(_) => unfit.push(coming),
                }
            }
            let requests = works.into_iter().zip(&some).map(|(work, coming)| {
                let idempotency = Some(self.once(coming));
                let actor = Actor::Source(self.sheet.source);
                let work = std::iter::once(work).chain(coming.owner.map(placing)).collect();
                self.app.dispatcher.submit(self.workspace, Request { actor, idempotency, work })
            });
            let results: Vec<_> = try_join_all(requests).await?;
            for (coming, results) in some.into_iter().zip(results) {
                let placed = results.get(1).is_none_or(Result::is_ok);
                match results.into_iter().next() {
                    // Whose it is went away in this moment: it is nobody else's either.
                    Some(Ok(done)) if !placed && self.take_back(&done.answer).await? => {
                        unowned.push(coming);
                    }
                    // One that was closed as it came, a duplicate say, is its row's as any other.
                    Some(Ok(_)) => self.counts.new += 1,
                    Some(Err(Refusal::Invalid { .. })) | None => unfit.push(coming),
                    Some(Err(refusal)) => {
                        return Err(Trouble::BadRequest(refusal.to_string()).into());
                    }
                }
            }
        }
        self.app.metrics.items_in.inc_by(u64::from(self.counts.new));
        Ok(NotCome { unfit, unowned })
    }

    /// Takes back what has just come; `false` of what was closed as it came.
    async fn take_back(&self, answer: &Answer) -> Result<bool, Stop> {
        let Answer::Item(item) = answer else { return Ok(false) };
        match self.app.store.item(self.workspace, *item).await? {
            Some(row) => self.cancel(&row).await,
            None => Ok(false),
        }
    }

    fn coming(&self, prepared: &Prepared, coming: &Coming) -> Work {
        let mut work = work(prepared);
        work.personal.push(Personal::SheetRow(Box::new(NewSheetRow {
            sheet: self.sheet.id,
            key: coming.key.clone(),
            id: coming.row.id.0.clone(),
            item: ItemId(0),
            comings: coming.comings,
            seen: serde_json::to_string(&coming.row).unwrap_or_default(),
        })));
        work
    }

    fn once(&self, coming: &Coming) -> IdempotencyKey {
        IdempotencyKey {
            scope: format!("sheet:{}", self.sheet.id.0),
            key: format!("{}#{}", coming.key, coming.comings),
            request: String::new(),
            keep_secs: 30 * IdempotencyKey::DAY,
        }
    }

    /// Takes an item back that nobody has; `false` when somebody has it by now.
    pub async fn cancel(&self, item: &ItemRow) -> Result<bool, Stop> {
        Ok(self.decide(vec![self.cancelling(item)]).await?.is_ok())
    }

    fn cancelling(&self, item: &ItemRow) -> Work {
        let seen = Seen { agent: None, version: Some(item.version) };
        Command::Cancel { item: item.id, seen }.into()
    }

    /// A row has become another item, or another person's: the one that waits is taken back and the
    /// new one comes. `false` when somebody has the old one by now.
    pub async fn replace(&self, old: &ItemRow, new: &Prepared, row: &Coming) -> Result<bool, Stop> {
        if !self.cancel(old).await? {
            return Ok(false);
        }
        let (actor, idempotency) = (Actor::Source(self.sheet.source), Some(self.once(row)));
        let request = Request { actor, idempotency, work: vec![self.coming(new, row)] };
        for result in self.app.dispatcher.submit(self.workspace, request).await? {
            result.map_err(|refusal| Trouble::BadRequest(refusal.to_string()))?;
        }
        Ok(true)
    }

    /// Writes what the sheet says anew into an item's fields.
    pub async fn edit(&self, item: ItemId, fields: Map<String, Value>) -> Result<(), Stop> {
        let mut work = Work::from(Command::Clock);
        work.personal.push(Personal::Fields { item, fields, contact: None });
        let decided = self.decide(vec![work]).await?;
        decided.map_err(|refusal| Trouble::BadRequest(refusal.to_string()).into())
    }

    /// Has the holder of an item see what its row says now: its fields, and the number and the name,
    /// if they are others than those that `item` shows. `false` when it has been closed meanwhile.
    pub async fn tell_holder(
        &self,
        item: &ItemRow,
        fields: Map<String, Value>,
        now: &Prepared,
    ) -> Result<Told, Stop> {
        let person = |one: &store::Personal| {
            let store::Personal { name, phone, phone_raw, phone_ok, email, .. } = one.clone();
            (name, phone, phone_raw, phone_ok, email)
        };
        let shown = item.personal.as_ref();
        let is_shown = shown.is_none_or(|shown| person(shown) == person(&now.personal));
        if is_shown && fields.is_empty() {
            return Ok(Told::Nothing);
        }
        let mut work = match is_shown {
            true => Work::from(Command::Clock),
            // The do-not-call list may say something else of another number.
            false => Command::SetBars { item: item.id, bars: Vec::new() }.into(),
        };
        let contact = (!is_shown).then(|| Box::new(now.personal.clone()));
        work.callee = now.callee.filter(|_| !is_shown);
        work.personal.push(Personal::Fields { item: item.id, fields, contact });
        Ok(self.decide(vec![work]).await?.map_or(Told::Late, |()| Told::Done))
    }

    async fn decide(&self, work: Vec<Work>) -> Result<Result<(), Refusal>, Stop> {
        let request = Request { actor: Actor::Source(self.sheet.source), idempotency: None, work };
        let results = self.app.dispatcher.submit(self.workspace, request).await?;
        Ok(results.into_iter().try_for_each(|result| result.map(drop)))
    }
}
