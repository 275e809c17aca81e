//! Simulated members and an embedded sink.
