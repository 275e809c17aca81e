//! One mail: parse, addresses, kind, visible text, sanitise, rewrite. Pure.
