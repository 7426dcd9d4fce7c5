//! `fairlead openapi`: the API's description, as served at /api/v1/openapi.json.

use crate::print;
use anyhow::Result;
use std::process::ExitCode;

pub fn run() -> Result<ExitCode> {
    print::line(server::openapi())?;
    Ok(ExitCode::SUCCESS)
}
