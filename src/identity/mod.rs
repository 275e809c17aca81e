//! Who speaks, and how surely: tokens that prove what a From line cannot.

mod base32;
pub mod tokens;

pub use tokens::Secret;
