//! Links to a page of one's own: mailed on request to a registered address, so that
//! asking in somebody's name gives the asker nothing. Whoever has one acts as its
//! owner, so it works 24 hours from its first use, or 30 days where nobody uses it.

use super::home::Home;
use super::moderation::desk::Closed;
use super::roles::{self, Act};
use crate::context::Context;
use crate::identity::tokens;
use crate::outbox::compose::{self, Letter};
use crate::store::communities::{self, Community};
use crate::store::members::{self, Member};
use crate::store::tokens::Token;
use crate::store::{self, Millis, Tx, joinings};
use crate::templates::Phrase;
use crate::templates::mails::Link;
use crate::trail::Step;

const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;

/// How long a link works after its first use, in hours.
const HOURS: u32 = 24;

/// How long a link that nobody uses works, in days.
const UNUSED_DAYS: Millis = 30;

/// The page that a link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person's own page, about all their communities.
    Me,
    /// The desk of one community, for who runs it.
    Desk,
}

impl Kind {
    /// Its name: the token's kind, and the first step of the path.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Me => "me",
            Kind::Desk => "desk",
        }
    }

    /// How the mail calls the page.
    fn phrase(self, community: &Community) -> Phrase {
        match self {
            Kind::Me => Phrase::new("link_page_me"),
            Kind::Desk => Phrase::new("link_page_desk").with("community", &community.name),
        }
    }
}

/// Mails a link to a registered address, where fewer than `most` went there within
/// a day: to one's own page over all communities, to a desk of this one. False
/// where there were so many.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub async fn send(
    tx: &mut Tx,
    home: &Home<'_>,
    kind: Kind,
    (member, address): (Option<i64>, &str),
    in_reply_to: &str,
    most: usize,
) -> Result<bool, compose::Error> {
    joinings::lock(tx, address).await?;
    let now = home.now();
    let mut made = store::tokens::made_since(tx, address, now - DAY, kind.name()).await?;
    made.retain(|of| kind == Kind::Me || *of == home.community.id);
    if made.len() >= most {
        return Ok(false);
    }
    let letter = Letter {
        to: vec![(member, address.to_owned())],
        in_reply_to: in_reply_to.to_owned(),
        ..Letter::default()
    };
    let settings = &home.ctx.settings;
    let token = make(tx, home, kind, address).await?;
    let mail = Link {
        host: settings.domain.clone(),
        page: home.say(&kind.phrase(home.community)),
        url: format!("{}/{}/{token}", settings.base_url, kind.name()),
        hours: HOURS,
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    let step = Step::of_person(Some(home.community.id), address, now);
    step.record(tx, "link", "sent", kind.name()).await?;
    Ok(true)
}

async fn make(
    tx: &mut Tx,
    home: &Home<'_>,
    kind: Kind,
    address: &str,
) -> store::Result<String> {
    let (token, hash) = tokens::random_token();
    let row = Token {
        community_id: home.community.id,
        kind: kind.name().to_owned(),
        address: address.to_owned(),
        subject: String::new(),
        created_at: home.now(),
        expires_at: home.now() + UNUSED_DAYS * DAY,
        used_at: None,
    };
    store::tokens::insert(tx, &hash, &row).await?;
    Ok(token)
}

/// What a link opens.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Whose link it is.
    pub person: i64,
    /// The address that it was mailed to.
    pub address: String,
    /// The community that mailed it; a desk is this one's.
    pub community: Community,
    /// When it ends.
    pub ends_at: Millis,
    /// Whether nobody has used it before.
    pub is_unused: bool,
}

/// Opens the link of that kind with that token. It changes nothing, not even that
/// the link was used: see [`note_use`].
///
/// # Errors
/// See [`Closed`].
pub async fn open(tx: &mut Tx, ctx: &Context, kind: Kind, token: &str) -> Result<Opened, Closed> {
    let hash = tokens::hash(token);
    let found = store::tokens::find(tx, &hash).await?;
    let found = found
        .filter(|found| found.kind == kind.name())
        .ok_or(Closed::Unknown)?;
    // Somebody has shown it to a whole list.
    if found.expires_at <= ctx.now() || store::tokens::is_revoked(tx, &hash).await? {
        return Err(Closed::Ended);
    }
    let person = members::person_with(tx, &found.address).await?;
    let is_unused = found.used_at.is_none();
    Ok(Opened {
        person: person.ok_or(Closed::Unknown)?,
        address: found.address,
        community: communities::by_id(tx, found.community_id).await?,
        ends_at: match is_unused {
            true => ctx.now() + i64::from(HOURS) * HOUR,
            false => found.expires_at,
        },
        is_unused,
    })
}

/// Notes the first use of a link, from which its hours count.
///
/// # Errors
/// Where the database refuses.
pub async fn note_use(tx: &mut Tx, ctx: &Context, token: &str) -> store::Result<()> {
    let ends = ctx.now() + i64::from(HOURS) * HOUR;
    store::tokens::begin(tx, &tokens::hash(token), ctx.now(), ends).await
}

/// The member whose desk a link opens, as things stand now: who has left or lost the
/// role has no desk.
///
/// # Errors
/// See [`Closed`].
pub async fn owner_of_desk(tx: &mut Tx, opened: &Opened) -> Result<Member, Closed> {
    let member = members::by_address(tx, opened.community.id, &opened.address).await?;
    member.filter(has_desk).ok_or(Closed::Unknown)
}

/// Whether a member has a desk: they decide about posts, or who joins.
pub fn has_desk(member: &Member) -> bool {
    roles::may(member, Act::DecidePosts) || roles::may(member, Act::DecideJoins)
}
