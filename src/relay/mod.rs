//! Claimed rows to the SMTP relay; verdicts; retries.

pub mod address;
pub mod connection;
pub mod verdict;

mod envelope;
mod line_ends;
mod opening;
mod replies;
mod stream;

#[cfg(test)]
pub(crate) mod scripted;
