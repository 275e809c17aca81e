//! The calendar program of a simulated person: what it keeps of the mails that came, and
//! what it answers. Nothing of it is the product's: tests have their people use it too.

mod agenda;
mod client;
mod object;

pub use agenda::{Agenda, Entry, Held};
pub use client::{ALL, Client, Invitation, Said};
pub use object::{Event, Object};
