//! The way out to the sheets' services: every call is counted, none outlasts the node's hold on the
//! sheet.

use crate::clock::Clock;
use crate::outgoing::client::Outward;
use connectors::mirror::{Budget, Method, Outside, Request, Response, Unreached};
use routing::Time;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use ureq::Agent;
use ureq::http::header;
use ureq::unversioned::transport::DefaultConnector;

/// How long one call may take.
const PATIENCE: Duration = Duration::from_secs(15);
const PATIENCE_SECS: u32 = 15;
/// The longest answer, in bytes.
const MAX_ANSWER: u64 = 8 << 20;

/// The port of one sheet; its clones are the same one. It blocks.
#[derive(Clone)]
pub struct Port(Arc<Inside>);

struct Inside {
    agent: Agent,
    clock: Clock,
    state: Mutex<State>,
}

struct State {
    budget: Budget,
    /// Until when the sheet is this node's.
    ours_until: Time,
    calls: u32,
}

impl fmt::Debug for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Port")
    }
}

impl Port {
    /// `private`: whether addresses of private networks are allowed, and plain HTTP on this machine.
    pub fn new(clock: Clock, budget: Budget, private: bool) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .https_only(!private)
            .proxy(None)
            .user_agent(concat!("fairlead/", env!("CARGO_PKG_VERSION")))
            .build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), Outward::new(private));
        let state = State { budget, ours_until: Time(0), calls: 0 };
        Port(Arc::new(Inside { agent, clock, state: Mutex::new(state) }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sheet is this node's until then.
    pub fn hold(&self, until: Time) {
        self.state().ours_until = until;
    }

    /// The service has had enough: nothing is sent before.
    pub fn rest(&self, until: Time) {
        self.state().budget.rest(until.0);
    }

    /// What is spent, to be kept.
    pub fn budget(&self) -> Budget {
        self.state().budget.clone()
    }

    /// How many calls were made.
    pub fn calls(&self) -> u32 {
        self.state().calls
    }
}

impl Outside for Port {
    fn send(&self, request: Request) -> Result<Response, Unreached> {
        {
            let mut state = self.state();
            let now = self.0.clock.now();
            if now.plus_secs(PATIENCE_SECS) > state.ours_until {
                return Err(Unreached::Held { until: now.0 });
            }
            state.budget.allow(now.0).map_err(|until| Unreached::Held { until })?;
            state.calls += 1;
        }
        let Request { method, url, headers, body } = request;
        let agent = &self.0.agent;
        let answer = match method {
            Method::Get => {
                let mut request = agent.get(&url);
                for (name, value) in headers {
                    request = request.header(name, value);
                }
                request.call()
            }
            Method::Post => {
                let mut request = agent.post(&url);
                for (name, value) in headers {
                    request = request.header(name, value);
                }
                request.send(&body[..])
            }
        };
        let mut answer = answer.map_err(|error| Unreached::Failed(unreached(&error)))?;
        let after = answer.headers().get(header::RETRY_AFTER);
        let after = after.and_then(|value| value.to_str().ok()?.trim().parse::<u64>().ok());
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(MAX_ANSWER).read_to_vec();
        let body = body.map_err(|_| Unreached::Failed("its answer did not end".to_owned()))?;
        Ok(Response { status, retry_after: after.map(Duration::from_secs), body })
    }

    fn now(&self) -> i64 {
        self.0.clock.now().0
    }
}

/// What went wrong, without what was asked.
fn unreached(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => format!("no answer within {PATIENCE_SECS} s"),
        ureq::Error::HostNotFound => "its host name cannot be resolved".to_owned(),
        ureq::Error::Io(error) => format!("it cannot be reached: {}", error.kind()),
        ureq::Error::Other(error) if error.is::<crate::outgoing::client::Inward>() => {
            "its address is in a network that sheets may not reach: the server's owner can allow \
             private networks with --private-webhooks"
                .to_owned()
        }
        ureq::Error::RequireHttpsOnly(_) => {
            "its address is not https: the server's owner can allow plain http on this machine with \
             --private-webhooks"
                .to_owned()
        }
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => {
            "its certificate is not accepted".to_owned()
        }
        _ => "the request failed".to_owned(),
    }
}
