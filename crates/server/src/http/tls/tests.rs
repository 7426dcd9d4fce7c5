//! TLS over real sockets, with certificates of an authority that the test makes.

use super::*;
use crate::config::Config;
use crate::http::authority::Authority;
use crate::http::connections;
use crate::testing::START;
use axum::routing::get;
use axum::{Extension, Router};
use futures_util::StreamExt;
use serde_json::json;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client;
use tokio_rustls::rustls::ProtocolVersion;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

const SOON: Duration = Duration::from_secs(20);
const HTTP: &str = "http/1.1";

struct Served {
    authority: Authority,
    folder: tempfile::TempDir,
    address: SocketAddr,
    tls: Tls,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

async fn begin(patience: Patience) -> Served {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let files = authority.write(folder.path(), 2000..2100);
    let tls = Tls::open(files, Clock::stopped(START), patience).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, mut stopping) = watch::channel(false);
    let said = |own: Option<Extension<OwnTls>>| async move { format!("own {}", own.is_some()) };
    let router = Router::new().route("/", get(said));
    let serving = tokio::spawn(connections::serve(
        listener,
        router,
        patience,
        Some(tls.clone()),
        async move {
            let _ = stopping.wait_for(|stop| *stop).await;
        },
    ));
    Served { authority, folder, address, tls, stop, serving }
}

fn patience() -> Patience {
    Config::default().patience
}

impl Served {
    async fn connect(&self, client: &TlsConnector) -> io::Result<client::TlsStream<TcpStream>> {
        let stream = TcpStream::connect(self.address).await?;
        client.connect(ServerName::try_from("localhost").unwrap(), stream).await
    }

    async fn get(&self, client: &TlsConnector) -> io::Result<String> {
        ask(&mut self.connect(client).await?).await
    }
}

async fn ask(stream: &mut (impl AsyncReadExt + AsyncWriteExt + Unpin)) -> io::Result<String> {
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await?;
    rest(stream).await
}

async fn rest(stream: &mut (impl AsyncReadExt + Unpin)) -> io::Result<String> {
    let mut text = String::new();
    timeout(SOON, stream.read_to_string(&mut text)).await.expect("in time")?;
    Ok(text)
}

#[tokio::test]
async fn both_versions_are_spoken_and_http_1_only() {
    let served = begin(patience()).await;
    for (version, spoken) in
        [(&TLS12, ProtocolVersion::TLSv1_2), (&TLS13, ProtocolVersion::TLSv1_3)]
    {
        let client = served.authority.client(HTTP, Some(version));
        let mut stream = served.connect(&client).await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(spoken));
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(HTTP.as_bytes()));
        assert!(ask(&mut stream).await.unwrap().ends_with("own true"));
    }
    let newer = served.authority.client("h2", None);
    assert!(served.get(&newer).await.is_err(), "nobody here speaks HTTP/2");
    let stranger = Authority::new().client(HTTP, None);
    let refused = served.get(&stranger).await.unwrap_err().to_string();
    assert!(refused.contains("invalid peer certificate"), "{refused}");
}

#[tokio::test]
async fn whoever_speaks_plain_http_is_told() {
    let served = begin(patience()).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let answer = ask(&mut stream).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("content-length: {}", body.len())), "{head}");
    let problem: serde_json::Value = serde_json::from_str(body).unwrap();
    assert!(problem["detail"].as_str().unwrap().contains("https://"), "{problem}");
    let mut silent = TcpStream::connect(served.address).await.unwrap();
    silent.shutdown().await.unwrap();
    assert_eq!(rest(&mut silent).await.unwrap(), "", "a probe is let go");
}

#[tokio::test]
async fn handshakes_that_do_not_end_are_few_and_short_and_in_nobodys_way() {
    let limit = Duration::from_millis(400);
    let served = begin(Patience { handshakes: 2, handshake: limit, ..patience() }).await;
    let client = served.authority.client(HTTP, None);
    let mut early = served.connect(&client).await.unwrap();
    let mut silent = TcpStream::connect(served.address).await.unwrap();
    let mut halting = TcpStream::connect(served.address).await.unwrap();
    // A record of 512 bytes, of which three come.
    halting.write_all(&[HANDSHAKE, 3, 1, 2, 0, 1, 0, 1]).await.unwrap();
    // Both are at the door when there is no place for a third.
    let full = async {
        while served.tls.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
    };
    timeout(SOON, full).await.expect("both are at the door");
    assert!(served.get(&client).await.is_err(), "there was a place for a third");
    assert!(ask(&mut early).await.unwrap().contains("200 OK"), "who is inside is not held up");
    for stream in [&mut silent, &mut halting] {
        assert_eq!(rest(stream).await.unwrap_or_default(), "");
    }
    assert!(served.get(&client).await.unwrap().contains("200 OK"), "and now there is one");
}

#[tokio::test]
async fn a_stop_does_not_wait_for_a_handshake() {
    let served = begin(Patience { handshake: SOON * 10, ..patience() }).await;
    let free = served.tls.places.available_permits();
    let _silent = TcpStream::connect(served.address).await.unwrap();
    let arrived = async {
        while served.tls.places.available_permits() == free {
            tokio::task::yield_now().await;
        }
    };
    timeout(SOON, arrived).await.expect("it is at the door");
    served.stop.send_replace(true);
    timeout(SOON, served.serving).await.expect("the stop waited").unwrap();
}

#[tokio::test]
async fn a_renewed_certificate_is_used_and_a_broken_one_is_not() {
    let served = begin(patience()).await;
    let client = served.authority.client(HTTP, None);
    let shown = async || {
        let stream = served.connect(&client).await.unwrap();
        stream.get_ref().1.peer_certificates().unwrap()[0].clone()
    };
    let certificate = served.tls.certificate.clone();
    let every = Duration::from_millis(5);
    let keeping = tokio::spawn(async move { certificate.keep(every).await });
    let first = shown().await;
    std::fs::write(served.folder.path().join("cert.pem"), "half of a").unwrap();
    assert!(served.tls.certificate.look().await.is_err());
    assert_eq!(shown().await, first);
    served.authority.write(served.folder.path(), 2001..2099);
    let renewed = async { while shown().await == first {} };
    timeout(SOON, renewed).await.expect("it is renewed");
    keeping.abort();
}

#[tokio::test]
async fn a_whole_server_speaks_it_and_leaves_a_door_for_commands() {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let config = Config {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        data_dir: folder.path().to_owned(),
        tls: Some(authority.write(folder.path(), 2000..2100)),
        ..Config::default()
    };
    let running = crate::start(config.clone(), Clock::system()).await.unwrap();
    let address = running.address().strip_prefix("https://").expect("https").to_owned();
    let connect = async || {
        let stream = TcpStream::connect(&address).await.unwrap();
        let client = authority.client(HTTP, None);
        client.connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap()
    };
    let send = async |request: String| {
        let mut stream = connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        rest(&mut stream).await.unwrap()
    };

    // Commands of this machine go by the door, which a certificate's name and end do not close.
    let found = crate::find_running(&config, None).unwrap().expect("it runs");
    assert_eq!(found.root, running.address());
    let door = found.address.strip_prefix("http://127.0.0.1:").expect("a loopback address");
    let mut plain = TcpStream::connect(format!("127.0.0.1:{door}")).await.unwrap();
    let body = json!({"name": "Asha", "password": "a long one"}).to_string();
    let agent = format!(
        "POST /api/v1/agents HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         authorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        found.token,
        body.len()
    );
    plain.write_all(agent.as_bytes()).await.unwrap();
    let made = rest(&mut plain).await.unwrap();
    assert!(made.starts_with("HTTP/1.1 201") && !made.contains("strict-transport"), "{made}");

    // The browser is told to stay with https, and its cookie to leave by it only.
    let signed_in = send(format!(
        "POST /api/v1/session HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    ));
    let signed_in = signed_in.await;
    assert!(signed_in.starts_with("HTTP/1.1 200"), "{signed_in}");
    assert!(signed_in.contains("strict-transport-security: max-age="), "{signed_in}");
    assert!(signed_in.contains("; Secure\r\n"), "{signed_in}");

    // The live stream is a WebSocket inside of it.
    let mut request = format!("wss://{address}/api/v1/live").into_client_request().unwrap();
    let bearer = format!("Bearer {}", found.token).parse().unwrap();
    request.headers_mut().insert("authorization", bearer);
    let (mut socket, _) = client_async(request, connect().await).await.unwrap();
    let hello = timeout(SOON, socket.next()).await.expect("in time").unwrap().unwrap();
    assert!(hello.to_text().unwrap().contains("hello"), "{hello}");
    drop(socket);
    running.stop().await;
    assert!(TcpStream::connect(format!("127.0.0.1:{door}")).await.is_err(), "the door stays open");
}
