//! Pages, named noun_verb.
