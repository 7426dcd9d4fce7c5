//! HTTP/1.1 as plainly as it can be spoken, so that little of the machine goes to asking.

use crate::Problem;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The most an answer may have, in bytes.
const MAX_ANSWER: usize = 64 << 10;

/// A connection that is kept alive.
pub struct Connection {
    stream: TcpStream,
    head: String,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects as the holder of an API token.
    pub async fn open(address: SocketAddr, token: &str) -> Result<Self, Problem> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let head = format!(
            "POST /api/v1/items HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: "
        );
        Ok(Connection { stream, head, buffer: Vec::with_capacity(8 << 10) })
    }

    /// Posts an item and gives the status and the body of the answer.
    pub async fn post(&mut self, body: &str) -> Result<(u16, &[u8]), Problem> {
        let request = format!("{}{}\r\n\r\n{body}", self.head, body.len());
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        let (mut head, mut end) = (0, usize::MAX);
        let mut status = 0;
        while self.buffer.len() < end {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            if head == 0
                && let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n")
            {
                let length;
                (status, length) = read_head(&self.buffer[..at])?;
                (head, end) = (at + 4, at + 4 + length);
            }
            if self.buffer.len() > MAX_ANSWER {
                return Err("the answer is too long".into());
            }
        }
        Ok((status, &self.buffer[head..end]))
    }
}

/// The status and the body's length.
fn read_head(head: &[u8]) -> Result<(u16, usize), Problem> {
    let head = std::str::from_utf8(head)?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let (_, length) = length.ok_or_else(|| format!("an answer without length:\n{head}"))?;
    Ok((status.parse()?, length.trim().parse()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_tells_status_and_length() {
        let head = b"HTTP/1.1 201 Created\r\nContent-Type: x\r\ncontent-length: 17";
        assert_eq!(read_head(head).unwrap(), (201, 17));
        assert!(read_head(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked").is_err());
    }
}
