//! Pages, named noun_verb.

pub mod headers;
pub mod pages;
pub mod style;
pub mod text;
