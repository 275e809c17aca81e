//! What a community can say of itself: figures, and the mails and pages made of them.
//!
//! Data flows one way: recorded events are read (`gather`), pure functions make figures of
//! them (`metrics`), what would expose somebody is taken out (`disclosure`), and only what
//! remains is written into mails, pages and CSV. `normal_range` and `chart` are pure as well.

pub mod chart;
pub mod csv;
pub mod disclosure;
pub mod events;
pub mod evidence;
pub mod figure;
pub mod gather;
pub mod metrics;
pub mod normal_range;
pub mod points;
pub mod published;
pub mod released;
