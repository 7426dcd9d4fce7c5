//! The contract: every query, on both databases, and what must hold after each story.

mod access;
mod audit;
mod contacts;
mod delivery;
mod desk_links;
mod durable;
mod encrypted;
mod fetched;
mod forgotten;
mod harness;
mod lists;
mod opt_outs;
mod place;
mod proxy;
mod reports;
mod routing_work;
mod rules;
mod service;
mod sheets;
mod undone;

use harness::{Database, Result};

/// Runs a story on SQLite and on PostgreSQL, each in a database of its own.
#[macro_export]
macro_rules! on_both {
    ($($story:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $story() -> $crate::Result<()> {
                let database = $crate::Database::sqlite().await?;
                super::$story(&database).await?;
                database.remove().await
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $story() -> $crate::Result<()> {
                let database = $crate::Database::postgres().await?;
                super::$story(&database).await?;
                database.remove().await
            })*
        }
    };
}
