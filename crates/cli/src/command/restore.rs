//! `fairlead restore`: a copy in the place of the SQLite database, which is kept.

use super::backup::{counted, described};
use crate::engine::runtime;
use crate::options::Options;
use crate::print;
use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub struct Restore {
    /// A file that `fairlead backup` wrote.
    file: PathBuf,
}

pub fn run(options: &Options, args: Restore) -> Result<ExitCode> {
    if options.server.is_some() {
        bail!("this works on the database of this machine; leave out --server (FAIRLEAD_SERVER)");
    }
    let config = options.server_config();
    let restored = runtime()?
        .block_on(server::restore_database(&config, &args.file))
        .context("the copy was not put back")?;
    if options.json {
        let mut said = described(&args.file, &restored.copied);
        said["kept"] = json!(restored.kept);
        print::json(&said)?;
        return Ok(ExitCode::SUCCESS);
    }
    println!("The database holds {} now.", counted(&restored.copied));
    if let Some(kept) = restored.kept {
        println!("What stood there before is kept as {}.", kept.display());
    }
    Ok(ExitCode::SUCCESS)
}
