//! What is kept for a person: what waits for them already, and what the charters of their
//! communities plan, so that nothing else takes its room.

use std::collections::HashMap;
use std::sync::Arc;

use chrono_tz::Tz;

use super::{Candidate, fits, limits_of};
use crate::cadence::act::{Act, Plan as Planning};
use crate::cadence::{moments, plan, registry};
use crate::config::Charter;
use crate::context::Context;
use crate::outbox::budget::{Ahead, Calendar, Kept, MONTH};
use crate::outbox::catalogue::{self, Entry};
use crate::store::members::{self, Member};
use crate::store::offers::Offer;
use crate::store::{self, Millis, Tx, acts, communities, stopped};

/// Moments of one series that are looked at: what is planned more often than every day
/// is kept as one.
const MOST_MOMENTS: usize = 30;

/// Rows of a community that are looked at.
const MOST_ROWS: i64 = 200;

/// What asks about a session ends so long before it, in milliseconds (`sessions::before`).
const NEAR: Millis = 12 * 3_600_000;

/// What the communities plan, read once for all whom a transaction serves.
#[derive(Default)]
pub(super) struct Plans {
    of: HashMap<i64, Arc<Plan>>,
}

/// What one community plans, and its charter.
struct Plan {
    charter: Arc<Charter>,
    mails: Vec<Planned>,
}

/// A mail that is kept, and is not offered yet.
struct Planned {
    entry: &'static Entry,
    due_at: Millis,
    expires_at: Millis,
}

/// What is kept for one person.
#[derive(Default)]
pub(super) struct Person {
    zone: Option<Tz>,
    plans: Vec<Theirs>,
}

/// What one of their communities plans for them.
struct Theirs {
    plan: Arc<Plan>,
    /// The mails that they have not stopped.
    wanted: Vec<&'static str>,
    /// Until when they have paused there.
    away_until: Millis,
}

impl Plans {
    /// What is planned for the owner of an address, wherever they are a member.
    ///
    /// # Errors
    /// Where the database refuses.
    pub(super) async fn of_person(
        &mut self,
        tx: &mut Tx,
        ctx: &Context,
        address: &str,
    ) -> store::Result<Person> {
        let mut person = Person::default();
        let mut stopped_names = HashMap::new();
        for member in members::of_address(tx, address).await? {
            if !member.on_list() || member.state == "bouncing" {
                continue;
            }
            let Some(plan) = self.of_community(tx, ctx, member.community_id).await? else {
                continue;
            };
            person.zone = person.zone.or(member.tz.parse().ok());
            let mut wanted = Vec::new();
            for planned in &plan.mails {
                let name = planned.entry.name;
                if !stopped_names.contains_key(name) {
                    let is_stopped = stopped::is_stopped(tx, address, name).await?;
                    stopped_names.insert(name, is_stopped);
                }
                if stopped_names.get(name) == Some(&false) && !wanted.contains(&name) {
                    wanted.push(name);
                }
            }
            person.plans.push(Theirs {
                plan,
                wanted,
                away_until: away_until(&member),
            });
        }
        Ok(person)
    }

    async fn of_community(
        &mut self,
        tx: &mut Tx,
        ctx: &Context,
        id: i64,
    ) -> store::Result<Option<Arc<Plan>>> {
        if let Some(known) = self.of.get(&id) {
            return Ok(Some(known.clone()));
        }
        let community = communities::by_id(tx, id).await?;
        let charter = ctx.charter(&community);
        let Some(charter) = charter.filter(|_| community.closed_at.is_none()) else {
            return Ok(None);
        };
        let standing = plan::as_it_stands(tx, id, &charter).await?;
        let now = ctx.now();
        let mut mails = of_charter(&standing, now);
        for row in acts::waiting_between(tx, id, (now, now + MONTH), MOST_ROWS).await? {
            let act = registry::by_name(&row.name).filter(|act| !act.plan.is_of_charter());
            if let Some((act, entry)) = act.and_then(|act| Some((act, kept(act)?))) {
                mails.push(planned(entry, act, row.due_at));
            }
        }
        let plan = Arc::new(Plan { charter, mails });
        self.of.insert(id, plan.clone());
        Ok(Some(plan))
    }
}

/// What a charter plans of what is kept.
fn of_charter(charter: &Charter, now: Millis) -> Vec<Planned> {
    let acts = registry::ACTS.iter().filter(|act| act.plan.is_of_charter());
    let mut mails = Vec::new();
    for (act, entry) in acts.filter_map(|act| Some((act, kept(act)?))) {
        for series in moments::series(act, charter) {
            let all = moments::after(act, charter, &series, (now, ""));
            let soon = all.take_while(|next| next.due <= now + MONTH);
            let soon = soon.take(MOST_MOMENTS);
            mails.extend(soon.map(|next| planned(entry, act, next.due)));
        }
    }
    mails
}

fn planned(entry: &'static Entry, act: &Act, due_at: Millis) -> Planned {
    let lasts = entry.expiry.unwrap_or(0);
    let expires_at = match act.plan {
        Planning::Sessions(_) => due_at + lasts - NEAR,
        _ => due_at + lasts,
    };
    Planned {
        entry,
        due_at,
        expires_at,
    }
}

/// The mail of an act, where it is kept: what it sends, or what its replies answer.
fn kept(act: &Act) -> Option<&'static Entry> {
    let sent = act.mailing.map(|mailing| mailing.mail);
    let name = sent.or(act.hears.map(|(mail, _)| mail))?;
    catalogue::by_name(name).filter(|entry| entry.priority.is_kept())
}

impl Person {
    /// With what waits for them, the most important first, as the budget looks at it.
    pub(super) fn ahead<'a>(&'a self, candidates: &'a [Candidate], now: Millis) -> Ahead<'a> {
        let waiting = candidates
            .iter()
            .filter(|one| catalogue::is_kept(one.offer.priority))
            .map(waiting);
        let planned = self.plans.iter().flat_map(|of| {
            let is_wanted = |one: &&Planned| of.wanted.contains(&one.entry.name);
            let is_in_time = |one: &&Planned| of.away_until <= one.expires_at;
            let mails = of.plan.mails.iter().filter(is_wanted).filter(is_in_time);
            mails.map(|planned| self.planned(of, planned))
        });
        Ahead::new(waiting.chain(planned).collect(), now)
    }

    fn planned<'a>(&self, of: &'a Theirs, planned: &Planned) -> Kept<'a> {
        let due_at = planned.due_at.max(of.away_until);
        let charter = &of.plan.charter;
        Kept {
            offer: 0,
            ready_at: due_at,
            due_at,
            expires_at: planned.expires_at,
            alone: planned.entry.alone,
            limits: limits_of(charter, 0),
            calendar: Calendar {
                zone: self.zone.unwrap_or(charter.timezone),
                quiet: charter.budget.quiet,
                holidays: &charter.holidays,
            },
        }
    }
}

/// Until when they have paused: what is planned there goes then, or not at all.
fn away_until(member: &Member) -> Millis {
    match member.state.as_str() {
        "paused" => member.paused_until.unwrap_or(Millis::MAX),
        _ => 0,
    }
}

fn waiting(candidate: &Candidate) -> Kept<'_> {
    let Candidate { offer, .. } = candidate;
    let Offer { due_at, .. } = *offer;
    Kept {
        offer: offer.id,
        ready_at: due_at - super::bundle::SPAN,
        due_at,
        expires_at: offer.expires_at,
        alone: !fits(candidate),
        limits: limits_of(&candidate.standing.charter, 0),
        calendar: candidate.calendar(),
    }
}
