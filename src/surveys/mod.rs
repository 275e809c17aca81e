//! Surveys: asked by mail, answered by digits, confidential while they are open
//! (docs/decisions/0008).

pub mod answers;
pub mod statistics;
