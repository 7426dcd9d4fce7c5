//! Sheets against stand-ins for their services, and files.

mod desk;
mod down;
mod file;
mod google;
mod nodes;
mod outside;
mod secret;
mod whole;
