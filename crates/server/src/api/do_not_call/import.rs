//! `POST /do-not-call/import`: a file of numbers is put on the list.

use crate::api::do_not_call::{act, code};
use crate::app::App;
use crate::auth::{Caller, secret};
use crate::dispatcher::{OptOutRow, Personal, Work};
use crate::http::Problem;
use crate::http::problem::Answered;
use crate::imports::{Upload, job, upload};
use crate::submission::{Face, country, mapping, read_phone};
use axum::Json;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use connectors::{Field, Table};
use routing::{Bar, Command, ContactKey, Settings};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use store::{NewOptOut, Origin};
use tokio::sync::mpsc;
use utoipa::ToSchema;

/// How many entries one transaction adds: the workspace waits for it.
const CHUNK: usize = 500;
/// How many unread rows are told of.
const MAX_REJECTED: usize = 1_000;
/// The longest column's name, category or medium that is read, in bytes.
const MAX_PART: usize = 1_000;

/// The parts of the form.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct OptOutsForm {
    /// CSV or Excel, recognised by its content.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// The category of all its numbers; `all` when absent.
    category: Option<String>,
    /// The medium of all its numbers; `all` when absent.
    medium: Option<String>,
    /// The column of the numbers; guessed when absent.
    column: Option<String>,
}

/// What became of a file.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct OptOutsImported {
    /// Numbers that were not on the list.
    pub added: u64,
    /// Numbers that were: they are not called at all now, whatever the list said before.
    pub known: u64,
    /// Rows whose number could not be read. They are not on the list.
    pub not_a_number: u64,
    /// The first 1,000 of them.
    pub rejected: Vec<RejectedNumber>,
}

/// A row of the file that has no number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RejectedNumber {
    /// Its place in the file, as its program shows it.
    pub row: u64,
    /// What stands where the number should.
    pub text: String,
}

#[derive(Default)]
struct Form {
    file: Option<Upload>,
    category: Option<String>,
    medium: Option<String>,
    column: Option<String>,
}

/// Puts the numbers of a CSV or Excel file on the list, a few hundred at a time: whoever sends it
/// waits. When it breaks off, what came before is on the list; send it again.
#[utoipa::path(post, path = "/do-not-call/import", tag = "do-not-call",
    request_body(content = OptOutsForm, content_type = "multipart/form-data"),
    responses((status = 200, body = OptOutsImported)))]
pub async fn import(
    State(app): State<App>,
    caller: Caller,
    form: Result<Multipart, MultipartRejection>,
) -> Answered<Json<OptOutsImported>> {
    let form = form.map_err(|_| {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "Send the file as multipart/form-data with the part file.",
        )
    })?;
    let form = read(&app, form).await?;
    let upload = form.file.ok_or_else(|| Problem::field("file", "is required"))?;
    let blank = NewOptOut {
        contact: ContactKey(0),
        category: code("category", form.category.as_deref())?,
        medium: code("medium", form.medium.as_deref())?,
        bar: Bar::default(),
        origin: Origin::Import,
        actor: caller.actor,
    };
    let settings = app.settings(caller.workspace).await?;
    let (numbers, mut chunks) = mpsc::channel(2);
    let of_file = (settings.country.clone(), form.column);
    let options = job::options(&of_file.0);
    let path = upload.path.clone();
    let reading = tokio::spawn(job::blocking(move || {
        let table = Table::open(&path, &options).map_err(job::unreadable)?;
        chunked(table, &settings, of_file.1.as_deref(), &numbers)
    }));
    let key = app.contact_key(caller.workspace).await?;
    let mut done = OptOutsImported::default();
    while let Some(chunk) = chunks.recv().await {
        let chunk: BTreeSet<String> = chunk;
        let keyed = |phone: String| Some((secret::phone_key(&key, &phone)?, phone));
        let (keys, phones): (Vec<ContactKey>, Vec<String>) =
            chunk.into_iter().filter_map(keyed).unzip();
        let (workspace, count) = (caller.workspace, keys.len() as u64);
        let known = app.store.opted_out(workspace, &keys, &blank.category, &blank.medium).await?;
        let mut work = Work::from(Command::Clock);
        for (contact, phone) in keys.into_iter().zip(phones) {
            let entry = NewOptOut { contact, ..blank.clone() };
            work.personal.push(Personal::OptOut(Box::new(OptOutRow {
                entry,
                phone,
                result: None,
            })));
        }
        let said = serde_json::json!({ "category": blank.category, "medium": blank.medium,
            "numbers": count });
        let act = act(&caller, "do_not_call_imported", None, said);
        work.personal.push(Personal::Act(Box::new(act)));
        app.one(&caller, None, vec![work]).await?;
        done.added += count - known;
        done.known += known;
    }
    (done.not_a_number, done.rejected) = reading.await.map_err(Problem::internal)??;
    Ok(Json(done))
}

/// Reads the table and hands its numbers on, each once a chunk; says how many rows had none, and
/// which. A list without a head begins with a number, which is one like the others.
fn chunked(
    table: Table,
    settings: &Settings,
    column: Option<&str>,
    numbers: &mpsc::Sender<BTreeSet<String>>,
) -> Answered<(u64, Vec<RejectedNumber>)> {
    let columns = phones(&table, settings, column)?;
    let numbers_of = |cells: &[String]| {
        let cells = columns.iter().filter_map(|at| cells.get(*at));
        let read = cells.filter_map(|cell| read_phone(Some(cell), &settings.country).e164);
        read.collect::<BTreeSet<String>>()
    };
    let mut chunk = numbers_of(table.headers());
    let (mut not_a_number, mut rejected) = (0, Vec::new());
    for row in table {
        let row = row.map_err(job::unreadable)?;
        let found = numbers_of(&row.cells);
        if found.is_empty() {
            not_a_number += 1;
            if rejected.len() < MAX_REJECTED {
                let cells = columns.iter().filter_map(|at| row.cells.get(*at));
                let text = cells.map(String::as_str).collect::<Vec<_>>().join(" ");
                rejected.push(RejectedNumber { row: row.line, text });
            }
        }
        chunk.extend(found);
        if chunk.len() >= CHUNK && numbers.blocking_send(std::mem::take(&mut chunk)).is_err() {
            // Nobody waits any more.
            return Ok((not_a_number, rejected));
        }
    }
    if !chunk.is_empty() {
        // The same.
        let _ = numbers.blocking_send(chunk);
    }
    Ok((not_a_number, rejected))
}

/// Which columns have numbers: the one that is named, else all that look like it.
fn phones(table: &Table, settings: &Settings, column: Option<&str>) -> Answered<Vec<usize>> {
    let given = column.map(|name| (name.to_owned(), "phone".to_owned()));
    let given: BTreeMap<String, String> = given.into_iter().collect();
    let sample: Vec<&[String]> = table.sample().into_iter().map(|row| &row.cells[..]).collect();
    let mapped = mapping(table.headers(), &sample, country(settings), &Face::default(), &given);
    let mapped = mapped.map_err(|error| Problem::field("column", error.to_string()))?;
    let named = |name: &str| column.is_none_or(|wanted| wanted.trim() == name.trim());
    let columns = mapped.columns().iter().enumerate();
    let phones = columns.filter(|(_, column)| column.field == Field::Phone && named(&column.name));
    match phones.map(|(at, _)| at).collect::<Vec<_>>() {
        none if none.is_empty() => Err(Problem::field(
            "column",
            "no column looks like phone numbers; name the one that has them",
        )),
        columns => Ok(columns),
    }
}

async fn read(app: &App, mut parts: Multipart) -> Answered<Form> {
    let mut form = Form::default();
    while let Some(part) = parts.next_field().await.map_err(|e| upload::multipart(&e))? {
        match part.name().unwrap_or_default() {
            "file" => form.file = Some(Upload::receive(&app.config.data_dir, part).await?),
            "category" => form.category = text(part).await?,
            "medium" => form.medium = text(part).await?,
            "column" => form.column = text(part).await?,
            other => {
                let known = "is not a part of this form; known are file, category, medium, column";
                return Err(Problem::field(other, known));
            }
        }
    }
    Ok(form)
}

/// A part's text; an empty one says nothing.
async fn text(part: axum::extract::multipart::Field<'_>) -> Answered<Option<String>> {
    let name = part.name().unwrap_or_default().to_owned();
    let text = part.text().await.map_err(|e| upload::multipart(&e))?;
    if text.len() > MAX_PART || text.contains('\0') {
        let problem = format!("must have at most {MAX_PART} bytes and no zero characters");
        return Err(Problem::field(name, problem));
    }
    Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
}
