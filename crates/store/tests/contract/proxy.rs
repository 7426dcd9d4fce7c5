//! A wire that can be cut exactly at COMMIT: a TCP proxy in front of PostgreSQL that knows enough
//! of its protocol to see the statement go by.

use crate::harness::Result;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use store::Fault;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The proxy; it ends with the test's runtime.
pub struct Wire {
    pub port: u16,
    cut: Arc<AtomicU8>,
}

impl Wire {
    /// Carries everything to and from `server` (host and port).
    pub async fn to(server: String) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let cut = Arc::new(AtomicU8::new(0));
        let armed = cut.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server.clone(), armed.clone()));
            }
        });
        Ok(Wire { port, cut })
    }

    /// Cuts the next connection that says COMMIT, before or after the server has heard it.
    pub fn arm(&self, fault: Fault) {
        self.cut.store(if fault == Fault::BeforeCommit { 1 } else { 2 }, Ordering::SeqCst);
    }
}

async fn carry(mut client: TcpStream, server: String, cut: Arc<AtomicU8>) -> Option<()> {
    let mut server = TcpStream::connect(server).await.ok()?;
    client.set_nodelay(true).ok()?;
    server.set_nodelay(true).ok()?;
    let (mut asks, mut answers) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        tokio::select! {
            n = client.read(&mut asks) => {
                let asked = asks.get(..n.ok().filter(|n| *n > 0)?)?;
                // A simple query: the letter Q, its length, the text.
                let commits = asked.windows(6).any(|text| text == b"COMMIT");
                match if commits { cut.swap(0, Ordering::SeqCst) } else { 0 } {
                    1 => return None,
                    2 => {
                        server.write_all(asked).await.ok()?;
                        // The answer says that it is done; it does not reach the client.
                        let answered = server.read(&mut answers).await.ok()?;
                        assert!(answered > 0, "the server said nothing to COMMIT");
                        return None;
                    }
                    _ => server.write_all(asked).await.ok()?,
                }
            }
            n = server.read(&mut answers) => {
                let answered = answers.get(..n.ok().filter(|n| *n > 0)?)?;
                client.write_all(answered).await.ok()?;
            }
        }
    }
}
