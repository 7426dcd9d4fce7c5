//! `GET /backup`: a copy of the whole SQLite database, all workspaces. Only for commands on the
//! server's own machine: it holds everything that anybody may not see.

use crate::app::App;
use crate::http::Problem;
use crate::http::problem::Answered;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use futures_util::stream;
use std::io;
use tokio::fs;
use tokio::io::AsyncReadExt;

/// A copy that is being made, in the data folder.
pub const PARTIAL: &str = "backup.partial";
/// Bytes that are read at once.
const PIECE: usize = 256 << 10;

/// Copies the whole SQLite database, as it is at one moment; work goes on meanwhile.
#[utoipa::path(get, path = "/backup", tag = "workspace",
    responses((status = 200, description = "A SQLite database",
        content_type = "application/vnd.sqlite3")))]
pub async fn backup(State(app): State<App>) -> Answered<impl IntoResponse> {
    let file = copied(&app).await?;
    let length = file.metadata().await.map_err(unwritable)?.len();
    let headers = [
        (header::CONTENT_TYPE, "application/vnd.sqlite3".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
    ];
    Ok((headers, Body::from_stream(pieces(file))))
}

/// A fresh copy, open and without a name: it is gone when it was read. Finished even when the
/// client goes meanwhile, so that no half of one stays behind.
async fn copied(app: &App) -> Answered<fs::File> {
    let app = app.clone();
    tokio::spawn(async move { copy(&app).await }).await.map_err(Problem::internal)?
}

async fn copy(app: &App) -> Answered<fs::File> {
    let _turn = app.backups.lock().await;
    let folder = &app.config.data_dir;
    fs::create_dir_all(folder).await.map_err(unwritable)?;
    let path = folder.join(PARTIAL);
    let copied = match app.store.copy_to(&path).await {
        Ok(()) => fs::File::open(&path).await.map_err(unwritable),
        Err(error @ store::Error::NotAFile) => {
            Err(Problem::new(StatusCode::CONFLICT, "not_a_file", error.to_string()))
        }
        Err(error @ store::Error::File { .. }) => Err(unwritable(error)),
        Err(error) => Err(error.into()),
    };
    drop(fs::remove_file(&path).await);
    copied
}

fn unwritable(error: impl std::fmt::Display) -> Problem {
    tracing::error!(%error, "a copy of the database could not be made");
    Problem::new(
        StatusCode::INSUFFICIENT_STORAGE,
        "no_room",
        "The copy could not be made in the server's data folder; see that it may be written to, and \
         has room for another copy of the database. The cause is in the server's log.",
    )
}

fn pieces(file: fs::File) -> impl futures_util::Stream<Item = io::Result<Vec<u8>>> {
    stream::unfold(Some(file), |file| async {
        let mut file = file?;
        let mut piece = vec![0; PIECE];
        match file.read(&mut piece).await {
            Ok(0) => None,
            Ok(read) => {
                piece.truncate(read);
                Some((Ok(piece), Some(file)))
            }
            Err(error) => Some((Err(error), None)),
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt;
    use serde_json::{Value, json};
    use store::Options;

    /// What the server answers with, as a file beside its database.
    async fn backup(h: &Harness, name: &str) -> std::path::PathBuf {
        let request = Request::get("/api/v1/backup")
            .header("authorization", format!("Bearer {}", h.admin))
            .body(Body::empty())
            .unwrap();
        let answer = h.raw(request).await;
        assert_eq!(answer.status(), 200);
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        let path = h.app.config.data_dir.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    #[tokio::test]
    async fn a_copy_made_while_work_goes_on_is_a_beginning_of_it() {
        let h = Harness::new().await;
        let office = h.office(&["Asha", "Ben"]).await;
        let submit = async |n: u32| {
            let phone = format!("+9198{n:08}");
            let item = json!({"source": office.source, "contact": {"phone": phone}});
            h.call("POST", "/items", item).await.expect(201);
        };
        let copies = async {
            let mut copies = Vec::new();
            for n in 0..3 {
                copies.push(backup(&h, &format!("copy-{n}.db")).await);
            }
            copies
        };
        let work = async {
            for n in 0..200 {
                submit(n).await;
            }
        };
        let (copies, ()) = tokio::join!(copies, work);
        let last = h.app.store.load(h.workspace).await.unwrap().seq;
        let all = h.app.store.events_since(h.workspace, 0, 10_000).await.unwrap();
        for copy in copies {
            let sound = store::check_copy(&copy).await.unwrap();
            let url = format!("sqlite:{}", copy.display());
            let store = store::open(&url, Options::default()).await.unwrap();
            store.migrate().await.unwrap();
            let loaded = store.load(h.workspace).await.unwrap();
            assert_eq!(sound.workspaces, [("test".to_owned(), loaded.seq)]);
            assert!(loaded.seq <= last, "{} of {last}", loaded.seq);
            // Its journal is the beginning of the server's, and its tables are what follows.
            let events = store.events_since(h.workspace, 0, 10_000).await.unwrap();
            assert_eq!(events.len() as u64, loaded.seq);
            assert!(all.starts_with(&events), "not a beginning");
            let mut replayed = routing::State::default();
            events.iter().for_each(|entry| replayed.apply(entry.at, &entry.event));
            replayed.forget_closed();
            let tables = routing::State::restore(loaded.facts);
            assert!(tables.canonical() == replayed.canonical());
            store.close().await;
        }
        h.end().await;
    }

    #[tokio::test]
    async fn only_this_machine_gets_it_and_only_of_a_file() {
        let h = Harness::new().await;
        let admin = h.token("admin", None).await;
        let refused = h.call_as(&admin, "GET", "/backup", Value::Null).await;
        assert_eq!(refused.problem(403), "forbidden");
        h.end().await;
        let h = Harness::postgres().await;
        let refused = h.call("GET", "/backup", Value::Null).await;
        assert_eq!(refused.problem(409), "not_a_file");
        assert!(refused.text.contains("pg_dump"), "{}", refused.text);
        h.end().await;
    }
}
