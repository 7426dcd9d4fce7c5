//! `/items`: pieces of work. One file per operation.

pub mod accept;
pub mod act;
pub mod calling;
pub mod cancel;
pub mod complete;
pub mod decline;
pub mod explain;
pub mod force;
pub mod get;
pub mod history;
pub mod late;
pub mod list;
pub mod past;
pub mod reassign;
pub mod release;
pub mod retry;
pub mod submit;
pub mod told;
pub mod undo;
pub mod update;
pub mod view;
pub mod why;
