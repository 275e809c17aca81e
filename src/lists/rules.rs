//! The rules that judge a post, in the order in which they run. Each is a pure
//! function from the case to a finding; none changes anything.

use crate::config::{ListPolicy, Posting};
use crate::message::{Kind, Mail};
use crate::store::members::Member;

/// A message that has passed more hops than this is going in circles (RFC 5321,
/// section 6.3, asks for a limit of at least 100; list loops double each turn,
/// and the bar of `research/reliability-security.md`, P10, is 50).
const MOST_HOPS: usize = 50;

/// All that a rule may look at.
pub struct Case<'a> {
    /// The message.
    pub mail: &'a Mail,
    /// Its envelope sender; empty for the null sender.
    pub envelope_from: &'a str,
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
    /// Whether the author is a guest of the thread that it answers.
    pub is_guest: bool,
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
    /// Why, as a person would say it.
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
}

type Rule = (&'static str, fn(&Case<'_>) -> Option<(Verdict, String)>);

/// Every rule, in order.
pub const RULES: [Rule; 7] = [
    ("own-loop", own_loop),
    ("hops", hops),
    ("bounce", bounce),
    ("automatic", automatic),
    ("too-big", too_big),
    ("posting", posting),
    ("moderated", moderated),
];

/// Judges a post: the severest verdict wins, and its findings are the reasons.
pub fn judge(case: &Case<'_>) -> Decision {
    let find = |(rule, judge): &Rule| {
        judge(case).map(|(verdict, reason)| Finding {
            rule,
            verdict,
            reason,
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

fn own_loop(case: &Case<'_>) -> Option<(Verdict, String)> {
    let ours = case
        .mail
        .list_ids
        .iter()
        .any(|id| id.eq_ignore_ascii_case(case.list_id));
    let been_here = case
        .mail
        .been_to
        .iter()
        .any(|place| place.eq_ignore_ascii_case(case.address));
    (ours || been_here).then(|| {
        (
            Verdict::Discard,
            "it has passed this list before".to_owned(),
        )
    })
}

fn hops(case: &Case<'_>) -> Option<(Verdict, String)> {
    let count = case.mail.received_count;
    (count > MOST_HOPS).then(|| {
        (
            Verdict::Discard,
            format!("it has passed {count} servers; {MOST_HOPS} is the limit"),
        )
    })
}

fn bounce(case: &Case<'_>) -> Option<(Verdict, String)> {
    let is = case.mail.kind == Kind::Bounce || case.envelope_from.is_empty();
    is.then(|| {
        (
            Verdict::Discard,
            "it is a bounce or has the null sender, so nobody wrote it to the list".to_owned(),
        )
    })
}

fn automatic(case: &Case<'_>) -> Option<(Verdict, String)> {
    let is = matches!(case.mail.kind, Kind::AutoReply | Kind::FeedbackReport);
    is.then(|| (Verdict::Discard, "it is an automatic reply".to_owned()))
}

fn too_big(case: &Case<'_>) -> Option<(Verdict, String)> {
    let (size, most) = (case.size, case.list.max_size);
    (size > most).then(|| {
        (
            Verdict::Hold,
            format!("it has {size} octets; the list takes {most}"),
        )
    })
}

fn posting(case: &Case<'_>) -> Option<(Verdict, String)> {
    let may = match case.list.posting {
        Posting::Anyone | Posting::Moderated => true,
        Posting::Members => case.author.is_some() || case.is_guest,
        Posting::Facilitators => case
            .author
            .is_some_and(|author| author.has_role("facilitator")),
    };
    let who = match case.list.posting {
        Posting::Facilitators => "only facilitators post here",
        _ => "the author's address is not a member's",
    };
    (!may).then(|| (Verdict::Hold, who.to_owned()))
}

fn moderated(case: &Case<'_>) -> Option<(Verdict, String)> {
    let is_moderator =
        |author: &Member| author.has_role("facilitator") || author.has_role("moderator");
    let held = case.list.posting == Posting::Moderated && !case.author.is_some_and(is_moderator);
    held.then(|| {
        (
            Verdict::Hold,
            "every post here is seen by a moderator first".to_owned(),
        )
    })
}
