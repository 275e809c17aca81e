//! What stands in for the relay and the mailboxes behind it: it takes every mail, now and
//! then only at the second attempt, and remembers to whom and when.

use std::collections::{BTreeMap, HashMap};

use folkmoot::outbox::catalogue::{self, Class};
use folkmoot::outbox::personal::Fields;
use folkmoot::outbox::release;
use folkmoot::store::outbox::{self, Attempt, Claimed};
use folkmoot::store::{communities, mails};

use crate::world::World;

/// Mails taken at a time.
const BATCH: i64 = 200;
/// How long a mail waits that was deferred, in milliseconds.
const PAUSE: i64 = 15 * 60_000;

/// A mail that somebody got.
pub struct Got {
    pub mail: i64,
    pub community: i64,
    pub recipient: String,
    pub name: String,
    /// Several mails as one.
    pub is_bundle: bool,
    /// When it left the budget.
    pub released: i64,
    pub at: i64,
}

impl Got {
    /// Whether it counts as a mail of the programme.
    pub fn is_programme(&self) -> bool {
        self.is_bundle || self.class() == Some(Class::Programme)
    }

    pub fn is_role(&self) -> bool {
        self.class() == Some(Class::Role)
    }

    pub fn class(&self) -> Option<Class> {
        catalogue::by_name(&self.name).map(|entry| entry.class)
    }
}

/// What somebody writes back.
pub struct Letter {
    pub from: String,
    pub to: String,
    pub name: String,
    pub is_bundle: bool,
}

struct Known {
    name: String,
    is_bundle: bool,
    slug: String,
    fields: Fields,
}

#[derive(Default)]
pub struct Relay {
    pub got: Vec<Got>,
    pub deferred: usize,
    letters: BTreeMap<(i64, usize), Letter>,
    written: usize,
    known: HashMap<i64, Known>,
}

impl Relay {
    /// When the next letter is sent.
    pub fn next_letter(&self) -> Option<i64> {
        self.letters.keys().next().map(|(at, _)| *at)
    }

    /// A letter that was sent by now.
    pub fn letter(&mut self, now: i64) -> Option<Letter> {
        let (at, _) = *self.letters.keys().next()?;
        (at <= now)
            .then(|| self.letters.pop_first())?
            .map(|(_, letter)| letter)
    }

    fn write(&mut self, at: i64, letter: Letter) {
        self.written += 1;
        self.letters.insert((at, self.written), letter);
    }
}

impl World {
    /// Takes what is due; false where nothing was.
    pub async fn deliver(&mut self) -> bool {
        let (now, owner) = (self.ctx.now(), self.hand.owner().to_owned());
        let next = outbox::next_due(&mut self.ctx.read().await.expect("a connection")).await;
        if next.expect("an answer").is_none_or(|due| due > now) {
            return false;
        }
        let mut tx = self.write().await;
        let rows = outbox::claim(&mut tx, now, &owner, i64::MAX, BATCH).await;
        let rows = rows.expect("rows");
        tx.commit().await.expect("a commit");
        let mut attempts = Vec::new();
        for row in &rows {
            attempts.push(self.take(row, now).await);
        }
        let mut tx = self.write().await;
        let recorded = outbox::record(&mut tx, &owner, &attempts).await;
        recorded.expect("they are recorded");
        tx.commit().await.expect("a commit");
        !rows.is_empty()
    }

    async fn take(&mut self, row: &Claimed, now: i64) -> Attempt {
        let attempt = |state, reply: &str, at| Attempt {
            id: row.id,
            state,
            reply: reply.to_owned(),
            at,
        };
        if row.attempts == 1 && self.chance.percent(1) {
            self.relay.deferred += 1;
            return attempt("deferred", "451 later", now + PAUSE);
        }
        self.know(row.mail_id).await;
        let known = &self.relay.known[&row.mail_id];
        let got = Got {
            mail: row.mail_id,
            community: row.community_id,
            recipient: row.recipient.clone(),
            name: known.name.clone(),
            is_bundle: known.is_bundle,
            released: row.created_at,
            at: now,
        };
        self.answer(row, &got, now);
        self.relay.got.push(got);
        attempt("sent", "250 OK", now)
    }

    /// Some write back, some time later.
    fn answer(&mut self, row: &Claimed, got: &Got, now: i64) {
        if !got.is_programme() && !got.is_role() {
            return;
        }
        let often = self.people.iter().find(|one| one.address == got.recipient);
        let often = often.map_or(0, |person| person.answers);
        if !self.chance.percent(often) {
            return;
        }
        let known = &self.relay.known[&row.mail_id];
        let (settings, secret) = (&self.ctx.settings, &self.ctx.secret);
        let fields = known.fields.write(settings, secret, &known.slug, row);
        let reply_to = fields
            .lines()
            .find_map(|line| line.strip_prefix("Reply-To: "));
        let Some(to) = reply_to.map(|field| field.trim_matches(['<', '>']).to_owned()) else {
            return;
        };
        let at = now + self.chance.time_below(5 * 24 * 3_600_000);
        let letter = Letter {
            from: got.recipient.clone(),
            to,
            name: got.name.clone(),
            is_bundle: got.is_bundle,
        };
        self.relay.write(at, letter);
    }

    async fn know(&mut self, mail: i64) {
        if self.relay.known.contains_key(&mail) {
            return;
        }
        let mut tx = self.ctx.read().await.expect("a connection");
        let row = mails::by_id(&mut tx, mail).await.expect("a mail");
        let content = mails::content(&mut tx, mail).await.expect("its content");
        let community = communities::by_id(&mut tx, row.community_id).await;
        let known = Known {
            fields: Fields::of(&row.name, &content),
            is_bundle: row.concerns == release::CONCERNS,
            name: row.name,
            slug: community.expect("its community").slug,
        };
        // A mail is sent within days: what is older is asked for again.
        if self.relay.known.len() > 5_000 {
            self.relay.known.clear();
        }
        self.relay.known.insert(mail, known);
    }
}
