//! What a community can say of itself: figures, and the mails and pages made of them.
//!
//! Data flows one way: recorded events are read (`gather`), pure functions make figures of
//! them (`metrics`), what would expose somebody is taken out, and only what remains is
//! written into mails, pages and CSV.

pub mod chart;
pub mod figure;
pub mod normal_range;
