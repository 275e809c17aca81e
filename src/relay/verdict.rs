//! What the relay said of one recipient, and how a connection can fail.

use lettre::transport::smtp::{Error, response::Response};

/// The longest reply that is kept, in characters.
const LONGEST_REPLY: usize = 500;

/// What became of one recipient. `reply` is the relay's answer on one line: code, enhanced status
/// code (RFC 3463) where it gave one, and text; at most 500 characters, none of them control
/// characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// 2xx to the message: it is the relay's now.
    Sent {
        /// The relay's answer.
        reply: String,
    },
    /// 4xx: worth another try later.
    Deferred {
        /// The relay's answer.
        reply: String,
    },
    /// 5xx: never to be tried again.
    Refused {
        /// The relay's answer.
        reply: String,
    },
}

impl Verdict {
    /// The relay's answer on one line.
    pub fn reply(&self) -> &str {
        match self {
            Verdict::Sent { reply } | Verdict::Deferred { reply } | Verdict::Refused { reply } => {
                reply
            }
        }
    }
}

/// Why the relay could not be asked. It says nothing about any recipient.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No connection, a greeting other than 220, no TLS, no authentication.
    #[error("{0}")]
    Unreachable(String),
    /// The connection died, or went out of step, while it was in use. Whether a message whose final
    /// dot was on its way has arrived is not known.
    #[error("{0}")]
    Broken(String),
}

/// One answer of the relay, whatever its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// 200 to 599.
    pub code: u16,
    /// Code and text on one line.
    pub line: String,
}

impl Reply {
    /// An answer, or the reason why there was none. lettre takes 4xx and 5xx for errors; to us they
    /// are answers.
    pub fn from(result: Result<Response, Error>) -> Result<Reply, String> {
        match result {
            Ok(response) => Ok(Reply::new(response.code().into(), &joined(&response))),
            Err(error) => match error.status() {
                Some(code) => Ok(Reply::new(code.into(), &said(&error))),
                None => Err(one_line(&said(&error))),
            },
        }
    }

    /// An answer of this code and text.
    pub fn new(code: u16, text: &str) -> Reply {
        Reply {
            code,
            line: one_line(&format!("{code} {text}")),
        }
    }

    /// 2xx.
    pub fn is_yes(&self) -> bool {
        self.code / 100 == 2
    }

    /// What a 2xx, 4xx or 5xx means for the recipient; None for 3xx, which answers nothing.
    pub fn verdict(self) -> Option<Verdict> {
        let reply = self.line;
        match self.code / 100 {
            2 => Some(Verdict::Sent { reply }),
            4 => Some(Verdict::Deferred { reply }),
            5 => Some(Verdict::Refused { reply }),
            _ => None,
        }
    }
}

/// What an error says, without the name of its kind.
pub(super) fn said(error: &Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

fn joined(response: &Response) -> String {
    response.message().collect::<Vec<_>>().join(" ")
}

/// Without control characters, runs of blanks as one, and no longer than is useful in a trail.
pub(super) fn one_line(text: &str) -> String {
    let blank = |c: char| c.is_control() || c.is_whitespace();
    let words: Vec<&str> = text.split(blank).filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(LONGEST_REPLY).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_one_short_line() {
        let long = "x".repeat(600);
        for (text, line) in [
            ("2.1.5 Ok", "250 2.1.5 Ok"),
            ("a\u{1b}[31m\r\nb\0c\u{7f} \t d", "250 a [31m b c d"),
            ("", "250"),
            (&long, &format!("250 {}", "x".repeat(496))),
        ] {
            assert_eq!(Reply::new(250, text).line, line);
        }
    }

    #[test]
    fn the_first_digit_decides() {
        let reply = "any".to_owned();
        let of = |code| {
            Reply {
                code,
                line: reply.clone(),
            }
            .verdict()
        };
        assert_eq!(
            of(250),
            Some(Verdict::Sent {
                reply: reply.clone()
            })
        );
        assert_eq!(of(354), None);
        assert_eq!(
            of(452),
            Some(Verdict::Deferred {
                reply: reply.clone()
            })
        );
        assert_eq!(
            of(550),
            Some(Verdict::Refused {
                reply: reply.clone()
            })
        );
    }
}
