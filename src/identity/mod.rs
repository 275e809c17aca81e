//! Who speaks, and how surely: tokens that prove what a From line cannot.

mod base32;
pub mod check;
pub mod checked;
pub mod resolver;
pub mod seal;
mod special_use;
pub mod strength;
pub mod tokens;
pub mod wave_keys;

pub use checked::{Checked, Policy};
pub use resolver::Resolver;
pub use strength::Strength;
pub use tokens::Secret;
