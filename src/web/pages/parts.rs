//! What several pages show.

use chrono::{DateTime, Utc};
use serde::Serialize;

/// A link of our own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Where it leads, a path of this site.
    pub href: String,
    /// What it says.
    pub text: String,
}

impl Link {
    /// A link to `href` that says `text`.
    pub fn new(href: impl Into<String>, text: impl Into<String>) -> Link {
        Link {
            href: href.into(),
            text: text.into(),
        }
    }
}

/// A moment, for machines and for people; always in UTC, and it says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// RFC 3339.
    pub iso: String,
    /// As people write it: 5 January 2026, 09:00 UTC.
    pub full: String,
    /// The day alone: 5 Jan 2026.
    pub day: String,
}

impl From<DateTime<Utc>> for Moment {
    fn from(at: DateTime<Utc>) -> Moment {
        Moment {
            iso: at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            full: at.format("%-d %B %Y, %H:%M UTC").to_string(),
            day: at.format("%-d %b %Y").to_string(),
        }
    }
}

/// The way to the pages before and behind a list's present one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Pager {
    /// What is newer, if there is more.
    pub newer: Option<String>,
    /// What is older, if there is more.
    pub older: Option<String>,
}

/// A community, as far as the head of its pages shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Community {
    /// Its slug, `a-z0-9-`.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its language, as in `lang`.
    pub language: String,
    /// Whether only members read its archive.
    pub is_private: bool,
}

impl Community {
    /// The archive's front, and the first step of the way to its pages.
    pub fn link(&self) -> Link {
        Link::new(format!("/c/{}/", self.slug), &self.name)
    }
}

/// A size as people read it: 900 bytes, 12 kB, 3.4 MB.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// A subject, or words that say that there is none: a link needs something to press.
pub fn subject_or_none(subject: &str) -> &str {
    match subject.trim() {
        "" => "(no subject)",
        subject => subject,
    }
}
