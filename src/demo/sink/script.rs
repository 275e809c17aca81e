//! How a sink behaves.

use std::time::Duration;

use crate::intake::Reply;

/// How the sink behaves from now on.
#[derive(Debug, Clone, Default)]
pub struct Script {
    /// What some recipients get; the first that matches counts.
    pub answers: Vec<Answer>,
    /// Connections that are lost after the dot.
    pub hang_up: Option<HangUp>,
    /// How long an answer to a message takes.
    pub delay: Duration,
    /// Whether connections are refused, as by a host where nothing listens.
    pub refuse: bool,
    /// What is remembered.
    pub keep: Keep,
}

/// An answer to one address or to a whole domain.
#[derive(Debug, Clone)]
pub struct Answer {
    /// An address, or a suffix like `@slow.example` or `.example`; letter case does not matter.
    pub to: String,
    /// When the client gets it.
    pub at: Moment,
    /// What the client gets. 421 closes the connection after it.
    pub reply: Reply,
}

/// When an answer is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// At RCPT.
    Rcpt,
    /// After the message.
    Message,
}

/// A connection that is lost instead of the answer to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HangUp {
    /// Which messages meet it: every so many, counted over the sink's life; 0 for none.
    pub every: u64,
    /// Whether the sink has taken the message all the same, which its client cannot know.
    pub keeping: bool,
}

/// What is remembered of a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Keep {
    /// Envelope and octets.
    #[default]
    Everything,
    /// The envelope.
    Envelopes,
    /// Only how many there were.
    Count,
}

impl Answer {
    /// Whether it is for this address, which is in lower case.
    pub(super) fn fits(&self, address: &str) -> bool {
        let to = self.to.to_lowercase();
        if to.starts_with(['@', '.']) {
            address.ends_with(&to)
        } else {
            address == to
        }
    }
}
