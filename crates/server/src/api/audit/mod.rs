//! `/audit`: who did what to which object.

mod changes;
pub mod list;
#[cfg(test)]
mod tests;
