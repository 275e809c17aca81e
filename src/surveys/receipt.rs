//! The answers to replies: a receipt that restates the digits, which is kept sealed until
//! it goes; one clarification, which repeats nothing of what was written.

use super::Asked;
use super::answers::Answer;
use crate::context::Context;
use crate::identity::seal;
use crate::identity::tokens::Purpose;
use crate::lists::home::Home;
use crate::outbox::catalogue::RECEIPT;
use crate::outbox::compose::{self, Letter};
use crate::random;
use crate::store::Tx;
use crate::store::members::Member;
use crate::store::surveys::{self, Invitee};
use crate::templates::Phrase;
use crate::templates::mails::{Clarification, Mail, Receipt, Setting, SurveyReceipt, Told};

/// All receipts of a survey are of one size, in octets.
const UNIT: usize = 32 << 10;

/// To whom, in answer to what.
pub(super) struct To<'a> {
    pub(super) home: Home<'a>,
    pub(super) asked: &'a Asked,
    pub(super) invitee: &'a Invitee,
    pub(super) member: &'a Member,
    /// The Message-ID of the reply.
    pub(super) in_reply_to: &'a str,
}

impl To<'_> {
    fn letter(&self) -> Letter {
        let secret = &self.home.ctx.secret;
        let token = secret.sign(Purpose::Survey, self.invitee.id);
        let address = self.home.address(&format!("survey+{token}"));
        Letter {
            to: vec![(Some(self.member.id), self.member.address.clone())],
            from: address.clone(),
            reply_to: address,
            in_reply_to: self.in_reply_to.to_owned(),
            concerns: surveys::concerns(self.invitee),
            ..Letter::default()
        }
    }

    fn ctx(&self) -> &Context {
        self.home.ctx
    }
}

/// Restates an answer.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub(super) async fn answered(
    tx: &mut Tx,
    to: &To<'_>,
    answer: &Answer,
) -> Result<(), compose::Error> {
    let (ctx, community) = (to.ctx(), to.home.community);
    let language = &to.home.charter.language;
    let mail = SurveyReceipt {
        community: community.name.clone(),
        title: to.asked.subject(language),
        digits: to.asked.restated(&answer.digits, language),
        has_comment: !answer.comment.is_empty(),
        is_quoted: answer.quoted,
        closes: to.home.day(to.asked.wave.closes_at - 60_000),
        is_counted: to.invitee.counted,
        owner_address: to.home.address("owner"),
    };
    let letter = to.letter();
    let id = random::message_id(&ctx.settings.domain);
    let fields = (SurveyReceipt::TEMPLATE, &mail);
    let content = compose::compose_from(ctx, community, &RECEIPT, fields, &letter, &id)?;
    let wave = &to.asked.wave;
    let sealed = seal::marked(wave.id, &wave.public_key, &content, UNIT);
    let sealed = sealed.ok_or_else(|| compose::Error::Mail("receipt", "no key".into()))?;
    compose::enqueue(tx, ctx, community, &RECEIPT, &letter, &id, &sealed).await?;
    Ok(())
}

/// Says what was done: skipped, stopped.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub(super) async fn done(tx: &mut Tx, to: &To<'_>, what: &Phrase) -> Result<(), compose::Error> {
    let mail = Receipt {
        community: to.home.community.name.clone(),
        done: vec![to.home.say(what)],
        owner_address: to.home.address("owner"),
        ..Receipt::default()
    };
    send(tx, to, &mail).await
}

/// Says how answers are protected.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub(super) async fn why(tx: &mut Tx, to: &To<'_>) -> Result<(), compose::Error> {
    const KEYS: [&str; 6] = [
        "survey_why_sealed",
        "survey_why_apart",
        "survey_why_closing",
        "survey_why_published",
        "survey_why_comments",
        "survey_why_beyond",
    ];
    let row = |key: &'static str| Setting {
        name: to
            .home
            .say(&Phrase::new(key).with("minimum", to.asked.wave.minimum.to_string())),
        value: String::new(),
    };
    let mail = Receipt {
        community: to.home.community.name.clone(),
        told: vec![Told {
            heading: to.home.say(&Phrase::new("survey_why")),
            rows: KEYS.map(row).to_vec(),
        }],
        owner_address: to.home.address("owner"),
        ..Receipt::default()
    };
    send(tx, to, &mail).await
}

/// Says that a reply was not understood, and what would be.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub(super) async fn unclear(
    tx: &mut Tx,
    to: &To<'_>,
    problem: &Phrase,
) -> Result<(), compose::Error> {
    let mail = Clarification {
        community: to.home.community.name.clone(),
        problem: to.home.say(problem),
        examples: vec![to.asked.example(), "SKIP".into(), "WHY".into()],
        owner_address: to.home.address("owner"),
        ..Clarification::default()
    };
    send(tx, to, &mail).await
}

async fn send<M: Mail>(tx: &mut Tx, to: &To<'_>, mail: &M) -> Result<(), compose::Error> {
    let (ctx, community) = (to.ctx(), to.home.community);
    compose::send(tx, ctx, community, mail, &to.letter())
        .await
        .map(drop)
}

/// Says to somebody that the survey they answer has closed, and whom else their reply was
/// kept from.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub(super) async fn late(
    tx: &mut Tx,
    home: &Home<'_>,
    member: &Member,
    kept_from: Option<&Phrase>,
) -> Result<(), compose::Error> {
    let late = home.say(&Phrase::new("survey_late"));
    let kept_from = kept_from.map(|phrase| format!(" {}", home.say(phrase)));
    let mail = Clarification {
        community: home.community.name.clone(),
        problem: late + &kept_from.unwrap_or_default(),
        owner_address: home.address("owner"),
        ..Clarification::default()
    };
    let letter = Letter {
        to: vec![(Some(member.id), member.address.clone())],
        ..Letter::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter)
        .await
        .map(drop)
}
