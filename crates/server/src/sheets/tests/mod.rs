//! Sheets against stand-ins for their services, and files.

mod desk;
mod file;
