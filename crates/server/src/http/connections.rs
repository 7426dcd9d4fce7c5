//! Connections in: accepted up to a bound, and closed when they keep the server waiting.

use crate::http::tls::{OwnTls, Tls};
use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, Request};
use futures_util::stream::{self, StreamExt};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::HttpService;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tower::ServiceExt;

/// How connections are held.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Connections at once; more wait to be accepted. Live ones are counted by their own limit.
    pub connections: usize,
    /// For the head of a request, and between two requests.
    pub head: Duration,
    /// TLS handshakes at once; more are closed.
    pub handshakes: usize,
    /// For a TLS handshake.
    pub handshake: Duration,
}

/// How long the rest of a body may take once the server stops.
const GRACE: Duration = Duration::from_secs(2);

/// Serves until `stopping`; then until the requests under way are answered. Without `tls`, plain
/// HTTP.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    patience: Patience,
    tls: Option<Tls>,
    stopping: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(patience.connections));
    let (end, ending) = watch::channel(false);
    // Each connection holds one end; when all are gone, so are they.
    let (alive, mut gone) = mpsc::channel::<()>(1);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience.head);
    let mut stopping = pin!(stopping);
    loop {
        let (stream, peer, place) = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut stopping => break,
        };
        // Answers are small: they should not wait for more.
        let _ = stream.set_nodelay(true);
        let (router, cut) = (router.clone(), ending.clone());
        let own_tls = tls.as_ref().map(|_| OwnTls);
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(|body| ending_body(body, cut.clone()));
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(peer));
            if let Some(own_tls) = own_tls {
                request.extensions_mut().insert(own_tls);
            }
            router.clone().oneshot(request)
        });
        let (alive, ending, http, tls) = (alive.clone(), ending.clone(), http.clone(), tls.clone());
        tokio::spawn(async move {
            match tls {
                None => hold(&http, stream, service, ending).await,
                Some(tls) => {
                    // Nobody has asked for anything before the handshake: a stop need not wait.
                    let entered = tokio::select! {
                        entered = tls.enter(stream) => entered,
                        () = ended(ending.clone()) => None,
                    };
                    if let Some(stream) = entered {
                        hold(&http, stream, service, ending).await;
                    }
                }
            }
            drop((place, alive));
        });
    }
    drop((listener, alive));
    end.send_replace(true);
    gone.recv().await;
}

/// Answers what comes over one connection, until it ends or the server stops.
async fn hold<S>(
    http: &http1::Builder,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    service: S,
    ending: watch::Receiver<bool>,
) where
    S: HttpService<Incoming, ResBody = Body, Error: std::error::Error + Send + Sync + 'static>,
{
    let connection = http.serve_connection(TokioIo::new(stream), service).with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = ended(ending) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Returns once the server stops.
async fn ended(mut ending: watch::Receiver<bool>) {
    drop(ending.wait_for(|ends| *ends).await);
}

/// A body that fails when the server stops and its client does not send the rest soon.
fn ending_body(body: Incoming, ending: watch::Receiver<bool>) -> Body {
    if body.is_end_stream() {
        return Body::empty();
    }
    let cut = Box::pin(async move {
        ended(ending).await;
        tokio::time::sleep(GRACE).await;
    });
    let rest = Body::new(body).into_data_stream();
    let stream = stream::unfold(Some((rest, cut)), |left| async {
        let (mut rest, mut cut) = left?;
        tokio::select! {
            biased;
            piece = rest.next() => piece.map(|piece| (piece, Some((rest, cut)))),
            () = &mut cut => Some((Err(axum::Error::new("the server is stopping")), None)),
        }
    });
    Body::from_stream(stream)
}

/// The next connection. Being out of file descriptors passes when somebody leaves.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    let place = places.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, place),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use axum::routing::get;
    use std::time::Instant;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::timeout;

    const SOON: Duration = Duration::from_secs(10);

    async fn begin(connections: usize) -> (SocketAddr, watch::Sender<bool>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, mut stopping) = watch::channel(false);
        let said = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() };
        let slow = || async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            "slowly"
        };
        let router = Router::new().route("/", get(said)).route("/slow", get(slow));
        let head = Duration::from_millis(100);
        let patience = Patience { connections, head, ..Config::default().patience };
        tokio::spawn(serve(listener, router, patience, None, async move {
            let _ = stopping.wait_for(|stop| *stop).await;
        }));
        (address, stop)
    }

    async fn ask(stream: &mut TcpStream, path: &str) {
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
    }

    async fn rest(stream: &mut TcpStream) -> String {
        let mut text = String::new();
        timeout(SOON, stream.read_to_string(&mut text)).await.unwrap().unwrap();
        text
    }

    #[tokio::test]
    async fn a_head_that_does_not_come_ends_the_connection() {
        let (address, _stop) = begin(8).await;
        for begun in ["", "GET / HT", "GET / HTTP/1.1\r\nhost: x\r\n"] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(begun.as_bytes()).await.unwrap();
            let asked = Instant::now();
            let answer = rest(&mut stream).await;
            assert!(!answer.contains("200"), "{answer}");
            assert!(asked.elapsed() >= Duration::from_millis(50), "{:?}", asked.elapsed());
        }
        let mut stream = TcpStream::connect(address).await.unwrap();
        ask(&mut stream, "/").await;
        let own = stream.local_addr().unwrap().to_string();
        assert!(rest(&mut stream).await.ends_with(&own));
    }

    #[tokio::test]
    async fn more_than_there_are_places_for_wait() {
        let (address, _stop) = begin(1).await;
        let mut first = TcpStream::connect(address).await.unwrap();
        ask(&mut first, "/slow").await;
        let mut second = TcpStream::connect(address).await.unwrap();
        ask(&mut second, "/").await;
        let early = timeout(Duration::from_millis(100), second.readable()).await;
        assert!(early.is_err(), "the second was answered beside the first");
        assert!(rest(&mut first).await.ends_with("slowly"));
        assert!(rest(&mut second).await.contains("200 OK"));
    }

    #[tokio::test]
    async fn stopping_lets_requests_under_way_finish() {
        let (address, stop) = begin(8).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        ask(&mut stream, "/slow").await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        stop.send_replace(true);
        assert!(rest(&mut stream).await.ends_with("slowly"));
        let later = timeout(SOON, TcpStream::connect(address)).await.unwrap();
        assert!(later.is_err(), "a stopped server takes no connections");
    }

    #[tokio::test]
    async fn a_body_that_does_not_end_does_not_hold_up_the_stop() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, mut stopping) = watch::channel(false);
        let begun = Arc::new(tokio::sync::Notify::new());
        let noted = begun.clone();
        let read = move |request: Request| async move {
            noted.notify_one();
            let body = axum::body::to_bytes(request.into_body(), 100).await;
            body.map_err(|_| axum::http::StatusCode::BAD_REQUEST)
        };
        let router = Router::new().route("/", axum::routing::post(read));
        let patience = Patience { connections: 8, head: SOON, ..Config::default().patience };
        let serving = tokio::spawn(serve(listener, router, patience, None, async move {
            let _ = stopping.wait_for(|stop| *stop).await;
        }));
        let mut whole = TcpStream::connect(address).await.unwrap();
        let head = "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 4\r\n\r\n";
        whole.write_all(format!("{head}abcd").as_bytes()).await.unwrap();
        assert!(rest(&mut whole).await.ends_with("abcd"));
        begun.notified().await;
        let mut half = TcpStream::connect(address).await.unwrap();
        half.write_all(format!("{head}ab").as_bytes()).await.unwrap();
        begun.notified().await;
        stop.send_replace(true);
        assert!(timeout(GRACE * 3, serving).await.is_ok(), "the stop waited for the body");
        assert!(rest(&mut half).await.starts_with("HTTP/1.1 400"));
    }
}
