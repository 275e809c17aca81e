//! What every story needs: a database, a node, the mail server behind it and
//! the clients in front of it.

pub mod bounce;
pub mod browser;
pub mod client;
pub mod cluster;
pub mod command;
pub mod community;
pub mod database;
pub mod agenda;
pub mod author_keys;
pub mod dkim;
pub mod dns;
pub mod http;
pub mod letters;
pub mod mail;
pub mod mbox;
pub mod node;
pub mod objects;
pub mod personas;
pub mod post;
pub mod random;
pub mod signer;
pub mod sink;
pub mod store;
pub mod testdata;
pub mod wait;

pub use client::{Client, Reply};
pub use community::Community;
pub use database::Database;
pub(crate) use database::both;
pub use mail::Mail;
pub use node::Node;
pub use post::Post;
pub use sink::Sink;
