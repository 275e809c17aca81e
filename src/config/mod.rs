//! folkmoot.toml and charters, with the line of every error.
