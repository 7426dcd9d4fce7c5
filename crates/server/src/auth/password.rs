//! Passwords: argon2id, off the async threads, a few at a time.

use crate::http::Problem;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

/// The shortest password that people may choose.
pub const MIN_CHARS: usize = 8;
/// The longest, so that hashing has a bound.
pub const MAX_BYTES: usize = 1024;

/// Hashes and checks passwords; each takes 19 MiB and some 20 ms, so only a few run at once.
#[derive(Debug)]
pub struct Passwords {
    turns: Semaphore,
    memory_kib: u32,
}

impl Passwords {
    /// As OWASP advises for argon2id: 19 MiB, 2 passes, 1 lane.
    pub fn new(at_once: usize) -> Self {
        Passwords { turns: Semaphore::new(at_once), memory_kib: 19 * 1024 }
    }

    /// Whether people may choose this password.
    pub fn check(field: &str, password: &str) -> Result<(), Problem> {
        if password.chars().count() < MIN_CHARS {
            let problem = format!("must have at least {MIN_CHARS} characters");
            return Err(Problem::field(field, problem));
        }
        if password.len() > MAX_BYTES {
            return Err(Problem::field(field, format!("must have at most {MAX_BYTES} bytes")));
        }
        Ok(())
    }

    /// The hash to keep.
    pub async fn hash(&self, password: String) -> Result<String, Problem> {
        let argon2 = self.argon2()?;
        self.run(move || {
            argon2
                .hash_password(password.as_bytes())
                .map(|h| h.to_string())
                .map_err(|e| e.to_string())
        })
        .await?
        .map_err(Problem::internal)
    }

    /// Whether no password can be that long.
    pub fn is_too_long(password: &str) -> bool {
        password.len() > MAX_BYTES
    }

    /// Whether the password is the one of the hash. Without a hash the same work is done for
    /// nothing, so that the time does not tell which names exist.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Problem> {
        if Passwords::is_too_long(&password) {
            return Ok(false);
        }
        let argon2 = self.argon2()?;
        self.run(move || match hash.as_deref().map(PasswordHash::new) {
            Some(Ok(hash)) => argon2.verify_password(password.as_bytes(), &hash).is_ok(),
            Some(Err(_)) | None => {
                let _ = argon2.hash_password(password.as_bytes());
                false
            }
        })
        .await
    }

    fn argon2(&self) -> Result<Argon2<'static>, Problem> {
        let params = Params::new(self.memory_kib, 2, 1, None).map_err(Problem::internal)?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    async fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R, Problem> {
        let _turn = self.turns.acquire().await.map_err(Problem::internal)?;
        tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_is_accepted_and_no_other() {
        let passwords = Passwords { turns: Semaphore::new(1), memory_kib: 64 };
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(passwords.verify("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("wrong horse".into(), Some(hash)).await.unwrap());
        assert!(!passwords.verify("correct horse".into(), None).await.unwrap());
    }
}
