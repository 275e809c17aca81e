//! A browser that does as it is told: one request, the whole answer.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::mail::{Mail, find};

/// An answer over HTTP.
#[derive(Debug)]
pub struct Answer {
    /// The status code; 0 where none came.
    pub status: u16,
    head: Vec<u8>,
    /// The body, decoded from its transfer coding.
    pub body: String,
}

impl Answer {
    /// The value of the header `name`; empty where there is none.
    pub fn header(&self, name: &str) -> String {
        Mail::new(&self.head).header(name)
    }
}

/// GET `path`.
pub fn get(address: SocketAddr, path: &str) -> Answer {
    request(address, "GET", path, "")
}

/// One request; a body is sent as a form.
pub fn request(address: SocketAddr, method: &str, path: &str, form: &str) -> Answer {
    request_with(address, method, path, &[], form)
}

/// One request with further headers.
pub fn request_with(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    form: &str,
) -> Answer {
    try_request(address, method, path, headers, form).unwrap_or(Answer {
        status: 0,
        head: Vec::new(),
        body: String::new(),
    })
}

fn try_request(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    form: &str,
) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .ok()?;
    let kind = if form.is_empty() {
        ""
    } else {
        "Content-Type: application/x-www-form-urlencoded\r\n"
    };
    let is_host = |(name, _): &&(&str, &str)| name.eq_ignore_ascii_case("Host");
    let host = headers.iter().find(is_host);
    let host = host.map_or("lists.example.org", |(_, value)| value);
    let more: String = headers
        .iter()
        .filter(|header| !is_host(header))
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let length = form.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}{kind}Content-Length: {length}\r\n\r\n{form}"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut raw = Vec::new();
    stream.take(64 << 20).read_to_end(&mut raw).ok()?;
    Some(answer(&raw))
}

fn answer(raw: &[u8]) -> Answer {
    let status = raw
        .get(9..12)
        .and_then(|code| std::str::from_utf8(code).ok()?.parse().ok())
        .unwrap_or(0);
    let start = find(raw, b"\r\n").map_or(raw.len(), |at| at + 2);
    let end = find(raw, b"\r\n\r\n").map_or(raw.len(), |at| at + 4);
    let mut answer = Answer {
        status,
        head: raw[start.min(end)..end].to_vec(),
        body: String::new(),
    };
    let chunked = answer
        .header("Transfer-Encoding")
        .eq_ignore_ascii_case("chunked");
    let body = if chunked {
        unchunked(&raw[end..])
    } else {
        raw[end..].to_vec()
    };
    answer.body = String::from_utf8_lossy(&body).into_owned();
    answer
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(at) = find(rest, b"\r\n") {
        let size = std::str::from_utf8(&rest[..at])
            .ok()
            .and_then(|hex| usize::from_str_radix(hex, 16).ok());
        let Some(chunk) = size
            .filter(|size| *size > 0)
            .and_then(|size| rest.get(at + 2..at + 2 + size))
        else {
            break;
        };
        body.extend_from_slice(chunk);
        rest = rest.get(at + 4 + chunk.len()..).unwrap_or_default();
    }
    body
}
