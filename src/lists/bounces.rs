//! What follows from a delivery that fails, at once or by a bounce, and from a
//! complaint. Why each number is what it is stands in docs/decisions/0007.
//!
//! Failures give points to the address, a delivery's at most once, one point a day at
//! most. Who has five is written to: the mail that does not come back clears them. Where
//! it does, nothing goes to the address any more, and three more mails try it, a week
//! apart. Whoever is heard from it, or replies `resume`, gets mail again at once.

mod arrived;
mod complaint;
mod count;
mod heard;
mod notes;
mod probe;
mod refused;
mod reply;
mod score;
mod stop;
mod trouble;

pub use arrived::arrived;
pub use complaint::{complained, lift};
pub use heard::{heard, wanted};
pub use notes::{DeliveryState, known};
pub use probe::{WATCH, watch};
pub use refused::{REFUSED, refused};
pub use reply::reply;
pub use score::now as points;
pub use stop::reset;
pub use trouble::{NAME as TROUBLE, run as tell};

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

/// A mail that tries an address has so long to come back.
const WEEK: i64 = 7 * DAY;
