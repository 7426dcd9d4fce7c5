//! As much HTTP as a stand-in needs: one request a connection, one thread each.

use crate::locked;
use serde_json::Value;
use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// The most bytes of a request's body.
const MOST: usize = 16 << 20;

/// A request as it came, for tests to look at.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is asked for: a verb such as `updateRecords`, or the last part of the path.
    pub name: String,
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The query's pairs, decoded.
    pub query: Vec<(String, String)>,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub text: String,
    /// The body as JSON; null when it is none.
    pub body: Value,
}

impl Call {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What a service does with a request.
pub enum Reply {
    Answer {
        status: u16,
        retry_after: Option<u64>,
        body: Value,
    },
    /// The connection is closed without an answer.
    Cut,
    /// Nothing comes until the client goes away.
    Hang,
}

impl Reply {
    pub fn ok(body: Value) -> Self {
        Reply::Answer { status: 200, retry_after: None, body }
    }
}

/// A service, as the server sees it.
pub trait Service: Send + Sync + 'static {
    fn answer(&self, call: Call) -> Reply;
}

/// A running server; it stops when it is dropped.
pub struct Server {
    pub address: SocketAddr,
    ending: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Server {
    /// Listens on this machine only; port 0 takes a free one.
    pub fn start(port: u16, service: Arc<dyn Service>) -> io::Result<Server> {
        let listener = TcpListener::bind(("127.0.0.1", port))?;
        let address = listener.local_addr()?;
        let ending = Arc::new(AtomicBool::new(false));
        let told = ending.clone();
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if told.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), service) = (stream, service.clone()) else { continue };
                // A client that goes away in the middle is its own affair.
                thread::spawn(move || drop(serve(stream, &*service)));
            }
        });
        Ok(Server { address, ending, thread: Some(thread) })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::SeqCst);
        // The listener wakes for one more connection.
        let woken = TcpStream::connect(self.address).is_ok();
        if let Some(thread) = self.thread.take().filter(|_| woken) {
            let _ = thread.join();
        }
    }
}

fn serve(mut stream: TcpStream, service: &dyn Service) -> io::Result<()> {
    let Some(call) = read_call(&stream)? else { return Ok(()) };
    match service.answer(call) {
        Reply::Cut => Ok(()),
        Reply::Hang => stream.read(&mut [0]).map(drop),
        Reply::Answer { status, retry_after, body } => {
            let body = match body {
                Value::String(text) => text,
                body => body.to_string(),
            };
            let wait = retry_after.map(|s| format!("Retry-After: {s}\r\n")).unwrap_or_default();
            write!(
                stream,
                "HTTP/1.1 {status} -\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
                 {wait}Connection: close\r\n\r\n{body}",
                body.len()
            )
        }
    }
}

fn read_call(stream: &TcpStream) -> io::Result<Option<Call>> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut parts = line.split_whitespace();
    let (Some(method), Some(target)) = (parts.next(), parts.next()) else { return Ok(None) };
    let (method, target) = (method.to_owned(), target.to_owned());
    let (headers, text) = read_rest(&mut reader)?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (unescaped(name), unescaped(value))
    });
    Ok(Some(Call {
        name: String::new(),
        method,
        path: unescaped(path),
        query: pairs.collect(),
        headers,
        body: serde_json::from_str(&text).unwrap_or(Value::Null),
        text,
    }))
}

type Headers = Vec<(String, String)>;

/// Headers and body of a request or of an answer.
fn read_rest(reader: &mut impl BufRead) -> io::Result<(Headers, String)> {
    let mut headers = Headers::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length.min(MOST)];
    reader.read_exact(&mut body)?;
    Ok((headers, String::from_utf8_lossy(&body).into_owned()))
}

/// A text without its percent signs and pluses.
pub fn unescaped(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (bytes[at], hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What was sent to a stand-in, in order.
#[derive(Default)]
pub struct Recorded(Mutex<Vec<Call>>);

impl Recorded {
    pub fn push(&self, call: Call) {
        locked(&self.0).push(call);
    }

    pub fn all(&self) -> Vec<Call> {
        locked(&self.0).clone()
    }

    pub fn named(&self, name: &str) -> Vec<Call> {
        self.all().into_iter().filter(|call| call.name == name).collect()
    }
}

/// Sends one request to a server of this machine and waits for the answer, at most so long: status,
/// headers with names in lower case, body. For tests that need no HTTP client otherwise.
///
/// # Errors
/// When there is no whole answer.
pub fn send(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
    within: Duration,
) -> io::Result<(u16, Headers, String)> {
    let rest = url.strip_prefix("http://").ok_or(io::ErrorKind::InvalidInput)?;
    let (host, target) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(within))?;
    let mut head = format!("{method} /{target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    stream.write_all(&[head.as_bytes(), body].concat())?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or(io::ErrorKind::UnexpectedEof)?;
    let (headers, body) = read_rest(&mut reader)?;
    Ok((status, headers, body))
}
