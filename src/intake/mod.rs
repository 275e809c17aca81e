//! LMTP, SMTP and the command line: bytes to one durable row, then 250.

pub mod accept;
pub mod dialogue;
pub mod listener;
pub mod reply;
mod command;
mod data;
mod delivery;
mod kept;
mod path;
mod patience;
mod session;
pub mod survey;
pub mod tls;
mod wire;

pub use dialogue::{Gate, Incoming, Protocol, Settings, converse};
pub use listener::{Listener, serve};
pub use reply::Reply;
