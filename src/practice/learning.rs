//! Learnings: a reply to a post whose first line is `ADD learning: TITLE` marks the post that
//! it answers. Its author is asked whether it may be read by everybody
//! (`learning-draft`), a facilitator where the author is the community itself or has left;
//! what a facilitator adds to a recap, or to a post of their own, is accepted at once.

mod words;

use chrono::TimeDelta;

use self::words::{Answer, Draft};
use crate::cadence::act::{Act, Plan, Posted, Reply};
use crate::cadence::{Outcome, Running};
use crate::identity::{Checked, strength};
use crate::links;
use crate::lists::{commands, post, receipt};
use crate::message;
use crate::outbox::compose::{self, Letter};
use crate::store::learnings::{self, Learning, NewLearning};
use crate::store::members::{self, Member};
use crate::store::posts::{self, Post};
use crate::store::{self, Tx, intake};
use crate::templates::Phrase;
use crate::templates::mails::LearningDraft;
use crate::trail::Step;

/// This act's name in the registry, and its mail's in the catalogue.
pub const NAME: &str = "learning-draft";

/// What its mail concerns, before the learning's key.
const CONCERNS: &str = "learning:";

/// Planned by the reply that marks a post.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .planned(Plan::Posts(marking))
    .hearing(NAME, |tx, reply| Box::pin(hear(tx, reply)));

fn marking(posted: &Posted<'_>) -> Option<TimeDelta> {
    let marks = !posted.is_root && posted.author.is_some() && words::read(posted.text).is_some();
    marks.then_some(TimeDelta::zero())
}

async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let dropped = |why: &str| Ok(Outcome::Dropped(why.to_owned()));
    let community = act.community.id;
    let marking = match act.about.parse() {
        Ok(id) => posts::by_id(tx, id).await?,
        Err(_) => None,
    };
    let source = match marking.as_ref().and_then(|marking| marking.parent_id) {
        Some(parent) => posts::by_id(tx, parent).await?,
        None => None,
    };
    let (Some(marking), Some(source)) = (marking, source) else {
        return dropped("the post that it marks is not in the archive");
    };
    let raw = intake::message(tx, marking.raw_id).await?;
    let mail = message::parse(&raw.raw);
    let Some(mut draft) = words::read(&mail.visible_text) else {
        return dropped("it marks nothing any more");
    };
    if source.members_only == 1 {
        return dropped("what stays among members is no learning for everybody");
    }
    if learnings::is_marked(tx, community, &source.message_id).await? {
        return dropped("that post was marked already");
    }
    let Some(by) = members::by_address(tx, community, &marking.author_address).await? else {
        return dropped("who marked it is no member any more");
    };
    if draft.summary.is_empty() {
        let own = message::parse(&intake::message(tx, source.raw_id).await?.raw);
        draft.summary = words::beginning(&own.visible_text);
    }
    let id = keep(tx, act, (&source, &by), &draft).await?;
    let trusted = &act.ctx.settings.authentication.trusted_authserv;
    let is_sure = strength::of(&mail, trusted, &Checked::from_text(&raw.checked)).may_change();
    let author = members::by_address(tx, community, &source.author_address).await?;
    let author = author.filter(Member::on_list);
    let is_own = author.as_ref().is_none_or(|author| author.person_id == by.person_id);
    if is_sure && is_own && by.has_role("facilitator") {
        accept(tx, act, id, &by, &draft).await?;
        return Ok(Outcome::Done("added by a facilitator".into()));
    }
    match ask(tx, act, (id, &source), author, &draft).await {
        Ok(reason) => Ok(Outcome::Done(reason)),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}

async fn keep(
    tx: &mut Tx,
    act: &Running<'_>,
    (source, by): (&Post, &Member),
    draft: &Draft,
) -> store::Result<i64> {
    let new = NewLearning {
        community_id: act.community.id,
        title: &draft.title,
        summary: &draft.summary,
        tags: &draft.tags,
        author: (&source.author_name, &source.author_address),
        marked_by: &by.address,
        at: act.ctx.now(),
        sources: &[&source.message_id],
    };
    let id = learnings::insert(tx, &new).await?;
    let step = Step::of_message(Some(act.community.id), &source.message_id, act.ctx.now());
    step.record(tx, "learning", "marked", &draft.title).await?;
    Ok(id)
}

async fn accept(
    tx: &mut Tx,
    act: &Running<'_>,
    id: i64,
    by: &Member,
    draft: &Draft,
) -> store::Result<()> {
    let now = act.ctx.now();
    let said = (draft.title.as_str(), draft.summary.as_str(), draft.tags.as_str());
    learnings::review(tx, id, said, (&by.address, now)).await?;
    let step = Step::of_person(Some(act.community.id), &by.address, now);
    step.record(tx, "learning", "reviewed", &draft.title).await
}

/// Asks the post's author; the facilitators where that is nobody of the list.
async fn ask(
    tx: &mut Tx,
    act: &Running<'_>,
    (id, source): (i64, &Post),
    author: Option<Member>,
    draft: &Draft,
) -> Result<String, compose::Error> {
    let asked = match author {
        Some(author) => vec![author],
        None => members::with_role(tx, act.community.id, "facilitator").await?,
    };
    if asked.is_empty() {
        let why = "there is nobody to ask: the community has no facilitator";
        return Err(compose::Error::Aside(why.into()));
    }
    let (base, slug) = (&act.ctx.settings.base_url, &act.community.slug);
    let mail = LearningDraft {
        community: act.community.name.clone(),
        subject: source.subject.clone(),
        url: links::message(base, slug, &source.permalink),
        title: draft.title.clone(),
        summary: draft.summary.lines().map(str::to_owned).collect(),
        tags: draft.tags.clone(),
        page: format!("{}learnings", links::front(base, slug)),
    };
    let count = asked.len();
    let letter = Letter {
        to: asked.into_iter().map(|one| (Some(one.id), one.address)).collect(),
        concerns: format!("{CONCERNS}{id}"),
        ..Letter::default()
    };
    compose::send(tx, act.ctx, act.community, &mail, &letter).await?;
    Ok(format!("offered to {count} who may review it"))
}

/// The answer of whoever was asked to review a draft.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
async fn hear(tx: &mut Tx, reply: &Reply<'_>) -> Result<post::Outcome, compose::Error> {
    let (ctx, arrival) = (reply.ctx, reply.arrival);
    let id = reply.mail.concerns.strip_prefix(CONCERNS);
    let learning = match id.and_then(|id| id.parse().ok()) {
        Some(id) => learnings::by_id(tx, id).await?,
        None => None,
    };
    let member = reply.speaker.on_list();
    let member = member.filter(|_| reply.speaker.strength.may_change());
    let answer = words::answer(&arrival.mail.visible_text);
    let (Some(learning), Some(member), Some(answer)) = (learning, member, answer) else {
        return commands::in_reply(tx, ctx, arrival, reply.speaker, &[NAME]).await;
    };
    let said = decide(tx, reply, (&learning, member), answer).await?;
    let phrase = Phrase::new(said).with("title", learning.title.clone());
    let to = (Some(member.id), member.address.as_str());
    receipt::send(tx, ctx, arrival, to, &[phrase], None).await?;
    Ok(("command", format!("learning {}: {said}", learning.id)))
}

/// What was done, as the name of a phrase.
async fn decide(
    tx: &mut Tx,
    reply: &Reply<'_>,
    (learning, member): (&Learning, &Member),
    answer: Answer,
) -> store::Result<&'static str> {
    let now = reply.ctx.now();
    let is_kept = !matches!(answer, Answer::No);
    let done = match answer {
        Answer::No => learnings::drop_draft(tx, learning.id).await?,
        Answer::Yes(edited) => {
            let or = |new: Option<String>, old: &str| new.unwrap_or_else(|| old.to_owned());
            let title = or(edited.title, &learning.title);
            let summary = or(edited.summary, &learning.summary);
            let tags = or(edited.tags, &learning.tags);
            let said = (title.as_str(), summary.as_str(), tags.as_str());
            learnings::review(tx, learning.id, said, (&member.address, now)).await?
        }
    };
    if !done {
        return Ok("learning_over");
    }
    let step = Step::of_person(Some(learning.community_id), &member.address, now);
    let verdict = if is_kept { "reviewed" } else { "dropped" };
    step.record(tx, "learning", verdict, &learning.title).await?;
    Ok(if is_kept { "learning_reviewed" } else { "learning_dropped" })
}
