//! folkmoot runs communities of practice over mail and calendar.
//!
//! Two things move through it: a message comes in and goes out, and time
//! passes and something falls due. The rooms below stand in the order in which
//! that happens; `docs/ARCHITECTURE.md` has the house on one page.

// the way of a message
pub mod intake;
pub mod message;
pub mod identity;
pub mod routing;
pub mod lists;
pub mod sessions;
pub mod surveys;
pub mod practice;
pub mod archive;
pub mod outbox;
pub mod relay;

// the way of time
pub mod cadence;
pub mod summaries;

// under both
pub mod calendar;
pub mod store;
pub mod config;
pub mod context;
pub mod pulse;
pub mod clock;
pub mod random;
pub mod links;
pub mod trail;
pub mod templates;

// the rim
pub mod node;
pub mod web;
pub mod cli;
pub mod demo;
