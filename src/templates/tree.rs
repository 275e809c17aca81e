//! Which file says what to whom: languages, their fallbacks, and what single
//! communities say in their own way.
//!
//! The files are `LANG/FILE`, `communities/SLUG/FILE` (in any language),
//! `communities/SLUG/LANG/FILE`, and `web/FILE`. A FILE is one that English has.

use std::collections::{BTreeMap, BTreeSet};

use super::Source;

/// The language that has every file.
pub(super) const COMPLETE: &str = "en";

/// Where a file stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place<'n> {
    /// The community whose own it is; empty: everybody's.
    pub slug: &'n str,
    /// The folder's name, a language tag; empty: any language.
    pub language: &'n str,
    /// The file's name: `confirm.txt`.
    pub file: &'n str,
}

/// Takes a mail's file name apart; `None` for what is no mail's, as `web/…`.
pub(super) fn place(name: &str) -> Option<Place<'_>> {
    let parts: Vec<&str> = name.split('/').collect();
    let (slug, language, file) = match parts.as_slice() {
        ["communities", slug, file] => (*slug, "", *file),
        ["communities", slug, language, file] if is_tag(language) => (*slug, *language, *file),
        [language, file] if is_tag(language) && *language != "web" => ("", *language, *file),
        _ => return None,
    };
    Some(Place {
        slug,
        language,
        file,
    })
}

/// Whether a folder's name can be a language tag (RFC 5646).
fn is_tag(text: &str) -> bool {
    let mut subtags = text.split('-');
    let first = subtags.next().unwrap_or_default();
    let fits =
        |tag: &str| (1..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric());
    (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_lowercase())
        && subtags.all(fits)
}

/// The language itself and what is more general, as "de-AT", "de".
pub(super) fn chain(language: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(language), |tag| Some(tag.rsplit_once('-')?.0))
}

/// The languages of a folder's files, and the communities that have files.
pub(super) fn known(sources: &BTreeMap<String, Source>) -> (BTreeSet<String>, BTreeSet<String>) {
    let places = || sources.keys().filter_map(|name| place(name));
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    (
        places().filter_map(|place| text(place.language)).collect(),
        places().filter_map(|place| text(place.slug)).collect(),
    )
}

/// The name of the source of each file as a community says it in a language.
pub(super) fn resolve(
    sources: &BTreeMap<String, Source>,
    slug: &str,
    language: &str,
) -> BTreeMap<String, String> {
    let complete = format!("{COMPLETE}/");
    let files = sources
        .keys()
        .filter_map(|name| name.strip_prefix(&complete));
    files
        .filter_map(|file| {
            let found = candidates(slug, language, file).find(|name| sources.contains_key(name))?;
            Some((file.to_owned(), found))
        })
        .collect()
}

/// Where a file is looked for, in this order.
pub(super) fn candidates(
    slug: &str,
    language: &str,
    file: &str,
) -> impl Iterator<Item = String> + use<> {
    let own = |folder: &str| format!("communities/{slug}/{folder}{file}");
    let specific: Vec<&str> = chain(language).filter(|tag| *tag != COMPLETE).collect();
    let is_complete = specific.is_empty();
    let mut names = Vec::new();
    if !slug.is_empty() {
        names.extend(specific.iter().map(|tag| own(&format!("{tag}/"))));
        names.extend(is_complete.then(|| own(&format!("{COMPLETE}/"))));
        names.push(own(""));
    }
    names.extend(specific.iter().map(|tag| format!("{tag}/{file}")));
    if !slug.is_empty() {
        names.push(own(&format!("{COMPLETE}/")));
    }
    names.push(format!("{COMPLETE}/{file}"));
    names.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_whose_file_it_is_and_in_which_language() {
        let of = |slug, language, file| {
            Some(Place {
                slug,
                language,
                file,
            })
        };
        let table = [
            ("en/confirm.txt", of("", "en", "confirm.txt")),
            ("de-AT/confirm.txt", of("", "de-AT", "confirm.txt")),
            ("communities/en/confirm.txt", of("en", "", "confirm.txt")),
            (
                "communities/pumps/de/confirm.txt",
                of("pumps", "de", "confirm.txt"),
            ),
            ("web/style.css", None),
            ("Deutsch/confirm.txt", None),
            ("confirm.txt", None),
            ("communities/pumps/Deutsch/confirm.txt", None),
        ];
        for (name, expected) in table {
            assert_eq!(place(name), expected, "{name}");
        }
    }

    #[test]
    fn files_are_looked_for_from_the_special_to_the_general() {
        let all = |slug, language| {
            candidates(slug, language, "x")
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(all("", "de-AT"), "de-AT/x de/x en/x");
        assert_eq!(all("", "en"), "en/x");
        assert_eq!(
            all("pumps", "de"),
            "communities/pumps/de/x communities/pumps/x de/x communities/pumps/en/x en/x"
        );
        assert_eq!(
            all("pumps", "en-GB"),
            "communities/pumps/en-GB/x communities/pumps/x en-GB/x communities/pumps/en/x en/x"
        );
    }
}
