//! A web browser, as small as can be: one request over one connection.

use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer is read so far.
const LONGEST: u64 = 256 * 1024;

/// Looks at a page of this machine.
///
/// # Errors
/// Where it leads elsewhere, the connection fails, or the answer is not 200.
pub(super) async fn get(base: &str, link: &str) -> anyhow::Result<String> {
    request(base, ("GET", link), "").await
}

/// Sends a form to a page of this machine, whose pages are at `base`, as
/// `http://127.0.0.1:8080`; gives what is shown then.
///
/// # Errors
/// Where it leads elsewhere, the connection fails, or the answer is not 200.
pub(super) async fn post(base: &str, link: &str, form: &str) -> anyhow::Result<String> {
    request(base, ("POST", link), form).await
}

async fn request(base: &str, (verb, link): (&str, &str), form: &str) -> anyhow::Result<String> {
    let path = link
        .strip_prefix(base)
        .context("the link leads elsewhere")?;
    let host = base.trim_start_matches("http://");
    let request = format!(
        "{verb} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let asking = ask(host, &request);
    let answer = tokio::time::timeout(Duration::from_secs(60), asking).await;
    let answer = answer.context("the pages did not answer within a minute")??;
    let status = answer.split(' ').nth(1).unwrap_or_default();
    match status {
        "200" => Ok(answer),
        _ => bail!("{verb} {path} was answered with {status:?}, not 200"),
    }
}

async fn ask(host: &str, request: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(host).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
