//! The demo workspace.
use crate::app::App;
use crate::error::Error;
/// The demo's logins.
pub const LOGINS: &str = "";
/// Fills an empty database.
pub async fn fill(_app: &App) -> Result<(), Error> {
    Ok(())
}
/// Keeps it alive.
pub async fn live(_app: App) {}
