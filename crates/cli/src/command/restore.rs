//! `fairlead restore`: a copy in the place of the SQLite database, which is kept.

use super::backup::{counted, described};
use crate::engine::runtime;
use crate::options::Options;
use crate::print;
use anyhow::{Context, Result};
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
    options.of_this_machine()?;
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
    print::line(format_args!("The database holds {} now.", counted(&restored.copied)))?;
    if let Some(kept) = restored.kept {
        print::line(format_args!("What stood there before is kept as {}.", kept.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}
