//! A TCP proxy before PostgreSQL that understands just enough of its protocol to cut a connection
//! at COMMIT, before it takes effect or after.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Where the next COMMIT is cut.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The server never hears of it.
    Before,
    /// The server has done it; the client never hears of it.
    After,
}

pub struct Proxy {
    pub url: String,
    shared: Arc<Shared>,
}

struct Shared {
    cut: AtomicU8,
    pub cuts: AtomicU32,
    /// Whether connections are let through.
    open: watch::Sender<bool>,
    /// How many there are.
    live: watch::Sender<u32>,
}

impl Proxy {
    /// Listens before the database of `url`.
    pub async fn before(url: &str) -> Self {
        let (credentials, place) = url.rsplit_once('@').unwrap();
        let (address, database) = place.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let url = format!("{credentials}@127.0.0.1:{port}/{database}?sslmode=disable");
        let shared = Arc::new(Shared {
            cut: AtomicU8::new(0),
            cuts: AtomicU32::new(0),
            open: watch::Sender::new(true),
            live: watch::Sender::new(0),
        });
        tokio::spawn(accept(listener, address.to_owned(), shared.clone()));
        Proxy { url, shared }
    }

    /// Cuts at the next COMMIT.
    pub fn arm(&self, cut: Cut) {
        self.shared.cut.store(if cut == Cut::Before { 1 } else { 2 }, Ordering::SeqCst);
    }

    /// How many connections were cut at COMMIT.
    pub fn cuts(&self) -> u32 {
        self.shared.cuts.load(Ordering::SeqCst)
    }

    /// Cuts everything and lets nobody through, as if the database were gone.
    pub async fn close(&self) {
        self.shared.open.send_replace(false);
        self.shared.live.subscribe().wait_for(|live| *live == 0).await.unwrap();
    }

    pub fn open(&self) {
        self.shared.open.send_replace(true);
    }
}

async fn accept(listener: TcpListener, address: String, shared: Arc<Shared>) {
    while let Ok((client, _)) = listener.accept().await {
        if !*shared.open.borrow() {
            continue;
        }
        let (address, shared) = (address.clone(), shared.clone());
        shared.live.send_modify(|live| *live += 1);
        tokio::spawn(async move {
            let server = TcpStream::connect(address).await.unwrap();
            for stream in [&client, &server] {
                stream.set_nodelay(true).unwrap();
            }
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            let mut open = shared.open.subscribe();
            let (saw, cut_after) = watch::channel(false);
            tokio::select! {
                _ = forward(from_client, to_server, &shared, saw) => {}
                _ = back(from_server, to_client, &shared, cut_after) => {}
                _ = open.wait_for(|open| !open) => {}
            }
            shared.live.send_modify(|live| *live -= 1);
        });
    }
}

/// Client to server, message by message.
async fn forward(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    shared: &Shared,
    cut_after: watch::Sender<bool>,
) -> std::io::Result<()> {
    let mut started = false;
    loop {
        let mut message = Vec::new();
        if started {
            message.push(from.read_u8().await?);
        }
        let length = from.read_u32().await?;
        message.extend(length.to_be_bytes());
        let body = message.len();
        message.resize(body + length as usize - 4, 0);
        from.read_exact(&mut message[body..]).await?;
        started = true;
        // A plain query, by its first word: `SET synchronous_commit` is none.
        if message[0] == b'Q' && message[5..].starts_with(b"COMMIT") {
            match shared.cut.swap(0, Ordering::SeqCst) {
                1 => {
                    shared.cuts.fetch_add(1, Ordering::SeqCst);
                    return Ok(());
                }
                2 => drop(cut_after.send(true)),
                _ => {}
            }
        }
        to.write_all(&message).await?;
    }
}

/// Server to client, until the answer to a COMMIT that is to be lost.
async fn back(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    shared: &Shared,
    cut_after: watch::Receiver<bool>,
) -> std::io::Result<()> {
    loop {
        let kind = from.read_u8().await?;
        let length = from.read_u32().await?;
        let mut message = vec![kind];
        message.extend(length.to_be_bytes());
        message.resize(1 + length as usize, 0);
        from.read_exact(&mut message[5..]).await?;
        // CommandComplete of the COMMIT.
        if *cut_after.borrow() && kind == b'C' && message[5..].starts_with(b"COMMIT") {
            shared.cuts.fetch_add(1, Ordering::SeqCst);
            return Ok(());
        }
        to.write_all(&message).await?;
    }
}
