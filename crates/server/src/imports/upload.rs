//! A file on its way in: written to the data folder while it comes, hashed on the way.

use crate::auth::secret;
use crate::auth::secret::hex;
use crate::http::Problem;
use crate::http::problem::Answered;
use axum::extract::multipart::Field;
use axum::http::StatusCode;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::{ImportId, WorkspaceId};
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

/// How long the next piece of a file may take to come.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where uploaded files are while they are imported.
pub fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("imports")
}

/// A file that has come in. Dropped, it is removed, unless it was kept for a job.
#[derive(Debug)]
pub struct Upload {
    pub path: PathBuf,
    /// SHA-256 of its content.
    pub hash: String,
    /// What its sender calls it.
    pub name: String,
    kept: bool,
}

impl Upload {
    /// Takes the file in.
    pub async fn receive(data_dir: &Path, mut field: Field<'_>) -> Answered<Upload> {
        let folder = folder(data_dir);
        tokio::fs::create_dir_all(&folder).await.map_err(unwritable)?;
        let name = field.file_name().unwrap_or("file").chars().filter(|c| !c.is_control());
        let name: String = name.take(200).collect();
        let unique = secret::random().map_err(Problem::internal)?;
        let path = folder.join(format!("upload-{}", &unique[..16]));
        let mut file = tokio::fs::File::create_new(&path).await.map_err(unwritable)?;
        let mut upload = Upload { path, hash: String::new(), name, kept: false };
        let mut hash = Sha256::new();
        loop {
            let chunk = timeout(PATIENCE, field.chunk()).await.map_err(|_| stalled())?;
            let Some(chunk) = chunk.map_err(|error| multipart(&error))? else { break };
            hash.update(&chunk);
            file.write_all(&chunk).await.map_err(unwritable)?;
        }
        file.sync_all().await.map_err(unwritable)?;
        upload.hash = hex(&hash.finalize());
        Ok(upload)
    }

    /// Keeps the file under the job's name; what stood there is the same file.
    pub async fn keep(
        mut self,
        data_dir: &Path,
        workspace: WorkspaceId,
        import: ImportId,
    ) -> Answered<PathBuf> {
        let path = kept_at(data_dir, workspace, import);
        tokio::fs::rename(&self.path, &path).await.map_err(unwritable)?;
        self.kept = true;
        Ok(path)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed now is removed at the next start.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Where the file of a job is.
pub fn kept_at(data_dir: &Path, workspace: WorkspaceId, import: ImportId) -> PathBuf {
    folder(data_dir).join(format!("import-{}-{}", workspace.0, import.0))
}

/// A form that cannot be read is the client's mistake.
pub fn multipart(error: &axum::extract::multipart::MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "payload_too_large",
            "The file is larger than the server takes; split it.",
        );
    }
    Problem::new(
        StatusCode::BAD_REQUEST,
        "bad_request",
        "The form could not be read to its end; send the file again as multipart/form-data.",
    )
}

fn stalled() -> Problem {
    let secs = PATIENCE.as_secs();
    let detail = format!("Nothing of the file came for {secs} s. Send it again.");
    Problem::new(StatusCode::REQUEST_TIMEOUT, "stalled", detail)
}

/// A full disk is nobody's mistake and may pass.
fn unwritable(error: std::io::Error) -> Problem {
    tracing::error!(%error, "an upload could not be written");
    Problem {
        retry_after_secs: Some(60),
        ..Problem::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "insufficient_storage",
            "The server cannot write the file: its disk may be full. Nothing was imported; try again when there is room.",
        )
    }
}
