//! The rules that judge a post, in the order in which they run. Each is a pure
//! function from the case to a finding; none changes anything.

mod english;
mod spam;
mod survey;

pub use survey::is_answer as is_survey_answer;

use crate::config::{ListPolicy, Outsiders, Posting, Spam, Unproven};
use crate::message::{Kind, Mail};
use crate::store::members::Member;
use crate::templates::Phrase;

/// A message that has passed more hops than this is going in circles (RFC 5321,
/// section 6.3, asks for a limit of at least 100; list loops double each turn,
/// and the bar of `research/reliability-security.md`, P10, is 50).
const MOST_HOPS: usize = 50;

/// All that a rule may look at.
pub struct Case<'a> {
    /// The message.
    pub mail: &'a Mail,
    /// Its header fields, decoded, as (name, value).
    pub fields: &'a [(String, String)],
    /// Its envelope sender; empty for the null sender.
    pub envelope_from: &'a str,
    /// What speaks for its author besides the From line.
    pub proof: Proof,
    /// Its size in octets.
    pub size: u64,
    /// The list's policy.
    pub list: &'a ListPolicy,
    /// The list's own List-Id, without brackets.
    pub list_id: &'a str,
    /// The list's own address.
    pub address: &'a str,
    /// The author, if their address belongs to somebody who belongs to the list.
    pub author: Option<&'a Member>,
    /// What moderators have decided about the author.
    pub standing: Standing,
    /// How many posts of the author went to the list so far.
    pub posts_so_far: i64,
    /// How many of them within the last hour.
    pub posts_this_hour: i64,
    /// The author has accepted the charter as it stands, or need not.
    pub has_agreed: bool,
    /// It answers another message.
    pub is_reply: bool,
    /// The author is not on the list and was let into this very thread.
    pub is_guest: bool,
}

/// What speaks for an author besides the From line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Something does.
    Some,
    /// Nothing does, and nothing speaks against it.
    None,
    /// Their domain asks receivers to refuse what it does not vouch for, and does not
    /// vouch for this.
    Refused,
}

/// What moderators have decided about an author.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    #[default]
    None,
    /// Their posts need no moderator.
    Trusted,
    /// Their posts go nowhere; this is the address or `*@domain` that was banned.
    Banned(String),
}

/// What becomes of a post, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It goes to the list.
    Accept,
    /// A moderator decides.
    Hold,
    /// It goes nowhere; it can still be read with `why`.
    Discard,
}

/// What one rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static str,
    /// What it asks for.
    pub verdict: Verdict,
    /// Why, as a person would say it, in any language.
    pub phrase: Phrase,
    /// The same in English, for the trail.
    pub reason: String,
}

/// The sum of all findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The severest verdict found.
    pub verdict: Verdict,
    /// The findings that led to it.
    pub findings: Vec<Finding>,
}

impl Decision {
    /// The reasons, one a line; "no rule objected" where there is none.
    pub fn reason(&self) -> String {
        let line = |finding: &Finding| format!("{}: {}", finding.rule, finding.reason);
        match self.findings.is_empty() {
            true => "no rule objected".to_owned(),
            false => self
                .findings
                .iter()
                .map(line)
                .collect::<Vec<_>>()
                .join("\n"),
        }
    }

    /// Whether it is a survey's answer that went to the list by mistake: its author
    /// is to be told, and nobody else is to see it.
    pub fn is_survey_reply(&self) -> bool {
        self.findings.iter().all(|f| f.rule == SURVEY_REPLY) && !self.findings.is_empty()
    }
}

type Rule = (&'static str, fn(&Case<'_>) -> Option<(Verdict, Phrase)>);

const SURVEY_REPLY: &str = "survey-reply";

/// Every rule, in order: first those that discard.
pub const RULES: [Rule; 17] = [
    ("own-loop", own_loop),
    ("hops", hops),
    ("bounce", bounce),
    ("automatic", automatic),
    ("banned", banned),
    ("spam", spam_mark),
    ("header", header),
    (SURVEY_REPLY, survey_reply),
    ("unproven", unproven),
    ("too-big", too_big),
    ("too-many-recipients", too_many_recipients),
    ("attachments", attachments),
    ("posting", posting),
    ("acceptance", acceptance),
    ("probation", probation),
    ("moderated", moderated),
    ("rate", rate),
];

/// Judges a post: the severest verdict wins, and its findings are the reasons.
pub fn judge(case: &Case<'_>) -> Decision {
    let find = |(rule, judge): &Rule| {
        judge(case).map(|(verdict, phrase)| Finding {
            rule,
            verdict,
            reason: english::say(&phrase),
            phrase,
        })
    };
    let mut findings: Vec<_> = RULES.iter().filter_map(find).collect();
    let verdict = findings
        .iter()
        .map(|f| f.verdict)
        .max()
        .unwrap_or(Verdict::Accept);
    findings.retain(|finding| finding.verdict == verdict);
    Decision { verdict, findings }
}

fn own_loop(case: &Case<'_>) -> Option<(Verdict, Phrase)> {
    let same = |one: &String, other: &str| one.eq_ignore_ascii_case(other);
    let ours = case.mail.list_ids.iter().any(|id| same(id, case.list_id));
    let been_here = case.mail.been_to.iter().any(|to| same(to, case.address));
    (ours || been_here).then(|| (Verdict::Discard, Phrase::new("rule-own-loop")))
}

fn hops(case: &Case<'_>) -> Option<(Verdict, Phrase)> {
    let count = case.mail.received_count;
    let phrase = || limit("rule-hops", count, MOST_HOPS);
    (count > MOST_HOPS).then(|| (Verdict::Discard, phrase()))
}

fn bounce(case: &Case<'_>) -> Option<(Verdict, Phrase)> {
    let is = case.mail.kind == Kind::Bounce || case.envelope_from.is_empty();
    is.then(|| (Verdict::Discard, Phrase::new("rule-bounce")))
}

fn automatic(case: &Case<'_>) -> Option<(Verdict, Phrase)> {
    let is = matches!(case.mail.kind, Kind::AutoReply | Kind::FeedbackReport);
    is.then(|| (Verdict::Discard, Phrase::new("rule-automatic")))
}

fn banned(case: &Case<'_>) -> Option<(Verdict, Phrase)> {
    let Standing::Banned(pattern) = &case.standing else {
        return None;
    };
    let phrase = Phrase::new("rule-banned").with("pattern", pattern);
    Some((Verdict::Discard, phrase))
}

/// Whoever writes such a mark themselves harms nobody else.
fn spam_mark(case: &Case<'_>) -> Option<(Verdict, Phrase)> {
    let verdict = match case.list.spam {
        Spam::Hold => Verdict::Hold,
        Spam::Discard => Verdict::Discard,
        Spam::Off => return None,
    };
    let mark = spam::mark(case.fields)?;
    Some((verdict, Phrase::new("rule-spam").with("mark", mark)))
}

fn header(case: &Case<'_>) -> Option<(Verdict, Phrase)> {
    let discards = case.list.discard_headers.iter();
    let holds = case.list.hold_headers.iter();
    let all = discards
        .map(|pattern| (Verdict::Discard, pattern))
        .chain(holds.map(|pattern| (Verdict::Hold, pattern)));
    let any = |(name, value): &(String, String), pattern: &crate::config::HeaderPattern| {
        pattern.matches(name, value)
    };
    let mut found = all.filter(|(_, pattern)| case.fields.iter().any(|field| any(field, pattern)));
    let (verdict, pattern) = found.next()?;
    let phrase = Phrase::new("rule-header").with("pattern", pattern.as_str());
    Some((verdict, phrase))
}

/// Answers to a survey are for nobody else's eyes, not even for a moderator's.
fn survey_reply(case: &Case<'_>) -> Option<(Verdict, Phrase)> {
    let is = (case.is_reply || survey::is_answer_subject(&case.mail.subject))
        && survey::is_answer(&case.mail.visible_text);
    is.then(|| (Verdict::Discard, Phrase::new("rule-survey-reply")))
}

/// Trust goes to who writes, so it does not count while nobody knows who does.
fn unproven(case: &Case<'_>) -> Option<(Verdict, Phrase)> {
    let key = match (case.proof, case.list.unproven) {
        (Proof::Refused, _) => "rule-refused",
        (Proof::None, Unproven::Hold) => "rule-unproven",
        _ => return None,
    };
    Some((Verdict::Hold, Phrase::new(key)))
}

fn too_big(case: &Case<'_>) -> Option<(Verdict, Phrase)> {
    let (size, most) = (case.size, case.list.max_size);
    let phrase = Phrase::new("rule-too-big").with("size", size.to_string());
    (size > most).then(|| (Verdict::Hold, phrase.with("most", most.to_string())))
}

fn too_many_recipients(case: &Case<'_>) -> Option<(Verdict, Phrase)> {
    let count = case.mail.to.len() + case.mail.cc.len();
    let most = case.list.max_recipients as usize;
    let many = most > 0 && count > most && case.standing != Standing::Trusted;
    many.then(|| {
        (
            Verdict::Hold,
            limit("rule-too-many-recipients", count, most),
        )
    })
}

fn attachments(case: &Case<'_>) -> Option<(Verdict, Phrase)> {
    let refused = &case.list.refuse_attachments;
    let found = case.mail.contents.iter().find_map(|(name, kind)| {
        let wanted = refused.iter().find(|wanted| wanted.matches(name, kind))?;
        Some((name, kind, wanted))
    });
    let (name, kind, wanted) = found?;
    let shown: String = if name.is_empty() { kind } else { name }
        .chars()
        .take(80)
        .collect();
    let phrase = Phrase::new("rule-attachments").with("name", shown);
    Some((Verdict::Hold, phrase.with("pattern", wanted.as_str())))
}

fn posting(case: &Case<'_>) -> Option<(Verdict, Phrase)> {
    if case.standing == Standing::Trusted || case.is_guest {
        return None;
    }
    let key = match (case.list.posting, case.author) {
        (Posting::Anyone | Posting::Moderated, _) => return None,
        (Posting::Members, Some(author)) if writes(author) => return None,
        (Posting::Members, Some(_)) => "rule-posting-listener",
        (Posting::Members, None) => "rule-posting",
        (Posting::Facilitators, Some(author)) if author.has_role("facilitator") => return None,
        (Posting::Facilitators, _) => "rule-posting-facilitators",
    };
    let verdict = match case.list.outsiders {
        Outsiders::Discard => Verdict::Discard,
        Outsiders::Hold => Verdict::Hold,
    };
    Some((verdict, Phrase::new(key)))
}

/// A listener with no other role reads only.
fn writes(author: &Member) -> bool {
    let mut roles = author.roles();
    roles.any(|role| !matches!(role, "listener" | "sponsor"))
}

fn acceptance(case: &Case<'_>) -> Option<(Verdict, Phrase)> {
    let waits = case.list.acceptance && case.author.is_some() && !case.has_agreed;
    waits.then(|| (Verdict::Hold, Phrase::new("rule-acceptance")))
}

fn probation(case: &Case<'_>) -> Option<(Verdict, Phrase)> {
    let most = case.list.probation;
    let new = case.author.is_some_and(|author| !author.exempt);
    let waits = new && case.posts_so_far < i64::from(most) && case.standing != Standing::Trusted;
    let phrase = || Phrase::new("rule-probation").with("most", most.to_string());
    waits.then(|| (Verdict::Hold, phrase()))
}

fn moderated(case: &Case<'_>) -> Option<(Verdict, Phrase)> {
    let is_moderator =
        |author: &Member| author.has_role("facilitator") || author.has_role("moderator");
    let held = case.list.posting == Posting::Moderated
        && !case.author.is_some_and(is_moderator)
        && case.standing != Standing::Trusted;
    held.then(|| (Verdict::Hold, Phrase::new("rule-moderated")))
}

fn rate(case: &Case<'_>) -> Option<(Verdict, Phrase)> {
    let most = case.list.rate?;
    let count = case.posts_this_hour;
    (count >= i64::from(most)).then(|| (Verdict::Hold, limit("rule-rate", count, most)))
}

fn limit(key: &'static str, count: impl ToString, most: impl ToString) -> Phrase {
    let phrase = Phrase::new(key).with("count", count.to_string());
    phrase.with("most", most.to_string())
}

#[cfg(test)]
mod tests;
