//! Simulated members and an embedded sink.

pub mod sink;
