//! Everything that the files of a node say wrongly, in one run.

mod room;
mod series;

use super::charter::{Charter, Dmarc};
use super::problem::{Problem, Wrong, wrong};
use super::settings::Settings;
use super::{size, source};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a sub-address adds to a slug.
const SUFFIXES: [&str; 10] = [
    "request", "join", "leave", "owner", "confirm", "bounces", "rsvp", "survey", "reply", "care",
];

/// Reads the settings and every charter, and tells all that is wrong with them,
/// file by file. Warnings are among it ([`Problem::is_error`] tells).
pub fn files(settings: &Path) -> Vec<Problem> {
    match Settings::load(settings) {
        Ok(settings) => charters(&settings),
        Err(mut problems) => {
            // The charters are read all the same, where they can be found: one
            // run names the errors of all files.
            let beside = settings.with_file_name("communities");
            let found = charter_files_in(&beside).unwrap_or_default();
            problems.extend(found.iter().filter_map(|file| read(file).err()).flatten());
            problems
        }
    }
}

/// Every `*.toml` in the settings' folder of charters, by name; hidden files,
/// which editors leave behind, are none.
///
/// # Errors
/// The folder cannot be read.
pub fn charter_files(settings: &Settings) -> Result<Vec<PathBuf>, Problem> {
    charter_files_in(&settings.charters)
}

fn charter_files_in(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let unreadable = |error: std::io::Error| {
        let what = format!("the folder of charters cannot be read ({error})");
        Problem::of_file(
            folder.display(),
            what,
            "make it, or name another with `charters`",
        )
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let hidden = path
            .file_name()
            .is_none_or(|n| n.as_encoded_bytes().starts_with(b"."));
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
            && !hidden
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// A charter that could be read, with its file.
struct Read {
    file: String,
    text: String,
    charter: Charter,
}

impl Read {
    /// A problem with the value of a key at the top of the file.
    fn problem(&self, key: &str, what: Wrong) -> Problem {
        source::problem_at(&self.file, &self.text, key, what)
    }
}

fn charters(settings: &Settings) -> Vec<Problem> {
    let files = match charter_files(settings) {
        Ok(files) => files,
        Err(problem) => return vec![problem],
    };
    let mut problems = Vec::new();
    let mut charters = Vec::new();
    for file in files {
        match read(&file) {
            Ok(charter) => charters.push(charter),
            Err(wrong) => problems.extend(wrong),
        }
    }
    problems.extend(same_slugs(&charters));
    problems.extend(look_alikes(&charters));
    problems.extend(
        charters
            .iter()
            .filter_map(|charter| too_large(charter, settings)),
    );
    problems.extend(charters.iter().flat_map(surprises));
    problems.extend(charters.iter().flat_map(series::warnings));
    problems.extend(charters.iter().filter_map(room::warning));
    problems.extend(charters.iter().filter_map(|read| not_here(read, &charters)));
    problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    problems
}

/// What is possible and hardly meant in one charter, whatever other charters say.
/// Nothing where it cannot be read: that is an error, which others tell.
pub fn warnings(path: &Path, settings: &Settings) -> Vec<Problem> {
    let Ok(read) = read(path) else {
        return Vec::new();
    };
    let mut problems: Vec<_> = too_large(&read, settings).into_iter().collect();
    problems.extend(surprises(&read));
    problems.extend(series::warnings(&read));
    problems.extend(room::warning(&read));
    problems.sort_by_key(|problem| (problem.line, problem.column));
    problems
}

fn read(path: &Path) -> Result<Read, Vec<Problem>> {
    let text = source::read(path).map_err(|problem| vec![problem])?;
    let file = path.display().to_string();
    let charter = Charter::parse(&text, &file)?;
    Ok(Read {
        file,
        text,
        charter,
    })
}

/// Two files with one slug would undo each other at every application.
fn same_slugs(charters: &[Read]) -> Vec<Problem> {
    let mut first: BTreeMap<&str, &Read> = BTreeMap::new();
    let mut problems = Vec::new();
    for read in charters {
        let slug = read.charter.slug.as_str();
        match first.get(slug) {
            Some(other) => {
                let what = format!("`slug`: {slug:?} is the slug of {} already", other.file);
                problems.push(read.problem("slug", wrong(what, "give each charter its own")));
            }
            None => {
                first.insert(slug, read);
            }
        }
    }
    problems
}

/// Slugs that read as another community's sub-address; the community wins.
fn look_alikes(charters: &[Read]) -> Vec<Problem> {
    let owner = |slug: &str| {
        let (owner, suffix) = slug.rsplit_once('-')?;
        let known = charters.iter().any(|read| read.charter.slug == owner);
        (known && SUFFIXES.contains(&suffix)).then(|| (owner.to_owned(), suffix.to_owned()))
    };
    let look_alike = |read: &Read| {
        let slug = &read.charter.slug;
        let (owner, suffix) = owner(slug)?;
        let what = format!(
            "`slug`: {slug}@ is also a sub-address of {owner}; its mail goes to this community, \
             and {owner} keeps only {owner}+{suffix}@"
        );
        Some(
            read.problem(
                "slug",
                wrong(what, "choose another slug if that is not meant"),
            )
            .warning(),
        )
    };
    charters.iter().filter_map(look_alike).collect()
}

/// A list cannot take what the node refuses.
fn too_large(read: &Read, settings: &Settings) -> Option<Problem> {
    let (list, node) = (read.charter.list.max_size, settings.limits.message_size);
    if list <= node {
        return None;
    }
    let what = format!(
        "`list.max_size`: the node takes no message over {}",
        size::show(node)
    );
    let instead = "write a smaller size, or a larger limits.message_size in folkmoot.toml";
    Some(read.problem("list", wrong(what, instead)).warning())
}

/// Values that are each possible and together hardly meant.
fn surprises(read: &Read) -> Vec<Problem> {
    let mut found = Vec::new();
    if let Some(check) = &read.charter.health_check
        && check
            .remind_after
            .is_some_and(|after| after >= check.open_for)
    {
        let what = "`health_check.remind_after`: the survey is closed by then, nobody is reminded";
        found.push(("health_check", what, "write less than open_for, or \"off\""));
    }
    if read.charter.budget.per_month < read.charter.budget.per_week {
        let what = "`budget.per_week`: a month has less room than a week";
        found.push((
            "budget",
            what,
            "write a larger per_month, or a smaller per_week",
        ));
    }
    let list = &read.charter.list;
    if list.dmarc == Dmarc::None && (list.footer || !list.subject_tag.is_empty()) {
        let what = "`list.dmarc`: footer and subject_tag break the signatures of authors, and \
                    receivers refuse their mail where their domain asks for that (DMARC)";
        found.push((
            "list",
            what,
            "write dmarc = \"auto\", or footer = false and subject_tag = \"\"",
        ));
    }
    let problem = |(key, what, instead)| read.problem(key, wrong(what, instead)).warning();
    found.into_iter().map(problem).collect()
}

/// Communities that an umbrella includes and no file founds: they may be founded
/// later, or without a file.
fn not_here(read: &Read, charters: &[Read]) -> Option<Problem> {
    let is_missing = |slug: &&String| !charters.iter().any(|read| read.charter.slug == **slug);
    let missing: Vec<&String> = read
        .charter
        .list
        .includes
        .iter()
        .filter(is_missing)
        .collect();
    let first = missing.first()?;
    let what = format!("`list.includes`: no charter here has the slug {first:?}");
    let instead = "its members get the posts once it is founded; mind the spelling";
    Some(read.problem("list", wrong(what, instead)).warning())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const ELEMENTS: &str = "[charter]\ndomain = 'd'\ncommunity = 'c'\npractice = 'p'\n";

    /// What `files` prints for a folder with these charters, without the path.
    fn printed(charters: &[(&str, String)]) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let settings = dir.path().join("folkmoot.toml");
        fs::write(&settings, "domain = 'lists.example.org'").unwrap();
        fs::create_dir(dir.path().join("communities")).unwrap();
        for (name, text) in charters {
            fs::write(dir.path().join("communities").join(name), text).unwrap();
        }
        let folder = format!("{}/", dir.path().join("communities").display());
        files(&settings)
            .iter()
            .map(|p| p.to_string().replace(&folder, ""))
            .collect()
    }

    fn charter(slug: &str, rest: &str) -> String {
        format!("name = 'N'\nslug = '{slug}'\n{ELEMENTS}{rest}")
    }

    #[test]
    fn good_files_print_nothing_and_other_files_are_left_alone() {
        let broken = "not a charter".to_owned();
        let files = [
            ("a.toml", charter("pumps", "")),
            ("b.toml", charter("pumps-east", "")),
            ("README", broken.clone()),
            (".#a.toml", broken),
        ];
        assert_eq!(printed(&files), Vec::<String>::new());
    }

    #[test]
    fn every_file_is_read_whatever_is_wrong_with_others() {
        let files = [
            ("a.toml", charter("Pumps", "")),
            ("b.toml", charter("x", "[lits]\n")),
        ];
        let printed = printed(&files);
        assert!(
            printed[0].starts_with("a.toml:2:8: `slug`: "),
            "{printed:?}"
        );
        assert!(
            printed[1].starts_with("b.toml:7:2: the key \"lits\""),
            "{printed:?}"
        );
        assert_eq!(printed.len(), 2);
    }

    #[test]
    fn two_files_with_one_slug_are_an_error_at_the_second() {
        let printed = printed(&[("a.toml", charter("x", "")), ("b.toml", charter("x", ""))]);
        let expected =
            "b.toml:2:8: `slug`: \"x\" is the slug of a.toml already; give each charter its own";
        assert_eq!(printed, [expected]);
    }

    #[test]
    fn a_slug_that_reads_as_a_sub_address_is_a_warning() {
        let printed = printed(&[
            ("a.toml", charter("x", "")),
            ("b.toml", charter("x-request", "")),
        ]);
        let expected = "b.toml:2:8: warning: `slug`: x-request@ is also a sub-address of x; its mail \
                        goes to this community, and x keeps only x+request@; choose another slug if \
                        that is not meant";
        assert_eq!(printed, [expected]);
    }

    #[test]
    fn a_list_beyond_the_nodes_limit_is_a_warning() {
        let printed = printed(&[("a.toml", charter("x", "[list]\nmax_size = '30MiB'\n"))]);
        assert!(
            printed[0].starts_with("a.toml:7:2: warning: `list.max_size`: "),
            "{printed:?}"
        );
        assert!(printed[0].contains("25MiB"), "{printed:?}");
    }

    #[test]
    fn values_that_hardly_go_together_are_warnings() {
        let rest =
            "[health_check]\nopen_for='3d'\nremind_after='4d'\n[budget]\nper_week=5\nper_month=3\n";
        let printed = printed(&[("a.toml", charter("x", rest))]);
        assert!(printed[0].starts_with("a.toml:7:2: warning: `health_check.remind_after`: "));
        assert!(printed[1].starts_with("a.toml:10:2: warning: `budget.per_week`: "));
        assert_eq!(printed.len(), 2);
    }

    #[test]
    fn a_budget_without_room_for_what_is_kept_is_a_warning() {
        let weekly = "[[session]]\nslug='clinic'\ntitle='Clinic'\nstarts='2026-01-13T16:00'\n\
                      duration='1h'\nrule='FREQ=WEEKLY'\n";
        let table = [
            ("per_week=1\n[health_check]\n", Some("per_week")),
            ("per_week=1\n", None),
            ("per_month=5\n[health_check]\n", Some("per_month")),
            ("per_month=5\n", None),
            ("per_month=6\n[health_check]\n", None),
        ];
        for (budget, expected) in table {
            let rest = format!("[budget]\n{budget}{weekly}");
            let warned = printed(&[("a.toml", charter("x", &rest))]);
            let expected = expected.map(|key| format!("a.toml:7:2: warning: `budget.{key}`: "));
            assert_eq!(warned.len(), usize::from(expected.is_some()), "{warned:?}");
            let is_said = |key: String| warned[0].starts_with(&key);
            assert!(expected.is_none_or(is_said), "{warned:?}");
        }
    }

    #[test]
    fn a_list_that_breaks_signatures_and_leaves_from_is_a_warning() {
        let of = |list: &str| printed(&[("a.toml", charter("x", &format!("[list]\n{list}\n")))]);
        let warned = of("dmarc = 'none'\nfooter = true");
        assert!(
            warned[0].starts_with("a.toml:7:2: warning: `list.dmarc`: footer"),
            "{warned:?}"
        );
        assert_eq!(
            of("dmarc = 'none'\nsubject_tag = '[x]'\nfooter = false").len(),
            1
        );
        let quiet = [
            "dmarc = 'none'\nsubject_tag = ''\nfooter = false",
            "dmarc = 'auto'",
        ];
        for list in quiet {
            assert_eq!(of(list), Vec::<String>::new(), "{list}");
        }
    }

    #[test]
    fn sessions_that_surprise_are_warnings_at_their_key() {
        let rest = "[[session]]\nslug = 'night'\nrule = 'FREQ=WEEKLY;BYDAY=SU'\n\
            starts = '2026-03-01T02:30'\nhost_ask = '10d'\n\
            [[session]]\nslug = 'day'\nrule = 'FREQ=WEEKLY;BYDAY=TU'\n\
            starts = '2026-03-04T09:00'\n";
        let text =
            charter("x", rest).replace("slug = 'x'", "slug = 'x'\ntimezone = 'Europe/Berlin'");
        let printed = printed(&[("a.toml", text)]);
        assert_eq!(
            printed,
            [
                "a.toml:11:10: warning: `session.starts`: the clocks in Europe/Berlin skip 02:30 on \
                 2026-03-29; that session begins at 03:30; choose another time if that is not meant",
                "a.toml:12:12: warning: `session.host_ask`: is longer than the 7 days between two \
                 sessions, so this mail comes on the other side of the session next to it; write a \
                 shorter time, or \"off\"",
                "a.toml:16:10: warning: `session.starts`: is no day of the rule; the first session \
                 is on 2026-03-10; write that day, or another rule",
            ]
        );
    }

    #[test]
    fn a_missing_folder_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let settings = dir.path().join("folkmoot.toml");
        fs::write(&settings, "domain = 'lists.example.org'").unwrap();
        let printed = files(&settings)[0].to_string();
        assert!(
            printed.contains("communities:1:1: the folder of charters cannot be read"),
            "{printed}"
        );
    }
}
