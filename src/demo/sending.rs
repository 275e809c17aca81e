//! A mail server in front, as small as can be: one mail over one LMTP connection.

use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// How long one delivery may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Delivers one mail to one recipient at the LMTP listener `to` (RFC 2033). An
/// empty `sender` is the null sender.
///
/// # Errors
/// Where the connection fails, or an answer is not what it should be; the text
/// has that answer.
pub(super) async fn deliver(
    to: &str,
    sender: &str,
    recipient: &str,
    mail: &[u8],
) -> anyhow::Result<()> {
    let dialogue = converse(to, sender, recipient, mail);
    let ended = tokio::time::timeout(PATIENCE, dialogue).await;
    ended.context("the LMTP listener did not answer within a minute")?
}

async fn converse(to: &str, sender: &str, recipient: &str, mail: &[u8]) -> anyhow::Result<()> {
    let stream = TcpStream::connect(to)
        .await
        .context("the LMTP listener is gone")?;
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    expect(&mut stream, "220").await?;
    let steps = [
        ("LHLO mx.example".to_owned(), "250"),
        (format!("MAIL FROM:<{sender}>"), "250"),
        (format!("RCPT TO:<{recipient}>"), "250"),
        ("DATA".to_owned(), "354"),
    ];
    for (command, code) in steps {
        stream
            .write_all(format!("{command}\r\n").as_bytes())
            .await?;
        expect(&mut stream, code).await.context(command)?;
    }
    stream.write_all(&stuffed(mail)).await?;
    expect(&mut stream, "250").await.context("the message")?;
    stream.write_all(b"QUIT\r\n").await?;
    Ok(())
}

/// Reads one answer with all its lines.
async fn expect(stream: &mut BufReader<TcpStream>, code: &str) -> anyhow::Result<()> {
    const MOST_LINES: usize = 100;
    for _ in 0..MOST_LINES {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        if !line.starts_with(code) {
            bail!("answered {:?} where {code} was due", line.trim_end());
        }
        if line.get(3..4) != Some("-") {
            return Ok(());
        }
    }
    bail!("answered with more than {MOST_LINES} lines")
}

/// The mail with its dots stuffed and its end (RFC 5321, section 4.5.2).
fn stuffed(mail: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(mail.len() + 64);
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(line);
    }
    if !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_stuffed_and_the_end_stands_alone() {
        let cases: [(&[u8], &[u8]); 3] = [
            (b"a\r\n.b\r\n", b"a\r\n..b\r\n.\r\n"),
            (b"a", b"a\r\n.\r\n"),
            (b"..\r\n", b"...\r\n.\r\n"),
        ];
        for (mail, sent) in cases {
            assert_eq!(stuffed(mail), sent);
        }
    }
}
