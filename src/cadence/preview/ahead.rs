//! What the budgets of its recipients will do with what is planned, as far as can be told
//! ahead: what they have got and what waits for them counts, from all communities; what
//! other communities plan, and what comes of itself, does not.

use std::collections::HashMap;

use chrono_tz::Tz;

use super::Line;
use crate::clock::rfc3339;
use crate::config::Charter;
use crate::outbox::budget::{self, Calendar, Decision, Kind, Limits, MONTH, Offer, Reason, Sent};
use crate::outbox::catalogue::{self, Class, Entry};
use crate::store::members::{self, Member};
use crate::store::offers::{self, Known};
use crate::store::{self, Millis, Tx};

/// Somebody, and what they will have got.
struct Person {
    zone: Tz,
    /// They get nothing before that moment.
    away_until: Millis,
    halved: u32,
    got: Vec<Sent>,
    digest: Option<Digest>,
}

/// What waits for somebody, and goes as one.
struct Digest {
    at: Millis,
    why: String,
    /// (line, recipient) of what is planned; what waits already has none.
    sections: Vec<(usize, usize)>,
    /// What waits already.
    others: usize,
}

/// A mail to somebody.
struct Planned<'a> {
    entry: &'static Entry,
    address: &'a str,
    due_at: Millis,
    place: (usize, usize),
}

/// What becomes of mails that do not simply go: the place of each, outcome and reason.
#[derive(Default)]
struct Fates(Vec<((usize, usize), &'static str, String)>);

impl Fates {
    fn waits(&mut self, place: (usize, usize), at: Millis, why: &str) {
        let reason = format!("waits until {}: {why}", rfc3339(at));
        self.0.push((place, "planned", reason));
    }

    fn dropped(&mut self, place: (usize, usize), why: &str) {
        self.0.push((place, "dropped", format!("expired: {why}")));
    }

    /// What waits goes; alone, or as sections of one.
    fn ended(&mut self, digest: &Digest) {
        if let ([place], 0) = (digest.sections.as_slice(), digest.others) {
            return self.waits(*place, digest.at, &digest.why);
        }
        let at = rfc3339(digest.at);
        let reason = format!("a section of one digest, waits until {at}: {}", digest.why);
        let merged = |place: &(usize, usize)| (*place, "merged", reason.clone());
        self.0.extend(digest.sections.iter().map(merged));
    }
}

impl Digest {
    fn new(at: Millis, why: &str) -> Digest {
        Digest {
            at,
            why: why.to_owned(),
            sections: Vec::new(),
            others: 0,
        }
    }
}

fn offer(planned: &Planned<'_>) -> Offer {
    let Planned { entry, due_at, .. } = planned;
    let kind = match entry.class {
        Class::Role => Kind::Role,
        _ => Kind::Programme,
    };
    Offer {
        kind,
        due_at: *due_at,
        expires_at: due_at.saturating_add(entry.expiry.unwrap_or(0)),
        // The real one depends on a mail that does not exist yet.
        jitter: budget::jitter(planned.address, entry.name),
        is_kept: entry.priority.is_kept(),
    }
}

/// Walks the planned mails in order and writes to each recipient what becomes of theirs.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn walk(
    tx: &mut Tx,
    (community, charter): (i64, &Charter),
    lines: &mut [Line],
    now: Millis,
) -> store::Result<()> {
    let entry = |line: &Line| catalogue::by_name(&line.mail).filter(|entry| entry.is_offered());
    let mut order: Vec<(usize, &'static Entry)> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.outcome == "planned")
        .filter_map(|(index, line)| Some((index, entry(line)?)))
        .collect();
    if order.is_empty() {
        return Ok(());
    }
    order.sort_by_key(|(index, entry)| (lines[*index].at, entry.priority, *index));
    let mut people = people(tx, community, charter, now).await?;
    let mut fates = Fates::default();
    for (index, entry) in order {
        let line = &lines[index];
        let all = line.recipients.iter().enumerate();
        for (number, to) in all.filter(|(_, to)| to.outcome == "planned") {
            let planned = Planned {
                entry,
                address: &to.address,
                due_at: line.at,
                place: (index, number),
            };
            let person = people
                .entry(to.address.clone())
                .or_insert_with(|| Person::new(charter.timezone));
            person.offered(&planned, charter, &mut fates);
        }
    }
    for person in people.into_values() {
        if let Some(digest) = person.digest {
            fates.ended(&digest);
        }
    }
    for ((line, number), outcome, reason) in fates.0 {
        let to = &mut lines[line].recipients[number];
        (to.outcome, to.reason) = (outcome, reason);
    }
    Ok(())
}

/// Everybody in the community, and what they have got of late.
async fn people(
    tx: &mut Tx,
    community: i64,
    charter: &Charter,
    now: Millis,
) -> store::Result<HashMap<String, Person>> {
    let mut people = HashMap::new();
    for member in members::of_community(tx, community).await? {
        let person = Person::of(&member, charter);
        people.insert(member.address, person);
    }
    let mut most = 0;
    for (address, halved) in offers::halved_in(tx, community).await? {
        let halved = u32::try_from(halved).unwrap_or(0).min(8);
        most = most.max(halved);
        if let Some(person) = people.get_mut(&address) {
            person.halved = halved;
        }
    }
    for known in offers::of_community(tx, community, now - (MONTH << most), now).await? {
        if let Some(person) = people.get_mut(&known.member) {
            person.knows(&known, now);
        }
    }
    Ok(people)
}

impl Person {
    fn new(zone: Tz) -> Person {
        Person {
            zone,
            away_until: Millis::MIN,
            halved: 0,
            got: Vec::new(),
            digest: None,
        }
    }

    fn of(member: &Member, charter: &Charter) -> Person {
        let away_until = match member.state.as_str() {
            "paused" => member.paused_until.unwrap_or(Millis::MAX),
            "bouncing" => Millis::MAX,
            _ => Millis::MIN,
        };
        Person {
            away_until,
            ..Person::new(member.tz.parse().unwrap_or(charter.timezone))
        }
    }

    /// What they got, or what waits for them already.
    fn knows(&mut self, known: &Known, now: Millis) {
        let kind = match known.kind.as_str() {
            "role" => Kind::Role,
            "series" => Kind::Series,
            _ => Kind::Programme,
        };
        let is_alone = catalogue::by_name(&known.name).is_some_and(|entry| entry.alone);
        let at = known.at.max(now);
        match known.state.as_str() {
            "waiting" if kind == Kind::Programme && !is_alone => {
                let digest = self
                    .digest
                    .get_or_insert(Digest::new(at, "other mail waits"));
                digest.at = digest.at.min(at);
                digest.others += 1;
            }
            "waiting" => self.got.push(Sent { at, kind }),
            _ => self.got.push(Sent { at: known.at, kind }),
        }
    }

    /// Decides what becomes of a mail to them; what waits and goes before it has its end.
    fn offered(&mut self, planned: &Planned<'_>, charter: &Charter, fates: &mut Fates) {
        let (offer, place) = (offer(planned), planned.place);
        let looked_at = offer.due_at.max(self.away_until);
        if looked_at > offer.expires_at {
            return fates.dropped(place, "they have paused, or mail to them comes back");
        }
        if let Some(digest) = self.digest.take_if(|digest| digest.at <= looked_at) {
            self.got.push(Sent {
                at: digest.at,
                kind: Kind::Programme,
            });
            fates.ended(&digest);
        }
        let is_section = offer.kind == Kind::Programme && !planned.entry.alone;
        let (at, why) = match self.decide(&offer, is_section, charter, looked_at) {
            Decision::Send if looked_at == offer.due_at => (looked_at, None),
            Decision::Send => (looked_at, Some("they have paused".to_owned())),
            Decision::Wait(at, reason) => (at, Some(reason.to_string())),
            Decision::Drop(reason) => {
                return self.without_room(is_section, &offer, place, (reason, fates));
            }
        };
        if is_section && (why.is_some() || self.digest.is_some()) {
            return self.joins_digest(at, why, place);
        }
        let kind = offer.kind;
        self.got.push(Sent { at, kind });
        if let Some(why) = why {
            fates.waits(place, at, &why);
        }
    }

    /// All that waits goes when the first of it may.
    fn joins_digest(&mut self, at: Millis, why: Option<String>, place: (usize, usize)) {
        let why = why.unwrap_or_else(|| "the day has come".to_owned());
        let digest = self.digest.get_or_insert_with(|| Digest::new(at, &why));
        if at < digest.at {
            (digest.at, digest.why) = (at, why);
        }
        digest.sections.push(place);
    }

    /// It has no room of its own before it expires.
    fn without_room(
        &mut self,
        is_section: bool,
        offer: &Offer,
        place: (usize, usize),
        (reason, fates): (Reason, &mut Fates),
    ) {
        let digest = self.digest.as_mut().filter(|_| is_section);
        match digest.filter(|digest| digest.at <= offer.expires_at) {
            Some(digest) => digest.sections.push(place),
            None => fates.dropped(place, &reason.to_string()),
        }
    }

    fn decide(&self, offer: &Offer, is_section: bool, charter: &Charter, now: Millis) -> Decision {
        let limits = Limits {
            per_week: charter.budget.per_week,
            per_month: charter.budget.per_month,
            halved: self.halved,
        };
        let calendar = Calendar {
            zone: self.zone,
            quiet: charter.budget.quiet,
            holidays: &charter.holidays,
        };
        let digest = self.digest.as_ref().filter(|_| !is_section);
        let digest = digest.map(|digest| Sent {
            at: digest.at,
            kind: Kind::Programme,
        });
        let old = now - (MONTH << self.halved);
        let recent = self.got.iter().copied().filter(|sent| sent.at > old);
        let history: Vec<Sent> = recent.chain(digest).collect();
        budget::decide(offer, &history, &limits, &calendar, now)
    }
}
