//! Simulated members and an embedded sink: a community's quarter on one machine.

mod audience;
mod deeds;
mod letter;
pub mod mailboxes;
mod oneclick;
pub mod pages;
mod play;
mod sending;
pub mod sink;
pub mod stage;
pub mod story;
mod summary;
mod words;

pub use play::Progress;
pub use stage::Demo;
pub use summary::Summary;
