//! What of an archive becomes a file, and under which name.

use axum::extract::Query;

use crate::web::asked::Asked;

/// A page or a file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Spot {
    /// A page of the list of threads: of a month (`2026-03`), or of all (empty).
    Front {
        /// The month.
        month: String,
        /// From 1.
        page: u32,
    },
    /// A page of a thread, by the name of one of its posts.
    Thread {
        /// The post's name in paths.
        id: String,
        /// From 1; 0 for the page on which that post stands.
        page: u32,
    },
    /// A message.
    Message(String),
    /// A message as it came.
    Raw(String),
    /// What is attached to a message: its name in paths, and the number of the part.
    Attached(String, String),
}

impl Spot {
    /// Where it begins.
    pub(super) fn front() -> Spot {
        let month = String::new();
        Spot::Front { month, page: 1 }
    }

    /// What stands at that path below the archive's front, where it becomes a file.
    pub(super) fn parse(path: &str) -> Option<Spot> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let value = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs
                .filter(|(key, _)| *key == name)
                .map(|(_, value)| value)
                .next()
        };
        if query.contains("layout=") {
            return None;
        }
        let page = value("page").map(|page| page.parse());
        let page = page.transpose().ok()?;
        let mut parts = path.split('/');
        let (kind, id) = (parts.next()?, parts.next().unwrap_or_default());
        let rest: Vec<&str> = parts.collect();
        let id = id.to_owned();
        match (kind, is_id(&id), rest.as_slice()) {
            ("", false, []) if id.is_empty() => {
                let month = value("month").unwrap_or_default();
                let is_month = month.len() <= 7
                    && month
                        .bytes()
                        .all(|byte| byte.is_ascii_digit() || byte == b'-');
                is_month.then(|| Spot::Front {
                    month: month.to_owned(),
                    page: page.unwrap_or(1),
                })
            }
            ("t", true, []) => Some(Spot::Thread {
                id,
                page: page.unwrap_or(0),
            }),
            ("m", true, []) => Some(Spot::Message(id)),
            ("m", true, ["raw"]) => Some(Spot::Raw(id)),
            ("m", true, ["a", part]) if is_number(part) => {
                Some(Spot::Attached(id, (*part).to_owned()))
            }
            _ => None,
        }
    }

    /// Its file below the folder.
    pub(super) fn file(&self) -> String {
        let numbered = |page: u32| match page {
            0 | 1 => String::new(),
            page => format!("-{page}"),
        };
        match self {
            Spot::Front { month, page } if month.is_empty() => {
                format!("index{}.html", numbered(*page))
            }
            Spot::Front { month, page } => format!("months/{month}{}.html", numbered(*page)),
            // Page 1 may be another one than that on which the post stands.
            Spot::Thread { id, page: 1 } => format!("t/{id}-1.html"),
            Spot::Thread { id, page } => format!("t/{id}{}.html", numbered(*page)),
            Spot::Message(id) => format!("m/{id}.html"),
            Spot::Raw(id) => format!("m/{id}.eml"),
            // Never a name that a browser would show as a page.
            Spot::Attached(id, part) => format!("m/{id}-{part}.attached"),
        }
    }

    /// What stands behind the question mark of its address.
    pub(super) fn asked(&self) -> Asked {
        let mut pairs = Vec::new();
        let mut say = |name: &str, value: String| pairs.push((name.to_owned(), value));
        match self {
            Spot::Front { month, page } => {
                if !month.is_empty() {
                    say("month", month.clone());
                }
                say("page", page.to_string());
            }
            Spot::Thread { page, .. } if *page > 0 => say("page", page.to_string()),
            _ => {}
        }
        Query(pairs)
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_number(text: &str) -> bool {
    (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_an_archive_has_a_file() {
        let id = "00ff".repeat(10);
        let table = [
            ("".to_owned(), Some("index.html".to_owned())),
            ("?page=2".into(), Some("index-2.html".into())),
            ("?month=2026-03".into(), Some("months/2026-03.html".into())),
            (
                "?month=2026-03&page=3".into(),
                Some("months/2026-03-3.html".into()),
            ),
            (format!("t/{id}"), Some(format!("t/{id}.html"))),
            (format!("t/{id}?page=1"), Some(format!("t/{id}-1.html"))),
            (format!("t/{id}?page=2"), Some(format!("t/{id}-2.html"))),
            (format!("m/{id}"), Some(format!("m/{id}.html"))),
            (format!("m/{id}/raw"), Some(format!("m/{id}.eml"))),
            (format!("m/{id}/a/3"), Some(format!("m/{id}-3.attached"))),
            (format!("m/{id}?layout=own"), None),
            ("?month=../../etc".into(), None),
            ("t/../../etc/passwd".into(), None),
            (format!("m/{id}/a/../../x"), None),
            ("feed.atom".into(), None),
            ("search".into(), None),
        ];
        for (path, file) in table {
            assert_eq!(Spot::parse(&path).map(|spot| spot.file()), file, "{path}");
        }
    }
}
