//! What is due when, claimed and done exactly once.

pub mod cron;
