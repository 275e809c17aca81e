//! One running node: its listeners and workers.
