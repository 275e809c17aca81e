//! Handlebars templates, embedded and overridable.
