//! Sends over HTTP, and only to where a webhook may go: not into the server's own networks, unless
//! its owner says so.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;
use tokio_rustls::rustls;
use ureq::config::Config;
use ureq::http::{Uri, header};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

/// How long an endpoint may take to answer.
pub const PATIENCE: Duration = Duration::from_secs(15);
/// What is read of an answer, in bytes: its status is what counts.
const MAX_ANSWER: u64 = 16 << 10;

/// What is sent.
#[derive(Clone, Debug)]
pub struct Message {
    pub url: String,
    pub id: String,
    /// Unix seconds.
    pub timestamp: i64,
    /// One for each key that counts, divided by spaces.
    pub signatures: String,
    pub body: String,
}

/// What an endpoint answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    /// How long it wants to be left alone, when it says so in seconds.
    pub retry_after_secs: Option<u32>,
}

/// The client; its clones share connections. It blocks, so it is used off the async threads.
#[derive(Clone, Debug)]
pub struct Client(Agent);

impl Client {
    /// `private`: whether addresses of private networks are allowed.
    pub fn new(private: bool) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .https_only(!private)
            .proxy(None)
            .user_agent(concat!("fairlead/", env!("CARGO_PKG_VERSION")))
            .build();
        Client(Agent::with_parts(config, DefaultConnector::default(), Outward::new(private)))
    }

    /// Sends the message; what was answered.
    ///
    /// # Errors
    /// Why there was no answer, without the address.
    pub fn send(&self, message: &Message) -> Result<Reply, String> {
        let request = self
            .0
            .post(&message.url)
            .content_type("application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", message.timestamp.to_string())
            .header("webhook-signature", &message.signatures);
        let mut response = request.send(&message.body).map_err(|error| unreached(&error))?;
        // Read so that the connection can be used again; what it says does not matter.
        drop(response.body_mut().with_config().limit(MAX_ANSWER).read_to_vec());
        let after = response.headers().get(header::RETRY_AFTER);
        let after = after.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        Ok(Reply { status: response.status().as_u16(), retry_after_secs: after })
    }
}

/// What went wrong, without what was asked.
fn unreached(error: &Error) -> String {
    match error {
        Error::Timeout(_) => format!("no answer within {} s", PATIENCE.as_secs()),
        Error::HostNotFound => "its host name cannot be resolved".to_owned(),
        Error::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(error) => untrusted(error),
            None => format!("it cannot be reached: {}", error.kind()),
        },
        Error::Other(error) if error.is::<Inward>() => Inward.to_string(),
        Error::Rustls(error) => untrusted(error),
        Error::Tls(_) => "it does not speak TLS as it should".to_owned(),
        _ => "the request failed".to_owned(),
    }
}

/// What went wrong with TLS.
fn untrusted(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(_) => "its certificate is not accepted".to_owned(),
        _ => "it does not speak TLS as it should".to_owned(),
    }
}

/// Why an address is not sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "webhooks may not reach its address: the server's owner can allow private networks with --private-webhooks, link-local ones never"
)]
pub struct Inward;

/// Resolves names, and refuses the server's own networks. What was resolved is what is connected
/// to, so a name cannot change its mind in between.
#[derive(Debug)]
pub struct Outward {
    private: bool,
    resolver: DefaultResolver,
}

impl Outward {
    /// `private`: whether addresses of private networks are allowed.
    pub fn new(private: bool) -> Self {
        Outward { private, resolver: DefaultResolver::default() }
    }
}

impl Resolver for Outward {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.resolver.resolve(uri, config, timeout);
        // What the system says of a name that it does not find has no kind of its own.
        let found = found.map_err(|error| match error {
            Error::Io(_) => Error::HostNotFound,
            error => error,
        })?;
        match found.iter().all(|address| may_reach(address.ip(), self.private)) {
            true => Ok(found),
            false => Err(Error::Other(Box::new(Inward))),
        }
    }
}

/// Whether a webhook may go there. Link-local addresses never: clouds keep their machines' secrets
/// there.
pub fn may_reach(ip: IpAddr, private: bool) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => may_reach_v4(ip, private),
        IpAddr::V6(ip) => may_reach_v6(ip, private),
    }
}

fn may_reach_v4(ip: Ipv4Addr, private: bool) -> bool {
    let [a, b, c, d] = ip.octets();
    // Shared by providers and their customers (RFC 6598), protocols' own and measurements
    // (RFC 6890).
    let shared = a == 100 && (64..128).contains(&b)
        || [a, b, c] == [192, 0, 0]
        || a == 198 && matches!(b, 18 | 19);
    let never = ip.is_link_local()
        // Machines of Alibaba, Azure and Oracle are told their secrets there.
        || matches!([a, b, c, d], [100, 100, 100, 200] | [168, 63, 129, 16] | [192, 0, 0, 192])
        || ip.is_unspecified()
        || ip.is_broadcast()
        || ip.is_multicast()
        || a == 0
        || a >= 240;
    !never && (private || !(ip.is_private() || ip.is_loopback() || shared))
}

fn may_reach_v6(ip: Ipv6Addr, private: bool) -> bool {
    // AWS's machines are told their secrets at a unique local address.
    let told = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
    let never = ip.is_unicast_link_local()
        || ip.is_unspecified()
        || ip.is_multicast()
        || ip == told
        || ip.segments()[0] & 0xffc0 == 0xfec0;
    // Addresses that hold an IPv4 one are as far as that one (RFC 6052, RFC 3056).
    let [a, b, c, ..] = ip.segments();
    let bits = ip.octets();
    let within = match (a, b) {
        (0, 0) if ip.segments()[..6] == [0; 6] && !ip.is_loopback() => {
            Some(Ipv4Addr::new(bits[12], bits[13], bits[14], bits[15]))
        }
        (0x64, 0xff9b) => Some(Ipv4Addr::new(bits[12], bits[13], bits[14], bits[15])),
        (0x2002, _) => Some(Ipv4Addr::from((u32::from(b) << 16) | u32::from(c))),
        _ => None,
    };
    let open = private || !(ip.is_loopback() || ip.is_unique_local());
    !never && open && within.is_none_or(|ip| may_reach_v4(ip, private))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_an_endpoint_from_being_reached_is_told() {
        use std::io::{Read, Write};
        use std::net::TcpListener;
        let told = |url: String| {
            let empty = String::new;
            let (id, signatures, body) = (empty(), empty(), empty());
            Client::new(true).send(&Message { url, id, timestamp: 0, signatures, body })
        };
        let says = |what: &str| Err(what.to_owned());
        let unknown = told("http://nowhere.invalid/".into());
        assert_eq!(unknown, says("its host name cannot be resolved"));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let plain = listener.local_addr().unwrap();
        let answering = std::thread::spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            socket.read_exact(&mut [0; 5]).unwrap();
            socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        });
        let insecure = told(format!("https://{plain}/"));
        assert_eq!(insecure, says("it does not speak TLS as it should"));
        answering.join().unwrap();
        // Nobody listens there any more.
        let refused = told(format!("http://{plain}/"));
        assert_eq!(refused, says("it cannot be reached: connection refused"));
    }

    #[test]
    fn the_servers_own_networks_are_out_of_reach() {
        let reach = |ip: &str, private| may_reach(ip.parse().unwrap(), private);
        for ip in ["93.184.216.34", "2606:2800:220:1::1", "172.32.0.1", "64:ff9b::5db8:d822"] {
            assert!(reach(ip, false), "{ip}");
        }
        for ip in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "::1",
            "fd00::1",
            "192.0.0.8",
            "198.18.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
        ] {
            assert!(!reach(ip, false), "{ip}");
            assert!(reach(ip, true), "{ip}");
        }
        for ip in [
            "169.254.169.254",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "fd00:ec2::254",
            "fec0::1",
            "::169.254.169.254",
            "0.0.0.0",
            "255.255.255.255",
            "fe80::1",
            "::",
            "ff02::1",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
        ] {
            assert!(!reach(ip, false) && !reach(ip, true), "{ip}");
        }
    }
}
