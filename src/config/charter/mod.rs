//! A community's charter: all that folkmoot runs for it.

mod pattern;
mod read;
pub(super) mod value;
mod write;

pub use pattern::{Attachment, HeaderPattern};

use crate::config::word::words;

use super::{duration, size};
use crate::cadence::cron::CronLine;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use lettre::Address;
use serde::Serialize;
use std::collections::BTreeMap;

/// A community's charter, checked. It serialises as the file has it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Charter {
    /// The community's name in addresses: 1 to 24 of `a-z0-9-`.
    pub slug: String,
    /// The community's name for people; one line.
    pub name: String,
    /// Language tag (RFC 5646).
    pub language: String,
    /// The zone of every time in the charter.
    #[serde(serialize_with = "value::zone")]
    pub timezone: Tz,
    /// Nothing is scheduled on these days.
    pub holidays: Vec<Holiday>,
    /// The three elements.
    pub charter: Elements,
    /// Who runs it; each address once.
    #[serde(rename = "facilitator", skip_serializing_if = "Vec::is_empty")]
    pub facilitators: Vec<Facilitator>,
    /// Who decides about held posts; each address once. Facilitators do where none
    /// is named.
    #[serde(rename = "moderator", skip_serializing_if = "Vec::is_empty")]
    pub moderators: Vec<Moderator>,
    /// Who gives it time; each address once.
    #[serde(rename = "sponsor", skip_serializing_if = "Vec::is_empty")]
    pub sponsors: Vec<Sponsor>,
    /// How the list works.
    pub list: List,
    /// What members may choose posts by; each name once.
    #[serde(rename = "topic", skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<Topic>,
    /// Its sessions; each slug once.
    #[serde(rename = "session", skip_serializing_if = "Vec::is_empty")]
    pub sessions: Vec<Session>,
    /// When digests go out to those who chose one.
    pub digest: Digest,
    /// When facilitators get what needs a person.
    pub worksheet: Worksheet,
    /// When members get what a month has brought.
    pub monthly_summary: MonthlySummary,
    /// Discussion seeds.
    #[serde(rename = "prompt", skip_serializing_if = "Vec::is_empty")]
    pub prompts: Vec<Prompt>,
    /// The survey; without it, members are not surveyed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check: Option<HealthCheck>,
    /// When members are asked what the community did for them.
    pub value_story: ValueStory,
    /// Programme mail per person.
    pub budget: Budget,
}

/// First to last day, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
}

/// The three elements of a community of practice, and its norms.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Elements {
    /// What it is about; not empty.
    pub domain: String,
    /// Who it is; not empty.
    pub community: String,
    /// What it makes together; not empty.
    pub practice: String,
    /// What members expect of one another.
    pub norms: Vec<String>,
    /// When the charter is reviewed; `None` is written "off".
    #[serde(serialize_with = "value::cron_or_off")]
    pub review: Option<CronLine>,
}

/// Somebody who runs the community.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Facilitator {
    /// Where mail reaches them.
    #[serde(serialize_with = "value::address")]
    pub address: Address,
    /// Their name, or "".
    pub name: String,
    /// The last day of their term.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term_until: Option<NaiveDate>,
}

/// Somebody who decides about held posts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moderator {
    /// Where mail reaches them.
    #[serde(serialize_with = "value::address")]
    pub address: Address,
    /// Their name, or "".
    pub name: String,
    /// The last day of their term.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term_until: Option<NaiveDate>,
}

/// Something that posts can be about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Topic {
    /// Its name in subjects and commands: 1 to 24 of `a-z0-9-`.
    pub name: String,
    /// Its name for people; one line.
    pub title: String,
}

/// Somebody who gives the community time and reads its summary.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sponsor {
    /// Where mail reaches them.
    #[serde(serialize_with = "value::address")]
    pub address: Address,
    /// Their name, or "".
    pub name: String,
    /// When their summary is due; `None` is written "off".
    #[serde(serialize_with = "value::cron_or_off")]
    pub summary: Option<CronLine>,
}

/// How the list works.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct List {
    /// Whose posts go out.
    pub posting: Posting,
    /// How people join.
    pub subscription: Subscription,
    /// Who may read the archive.
    pub archive: ArchivePolicy,
    /// Where a reply goes.
    pub reply_to: ReplyTo,
    /// Put before subjects; "" is none.
    pub subject_tag: String,
    /// What happens to From where DMARC would refuse it.
    pub dmarc: Dmarc,
    /// The largest post, in octets.
    #[serde(serialize_with = "size::serialize")]
    pub max_size: u64,
    /// Whether posts get a footer.
    pub footer: bool,
    /// How posts reach a new member who has not said.
    pub delivery: Delivery,
    /// So many first posts of a new member wait for a moderator.
    pub probation: u32,
    /// Whether members post only once they have accepted the charter.
    pub acceptance: bool,
    /// Most posts an hour and author; `None` is written "off".
    #[serde(serialize_with = "value::number_or_off")]
    pub rate: Option<u32>,
    /// Posts with more addresses in To and Cc are held; 0 is off.
    pub max_recipients: u32,
    /// Posts with such an attachment are held.
    pub refuse_attachments: Vec<Attachment>,
    /// Posts with such a header field are held.
    pub hold_headers: Vec<HeaderPattern>,
    /// Posts with such a header field are discarded.
    pub discard_headers: Vec<HeaderPattern>,
    /// What becomes of a post that a spam filter in front has marked.
    pub spam: Spam,
    /// What becomes of a post of whose author nothing but its From line tells.
    pub unproven: Unproven,
    /// What becomes of a post that `posting` does not allow.
    pub outsiders: Outsiders,
    /// Who is told by `who` who the members are.
    pub members_visible_to: MembersVisibleTo,
    /// Slugs of communities whose members get this list's posts too.
    pub includes: Vec<String>,
}

words! {
    /// Whose posts go out.
    Posting {
        /// Members' posts go out.
        Members = "members",
        /// Everybody's do.
        Anyone = "anyone",
        /// Only facilitators' do.
        Facilitators = "facilitators",
        /// A moderator accepts each post.
        Moderated = "moderated",
    }
}

words! {
    /// How people join.
    Subscription {
        /// At once.
        Open = "open",
        /// Once they confirm.
        Confirm = "confirm",
        /// Once a moderator approves.
        Approve = "approve",
        /// Once both have happened.
        ConfirmApprove = "confirm+approve",
        /// Only where somebody invites them.
        Invite = "invite",
    }
}

words! {
    /// Who may read the archive.
    ArchivePolicy {
        /// Everybody.
        Public = "public",
        /// Members only.
        Members = "members",
        /// There is none.
        None = "none",
    }
}

words! {
    /// Where a reply goes.
    ReplyTo {
        /// To the list, so that it reaches the archive.
        List = "list",
        /// To the author.
        Author = "author",
    }
}

words! {
    /// How posts reach a member.
    Delivery {
        /// One by one.
        Each = "each",
        /// Together, in a digest.
        Digest = "digest",
        /// Their subjects only.
        Headlines = "headlines",
        /// Not at all.
        None = "none",
    }
}

words! {
    /// What becomes of a post that a spam filter in front has marked.
    Spam {
        /// A moderator decides.
        Hold = "hold",
        /// It goes nowhere.
        Discard = "discard",
        /// The mark is not looked at.
        Off = "off",
    }
}

words! {
    /// What becomes of a post of whose author nothing but its From line tells.
    Unproven {
        /// It is judged as if its author had written it.
        Accept = "accept",
        /// A moderator decides.
        Hold = "hold",
    }
}

words! {
    /// What becomes of a post that `posting` does not allow.
    Outsiders {
        /// A moderator decides.
        Hold = "hold",
        /// It goes nowhere.
        Discard = "discard",
    }
}

words! {
    /// Who is told who the members are.
    MembersVisibleTo {
        /// Every member.
        Members = "members",
        /// Facilitators and moderators.
        Facilitators = "facilitators",
        /// Nobody but the operator.
        Nobody = "nobody",
    }
}

words! {
    /// What happens to From where DMARC (RFC 7489) would refuse it.
    Dmarc {
        /// It is rewritten where delivery needs that.
        Auto = "auto",
        /// It stays.
        None = "none",
        /// It is always rewritten.
        Rewrite = "rewrite",
        /// The post is attached to a mail of the list.
        Wrap = "wrap",
    }
}

/// A series of sessions. `None` for one of its mails is written "off".
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Session {
    /// Its name in addresses and commands.
    pub slug: String,
    /// Its name for people; one line.
    pub title: String,
    /// Recurrence rule (RFC 5545, section 3.3.10); `None` happens once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The first session, on the community's wall clock.
    #[serde(serialize_with = "value::local_time")]
    pub starts: NaiveDateTime,
    /// The last day on which one may start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// How long each takes.
    #[serde(serialize_with = "duration::serialize")]
    pub duration: TimeDelta,
    /// Where to join.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Where to go; one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// How long before it begins a host is asked for.
    #[serde(serialize_with = "duration::serialize_or_off")]
    pub host_ask: Option<TimeDelta>,
    /// How long before it begins topics are asked for.
    #[serde(serialize_with = "duration::serialize_or_off")]
    pub agenda_call: Option<TimeDelta>,
    /// How long before it begins the host is briefed.
    #[serde(serialize_with = "duration::serialize_or_off")]
    pub host_brief: Option<TimeDelta>,
    /// How long after its end the host is asked who came.
    #[serde(serialize_with = "duration::serialize_or_off")]
    pub attendance: Option<TimeDelta>,
    /// How long after its end the recap goes out.
    #[serde(serialize_with = "duration::serialize_or_off")]
    pub recap: Option<TimeDelta>,
    /// Which of its sessions were moved or cancelled since, by their original day. A file
    /// has none: `sessions::standing` puts in what the database says.
    #[serde(skip)]
    pub exceptions: BTreeMap<NaiveDate, Exception>,
}

/// What became of one session of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exception {
    /// It begins at another time.
    Moved(DateTime<Utc>),
    /// It does not take place, and why (may be empty).
    Cancelled(String),
}

/// When digests go out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Digest {
    /// When.
    pub schedule: CronLine,
}

/// When facilitators get what needs a person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Worksheet {
    /// When; `None` is written "off".
    #[serde(serialize_with = "value::cron_or_off")]
    pub schedule: Option<CronLine>,
}

/// When members get what a month has brought.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MonthlySummary {
    /// When; `None` is written "off".
    #[serde(serialize_with = "value::cron_or_off")]
    pub schedule: Option<CronLine>,
}

/// When members are asked what the community did for them, where there is a sponsor who
/// reads it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ValueStory {
    /// When; `None` is written "off".
    #[serde(serialize_with = "value::cron_or_off")]
    pub schedule: Option<CronLine>,
}

/// A discussion seed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Prompt {
    /// When it may go out.
    pub schedule: CronLine,
    /// Only where the list was quiet that long; `None` asks for no silence.
    #[serde(serialize_with = "duration::serialize_or_off")]
    pub after_silence: Option<TimeDelta>,
    /// The question.
    pub text: String,
}

/// The survey.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HealthCheck {
    /// When it opens.
    pub schedule: CronLine,
    /// How long it stays open.
    #[serde(serialize_with = "duration::serialize")]
    pub open_for: TimeDelta,
    /// When those who have not answered are reminded, counted from its opening.
    #[serde(serialize_with = "duration::serialize_or_off")]
    pub remind_after: Option<TimeDelta>,
    /// No result is shown below this many answers; at least 5.
    pub minimum: u32,
    /// When the yearly reflection opens; `None` is written "off".
    #[serde(serialize_with = "value::cron_or_off")]
    pub reflection: Option<CronLine>,
}

/// Programme mail per person, over all communities.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Budget {
    /// In any 7 days.
    pub per_week: u32,
    /// In any 30 days.
    pub per_month: u32,
    /// None goes out in these hours; `None` is written "off".
    #[serde(serialize_with = "value::quiet_or_off")]
    pub quiet: Option<Quiet>,
}

/// Hours of every day, on the wall clock; they may run over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// When they begin.
    pub from: NaiveTime,
    /// When they end.
    pub to: NaiveTime,
}

impl Session {
    /// A session that is no series, with the times of mails that a charter need not say.
    pub fn once(slug: &str, title: &str, starts: NaiveDateTime, duration: TimeDelta) -> Session {
        Session {
            slug: slug.to_owned(),
            title: title.to_owned(),
            rule: None,
            starts,
            until: None,
            duration,
            link: None,
            location: None,
            host_ask: Some(TimeDelta::days(10)),
            agenda_call: Some(TimeDelta::days(7)),
            host_brief: Some(TimeDelta::days(1)),
            attendance: Some(TimeDelta::hours(1)),
            recap: Some(TimeDelta::days(1)),
            exceptions: BTreeMap::new(),
        }
    }
}

impl Holiday {
    /// Whether a day is one of its days.
    pub fn covers(&self, day: NaiveDate) -> bool {
        (self.first..=self.last).contains(&day)
    }
}

impl Quiet {
    /// Whether a time of the day is one of its times.
    pub fn covers(&self, time: NaiveTime) -> bool {
        match self.from < self.to {
            true => self.from <= time && time < self.to,
            false => self.from <= time || time < self.to,
        }
    }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod broken;
