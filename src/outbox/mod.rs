//! Every mail we send: registry, composing, rows.
