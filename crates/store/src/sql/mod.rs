//! The store's traits over any database, one file per trait.

mod access;
mod announcements;
mod audit;
mod contact;
mod desk_links;
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
mod reports;
pub(crate) mod rules;
mod service;
pub(crate) mod sheets;
mod verify;
mod workspace;
