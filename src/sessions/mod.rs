//! Series of sessions: who is invited, who comes, what is asked before and after.
//!
//! The charter and people say what shall be ([`align`], [`single`]); rows say what stands
//! ([`rows`], [`standing`]); and each member's calendar is brought into line with them by
//! mail, one member at a time ([`invitations`]). What they answer is in [`rsvp`], and who comes
//! in [`roster`]. Before a session somebody is asked to host it ([`host`]) and all what it
//! shall be about ([`agenda`]); after it, its host says who came ([`attendance`]), and the
//! list is told ([`recap`]).

mod actions;
pub mod agenda;
pub mod attendance;
pub mod before;
pub mod change;
pub mod commands;
pub mod event;
pub mod feed;
pub mod host;
pub mod invitations;
mod judge;
mod letters;
pub mod participation;
pub mod recap;
pub mod roster;
pub mod rows;
pub mod rsvp;
mod series;
pub mod repeating;
pub mod single;
pub mod standing;
pub mod times;

pub use series::{align, close, reopen};
