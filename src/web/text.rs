//! A mail's text as readers see it: quotes folded, addresses of the web made
//! links, addresses of people shortened. Pure; what comes out is still text, which
//! the templates escape.

mod blocks;
mod links;
mod mask;

pub use blocks::{Block, Blocks, blocks};
pub use links::{Span, spans};
pub use mask::mask_addresses;

#[cfg(test)]
mod tests;
