//! The mails about a series to one member: each has its own ORGANIZER, which is also its
//! From, and its own ATTENDEE. So each is a mail of its own, fixed when it is made.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::event::{self, Copy, View};
use crate::calendar::write::{self, Event, Method, Party};
use crate::clock::moment;
use crate::lists::home::Home;
use crate::lists::welcome;
use crate::outbox::catalogue::{self, Entry};
use crate::outbox::compose::{self, Kept, Letter, Text};
use crate::outbox::invite::CalendarPart;
use crate::outbox::personal;
use crate::store::Millis;
use crate::store::invitations::Invitation as Known;
use crate::store::members::Member;
use crate::store::sessions::Session;
use crate::templates::Phrase;
use crate::templates::mails::{Invitation, Mail, SessionChange};

/// So many sessions are named in a mail.
pub(super) const NAMED: usize = 4;

/// What the texts of mails to somebody else are rendered for: no member has that key.
const NOBODY: i64 = 0;

/// What all mails about one series have in common.
pub(super) struct Desk<'a> {
    pub(super) home: Home<'a>,
    pub(super) view: View<'a>,
    /// When the next sessions begin, one more than are named.
    pub(super) coming: Vec<Millis>,
    /// How many have said that they come to the one session that the mails are about.
    pub(super) going: i64,
    /// The texts that were rendered already: those whose clocks are the same get the same.
    pub(super) texts: Mutex<HashMap<(What, Tz), Text>>,
    /// The calendars that were written already.
    pub(super) drafts: Mutex<HashMap<As, Arc<write::Draft>>>,
}

/// What a calendar is told, with its SEQUENCE, DTSTAMP and first day.
pub(super) type As = (What, i64, Millis, String);

/// What a mail tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum What {
    /// A series begins.
    Invitation,
    /// It is another.
    Update,
    /// It goes on no more.
    End,
    /// Nothing is left of it.
    Cancel,
    /// One session has changed: the one that the errand is about.
    One,
}

impl What {
    fn entry(self) -> &'static Entry {
        match self {
            What::Invitation => &catalogue::INVITATION,
            _ => &catalogue::SESSION_CHANGE,
        }
    }
}

/// Whom a mail is for, and what their calendar then has.
pub(super) struct To<'a> {
    pub(super) member: &'a Member,
    /// What they will have been told: address, SEQUENCE, first day.
    pub(super) known: &'a Known,
}

impl Desk<'_> {
    /// The invitation.
    pub(super) fn invite(&self, to: &To<'_>) -> Result<Kept, compose::Error> {
        let series = self.view.series;
        let token = |member| super::rsvp::page_token(self.home.ctx, series.id, member);
        let text = self.text(What::Invitation, to, |zone| {
            let link = super::rsvp::page_link(self.home.ctx, &token(NOBODY));
            let text = self.rendered(&self.invitation(zone, link))?;
            Ok(text.with_stand_in(&token(NOBODY)))
        })?;
        let text = text.with(&token(to.member.id));
        let first = self.first_id(to);
        let is_first = to.known.sequence == 0;
        let letter = Letter {
            about: format!("series={}; {}", series.slug, self.today()),
            series: series.slug.clone(),
            message_id: if is_first {
                first.clone()
            } else {
                String::new()
            },
            references: if is_first { Vec::new() } else { vec![first] },
            ..self.letter(to)
        };
        let whole = |copy: &Copy| self.view.whole(copy);
        let calendar = self.calendar((What::Invitation, Method::Request), to, whole)?;
        self.compose((What::Invitation, text), letter, calendar)
    }

    fn invitation(&self, zone: Tz, answer_url: String) -> Invitation {
        let series = self.view.series;
        Invitation {
            community: self.home.community.name.clone(),
            title: series.title.clone(),
            about: self.home.charter.charter.domain.clone(),
            coming: self.coming(zone),
            more: self.coming.len() > NAMED,
            series: !series.rule.is_empty(),
            until: self.until(),
            zone: zone.name().to_owned(),
            duration: duration(series.duration),
            location: series.location.clone(),
            link: series.link.clone(),
            answer_url,
            owner_address: self.home.address("owner"),
        }
    }

    /// The series as it is now.
    pub(super) fn update(&self, to: &To<'_>) -> Result<Kept, compose::Error> {
        let text = self.text(What::Update, to, |zone| {
            self.rendered(&SessionChange {
                changed: true,
                coming: self.coming(zone),
                until: self.until(),
                location: self.view.series.location.clone(),
                link: self.view.series.link.clone(),
                ..self.change(zone)
            })
        })?;
        let whole = |copy: &Copy| self.view.whole(copy);
        let calendar = self.calendar((What::Update, Method::Request), to, whole)?;
        self.changed(to, (What::Update, text), calendar)
    }

    /// The series up to its last session.
    pub(super) fn end(&self, to: &To<'_>) -> Result<Kept, compose::Error> {
        let text = self.text(What::End, to, |zone| {
            self.rendered(&SessionChange {
                ended: true,
                reason: self.view.series.reason.clone(),
                ..self.change(zone)
            })
        })?;
        let whole = |copy: &Copy| self.view.whole(copy);
        let calendar = self.calendar((What::End, Method::Request), to, whole)?;
        self.changed(to, (What::End, text), calendar)
    }

    /// Nothing of the series is left in their calendar.
    pub(super) fn cancel(&self, to: &To<'_>) -> Result<Kept, compose::Error> {
        let text = self.text(What::Cancel, to, |zone| {
            self.rendered(&SessionChange {
                cancelled: true,
                reason: self.view.series.reason.clone(),
                ..self.change(zone)
            })
        })?;
        let gone = |copy: &Copy| vec![self.view.gone(copy)];
        let calendar = self.calendar((What::Cancel, Method::Cancel), to, gone)?;
        self.changed(to, (What::Cancel, text), calendar)
    }

    /// One session is at another time, or does not take place. It goes without the
    /// series: some clients ignore it where that comes along.
    pub(super) fn one(
        &self,
        to: &To<'_>,
        (row, on): (&Session, NaiveDate),
    ) -> Result<Kept, compose::Error> {
        let text = self.text(What::One, to, |zone| {
            self.rendered(&self.change_of_one(zone, (row, on)))
        })?;
        let method = match row.state == "cancelled" {
            true => Method::Cancel,
            false => Method::Request,
        };
        let one = |copy: &Copy| vec![self.view.one(copy, row, on)];
        let calendar = self.calendar((What::One, method), to, one)?;
        let letter = Letter {
            about: format!("series={}; on={on}", self.view.series.slug),
            concerns: format!("series:{}:{on}", self.view.series.id),
            ..self.letter(to)
        };
        self.compose((What::One, text), letter, calendar)
    }

    fn change_of_one(&self, zone: Tz, (row, on): (&Session, NaiveDate)) -> SessionChange {
        let is_off = row.state == "cancelled";
        let was = self.view.times.moment(self.view.times.wall(on));
        let said = |text: &String| match is_off {
            true => String::new(),
            false => text.clone(),
        };
        SessionChange {
            moved: !is_off,
            dropped: is_off,
            was: self.at(was.timestamp_millis(), zone),
            now: self.at(row.starts_at, zone),
            reason: row.reason.clone(),
            going: if is_off { 0 } else { self.going },
            coming: self.coming(zone).into_iter().take(1).collect(),
            location: said(&self.view.series.location),
            link: said(&self.view.series.link),
            ..self.change(zone)
        }
    }

    /// The text for somebody's clock, rendered where nobody has got it yet.
    fn text(
        &self,
        what: What,
        to: &To<'_>,
        render: impl FnOnce(Tz) -> Result<Text, compose::Error>,
    ) -> Result<Text, compose::Error> {
        let zone = self.zone(to.member);
        let mut known = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = known.get(&(what, zone)) {
            return Ok(text.clone());
        }
        let text = render(zone)?;
        known.insert((what, zone), text.clone());
        Ok(text)
    }

    fn rendered<M: Mail>(&self, mail: &M) -> Result<Text, compose::Error> {
        Text::of(self.home.ctx, self.home.community, mail)
    }

    fn change(&self, zone: Tz) -> SessionChange {
        let series = self.view.series;
        SessionChange {
            community: self.home.community.name.clone(),
            title: series.title.clone(),
            zone: zone.name().to_owned(),
            duration: duration(series.duration),
            owner_address: self.home.address("owner"),
            ..SessionChange::default()
        }
    }

    fn changed(
        &self,
        to: &To<'_>,
        what: (What, Text),
        calendar: CalendarPart,
    ) -> Result<Kept, compose::Error> {
        let letter = Letter {
            about: format!("series={}; {}", self.view.series.slug, self.today()),
            ..self.letter(to)
        };
        self.compose(what, letter, calendar)
    }

    fn compose(
        &self,
        (what, text): (What, Text),
        letter: Letter,
        calendar: CalendarPart,
    ) -> Result<Kept, compose::Error> {
        let letter = Letter {
            calendar: Some(calendar),
            ..letter
        };
        let text = (what.entry(), text);
        Kept::compose(self.home.ctx, self.home.community, text, letter)
    }

    /// What their calendar reads: written once for all who are as far, but for the names.
    fn calendar(
        &self,
        (what, method): (What, Method),
        to: &To<'_>,
        events: impl FnOnce(&Copy) -> Vec<Event>,
    ) -> Result<CalendarPart, compose::Error> {
        let refused =
            |why: write::Refused| compose::Error::Mail(what.entry().name, why.to_string());
        let (organizer, attendee) = self.parties(to);
        let known = to.known;
        let key = (
            what,
            known.sequence,
            known.dtstamp,
            known.invited_from.clone(),
        );
        let mut drafts = self.drafts.lock().unwrap_or_else(PoisonError::into_inner);
        let draft = match drafts.get(&key) {
            Some(draft) => Arc::clone(draft),
            None => {
                let draft = write::Draft::of(method, &events(&self.copy(to)));
                let draft = Arc::new(draft.map_err(refused)?);
                drafts.insert(key, Arc::clone(&draft));
                draft
            }
        };
        drop(drafts);
        let bytes = draft.with(&organizer, &attendee).map_err(refused)?;
        Ok(CalendarPart { method, bytes })
    }

    /// From is ORGANIZER: some clients refuse what differs.
    fn letter(&self, to: &To<'_>) -> Letter {
        let own = welcome::own_address(&self.home, to.member);
        Letter {
            to: vec![(Some(to.member.id), to.known.address.clone())],
            from: own.clone(),
            reply_to: own,
            references: to.known.message_id.iter().cloned().collect(),
            concerns: format!("series:{}", self.view.series.id),
            ..Letter::default()
        }
    }

    /// The Message-ID of the first invitation that a member gets: recaps refer to it, too.
    fn first_id(&self, to: &To<'_>) -> String {
        let (settings, secret) = (&self.home.ctx.settings, &self.home.ctx.secret);
        personal::invitation_id(settings, secret, self.view.series.id, to.member.id)
    }

    /// Who invites and who is invited.
    fn parties(&self, to: &To<'_>) -> (Party, Party) {
        let organizer = Party {
            address: welcome::own_address(&self.home, to.member),
            name: self.home.community.name.clone(),
        };
        let attendee = Party {
            address: to.known.address.clone(),
            name: to.member.name.clone(),
        };
        (organizer, attendee)
    }

    fn copy(&self, to: &To<'_>) -> Copy {
        let first = self.view.times.starts.date();
        let (organizer, attendee) = self.parties(to);
        Copy {
            organizer,
            attendee: Some(attendee),
            sequence: to.known.sequence,
            dtstamp: to.known.dtstamp,
            from: to.known.invited_from.parse().unwrap_or(first),
            description: self.description(),
        }
    }

    /// What the event says of itself: the link stands here, too, for clients that show no
    /// other.
    fn description(&self) -> String {
        let link = self.view.series.link.as_str();
        let lines = [self.home.charter.charter.domain.as_str(), link];
        let said: Vec<&str> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        said.join("\n\n")
    }

    fn zone(&self, member: &Member) -> Tz {
        member.tz.parse().unwrap_or(self.view.times.zone)
    }

    fn coming(&self, zone: Tz) -> Vec<String> {
        let named = self.coming.iter().take(NAMED);
        named.map(|at| self.at(*at, zone)).collect()
    }

    /// A moment on that clock: "Tuesday, 24 March, 16:00".
    fn at(&self, at: Millis, zone: Tz) -> String {
        let local = moment(at).with_timezone(&zone);
        let (language, slug) = (&self.home.charter.language, &self.home.community.slug);
        let templates = &self.home.ctx.templates;
        let day = templates.say_day(language, slug, local.date_naive());
        let said = Phrase::new("session_at").with("day", day);
        self.home
            .say(&said.with("time", local.format("%H:%M").to_string()))
    }

    fn until(&self) -> String {
        let (language, slug) = (&self.home.charter.language, &self.home.community.slug);
        let templates = &self.home.ctx.templates;
        let last = self.view.times.until;
        last.map_or_else(String::new, |day| templates.say_date(language, slug, day))
    }

    fn today(&self) -> String {
        compose::today(self.home.ctx, self.home.community)
    }
}

/// How long, for people of any language: `1 h 30 min`.
pub(super) fn duration(milliseconds: i64) -> String {
    let minutes = milliseconds / 60_000;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// The sessions that are to come, as they stand: (original day, moment).
pub(super) fn coming(view: &View<'_>, now: Millis) -> Vec<(NaiveDate, Millis)> {
    let rows = view.rows.iter();
    let ahead = rows.filter(|row| row.state == "planned" && row.starts_at > now);
    ahead
        .filter_map(|row| Some((event::day(row)?, row.starts_at)))
        .collect()
}
