//! Learnings: a reply to a post whose first line is `ADD learning: TITLE` marks the post that
//! it answers, with its whole thread where that post begins one. Its author is asked whether
//! everybody may read it (`learning-draft`), a facilitator where the author is the community
//! itself or has left; what a facilitator adds to a recap, or to a post of their own, is
//! accepted at once. Whoever was asked can take it back later by another reply.

mod review;
mod words;

use chrono::TimeDelta;

use self::words::Draft;
use crate::cadence::act::{Act, Plan, Posted};
use crate::cadence::{Outcome, Running};
use crate::identity::{Checked, strength};
use crate::links;
use crate::lists::post::Arrival;
use crate::lists::receipt;
use crate::message::{self, Mail};
use crate::outbox::compose::{self, Letter};
use crate::store::intake::Message;
use crate::store::learnings::{self, NewLearning};
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

/// The most posts of a thread that one learning is made of.
const MOST_SOURCES: i64 = 50;

/// Planned by the reply that marks a post.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .planned(Plan::Posts(marking))
    .hearing(NAME, |tx, reply| Box::pin(review::hear(tx, reply)));

fn marking(posted: &Posted<'_>) -> Option<TimeDelta> {
    let marks = !posted.is_root && posted.author.is_some() && words::read(posted.text).is_some();
    marks.then_some(TimeDelta::zero())
}

/// A post that marks another.
struct Mark {
    post: Post,
    raw: Message,
    mail: Mail,
    by: Member,
    /// What it marks.
    source: Post,
    draft: Draft,
}

async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let mark = match read(tx, act).await? {
        Ok(mark) => mark,
        Err(why) => return Ok(Outcome::Dropped(why.to_owned())),
    };
    match done(tx, act, &mark).await {
        Ok(reason) => Ok(Outcome::Done(reason)),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}

/// What the act is about, or why there is nothing of it any more.
async fn read(tx: &mut Tx, act: &Running<'_>) -> store::Result<Result<Mark, &'static str>> {
    let post = match act.about.parse() {
        Ok(id) => posts::by_id(tx, id).await?,
        Err(_) => None,
    };
    let source = match post.as_ref().and_then(|post| post.parent_id) {
        Some(parent) => posts::by_id(tx, parent).await?,
        None => None,
    };
    let (Some(post), Some(source)) = (post, source) else {
        return Ok(Err("the post that it marks is not in the archive"));
    };
    let raw = intake::message(tx, post.raw_id).await?;
    let mail = message::parse(&raw.raw);
    let Some(draft) = words::read(&mail.visible_text) else {
        return Ok(Err("it marks nothing any more"));
    };
    let by = members::by_address(tx, act.community.id, &post.author_address).await?;
    let Some(by) = by.filter(Member::on_list) else {
        return Ok(Err("who marked it is no member any more"));
    };
    Ok(Ok(Mark {
        post,
        raw,
        mail,
        by,
        source,
        draft,
    }))
}

/// Keeps what was marked and asks about it, and tells whoever marked it.
async fn done(tx: &mut Tx, act: &Running<'_>, mark: &Mark) -> Result<String, compose::Error> {
    let community = act.community.id;
    if mark.source.members_only == 1 {
        tell(tx, act, mark, "learning_private").await?;
        return Ok("nothing is kept of what stays among members".into());
    }
    if learnings::is_marked(tx, community, &mark.source.message_id).await? {
        tell(tx, act, mark, "learning_marked").await?;
        return Ok("that post was marked already".into());
    }
    let author = members::by_address(tx, community, &mark.source.author_address).await?;
    let author = author.filter(Member::on_list);
    let id = keep(tx, act, mark).await?;
    if is_accepted(act, mark, author.as_ref()) {
        accept(tx, act, mark, id).await?;
        tell(tx, act, mark, "learning_reviewed").await?;
        return Ok("added by a facilitator".into());
    }
    let asked = match author {
        Some(author) => vec![author],
        None => members::with_role(tx, community, "facilitator").await?,
    };
    if asked.is_empty() {
        learnings::drop_one(tx, id).await?;
        tell(tx, act, mark, "learning_alone").await?;
        return Ok("there is nobody to ask: the community has no facilitator".into());
    }
    if asked.iter().all(|one| one.id != mark.by.id) {
        tell(tx, act, mark, "learning_asked").await?;
    }
    let count = asked.len();
    ask(tx, act, (mark, id), asked).await?;
    Ok(format!("offered to {count} who may review it"))
}

/// A facilitator needs nobody else for what nobody else wrote.
fn is_accepted(act: &Running<'_>, mark: &Mark, author: Option<&Member>) -> bool {
    let trusted = &act.ctx.settings.authentication.trusted_authserv;
    let checked = Checked::from_text(&mark.raw.checked);
    let is_sure = strength::of(&mark.mail, trusted, &checked).may_change();
    let is_own = author.is_none_or(|author| author.person_id == mark.by.person_id);
    is_sure && is_own && mark.by.has_role("facilitator")
}

async fn keep(tx: &mut Tx, act: &Running<'_>, mark: &Mark) -> store::Result<i64> {
    let (source, community, now) = (&mark.source, act.community.id, act.ctx.now());
    let mut sources = vec![source.message_id.clone()];
    if source.thread_id == source.id {
        let most = MOST_SOURCES - 1;
        let answers = learnings::answers(tx, community, source.id, mark.post.id, most).await?;
        sources.extend(answers);
    }
    let new = NewLearning {
        community_id: community,
        title: &mark.draft.title,
        summary: &summary(tx, mark).await?,
        tags: &mark.draft.tags,
        author: (&source.author_name, &source.author_address),
        marked_by: &mark.by.address,
        at: now,
        sources: &sources,
    };
    let id = learnings::insert(tx, &new).await?;
    let step = Step::of_message(Some(community), &source.message_id, now);
    let reason = format!("learning {id}");
    step.record(tx, "learning", "marked", &reason).await?;
    Ok(id)
}

/// What was written below the mark, else how the post begins.
async fn summary(tx: &mut Tx, mark: &Mark) -> store::Result<String> {
    if !mark.draft.summary.is_empty() {
        return Ok(mark.draft.summary.clone());
    }
    let raw = intake::message(tx, mark.source.raw_id).await?;
    Ok(words::beginning(&message::parse(&raw.raw).visible_text))
}

async fn accept(tx: &mut Tx, act: &Running<'_>, mark: &Mark, id: i64) -> store::Result<()> {
    let Some(kept) = learnings::by_id(tx, id).await? else {
        return Ok(());
    };
    let (by, now) = (&mark.by.address, act.ctx.now());
    let said = (
        kept.title.as_str(),
        kept.summary.as_str(),
        kept.tags.as_str(),
    );
    learnings::review(tx, id, said, (by, now)).await?;
    let step = Step::of_person(Some(act.community.id), by, now);
    let reason = format!("learning {id}");
    step.record(tx, "learning", "reviewed", &reason).await
}

/// Asks the post's author, or the facilitators.
async fn ask(
    tx: &mut Tx,
    act: &Running<'_>,
    (mark, id): (&Mark, i64),
    asked: Vec<Member>,
) -> Result<(), compose::Error> {
    let Some(kept) = learnings::by_id(tx, id).await? else {
        return Ok(());
    };
    let (base, slug) = (&act.ctx.settings.base_url, &act.community.slug);
    let mail = LearningDraft {
        community: act.community.name.clone(),
        subject: mark.source.subject.clone(),
        url: links::message(base, slug, &mark.source.message_id),
        title: kept.title,
        summary: kept.summary.lines().map(str::to_owned).collect(),
        tags: kept.tags,
        page: format!("{}learnings", links::front(base, slug)),
    };
    let to = asked.into_iter().map(|one| (Some(one.id), one.address));
    let letter = Letter {
        to: to.collect(),
        concerns: format!("{CONCERNS}{id}"),
        ..Letter::default()
    };
    compose::send(tx, act.ctx, act.community, &mail, &letter).await?;
    Ok(())
}

/// Tells whoever marked a post what became of that.
async fn tell(
    tx: &mut Tx,
    act: &Running<'_>,
    mark: &Mark,
    said: &'static str,
) -> Result<(), compose::Error> {
    let arrival = Arrival {
        intake: mark.post.raw_id,
        community: act.community,
        charter: &act.charter,
        message: &mark.raw,
        mail: &mark.mail,
    };
    let phrase = Phrase::new(said).with("title", mark.draft.title.clone());
    let to = (Some(mark.by.id), mark.by.address.as_str());
    receipt::send(tx, act.ctx, &arrival, to, &[phrase], None).await
}
