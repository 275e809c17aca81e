//! The mail that asks: one for each, because each has an address and a page of their own.

use super::open::{closes_on, is_asked};
use super::{Asked, close, poll, since};
use crate::cadence::{Outcome, Running};
use crate::config::Charter;
use crate::config::survey::Kind;
use crate::context::Context;
use crate::identity::tokens::Purpose;
use crate::lists::home::Home;
use crate::outbox::catalogue;
use crate::outbox::compose::{self, Letter};
use crate::random;
use crate::store::communities::Community;
use crate::store::members::{self, Member};
use crate::store::surveys::{self, Invitee};
use crate::store::{self, Tx, acts};
use crate::templates::Phrase;
use crate::templates::mails::{Mail, SurveyAsk, SurveyItem};

/// Writes to those of a wave who have not been written to; the act is about the wave.
pub const NAME: &str = "survey-invite";

/// Members that one transaction writes to: other writers get their turn in between.
pub(super) const BATCH: i64 = 200;

/// Writes to the next members of a wave, and plans itself anew where there are more.
///
/// # Errors
/// Where the database refuses.
pub async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let Some(asked) = of_act(tx, act).await? else {
        return Ok(Outcome::Dropped("the survey has closed".into()));
    };
    let waiting = surveys::unmailed(tx, asked.wave.id, BATCH).await?;
    let home = (act.community, &*act.charter);
    for invitee in &waiting {
        if let Err(why) = write(tx, act.ctx, home, &asked, (invitee, "", false)).await? {
            return Ok(Outcome::Dropped(why));
        }
        surveys::set_mailed(tx, invitee.id).await?;
    }
    let count = waiting.len();
    if i64::try_from(count).unwrap_or(BATCH) == BATCH {
        // The next moment, because this act of this moment is being done.
        acts::insert(tx, act.community.id, NAME, &act.about, act.due_at + 1).await?;
    }
    Ok(Outcome::Done(format!("offered to {count} members")))
}

/// The open wave that an act is about.
pub(super) async fn of_act(tx: &mut Tx, act: &Running<'_>) -> store::Result<Option<Asked>> {
    let Ok(id) = act.about.parse() else {
        return Ok(None);
    };
    let wave = surveys::by_id(tx, id).await?;
    Ok(wave.filter(|wave| wave.state == "open").and_then(Asked::of))
}

/// Offers somebody the mail that asks, about something (a subject, say; or nothing), or
/// the one that reminds; inside, why it cannot be composed.
///
/// # Errors
/// Where the database refuses.
pub async fn write(
    tx: &mut Tx,
    ctx: &Context,
    (community, charter): (&Community, &Charter),
    asked: &Asked,
    (invitee, about, reminds): (&Invitee, &str, bool),
) -> store::Result<Result<(), String>> {
    let member = members::by_id(tx, invitee.member_id).await?;
    let Some(member) = member.filter(is_asked) else {
        return Ok(Ok(()));
    };
    let name = if reminds {
        "health-check-reminder"
    } else {
        asked.mail()
    };
    let Some(entry) = catalogue::by_name(name) else {
        return Ok(Err(format!("no mail is called {name}")));
    };
    let token = ctx.secret.sign(Purpose::Survey, invitee.id);
    let address = format!("{}-survey+{token}@{}", community.slug, ctx.settings.domain);
    let expires_at = asked
        .wave
        .closes_at
        .min(ctx.now() + entry.expiry.unwrap_or(0));
    let day = ctx.today().with_timezone(&charter.timezone);
    let letter = Letter {
        to: vec![(Some(member.id), member.address.clone())],
        from: address.clone(),
        reply_to: address,
        about: day.format("on=%Y-%m-%d").to_string(),
        concerns: surveys::concerns(invitee),
        expires_at: Some(expires_at),
        ..Letter::default()
    };
    let mut mail = mail(ctx, (community, charter), asked, &member, invitee.counted);
    mail.form_url = format!("{}/r/{token}", ctx.settings.base_url);
    if !about.is_empty() {
        about.clone_into(&mut mail.about);
    }
    mail.reminds = reminds;
    if !reminds {
        let home = Home {
            ctx,
            community,
            charter,
        };
        mail.since = since::lines(tx, &home, asked).await?;
    }
    let id = random::message_id(&ctx.settings.domain);
    let fields = (SurveyAsk::TEMPLATE, &mail);
    match compose::compose_from(ctx, community, entry, fields, &letter, &id) {
        Ok(content) => {
            compose::enqueue(tx, ctx, community, entry, &letter, &id, &content).await?;
            Ok(Ok(()))
        }
        Err(error) => Ok(Err(error.to_string())),
    }
}

/// What the mail and the page say.
pub fn mail(
    ctx: &Context,
    (community, charter): (&Community, &Charter),
    asked: &Asked,
    member: &Member,
    counted: bool,
) -> SurveyAsk {
    let (language, slug) = (charter.language.as_str(), community.slug.as_str());
    let zone = member.tz.parse().unwrap_or(charter.timezone);
    let closes = closes_on(&asked.wave, zone);
    let Asked { wave, survey } = asked;
    let scale = Phrase::new(match (survey.kind, survey.skip) {
        (Kind::Ranking, _) => "survey_scale_order",
        (_, true) => "survey_scale_skip",
        (_, false) => "survey_scale",
    })
    .with("lowest", survey.lowest.to_string())
    .with("highest", survey.highest.to_string());
    // A question that explains its own digits needs no scale beside it.
    let explained = survey.kind == Kind::Choice
        || survey.kind == Kind::Scale
            && survey.items.len() == 1
            && survey
                .items
                .iter()
                .any(|item| item.text.say("en").contains(" = "));
    SurveyAsk {
        community: community.name.clone(),
        title: survey.title.say(language).to_owned(),
        scale: if explained {
            String::new()
        } else {
            ctx.templates.say(language, slug, &scale)
        },
        count: asked.scale().items,
        is_one: asked.scale().items == 1,
        items: shown(asked, language),
        about: match survey.kind {
            Kind::Scale => String::new(),
            _ => question(asked, language),
        },
        asks: match wave.survey == poll::NAME {
            true => question(asked, language),
            false => String::new(),
        },
        example: asked.example(),
        open_question: survey.open.say(language).to_owned(),
        minimum: wave.minimum,
        comments_from: close::COMMENTS_FROM,
        closes: ctx.templates.say_date(language, slug, closes),
        is_counted: counted,
        owner_address: format!("{slug}-owner@{}", ctx.settings.domain),
        ..SurveyAsk::default()
    }
}

/// The question of a choice or a ranking.
pub fn question(asked: &Asked, language: &str) -> String {
    let items = asked.items();
    let first = items.first().map(|item| item.text.say(language).to_owned());
    first.unwrap_or_default()
}

/// What stands in the list: the questions of a scale, else the options.
fn shown(asked: &Asked, language: &str) -> Vec<SurveyItem> {
    let texts = match asked.survey.kind {
        Kind::Scale => {
            let items = asked.items();
            let texts = items.iter().map(|item| item.text.say(language).to_owned());
            texts.collect()
        }
        Kind::Choice | Kind::Ranking => asked.options(language),
    };
    (1..)
        .zip(texts)
        .map(|(number, text)| SurveyItem { number, text })
        .collect()
}
