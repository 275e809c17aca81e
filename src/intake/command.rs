//! One command line, read and judged for its form.

use smtp_proto::{Error, MailFrom, Request};
use std::borrow::Cow;

use super::dialogue::Protocol;
use super::path;
use super::reply::Reply;

/// What a client asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// EHLO and LHLO are extended, HELO is not.
    Hello {
        host: String,
        extended: bool,
    },
    Mail(Sender),
    Rcpt(String),
    Data,
    Chunk {
        size: u64,
        last: bool,
    },
    /// A BDAT whose size cannot be read: what follows might be anything.
    UnreadableChunk,
    Reset,
    Noop,
    Verify,
    Help,
    /// TLS is to begin (RFC 3207).
    StartTls,
    Quit,
    /// A browser, or something made to speak like one.
    Foreign,
}

/// The sender of a transaction and what it declared.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sender {
    /// Empty for the null sender.
    pub(super) address: String,
    /// The declared size in octets (RFC 1870).
    pub(super) size: Option<u64>,
    pub(super) smtputf8: bool,
}

/// A size of more digits overflows in smtp-proto and comes out small.
const SIZE_DIGITS: usize = 18;

/// Reads a line without its CRLF. The error is the reply to send.
pub(super) fn parse(line: &[u8], protocol: Protocol) -> Result<Command, Reply> {
    let text = std::str::from_utf8(line)
        .ok()
        .filter(|text| !text.chars().any(char::is_control));
    let text = text.ok_or_else(|| unreadable("a command is one line of text that ends in CRLF"))?;
    let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
    match verb.to_ascii_uppercase().as_str() {
        // smtp-proto would skip a leading space.
        "" => Err(unknown()),
        "MAIL" => mail(rest),
        "RCPT" => rcpt(rest),
        "BDAT" if rest.split(' ').any(|word| word.len() > SIZE_DIGITS) => {
            Ok(Command::UnreadableChunk)
        }
        "DATA" | "RSET" | "QUIT" | "STARTTLS" if !rest.trim().is_empty() => {
            Err(argument("this command takes no argument"))
        }
        "GET" | "POST" | "PUT" | "CONNECT" => Ok(Command::Foreign),
        _ => other(text, protocol),
    }
}

/// 500 5.5.2: the line is no command.
pub(super) fn unreadable(text: &str) -> Reply {
    Reply::new(500, (5, 5, 2), text)
}

fn argument(text: &str) -> Reply {
    Reply::new(501, (5, 5, 4), text)
}

fn parameter(text: &str) -> Reply {
    Reply::new(555, (5, 5, 4), text)
}

fn mail(rest: &str) -> Result<Command, Reply> {
    let (path, parameters) =
        path_of(rest, "FROM:").ok_or_else(|| argument("write MAIL FROM:<address>"))?;
    let bad = || {
        Reply::new(
            501,
            (5, 1, 7),
            "the sender is no address; write MAIL FROM:<name@host>",
        )
    };
    let address = if path.is_empty() {
        String::new()
    } else {
        path::address(path).ok_or_else(bad)?
    };
    let declared = mail_parameters(parameters)?;
    let smtputf8 = declared.flags & smtp_proto::MAIL_SMTPUTF8 != 0;
    let size = Some(declared.size as u64).filter(|size| *size > 0);
    Ok(Command::Mail(Sender {
        address,
        size,
        smtputf8,
    }))
}

/// Only what EHLO offers may be used (RFC 5321, 4.1.1.11).
fn mail_parameters(parameters: &str) -> Result<MailFrom<Cow<'static, str>>, Reply> {
    const OFFERED: u64 =
        smtp_proto::MAIL_BODY_7BIT | smtp_proto::MAIL_BODY_8BITMIME | smtp_proto::MAIL_SMTPUTF8;
    let keys = parameters
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(|word| word.split('=').next().unwrap_or(word));
    if let Some(unknown) = keys.into_iter().find(|key| !is_offered(key)) {
        return Err(parameter(&format!(
            "{unknown} is not offered; leave it out"
        )));
    }
    // The path was read here already; any will do for the parameters' sake.
    let line = format!("MAIL FROM:<a@b>{parameters}\n");
    let declared = match Request::parse(&mut line.as_bytes().iter()) {
        Ok(Request::Mail { from }) => MailFrom {
            flags: from.flags,
            size: from.size,
            ..MailFrom::default()
        },
        Err(Error::UnsupportedParameter { .. }) => {
            return Err(parameter("a parameter is not offered; leave it out"));
        }
        _ => {
            return Err(argument(
                "a parameter has no readable value; write SIZE=octets, BODY=8BITMIME or SMTPUTF8",
            ));
        }
    };
    match declared.flags & !OFFERED {
        0 => Ok(declared),
        _ => Err(Reply::new(
            504,
            (5, 5, 4),
            "BINARYMIME is not offered; send BODY=8BITMIME",
        )),
    }
}

fn is_offered(key: &str) -> bool {
    ["SIZE", "BODY", "SMTPUTF8"]
        .iter()
        .any(|offered| offered.eq_ignore_ascii_case(key))
}

fn rcpt(rest: &str) -> Result<Command, Reply> {
    let (path, parameters) =
        path_of(rest, "TO:").ok_or_else(|| argument("write RCPT TO:<address>"))?;
    if !parameters.trim().is_empty() {
        return Err(parameter("RCPT takes no parameter here; leave it out"));
    }
    // The one address without a domain that every server knows (RFC 5321, 4.5.1).
    if path.eq_ignore_ascii_case("postmaster") {
        return Ok(Command::Rcpt(path.to_owned()));
    }
    let bad = || {
        Reply::new(
            501,
            (5, 1, 3),
            "the recipient is no address; write RCPT TO:<name@host>",
        )
    };
    path::address(path).map(Command::Rcpt).ok_or_else(bad)
}

fn path_of<'a>(rest: &'a str, preposition: &str) -> Option<(&'a str, &'a str)> {
    let rest = rest.trim_start_matches(' ');
    let (head, tail) = rest.split_at_checked(preposition.len())?;
    head.eq_ignore_ascii_case(preposition)
        .then(|| path::split(tail))?
}

fn other(text: &str, protocol: Protocol) -> Result<Command, Reply> {
    let line = format!("{text}\n");
    match Request::parse(&mut line.as_bytes().iter()) {
        Ok(request) => accept(request, protocol),
        Err(Error::SyntaxError { syntax }) if syntax.starts_with("BDAT") => {
            Ok(Command::UnreadableChunk)
        }
        Err(Error::SyntaxError { syntax }) => Err(argument(&format!("write {syntax}"))),
        Err(Error::UnknownCommand) => Err(unknown()),
        Err(_) => Err(argument("the argument cannot be read")),
    }
}

fn accept(request: Request<Cow<'_, str>>, protocol: Protocol) -> Result<Command, Reply> {
    Ok(match (request, protocol) {
        (Request::Ehlo { host }, Protocol::Smtp) | (Request::Lhlo { host }, Protocol::Lmtp) => {
            Command::Hello {
                host: host.into_owned(),
                extended: true,
            }
        }
        (Request::Helo { host }, Protocol::Smtp) => Command::Hello {
            host: host.into_owned(),
            extended: false,
        },
        (Request::Data, _) => Command::Data,
        (
            Request::Bdat {
                chunk_size,
                is_last,
            },
            _,
        ) => Command::Chunk {
            size: chunk_size as u64,
            last: is_last,
        },
        (Request::Rset, _) => Command::Reset,
        (Request::Noop { .. }, _) => Command::Noop,
        (Request::Vrfy { .. }, _) => Command::Verify,
        (Request::Help { .. }, _) => Command::Help,
        (Request::StartTls, _) => Command::StartTls,
        (Request::Quit, _) => Command::Quit,
        (Request::Ehlo { .. } | Request::Helo { .. }, Protocol::Lmtp) => {
            return Err(wrong_hello("this is LMTP; say LHLO"));
        }
        (Request::Lhlo { .. }, Protocol::Smtp) => {
            return Err(wrong_hello("this is SMTP; say EHLO"));
        }
        _ => {
            return Err(Reply::new(
                502,
                (5, 5, 1),
                "this command is not offered here",
            ));
        }
    })
}

fn wrong_hello(text: &str) -> Reply {
    Reply::new(500, (5, 5, 1), text)
}

fn unknown() -> Reply {
    Reply::new(500, (5, 5, 1), "this is no command; HELP lists them")
}
