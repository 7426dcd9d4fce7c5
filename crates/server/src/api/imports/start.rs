//! `POST /imports`: a file comes in.

use crate::api::imports::{ColumnView, ImportStateName, ImportView, RejectedRowView};
use crate::api::items::submit::SourceName;
use crate::app::App;
use crate::auth::Caller;
use crate::auth::secret;
use crate::http::problem::Answered;
use crate::http::{Problem, Rfc3339};
use crate::imports::{FORECAST_ROWS, Job, Maker, Upload, forecast, job, run, upload};
use crate::submission::{Locale, country, mapping};
use axum::Json;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use connectors::{How, Mapping, Row, Table, Untitled};
use routing::{Refusal, SourceId};
use std::collections::BTreeMap;
use std::path::Path;
use store::{Act, NewImport};
use utoipa::ToSchema;

/// The parts of the form.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct ImportForm {
    /// CSV or Excel, recognised by its content.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// The source's id or key.
    source: String,
    /// A JSON object: column → `phone`, `name`, `email`, `region`, `language`, `priority`,
    /// `earliest`, `skip`, or an attribute. Columns that are not named are guessed.
    map: Option<String>,
    /// `true`: only say how the columns would be mapped, and what would become of the first 1,000
    /// rows: `done` of them were looked at.
    dry_run: Option<String>,
    /// `true`: import the file although it was imported before.
    again: Option<String>,
    /// `true`: the first row holds titles, although one of them is a phone number or an e-mail
    /// address. A file with such a title is refused otherwise: it seems to have none.
    first_row_is_titles: Option<String>,
}

#[derive(Default)]
struct Form {
    file: Option<Upload>,
    source: Option<String>,
    map: BTreeMap<String, String>,
    dry_run: bool,
    again: bool,
    first_row_is_titles: bool,
}

/// Imports a CSV or Excel file in the background; ask for its progress, or follow the live stream.
/// The same file for the same source, sent again, is the same import: one that was interrupted goes
/// on, one that is done is answered with 200 and `already: true`. One of which no row was taken is
/// not remembered. Where the source is inactive nothing is begun.
#[utoipa::path(post, path = "/imports", tag = "imports",
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 202, body = ImportView), (status = 200, body = ImportView)))]
pub async fn start(
    State(app): State<App>,
    caller: Caller,
    form: Result<Multipart, MultipartRejection>,
) -> Answered<(StatusCode, Json<ImportView>)> {
    let form = form.map_err(|_| {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "Send the file as multipart/form-data with the parts file and source.",
        )
    })?;
    let form = read(&app, form).await?;
    let upload = form.file.ok_or_else(|| Problem::field("file", "is required"))?;
    let name = form.source.ok_or_else(|| Problem::field("source", "is required"))?;
    let name = name.parse().map_or(SourceName::Key(name), SourceName::Id);
    let source = app.source_named(&caller, &name).await?;
    takes_in(&app, &caller, source.source.id).await?;
    let settings = app.settings(caller.workspace).await?;
    let options = job::options(&settings.country);
    let path = upload.path.clone();
    let looked = job::blocking(move || look(&path, &options, form.first_row_is_titles)).await?;
    let rows: Vec<&[String]> = looked.sample.iter().map(Vec::as_slice).collect();
    let mapped = mapping(&looked.headers, &rows, country(&settings), &source.face, &form.map);
    let mapped = mapped.map_err(|error| Problem::field("map", error.to_string()))?;
    is_table(&mapped, &form.map)?;
    let total = looked.total;
    let mapping: BTreeMap<String, String> = mapped
        .columns()
        .iter()
        .map(|column| (column.name.clone(), column.field.to_string()))
        .collect();
    let known = serde_json::to_value(&mapping).map_err(Problem::internal)?;
    let fingerprint = secret::hash(&format!("{}\n{}\n{known}", upload.hash, source.source.id));
    let before = app.store.finished_import(caller.workspace, &fingerprint).await?;
    if form.dry_run {
        let columns = mapped.columns().iter().enumerate().map(|(at, column)| {
            let cells = looked.sample.iter().filter_map(|row| row.get(at));
            ColumnView {
                column: column.name.clone(),
                becomes: column.field.to_string(),
                samples: cells.filter(|cell| !cell.is_empty()).take(3).cloned().collect(),
            }
        });
        let form = crate::submission::form(&mapped, &settings);
        let columns = columns.collect();
        let contact_key = app.contact_key(caller.workspace).await?;
        let locale = Locale::of(&settings);
        let maker = Maker { source: (*source).clone(), contact_key, locale, form };
        let done = looked.first.len() as u64;
        let would = forecast(&app, caller.workspace, maker, looked.first).await?;
        let shown = would.rejected.iter().take(REJECTED_SHOWN);
        let view = ImportView {
            id: None,
            state: ImportStateName::Preview,
            file: upload.name.clone(),
            source: source.source.id.0,
            total: Some(total),
            done,
            imported: would.imported,
            duplicates: would.duplicates,
            rejected: would.rejected.len() as u64,
            columns,
            mapping,
            rejected_rows: shown
                .map(|r| RejectedRowView { row: r.row, problem: r.problem.clone() })
                .collect(),
            unusable_phones: would.unusable_phones,
            already: before.is_some(),
            problem: None,
            created_at: before.map(|job| Rfc3339(job.created_at)),
        };
        return Ok((StatusCode::ACCEPTED, Json(view)));
    }
    if let Some(job) = before.filter(|_| !form.again) {
        let rejected = app.store.rejected_rows(caller.workspace, job.id, None, 100).await?;
        let view = ImportView { already: true, ..ImportView::new(job, rejected.items) };
        return Ok((StatusCode::OK, Json(view)));
    }
    let new = NewImport {
        file: upload.name.clone(),
        fingerprint,
        source: source.source.id,
        total: Some(total),
        mapping: known,
    };
    let job = app.store.start_import(caller.workspace, &new, app.clock.now()).await?;
    // The file's own name may be a person's.
    let act = Act {
        actor: caller.actor,
        act: "import_started",
        object: "import",
        object_id: Some(job.id.0),
        body: serde_json::json!({ "source": source.source.id, "rows": total }),
    };
    app.store.record(caller.workspace, &act, app.clock.now()).await?;
    let path = upload.keep(&app.config.data_dir, caller.workspace, job.id).await?;
    let view = ImportView::new(job.clone(), Vec::new());
    tokio::spawn(run(app, Job { workspace: caller.workspace, job, path }));
    Ok((StatusCode::ACCEPTED, Json(view)))
}

/// Each row of an inactive source would be refused: better the file is.
async fn takes_in(app: &App, caller: &Caller, source: SourceId) -> Answered<()> {
    let known = move |state: &routing::State| state.facts().sources.get(&source).map(|s| s.active);
    match app.look(caller.workspace, known).await? {
        Some(true) => Ok(()),
        Some(false) => Err(Refusal::SourceInactive(source).into()),
        None => Err(Refusal::UnknownSource(source).into()),
    }
}

/// Whoever stands where titles should would not be imported, and nobody would know. Which number it
/// is need not be repeated.
fn has_titles(table: &Table, options: &connectors::Options) -> Answered<()> {
    let Some((at, what)) = table.untitled(options.country) else { return Ok(()) };
    let what = match what {
        Untitled::Phone => "a phone number",
        Untitled::Email => "an e-mail address",
    };
    let problem = format!(
        "seems to have no titles: column {} begins with {what}, so its first row would be lost. Add \
         a row of titles above it, such as Name and Mobile; if it is a title, send \
         first_row_is_titles: true (on the command line --first-row-is-titles)",
        at + 1
    );
    Err(Problem::field("file", problem))
}

/// A list of lines that nobody can tell apart from a text is not taken for a table.
fn is_table(mapping: &Mapping, given: &BTreeMap<String, String>) -> Answered<()> {
    let [only] = mapping.columns() else { return Ok(()) };
    if only.how != How::Otherwise || !given.is_empty() {
        return Ok(());
    }
    let problem = "The file has a single column, and neither its title nor its values say what it is. \
        Is it a table, with titles in its first row? If it is, say what the column is.";
    Err(Problem::field("map", problem))
}

async fn read(app: &App, mut parts: Multipart) -> Answered<Form> {
    let mut form = Form::default();
    while let Some(part) = parts.next_field().await.map_err(|e| upload::multipart(&e))? {
        match part.name().unwrap_or_default() {
            "file" => form.file = Some(Upload::receive(&app.config.data_dir, part).await?),
            "source" => form.source = Some(text(part).await?.trim().to_owned()),
            "map" => {
                form.map = serde_json::from_str(&text(part).await?).map_err(|_| {
                    Problem::field("map", "must be a JSON object of texts, column → attribute")
                })?;
            }
            "dry_run" => form.dry_run = matches!(text(part).await?.trim(), "true" | "1"),
            "again" => form.again = matches!(text(part).await?.trim(), "true" | "1"),
            "first_row_is_titles" => {
                form.first_row_is_titles = matches!(text(part).await?.trim(), "true" | "1");
            }
            other => {
                let known = "is not a part of this form; known are file, source, map, dry_run, \
                    again, first_row_is_titles";
                return Err(Problem::field(other, known));
            }
        }
    }
    Ok(form)
}

async fn text(mut part: axum::extract::multipart::Field<'_>) -> Answered<String> {
    let name = part.name().unwrap_or_default().to_owned();
    let mut text = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(|e| upload::multipart(&e))? {
        text.extend_from_slice(&chunk);
        if text.len() > 65_536 {
            return Err(Problem::field(name, "must have at most 65,536 bytes"));
        }
    }
    let text = String::from_utf8(text).map_err(|_| Problem::field(name, "must be UTF-8"))?;
    Ok(text.replace('\0', ""))
}

/// The rejected rows that a dry run names.
const REJECTED_SHOWN: usize = 5;

/// What a first look at a file found.
struct Looked {
    headers: Vec<String>,
    /// The first rows' cells.
    sample: Vec<Vec<String>>,
    /// The first rows, to be tried.
    first: Vec<Row>,
    /// The number of rows.
    total: u64,
}

fn look(path: &Path, options: &connectors::Options, titled: bool) -> Answered<Looked> {
    let table = Table::open(path, options).map_err(job::unreadable)?;
    if !titled {
        has_titles(&table, options)?;
    }
    let headers = table.headers().to_vec();
    let sample = table.sample().into_iter().map(|row| row.cells.clone()).collect();
    let (mut first, mut total) = (Vec::new(), 0);
    for row in table {
        let row = row.map_err(job::unreadable)?;
        if first.len() < FORECAST_ROWS {
            first.push(row);
        }
        total += 1;
    }
    Ok(Looked { headers, sample, first, total })
}
