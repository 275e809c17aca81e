//! Parsers by others meet hostile bytes only in here.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a parser of another project; a panic in it is `None`, and the mail is then
/// shown as plain text. Depth is bounded before, because a stack that overflows
/// ends the process and cannot be caught.
pub(crate) fn guarded<T>(parse: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(parse)).ok()
}
