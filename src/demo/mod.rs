//! Simulated members and an embedded sink: a community's quarter on one machine.

mod audience;
mod answers;
mod browser;
pub mod calendar;
mod calendars;
mod deeds;
mod letter;
mod living;
mod machines;
pub mod mailboxes;
mod manners;
mod oneclick;
pub mod pages;
mod play;
mod report;
mod sending;
pub mod sink;
pub mod stage;
pub mod story;
mod summary;
mod surveys;
mod troubles;
mod words;

pub use play::Progress;
pub use stage::Demo;
pub use summary::Summary;
