//! A client that keeps its connection, and makes a new one when it is lost.

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;

pub struct Client {
    address: String,
    token: String,
    connection: Option<BufStream<TcpStream>>,
}

impl Client {
    /// For a server's root such as `http://127.0.0.1:8080`.
    pub fn new(root: &str, token: &str) -> Self {
        let address = root.trim_start_matches("http://").to_owned();
        Client { address, token: token.to_owned(), connection: None }
    }

    /// Posts JSON; anything but success is an error.
    pub async fn post(
        &mut self,
        path: &str,
        body: &Value,
        key: Option<&str>,
    ) -> Result<Value, String> {
        self.send("POST", path, body, key).await
    }

    pub async fn get(&mut self, path: &str) -> Result<Value, String> {
        self.send("GET", path, &Value::Null, None).await
    }

    /// Changes an object.
    pub async fn patch(&mut self, path: &str, body: &Value) -> Result<Value, String> {
        self.send("PATCH", path, body, None).await
    }

    async fn send(
        &mut self,
        method: &str,
        path: &str,
        body: &Value,
        key: Option<&str>,
    ) -> Result<Value, String> {
        let answer = self.exchange(method, path, body, key).await;
        if answer.is_err() {
            self.connection = None;
        }
        let (status, body) = answer.map_err(|error| error.to_string())?;
        match status {
            200..300 => serde_json::from_slice(&body).map_err(|error| error.to_string()),
            _ => Err(format!("{status} {}", String::from_utf8_lossy(&body))),
        }
    }

    async fn exchange(
        &mut self,
        method: &str,
        path: &str,
        body: &Value,
        key: Option<&str>,
    ) -> std::io::Result<(u16, Vec<u8>)> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => {
                let stream = TcpStream::connect(&self.address).await?;
                stream.set_nodelay(true)?;
                none.insert(BufStream::new(stream))
            }
        };
        let body = body.to_string();
        let key = key.map(|key| format!("Idempotency-Key: {key}\r\n")).unwrap_or_default();
        let request = format!(
            "{method} /api/v1{path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n{key}\r\n{body}",
            self.address,
            self.token,
            body.len()
        );
        connection.write_all(request.as_bytes()).await?;
        connection.flush().await?;
        let wrong = || std::io::Error::other("not an HTTP answer");
        let mut line = String::new();
        connection.read_line(&mut line).await?;
        let status = line.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or_else(wrong)?;
        let mut length = 0;
        loop {
            line.clear();
            connection.read_line(&mut line).await?;
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().map_err(|_| wrong())?;
            }
        }
        let mut body = vec![0; length];
        connection.read_exact(&mut body).await?;
        Ok((status, body))
    }
}
