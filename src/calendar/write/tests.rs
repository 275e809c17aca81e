//! What is written, read again by another implementation.
