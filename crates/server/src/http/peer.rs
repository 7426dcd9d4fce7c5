//! Who is at the other end: the connection's own address, or what a trusted proxy says of it.

use crate::app::App;
use crate::http::tls::OwnTls;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Addresses that share their first bits, such as `10.0.0.0/8`; a single one without a slash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    bits: u32,
}

impl Network {
    /// Whether the address is one of these.
    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self.first, ip.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(ip)) => {
                let mask = u32::MAX.checked_shl(32 - self.bits).unwrap_or(0);
                first.to_bits() & mask == ip.to_bits() & mask
            }
            (IpAddr::V6(first), IpAddr::V6(ip)) => {
                let mask = u128::MAX.checked_shl(128 - self.bits).unwrap_or(0);
                first.to_bits() & mask == ip.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("“{text}” is no address or network such as 10.0.0.0/8 or ::1");
        let (first, bits) = match text.split_once('/') {
            Some((first, bits)) => (first, Some(bits)),
            None => (text, None),
        };
        let first: IpAddr = first.trim().parse().map_err(|_| wrong())?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.trim().parse().map_err(|_| wrong()))?;
        if bits > most {
            return Err(wrong());
        }
        Ok(Network { first, bits })
    }
}

/// Who sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    pub ip: IpAddr,
    /// Whether their browser speaks https.
    pub secure: bool,
}

impl Peer {
    /// What the headers of a proxy say is believed of a trusted one only. Each proxy appends whom
    /// it heard, so the last address that is not a trusted proxy's is the first that nobody could
    /// make up.
    fn of(direct: IpAddr, own_tls: bool, headers: &HeaderMap, trusted: &[Network]) -> Peer {
        let is_trusted = |ip: IpAddr| trusted.iter().any(|network| network.contains(ip));
        let mut ip = direct.to_canonical();
        if !is_trusted(ip) {
            return Peer { ip, secure: own_tls };
        }
        let said = |name| headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        let heard: Vec<&str> = said(FORWARDED_FOR).flat_map(|value| value.split(',')).collect();
        for text in heard.into_iter().rev() {
            let Some(before) = address(text.trim()) else { break };
            ip = before;
            if !is_trusted(ip) {
                break;
            }
        }
        let proto = said(FORWARDED_PROTO).next().and_then(|value| value.split(',').next());
        // A proxy that encrypts the way to here may take plain HTTP itself, and then says so.
        let secure = proto.map_or(own_tls, |proto| proto.trim().eq_ignore_ascii_case("https"));
        Peer { ip, secure }
    }
}

/// An address as proxies write it: with or without a port, an IPv6 one in brackets or not.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let ip = bare.parse().ok().or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    ip.map(|ip: IpAddr| ip.to_canonical())
}

impl FromRequestParts<App> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let direct = connected.map_or(Ipv4Addr::UNSPECIFIED.into(), |connected| connected.0.ip());
        let own_tls = parts.extensions.get::<OwnTls>().is_some();
        Ok(Peer::of(direct, own_tls, &parts.headers, &app.config.trusted_proxies))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn peer(direct: &str, forwarded: &[&'static str], proto: &'static str) -> (String, bool) {
        let trusted = ["10.0.0.0/8", "127.0.0.1", "fd00::/8"].map(|text| text.parse().unwrap());
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(value));
        }
        if !proto.is_empty() {
            headers.insert(FORWARDED_PROTO, HeaderValue::from_static(proto));
        }
        let peer = Peer::of(direct.parse().unwrap(), false, &headers, &trusted);
        let over_tls = Peer::of(direct.parse().unwrap(), true, &headers, &trusted);
        assert_eq!(over_tls.ip, peer.ip);
        assert!(over_tls.secure || proto == "http", "{direct} {proto}");
        (peer.ip.to_string(), peer.secure)
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let forged = ["203.0.113.9"];
        assert_eq!(peer("198.51.100.7", &forged, "https"), ("198.51.100.7".into(), false));
        assert_eq!(peer("127.0.0.1", &forged, "https"), ("203.0.113.9".into(), true));
        assert_eq!(peer("::ffff:127.0.0.1", &forged, "http"), ("203.0.113.9".into(), false));
        assert_eq!(peer("127.0.0.1", &[], ""), ("127.0.0.1".into(), false));
    }

    #[test]
    fn what_the_client_itself_wrote_into_the_header_does_not_count() {
        for forwarded in [
            &["1.2.3.4, 203.0.113.9, 10.1.1.1"][..],
            &["1.2.3.4", "203.0.113.9:4711", "10.1.1.1"],
            &["nonsense, 203.0.113.9"],
        ] {
            assert_eq!(peer("10.2.2.2", forwarded, "https, http").0, "203.0.113.9");
        }
        assert_eq!(peer("10.2.2.2", &["nonsense, 10.1.1.1"], "").0, "10.1.1.1");
        assert_eq!(peer("10.2.2.2", &["[2001:db8::1]:443"], "").0, "2001:db8::1");
        assert_eq!(peer("fd00::1", &["2001:db8::1"], "").0, "2001:db8::1");
    }

    #[test]
    fn a_network_is_an_address_and_its_first_bits() {
        let within = |network: &str, ip: &str| {
            network.parse::<Network>().unwrap().contains(ip.parse().unwrap())
        };
        assert!(within("10.0.0.0/8", "10.255.0.1") && !within("10.0.0.0/8", "11.0.0.1"));
        assert!(within("0.0.0.0/0", "8.8.8.8") && !within("0.0.0.0/0", "::1"));
        assert!(within("::/0", "::1") && within("192.0.2.1", "192.0.2.1"));
        assert!(!within("192.0.2.1/32", "192.0.2.2"));
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "localhost", "::1/129", "::1/x"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }
}
