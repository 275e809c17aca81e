//! folkmoot.toml and charters, with the line of every error.
//!
//! Both kinds of file are read the same way: the TOML parser gives values with
//! their places (`source`), a reader asks for the keys it knows and notes
//! everything that is wrong (`table`), and only a file without a problem
//! becomes a typed value. So one run names all errors of a file.

pub mod problem;
pub mod settings;
pub mod survey;
pub mod charter;
pub mod merge;
pub mod check;
pub mod duration;
pub mod size;

mod recurrence;
mod nearest;
mod source;
mod table;
mod word;

pub use charter::{
    ArchivePolicy, Charter, Delivery, Dmarc, HeaderPattern, List as ListPolicy, MembersVisibleTo,
    Outsiders, Posting, ReplyTo, Spam, Subscription, Unproven,
};
pub use problem::{Problem, Severity};
pub use settings::{Settings, find_config};
