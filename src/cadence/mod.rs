//! What is due when, claimed and done exactly once. This room keeps the engine
//! and the registry; what an act does stands in the file of the room that owns it.

pub mod act;
pub mod cron;
pub mod engine;
mod judge;
pub mod moments;
pub mod plan;
pub mod preview;
pub mod registry;

use std::sync::Arc;

use crate::config::Charter;
use crate::context::Context;
use crate::store::Millis;
use crate::store::communities::Community;

/// An act that is being done.
pub struct Running<'a> {
    /// What every room needs.
    pub ctx: &'a Context,
    /// For whom.
    pub community: &'a Community,
    /// Their charter, with the sessions as they stand.
    pub charter: Arc<Charter>,
    /// What it is about: a series, a member, or nothing.
    pub about: String,
    /// The nominal moment, which is not later than now.
    pub due_at: Millis,
}

/// How an act ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done; the text says what.
    Done(String),
    /// Another stands for it, and why.
    Merged(String),
    /// It shall not happen, and why.
    Dropped(String),
}

impl Outcome {
    /// The state of the row, and the reason.
    pub fn parts(&self) -> (&'static str, &str) {
        match self {
            Outcome::Done(reason) => ("done", reason),
            Outcome::Merged(reason) => ("merged", reason),
            Outcome::Dropped(reason) => ("dropped", reason),
        }
    }
}
