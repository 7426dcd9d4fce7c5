//! The store's traits over any database, one file per trait.

mod access;
mod audit;
mod contact;
pub(crate) mod desks;
mod endpoints;
mod import;
mod items;
mod journal;
pub(crate) mod opt_outs;
mod outbox;
mod outcomes;
mod presence;
mod read;
pub(crate) mod sheets;
mod verify;
mod workspace;
