//! What is said of held posts, in the community's language.

use super::By;
use crate::clock::moment;
use crate::context::Context;
use crate::lists::rules::Finding;
use crate::outbox::compose;
use crate::store::communities::Community;
use crate::store::holds::Hold;
use crate::templates::Phrase;

/// The reasons as they are kept: said once, in the community's language, so that a
/// moderator, the author and a page all read the same.
pub(super) fn findings(ctx: &Context, community: &Community, findings: &[Finding]) -> String {
    let said = findings
        .iter()
        .map(|f| sentence(&say(ctx, community, &f.phrase)));
    let all: Vec<String> = said.collect();
    serde_json::to_string(&all).unwrap_or_else(|_| "[]".to_owned())
}

/// Rules speak in clauses; alone, each is a sentence.
fn sentence(clause: &str) -> String {
    let mut letters = clause.trim().chars();
    let first = letters.next().map(|c| c.to_uppercase().collect::<String>());
    let text = first.unwrap_or_default() + letters.as_str();
    match text.ends_with(['.', '!', '?']) || text.is_empty() {
        true => text,
        false => text + ".",
    }
}

/// Why a post waits, a sentence each, in its community's language.
pub fn reasons(hold: &Hold) -> Vec<String> {
    serde_json::from_str(&hold.findings).unwrap_or_default()
}

/// The author as the From line has them.
pub(super) fn author(hold: &Hold) -> String {
    match (hold.author_name.as_str(), hold.author.as_str()) {
        ("", address) => address.to_owned(),
        (name, address) => format!("{name} <{address}>"),
    }
}

/// A phrase in the language of a community.
pub(super) fn say(ctx: &Context, community: &Community, phrase: &Phrase) -> String {
    let language = compose::language(ctx, community);
    ctx.templates.say(&language, &community.slug, phrase)
}

/// Who decided what, and how long ago: a sentence.
pub fn outcome(ctx: &Context, community: &Community, hold: &Hold) -> String {
    let key = match hold.outcome.as_str() {
        "accepted" => "outcome_accepted",
        "trusted" => "outcome_trusted",
        "duplicate" => "hold_duplicate",
        "rejected" => "outcome_rejected",
        "banned" => "outcome_banned",
        "expired" => "outcome_expired",
        _ => "outcome_discarded",
    };
    let by = match hold.decided_by == By::operator().name {
        true => say(ctx, community, &Phrase::new("hold_operator")),
        false => hold.decided_by.clone(),
    };
    let ago = ago(ctx.now() - hold.decided_at.unwrap_or(ctx.now()));
    let at = say(ctx, community, &ago);
    say(
        ctx,
        community,
        &Phrase::new(key).with("by", by).with("at", at),
    )
}

/// A day as a community says it.
pub(super) fn day(ctx: &Context, community: &Community, at: i64) -> String {
    let language = compose::language(ctx, community);
    let zone = ctx.charter(community).map(|charter| charter.timezone);
    let date = moment(at).with_timezone(&zone.unwrap_or_default());
    ctx.templates
        .say_date(&language, &community.slug, date.date_naive())
}

/// Since when a post waits and when it is given up: a sentence.
pub(super) fn since(ctx: &Context, community: &Community, hold: &Hold) -> String {
    let phrase = Phrase::new("hold_since")
        .with("day", day(ctx, community, hold.held_at))
        .with("end", day(ctx, community, hold.expires_at));
    say(ctx, community, &phrase)
}

fn ago(span: i64) -> Phrase {
    const MINUTE: i64 = 60_000;
    let (key, count) = match span {
        ..MINUTE => return Phrase::new("hold_ago_now"),
        MINUTE..super::HOUR => ("hold_ago_minutes", span / MINUTE),
        super::HOUR..super::DAY => ("hold_ago_hours", span / super::HOUR),
        _ => ("hold_ago_days", span / super::DAY),
    };
    Phrase::new(key).with("count", count.to_string())
}
