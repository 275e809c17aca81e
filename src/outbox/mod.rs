//! Every mail we send: the catalogue, composing, what is personal, and the
//! expansion of a frozen audience into rows.

pub mod attached;
pub mod brake;
pub mod budget;
pub mod catalogue;
pub mod compose;
pub mod expansion;
pub mod invite;
pub mod moot;
mod offer;
pub mod personal;
pub mod picture;
pub mod release;
pub mod signing;
