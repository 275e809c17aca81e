//! Whose fault it is that a mail was not delivered: a table over the status codes of
//! RFC 3463 (with its registry) and the plain ones of RFC 5321, section 4.2. A refusal
//! of this mail or of this server says nothing about the mailbox, and must never cost
//! a member their posts.

use super::bounce::Class;

/// Whose fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// There is no such mailbox, or it takes no mail any more.
    Mailbox,
    /// Something is wrong there, and nobody says what or for how long.
    Unclear,
    /// It is full, or its server has a bad time: it may take mail again.
    Passing,
    /// This mail, or we who sent it, were refused; or nobody refused anything.
    NotTheirs,
}

/// From an SMTP reply on one line, as `550 5.1.1 No such user`; also one that was
/// quoted when delivery was given up.
pub fn of_reply(line: &str) -> Fault {
    let said = line.rsplit("last answer: ").next().unwrap_or(line);
    let mut words = said.split_whitespace();
    let code = words.next().filter(|word| word.len() == 3);
    let Some(code) = code.and_then(|word| word.parse::<u16>().ok()) else {
        return Fault::NotTheirs;
    };
    let status = words.next().and_then(parts);
    match (code / 100, status) {
        (4 | 5, Some(status)) if status.0 == u32::from(code / 100) => of_status(status, said),
        (4, _) => Fault::Passing,
        (5, _) => of_code(code, said),
        _ => Fault::NotTheirs,
    }
}

/// From what a report says of a recipient (RFC 3464), and its words where it has any.
pub fn of_report(class: Class, status: Option<&str>, words: &str) -> Fault {
    match (class, status.and_then(parts)) {
        // Whatever else it says: no permanent failure from a 4.x.x.
        (Class::Transient, Some(status)) if status.0 == 5 => Fault::Passing,
        (_, Some(status)) if status.0 == 4 || status.0 == 5 => of_status(status, words),
        (Class::Permanent, _) => of_words(words).unwrap_or(Fault::Mailbox),
        (Class::Transient, _) => Fault::Passing,
        (Class::Unknown, _) => of_words(words).unwrap_or(Fault::Unclear),
    }
}

/// The three numbers of `5.1.1`.
fn parts(status: &str) -> Option<(u32, u32, u32)> {
    let mut numbers = status.split('.').map(|number| number.parse().ok());
    let all = (numbers.next()??, numbers.next()??, numbers.next()??);
    numbers.next().is_none().then_some(all)
}

fn of_status((class, subject, detail): (u32, u32, u32), words: &str) -> Fault {
    match (class, subject, detail) {
        // Our own address, or what we wrote, is refused, or its size.
        (_, 1, 7 | 8) | (_, 2, 3) | (_, 3, 4) | (_, 6 | 7, _) => Fault::NotTheirs,
        (4, 5, _) => Fault::NotTheirs,
        (4, ..) => Fault::Passing,
        (_, 1, _) | (_, 2, 1) => Fault::Mailbox,
        // Microsoft answers 5.4.1 for mailboxes that do not exist; 5.4.4 is a domain
        // without a server.
        (_, 4, 1 | 4) => Fault::Mailbox,
        (_, 2, 0) => of_words(words).unwrap_or(Fault::Unclear),
        // What sendmail says of any refusal that names no status, also of "no such user".
        (5, 3, 0) => of_words(words).unwrap_or(Fault::Passing),
        (_, 2..=4, _) => Fault::Passing,
        // Nothing is said but that it is final; so does 5.5.0, "mailbox unavailable".
        (_, 0, _) | (_, 5, 0) => of_words(words).unwrap_or(Fault::Mailbox),
        _ => Fault::NotTheirs,
    }
}

/// A permanent code without a status.
fn of_code(code: u16, words: &str) -> Fault {
    match code {
        // The commands or who we are: never the mailbox.
        500..=504 | 530 | 534 | 535 | 538 => Fault::NotTheirs,
        // Too much, of this mail or of all that is kept there.
        552 => match of_words(words) {
            Some(Fault::Passing) => Fault::Passing,
            _ => Fault::NotTheirs,
        },
        // "Transaction failed" is what content and policy are refused with.
        554 => of_words(words).unwrap_or(Fault::NotTheirs),
        _ => of_words(words).unwrap_or(Fault::Mailbox),
    }
}

/// What the words say, where they say anything.
fn of_words(words: &str) -> Option<Fault> {
    const FULL: [&str; 5] = [
        "quota",
        "mailbox full",
        "mailbox is full",
        "is full",
        "storage",
    ];
    const GONE: [&str; 8] = [
        "no such user",
        "unknown user",
        "user unknown",
        "does not exist",
        "doesn't exist",
        "no mailbox",
        "invalid recipient",
        "unknown recipient",
    ];
    const POLICY: [&str; 12] = [
        "spam",
        "blacklist",
        "block list",
        "blocklist",
        "blocked",
        "reputation",
        "policy",
        "dmarc",
        "spf",
        "dkim",
        "virus",
        "relay",
    ];
    let words: String = words.chars().take(2_000).collect();
    let words = words.to_lowercase();
    let says = |these: &[&str]| these.iter().any(|one| words.contains(one));
    match () {
        () if says(&FULL) => Some(Fault::Passing),
        () if says(&GONE) => Some(Fault::Mailbox),
        () if says(&POLICY) => Some(Fault::NotTheirs),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Cases {
        reply: Vec<(String, String)>,
        report: Vec<(String, String, String)>,
    }

    fn cases() -> Cases {
        toml::from_str(include_str!("../../tests/data/faults.toml")).unwrap()
    }

    #[test]
    fn replies() {
        for (line, fault) in cases().reply {
            assert_eq!(format!("{:?}", of_reply(&line)), fault, "{line}");
        }
    }

    #[test]
    fn reports() {
        for (class, status, fault) in cases().report {
            let known = [Class::Permanent, Class::Transient, Class::Unknown];
            let class = known.into_iter().find(|one| one.name() == class).unwrap();
            let status = Some(status.as_str()).filter(|status| !status.is_empty());
            let got = of_report(class, status, "");
            assert_eq!(format!("{got:?}"), fault, "{class:?} {status:?}");
        }
    }

    #[test]
    fn what_may_pass_is_never_final() {
        for subject in 0..=9 {
            for detail in 0..=60 {
                let status = format!("4.{subject}.{detail}");
                for class in [Class::Permanent, Class::Transient, Class::Unknown] {
                    assert_ne!(
                        of_report(class, Some(&status), "no such user"),
                        Fault::Mailbox
                    );
                }
                assert_ne!(
                    of_reply(&format!("450 {status} no such user")),
                    Fault::Mailbox
                );
            }
        }
    }
}
