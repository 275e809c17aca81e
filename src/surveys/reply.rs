//! A reply to a survey: opened in memory, understood, and sealed again. Nothing that is
//! recorded of it says what it says.

use super::answers::{self, Said, Unclear};
use super::receipt::{self, To};
use super::{Asked, MAILS, answering, options};
use crate::config::Charter;
use crate::context::Context;
use crate::identity::Strength;
use crate::identity::seal::{self, LATE, TAKEN};
use crate::lists::commands::{self, programme};
use crate::lists::home::Home;
use crate::lists::post::{Arrival, Outcome};
use crate::lists::replies;
use crate::lists::speaker::{self, Speaker};
use crate::message::address::local_of;
use crate::message::words::Word;
use crate::message::{self, Mail, words};
use crate::outbox::compose;
use crate::store::communities::{self, Community};
use crate::store::intake::{self, Message};
use crate::store::members::{self, Member};
use crate::store::surveys::{self, Invitee};
use crate::store::{Tx, counted_answers, survey_answers};
use crate::templates::Phrase;

const DAY: i64 = 86_400_000;

/// So many of the other addresses that a reply went to are named to its author.
const MOST_NAMED: usize = 5;

/// How it stands with whoever has answered.
const ANSWERED: &str = "answered";

/// Mails that one closing takes at most; what is left is taken by the next.
pub const MOST_TAKEN: usize = 5_000;

/// What became of a reply.
pub enum Arrived {
    /// This outcome, and the community that it came to.
    Done(Option<i64>, Outcome),
    /// It waits: this node has not the survey's key yet.
    NoKey,
}

/// Whether a message is a reply to a survey, as it is kept.
pub fn is_one(message: &Message) -> bool {
    let starts = |mark: &str| message.raw.starts_with(mark.as_bytes());
    seal::read(&message.raw).is_some() || starts(LATE) || starts(TAKEN)
}

/// Handles a reply, for one of its recipients.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn arrived(
    tx: &mut Tx,
    ctx: &Context,
    message: &Message,
    recipient: &str,
) -> Result<Arrived, compose::Error> {
    if !local_of(recipient).ends_with("-survey") {
        let why = "it was sent to a survey too, whose answers are for nobody else";
        return Ok(discarded(None, why));
    }
    if message.raw.starts_with(TAKEN.as_bytes()) {
        let why = "it was taken at another address of a survey that it was sent to";
        return Ok(discarded(None, why));
    }
    let Some(sealed) = seal::read(&message.raw) else {
        return late(tx, ctx, message, recipient).await;
    };
    if let Some(wave) = surveys::by_id(tx, sealed.wave).await? {
        // Behind the lock it is read again: the survey may be closing.
        communities::lock(tx, wave.community_id).await?;
    }
    let wave = surveys::by_id(tx, sealed.wave).await?;
    let community = wave.as_ref().map(|wave| wave.community_id);
    let Some(asked) = wave.filter(|wave| wave.state == "open").and_then(Asked::of) else {
        survey_answers::empty(tx, message.id, TAKEN).await?;
        return Ok(discarded(community, "the survey has closed"));
    };
    let Some(plain) = ctx.wave_keys.open(&sealed) else {
        return Ok(Arrived::NoKey);
    };
    let found = communities::by_id(tx, asked.wave.community_id).await?;
    let unreadable = || {
        compose::Error::Aside("the community's charter cannot be read; apply its file again".into())
    };
    let charter = ctx.charter(&found).ok_or_else(unreadable)?;
    let reply = Reply {
        ctx,
        community: &found,
        charter: &charter,
        asked: &asked,
        kept: message,
    };
    let outcome = reply.open(tx, &plain).await?;
    survey_answers::empty(tx, message.id, TAKEN).await?;
    Ok(Arrived::Done(community, outcome))
}

/// Takes the replies to a wave that have come and wait, before it closes: whoever has
/// answered in time is counted, however busy the node was. The wave must be locked. Gives
/// whether all were looked at.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn take_received(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    wave: i64,
) -> crate::store::Result<bool> {
    let recipient = format!("{}-survey@{}", community.slug, ctx.settings.domain);
    let (mut last, mut taken) = (0, 0);
    while taken < MOST_TAKEN {
        let rows = surveys::received(tx, &recipient, last).await?;
        let Some((end, _)) = rows.last() else {
            return Ok(true);
        };
        last = *end;
        for (row, id) in rows {
            let message = intake::message(tx, id).await?;
            if seal::read(&message.raw).is_none_or(|sealed| sealed.wave != wave) {
                continue;
            }
            taken += 1;
            match arrived(tx, ctx, &message, &recipient).await {
                Ok(Arrived::Done(community, (outcome, reason))) => {
                    surveys::taken(tx, row, (outcome, &reason), community, ctx.now()).await?;
                }
                Ok(Arrived::NoKey) => {}
                Err(compose::Error::Store(error)) => return Err(error),
                // Of an answer that is kept the receipt alone is missing.
                Err(error) => tracing::error!(%error, wave, "a reply to a survey that closes"),
            }
        }
    }
    Ok(false)
}

fn discarded(community: Option<i64>, why: &str) -> Arrived {
    Arrived::Done(community, ("discarded", why.to_owned()))
}

/// A reply to a survey that has closed: nothing of it was kept but who wrote it.
async fn late(
    tx: &mut Tx,
    ctx: &Context,
    message: &Message,
    recipient: &str,
) -> Result<Arrived, compose::Error> {
    let slug = local_of(recipient).trim_end_matches("-survey");
    let Some(community) = communities::by_slug(tx, slug).await? else {
        return Ok(discarded(None, "no such address here any more"));
    };
    let text = String::from_utf8_lossy(&message.raw).into_owned();
    let address = text.trim_start_matches(LATE).trim();
    let member = members::by_address(tx, community.id, address).await?;
    survey_answers::empty(tx, message.id, TAKEN).await?;
    let why = "the survey has closed; nothing of the reply was kept";
    let (Some(member), Some(charter)) = (member.filter(Member::on_list), ctx.charter(&community))
    else {
        return Ok(discarded(Some(community.id), why));
    };
    let home = Home {
        ctx,
        community: &community,
        charter: &charter,
    };
    let (whom, now) = ((community.id, member.address.as_str()), ctx.now());
    if counted_answers::note(tx, whom, "late survey", (now - DAY, now), 1).await? {
        let kept = kept_from(tx, message.id).await?;
        receipt::late(tx, &home, &member, kept.as_ref()).await?;
    }
    Ok(discarded(Some(community.id), why))
}

/// What is said where a reply went to others as well, a list say: they do not get it.
/// Nothing where it went to the survey alone.
async fn kept_from(tx: &mut Tx, message: i64) -> crate::store::Result<Option<Phrase>> {
    let rows = intake::of_message(tx, message).await?;
    let others = rows.iter().map(|row| row.recipient.as_str());
    let others: Vec<&str> = others
        .filter(|recipient| !local_of(recipient).ends_with("-survey"))
        .take(MOST_NAMED)
        .collect();
    let phrase = || Phrase::new("survey_kept_from").with("addresses", others.join(", "));
    Ok((!others.is_empty()).then(phrase))
}

/// A reply to an open survey.
struct Reply<'a> {
    ctx: &'a Context,
    community: &'a Community,
    charter: &'a Charter,
    asked: &'a Asked,
    /// The message as it is kept: sealed, without its author.
    kept: &'a Message,
}

impl Reply<'_> {
    /// Understands what was sealed: whose token it came by, the envelope sender, the mail.
    async fn open(&self, tx: &mut Tx, plain: &[u8]) -> Result<Outcome, compose::Error> {
        let mut lines = plain.splitn(3, |octet| *octet == b'\n');
        let mut line = || lines.next().unwrap_or_default();
        let (id, envelope_from, raw) = (line(), line(), line());
        let id = String::from_utf8_lossy(id).parse().unwrap_or_default();
        let mail = message::parse(raw);
        let opened = Message {
            message_id: mail.message_id.clone().unwrap_or_default(),
            envelope_from: String::from_utf8_lossy(envelope_from).into_owned(),
            raw: raw.to_vec(),
            ..self.kept.clone()
        };
        let arrival = Arrival {
            intake: 0,
            community: self.community,
            charter: self.charter,
            message: &opened,
            mail: &mail,
        };
        if speaker::is_machine(&arrival) {
            return Ok(speaker::no_person());
        }
        let Some((invitee, member)) = self.owner(tx, id).await? else {
            return Ok(("discarded", "whom it asked is a member no more".to_owned()));
        };
        if !replies::is_own(tx, &arrival, &member.address).await? {
            let why = "its token belongs to somebody else than who wrote it";
            return Ok(("discarded", why.to_owned()));
        }
        if invitee.replies >= answering::MOST_REPLIES {
            return Ok(("discarded", "they have replied often enough".to_owned()));
        }
        self.understand(tx, &arrival, &invitee, &member).await
    }

    async fn owner(
        &self,
        tx: &mut Tx,
        id: i64,
    ) -> Result<Option<(Invitee, Member)>, compose::Error> {
        let invitee = surveys::invitee(tx, id).await?;
        let Some(invitee) = invitee.filter(|one| one.wave_id == self.asked.wave.id) else {
            return Ok(None);
        };
        let member = members::by_id(tx, invitee.member_id).await?;
        let member = member.filter(Member::on_list);
        Ok(member.map(|member| (invitee, member)))
    }

    async fn understand(
        &self,
        tx: &mut Tx,
        arrival: &Arrival<'_>,
        invitee: &Invitee,
        member: &Member,
    ) -> Result<Outcome, compose::Error> {
        let ctx = self.ctx;
        let to = To {
            home: Home {
                ctx,
                community: self.community,
                charter: self.charter,
            },
            asked: self.asked,
            invitee,
            member,
            in_reply_to: &arrival.message.message_id,
        };
        if let Some(kept) = kept_from(tx, self.kept.id).await? {
            receipt::done(tx, &to, &kept).await?;
        }
        let said = match options::by_text(self.asked, &arrival.mail.visible_text) {
            Some(answer) => Said::Answer(answer),
            None => answers::read(&arrival.mail.text, &self.asked.scale()),
        };
        match said {
            Said::Quote => {
                answering::consent(tx, ctx, self.asked, invitee).await?;
                receipt::done(tx, &to, &Phrase::new("survey_quoted")).await?;
            }
            Said::Answer(answer) => {
                answering::take(tx, ctx, self.asked, invitee, &answer).await?;
                receipt::answered(tx, &to, &answer).await?;
            }
            Said::Skip => {
                answering::skip(tx, ctx, self.asked, invitee).await?;
                let phrase = match invitee.state == ANSWERED {
                    true => "survey_withdrawn",
                    false => "survey_skipped",
                };
                receipt::done(tx, &to, &Phrase::new(phrase)).await?;
            }
            Said::Stop => {
                // Whoever wants no more of them has not taken back this answer.
                let state = match invitee.state == ANSWERED {
                    true => ANSWERED,
                    false => "skipped",
                };
                surveys::replied(tx, invitee, state, ctx.now()).await?;
                for name in MAILS.iter().copied() {
                    programme::stop(tx, ctx, &member.into(), name, "by mail").await?;
                }
                receipt::done(tx, &to, &Phrase::new("survey_stopped")).await?;
            }
            Said::Why => {
                surveys::heard(tx, invitee).await?;
                receipt::why(tx, &to).await?;
            }
            Said::Unclear(_) if is_command(arrival.mail) => {
                let speaker = Speaker {
                    address: member.address.clone(),
                    name: member.name.clone(),
                    member: Some(member.clone()),
                    strength: Strength::Token,
                };
                let answered = [self.asked.mail()];
                return commands::in_reply(tx, ctx, arrival, &speaker, &answered).await;
            }
            Said::Unclear(_) if invitee.clarified => {
                let why = "not understood, and they were told once already";
                return Ok(("discarded", why.to_owned()));
            }
            Said::Unclear(why) => {
                surveys::set_clarified(tx, invitee.id).await?;
                receipt::unclear(tx, &to, &self.problem(why)).await?;
            }
        }
        Ok(("command", "a reply to a survey".to_owned()))
    }

    fn problem(&self, why: Unclear) -> Phrase {
        let (scale, survey) = (self.asked.scale(), &self.asked.survey);
        let key = match why {
            Unclear::Nothing | Unclear::Count(_) if scale.items == 1 => "survey_unclear_one",
            Unclear::Nothing | Unclear::Count(_) => "survey_unclear_count",
            Unclear::Range | Unclear::Decimal => "survey_unclear_scale",
            Unclear::Order => "survey_unclear_order",
        };
        Phrase::new(key)
            .with("count", scale.items.to_string())
            .with(
                "lowest",
                if survey.skip { 0 } else { scale.lowest }.to_string(),
            )
            .with("highest", scale.highest.to_string())
    }
}

/// Whether a reply is nothing but words that every reply may say. An answer that was not
/// understood must not be looked at as a command: what that finds is recorded.
fn is_command(mail: &Mail) -> bool {
    let is_known = |word: &Word| {
        matches!(
            word,
            Word::Less
                | Word::Pause
                | Word::PauseDays(_)
                | Word::PauseUntil(_)
                | Word::Resume
                | Word::Stop(_)
                | Word::Leave
                | Word::Help
                | Word::Page
                | Word::End
        )
    };
    let words = words::commands(mail);
    !words.is_empty() && words.iter().all(is_known)
}
