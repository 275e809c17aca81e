//! Series of sessions: who is invited, who comes, what is asked before and after.
//!
//! The charter and people say what shall be ([`align`], [`single`]); rows say what stands
//! ([`rows`], [`standing`]); and each member's calendar is brought into line with them by
//! mail, one member at a time ([`invitations`]).

pub mod change;
pub mod commands;
pub mod event;
pub mod feed;
pub mod invitations;
mod judge;
mod letters;
pub mod rows;
mod series;
pub mod single;
pub mod standing;
pub mod times;

pub use series::{align, close};
