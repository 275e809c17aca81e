//! Under whose name posts leave, so that receivers who go by DMARC take them.

mod matrix;
mod signatures;
mod stories;
