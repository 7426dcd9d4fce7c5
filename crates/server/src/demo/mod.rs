//! The demo: a small living workspace in an empty database, on a loopback address only. Everybody
//! in it is made up.

mod fill;
mod life;
mod people;

pub use fill::fill;
pub use life::live;

/// What the terminal says about the logins.
pub const LOGINS: &str = "\
Sign in with (password for all: demo)
  admin        sees and changes everything
  supervisor   watches the floor
  asha         takes leads; so do ben, chen, divya, esha, farhan, gita and hari
Whoever you sign in as, the others go on working.";
