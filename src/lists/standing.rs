//! Whom moderators trust or have banned: an address, or everybody at a domain.

use super::rules::Standing;
use crate::message::{Mail, address};
use crate::store::members::Member;
use crate::store::standings::{self, Standing as Row};
use crate::store::{self, Millis, Tx};
use crate::trail::Step;

/// Mail of more authors than this is judged by the first ones.
const MOST_AUTHORS: usize = 20;

/// What can be decided about an author.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Their posts need no moderator.
    Trust,
    /// Their posts go nowhere.
    Ban,
}

impl Verdict {
    /// The word for it in the database and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Trust => "trust",
            Verdict::Ban => "ban",
        }
    }
}

/// An address or `*@domain` in the form in which they are kept; `None` for anything
/// else.
pub fn pattern(text: &str) -> Option<String> {
    let text = text.trim();
    match text.strip_prefix("*@") {
        Some(domain) => {
            let probe = address::normalise(&format!("x@{domain}"))?;
            Some(format!("*@{}", address::domain_of(&probe)))
        }
        None => address::normalise(text),
    }
}

/// Decides about an address or domain, over what was decided before.
///
/// # Errors
/// Where the database refuses.
pub async fn set(
    tx: &mut Tx,
    community: i64,
    pattern: &str,
    verdict: Verdict,
    (reason, by): (&str, &str),
    now: Millis,
) -> store::Result<()> {
    let row = Row {
        pattern: pattern.to_owned(),
        verdict: verdict.as_str().to_owned(),
        reason: reason.to_owned(),
        decided_by: by.to_owned(),
        at: now,
    };
    standings::set(tx, community, &row).await?;
    let why = format!("by {by}: {reason}");
    let step = Step::of_person(Some(community), pattern, now);
    let why = why.trim_end_matches([':', ' ']);
    step.record(tx, "standing", verdict.as_str(), why).await
}

/// Takes a decision back; false if there was none.
///
/// # Errors
/// Where the database refuses.
pub async fn remove(
    tx: &mut Tx,
    community: i64,
    pattern: &str,
    verdict: Verdict,
    by: &str,
    now: Millis,
) -> store::Result<bool> {
    if !standings::remove(tx, community, pattern, verdict.as_str()).await? {
        return Ok(false);
    }
    let step = Step::of_person(Some(community), pattern, now);
    let what = format!("no {} any more", verdict.as_str());
    step.record(tx, "standing", &what, &format!("by {by}"))
        .await?;
    Ok(true)
}

/// What moderators have decided about an author. What was said of an address goes
/// before what was said of its whole domain; one banned author of several is enough.
///
/// # Errors
/// Where the database refuses.
pub async fn of_author(
    tx: &mut Tx,
    community: i64,
    mail: &Mail,
    author: Option<&Member>,
) -> store::Result<Standing> {
    let named = mail.from.iter().take(MOST_AUTHORS);
    // Whoever is believed to be the author comes first: only they can be trusted.
    let mut addresses: Vec<&str> = author.iter().map(|m| m.address.as_str()).collect();
    addresses.extend(named.map(|from| from.address.as_str()));
    let first = addresses.len().min(1 + usize::from(author.is_some()));
    let found = standings::about(tx, community, &addresses).await?;
    let mut standing = Standing::None;
    for (index, address) in addresses.iter().enumerate() {
        let domain = format!("*@{}", address::domain_of(address));
        let of = |pattern: &str| found.iter().find(|s| s.pattern == pattern);
        match of(address).or_else(|| of(&domain)) {
            Some(ban) if ban.verdict == "ban" => return Ok(Standing::Banned(ban.pattern.clone())),
            Some(_) if index < first => standing = Standing::Trusted,
            _ => {}
        }
    }
    Ok(standing)
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn addresses_and_whole_domains() {
        let cases = [
            (" Ann@Plant.example ", Some("ann@plant.example")),
            ("*@Plant.example", Some("*@plant.example")),
            ("*@", None),
            ("@plant.example", None),
            ("plant.example", None),
            ("*@a@b", None),
        ];
        for (text, expected) in cases {
            assert_eq!(pattern(text).as_deref(), expected, "{text:?}");
        }
    }
}
