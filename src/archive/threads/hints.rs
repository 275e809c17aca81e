//! What a mail says about its place besides its references: for programs that cut these
//! off, and for people who answer from another account.

use std::collections::HashSet;

use super::super::document::Attached;
use super::super::fold::fold;
use crate::message::Mail;
use crate::message::words::subject;

/// Links in what is quoted that are considered.
const MOST_LINKS: usize = 20;

/// Characters of a base subject that count.
const LONGEST_SUBJECT: usize = 200;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hints {
    /// Outlook's Thread-Index in hexadecimal, or empty.
    pub thread_index: String,
    /// The subject without marks of answers and tags of lists, folded; or empty.
    pub base_subject: String,
    /// Messages of archives that what it quotes has links to, by their names in paths:
    /// the one that it answers first. Our footers have such links.
    pub quoted: Vec<String>,
    /// Nothing but its subject says what it answers: there is a mark of an answer, and
    /// neither References nor In-Reply-To.
    pub is_bare_answer: bool,
    /// What is attached: no evidence, but known only here when a post is filed.
    pub attached: Attached,
}

impl Hints {
    /// What a mail says.
    pub fn of(mail: &Mail) -> Hints {
        let said = subject::read(&mail.subject);
        let refers = !mail.references.is_empty() || !mail.in_reply_to.is_empty();
        Hints {
            thread_index: mail.thread_index.clone(),
            base_subject: fold(&said.text).chars().take(LONGEST_SUBJECT).collect(),
            quoted: quoted(&mail.text, &mail.visible_text),
            is_bare_answer: said.is_reply && !refers,
            attached: Attached::of(mail),
        }
    }
}

/// The links in `text` that are not in `visible`. A footer stands below what it is the
/// footer of, and what is quoted twice is older: of the links that are quoted least
/// deeply, the last is the one of the mail that is answered.
fn quoted(text: &str, visible: &str) -> Vec<String> {
    let own: HashSet<&str> = links(visible).collect();
    let mut found: Vec<(usize, usize, &str)> = Vec::new();
    for (line, text) in text.lines().enumerate() {
        let depth = text
            .chars()
            .take_while(|c| matches!(c, '>' | ' '))
            .filter(|c| *c == '>')
            .count();
        let new = links(text).filter(|name| !own.contains(name));
        found.extend(new.map(|name| (depth, usize::MAX - line, name)));
        if found.len() >= 10 * MOST_LINKS {
            break;
        }
    }
    found.sort_unstable();
    let mut seen = HashSet::new();
    let names = found.into_iter().map(|(_, _, name)| name);
    let first = names.filter(|name| seen.insert(*name));
    first.take(MOST_LINKS).map(str::to_owned).collect()
}

/// Names behind `/m/` in links to an archive (see `links::message`).
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("/c/").skip(1).filter_map(|rest| {
        let (_, name) = rest
            .split_once('/')?
            .1
            .split_at_checked(2)
            .filter(|(room, _)| matches!(*room, "m/" | "t/"))?;
        let end = name
            .find(|c: char| !c.is_ascii_hexdigit())
            .unwrap_or(name.len());
        Some(&name[..end]).filter(|name| name.len() == 40)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(n: u8) -> String {
        format!("{n:02x}").repeat(20)
    }

    #[test]
    fn of_what_is_quoted_the_nearest_footer_comes_first() {
        let link = |n| format!("https://lists.example/c/pumps/m/{}", name(n));
        let text = format!(
            "See also {}\n\nOn Monday Bo wrote:\n> It leaks, as {} says.\n>> Does it?\n>> {}\n> --\n> {}\n> To leave, write to x\n",
            link(1),
            link(2),
            link(3),
            link(4)
        );
        let visible = format!("See also {}\n", link(1));
        assert_eq!(quoted(&text, &visible), [name(4), name(2), name(3)]);
        assert_eq!(quoted(&visible, &visible), [""; 0]);
        let outlook = format!(
            "Yes.\n\n-----Original Message-----\nFrom: Bo\n\nIt leaks.\n{}.\n",
            link(5)
        );
        assert_eq!(quoted(&outlook, "Yes."), [name(5)]);
        let no_links = [
            "/c/pumps/m/",
            "/c/pumps/x/00",
            "/c/pumps",
            "/c/",
            "/c/é/m/é",
        ];
        assert_eq!(quoted(&no_links.join("\n"), ""), [""; 0]);
    }

    #[test]
    fn only_an_answer_without_references_goes_by_its_subject() {
        let hints = |subject: &str, reference: Option<&str>| {
            let mail = Mail {
                subject: subject.to_owned(),
                references: reference.into_iter().map(str::to_owned).collect(),
                ..Mail::default()
            };
            let hints = Hints::of(&mail);
            (hints.base_subject, hints.is_bare_answer)
        };
        let seals = "seals for hot water".to_owned();
        assert_eq!(
            hints("AW: [pumps] Re: Seals for hot water", None),
            (seals.clone(), true)
        );
        assert_eq!(
            hints("Re: Seals for Hot Water", Some("a@b")),
            (seals.clone(), false)
        );
        assert_eq!(hints("Seals for hot water?", None), (seals, false));
        assert_eq!(hints("Re:", None), (String::new(), true));
    }
}
