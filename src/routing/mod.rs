//! Envelope recipient to one intent. Pure.
