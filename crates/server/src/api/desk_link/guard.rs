//! How often somebody may try. Counted in the database: three nodes do not give three times as many
//! tries.

use crate::api::sign_ins;
use crate::app::App;
use crate::auth::attempts::{Attempt, Refused};
use crate::auth::pin;
use crate::dispatcher::WorkspaceId;
use crate::http::Problem;
use crate::http::problem::Answered;
use routing::{AgentId, Time};
use std::net::IpAddr;
use store::{Tried, Tries, User};

/// The first pause, in seconds; each is twice as long as the one before.
const PAUSE_SECS: u32 = 60;
/// The longest pause, in seconds.
const LONGEST_SECS: u32 = 3600;
/// So many times an agent's tries may fail from one address, for whatever agents: a whole office
/// may share it, and one who is locked out keeps no colleague out.
const AGENTS_OF_ADDRESS: u32 = 10;

/// Watches over the tries to sign in as one agent, from one address.
pub struct Guard<'a> {
    pub app: &'a App,
    pub workspace: WorkspaceId,
    /// `None` stands for one who is not in the list.
    pub agent: Option<(AgentId, &'a User)>,
    pub from: IpAddr,
}

impl Guard<'_> {
    /// Whether the secret is the agent's PIN or password. Tries are counted before they are made.
    ///
    /// # Errors
    /// When it is wrong, and when nothing may be tried before some time.
    pub async fn check(&self, given: &str) -> Answered<()> {
        let (app, workspace, now) = (self.app, self.workspace, self.app.clock.now());
        let address = format!("address:{}", self.from);
        if let Some(until) = app.store.paused_until(workspace, &address, now).await? {
            return Err(self.too_many(until, now));
        }
        let most = app.config.limits.sign_ins_per_minute;
        let tries = Tries { most, pause_secs: PAUSE_SECS, longest_secs: LONGEST_SECS };
        let mut paused = None;
        if let Some((agent, _)) = self.agent {
            match app.store.count_try(workspace, &subject(agent), tries, now).await? {
                Tried::Counted { until } => paused = until,
                Tried::Paused { until } => return Err(self.too_many(until, now)),
            }
        }
        if self.is_right(given).await? {
            if let Some((agent, _)) = self.agent {
                app.store.forget_tries(workspace, &subject(agent)).await?;
            }
            return Ok(());
        }
        // Only what failed: of fifty who come at nine, each is one.
        let of_address = Tries { most: most * AGENTS_OF_ADDRESS, ..tries };
        app.store.count_try(workspace, &address, of_address, now).await?;
        app.metrics.sign_ins_failed.inc();
        self.kept_out(Refused::WrongPassword);
        let wrong = "The PIN or the password is wrong.";
        Err(match paused.map(|until| secs_to(until, now)) {
            None => Problem::unauthorized(wrong),
            Some(secs) => Problem {
                retry_after_secs: Some(secs),
                ..Problem::unauthorized(format!("{wrong} The next try is possible in {secs} s."))
            },
        })
    }

    /// As much work for everybody, so that the time tells neither who is in the list nor who has
    /// what.
    async fn is_right(&self, given: &str) -> Answered<bool> {
        let (app, agent) = (self.app, self.agent);
        let sealed = match agent {
            Some((agent, _)) => app.store.pin(self.workspace, agent).await?.zip(Some(agent)),
            None => None,
        };
        let hash = match sealed {
            Some((sealed, agent)) => {
                Some(app.sealer()?.unseal(pin::place(self.workspace, agent), &sealed)?)
            }
            None => None,
        };
        let is_pin = app.passwords.verify(given.to_owned(), hash).await?;
        let hash = agent.map(|(_, login)| login.password_hash.clone());
        let is_password = app.passwords.verify(given.to_owned(), hash).await?;
        Ok(agent.is_some() && (is_pin || is_password))
    }

    fn too_many(&self, until: Time, now: Time) -> Problem {
        self.kept_out(Refused::TooManyTries);
        let secs = secs_to(until, now);
        Problem::too_many(format!("Too many wrong tries; try again in {secs} s."), secs)
    }

    fn kept_out(&self, refused: Refused) {
        if let Some((_, login)) = self.agent {
            let (workspace, address) = (self.workspace, Some(self.from));
            let attempt = Attempt { workspace, login: login.id, refused, address };
            sign_ins::kept_out(self.app, attempt);
        }
    }
}

/// By what an agent's tries are counted.
pub fn subject(agent: AgentId) -> String {
    format!("agent:{agent}")
}

fn secs_to(until: Time, now: Time) -> u32 {
    let left = u64::try_from(until.0 - now.0).unwrap_or(0).div_ceil(1000);
    u32::try_from(left).unwrap_or(u32::MAX).max(1)
}
