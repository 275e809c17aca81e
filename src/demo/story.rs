//! The story: who is in it, and who does what when (`story.toml`).

use chrono::{Days, NaiveDate, NaiveTime, TimeZone, Weekday};
use chrono_tz::Tz;
use serde::Deserialize;

use super::calendar::Client;

/// The Monday on which every demonstration begins, so that it is the same each time.
const FIRST_MONDAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 1, 5).unwrap();

/// The zone of the story's times, the charter's own.
const ZONE: Tz = chrono_tz::Europe::Berlin;

/// After so many weeks the story begins again.
const QUARTER: u32 = 13;

/// The whole story.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// Everybody in it.
    #[serde(rename = "person")]
    pub people: Vec<Person>,
    /// What they write, thread by thread.
    #[serde(rename = "thread")]
    pub threads: Vec<Thread>,
}

/// A simulated person.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Their name in paths and in the story.
    pub slug: String,
    /// Their name.
    pub name: String,
    /// Where their mail goes.
    pub address: String,
    /// What they are in the community.
    pub role: Role,
    /// Their part of the organisation.
    pub org: String,
    /// The calendar program that they use.
    #[serde(default)]
    pub calendar: Client,
    /// What stands below their mails; may be empty.
    #[serde(default)]
    pub signature: String,
}

/// What a simulated person is in the community.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Runs it; named in the charter.
    Facilitator,
    /// Belongs to it from the start.
    Member,
    /// A member who is new to the subject.
    Newcomer,
    /// Reads.
    Listener,
    /// Joins in the course of the story.
    Joiner,
    /// Does not belong to it.
    Stranger,
    /// Gives it time; named in the charter.
    Sponsor,
}

/// What belongs together in the story.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thread {
    /// Its name in Message-IDs.
    pub id: String,
    /// In which week of the quarter, from 1.
    pub week: u32,
    /// What it shows, a sentence for the demonstration's first page.
    #[serde(default)]
    pub shows: String,
    /// Whether it comes back every quarter; the others happen once.
    #[serde(default)]
    pub again: bool,
    /// What happens, in order.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

/// One thing that somebody does.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// When, as `mon 10:12`.
    pub at: At,
    /// Who: a person's slug.
    pub by: String,
    /// What.
    pub does: Deed,
    /// Which step of the thread it is about, from 1.
    #[serde(default = "first")]
    pub answers: usize,
    /// A new mail's subject.
    #[serde(default)]
    pub subject: String,
    /// A mail's text.
    #[serde(default)]
    pub text: String,
    /// The same in HTML, if it is sent so.
    pub html: Option<String>,
    /// What is attached.
    pub attachment: Option<Enclosure>,
    /// Whether an answer to an invitation is about the next session alone.
    #[serde(default)]
    pub one: bool,
    /// How long a pause lasts, or an absence; how much later another time is proposed.
    #[serde(default)]
    pub days: u32,
}

/// What somebody can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Deed {
    /// Writes to the list.
    Post,
    /// Answers a post, from their own copy of it.
    Reply,
    /// Their mailbox answers a post by itself; where the step has a subject, the latest
    /// mail of ours of that name.
    Absent,
    /// Their mailbox refuses their copy of a post.
    Bounce,
    /// Lets a held post through, by replying to the mail about it.
    Accept,
    /// Writes to the join address.
    Join,
    /// Writes to the leave address.
    Leave,
    /// Replies to the latest confirmation.
    Confirm,
    /// Presses their mail program's button to leave.
    Press,
    /// Writes to the facilitators.
    Owner,
    /// Writes to the robot.
    Request,
    /// Writes words to the robot (`set digest`, `pause 10d`, `invite`), is asked back,
    /// and says yes.
    Words,
    /// Replies with words to the latest mail of ours whose name is the step's subject.
    Answer,
    /// Writes digits below the questions that the latest mail asks whose name is the
    /// step's subject.
    Inline,
    /// Answers on the page that the latest mail links to whose name is the step's subject.
    Form,
    /// Replies `mute` to their copy of a post.
    Mute,
    /// Answers the thread from the latest digest, by its number there.
    Digest,
    /// Accepts the latest invitation by replying.
    Take,
    /// From now on their server refuses all mail to them.
    Breaks,
    /// From now on their server takes mail to them, and sends it back later.
    Returns,
    /// Their mailbox takes mail again.
    Works,
    /// Replies to the mail that tries their address, and gets posts again.
    Back,
    /// For some days their mailbox answers each mail by itself.
    Away,
    /// Somebody else writes words to the robot in their name.
    Forge,
    /// Presses Accept in their calendar.
    Accepts,
    /// Presses Decline in their calendar.
    Declines,
    /// Presses Maybe in their calendar.
    Hesitates,
    /// Proposes another time for the next session from their calendar.
    Proposes,
}

/// What is attached to a mail.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enclosure {
    /// Its file name.
    pub name: String,
    /// Its media type.
    pub kind: String,
    /// Its content.
    pub text: String,
}

/// A weekday and a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct At {
    day: Weekday,
    time: NaiveTime,
}

/// A step at its moment.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The week of the demonstration, from 1.
    pub week: u32,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// What it belongs to.
    pub thread: &'a Thread,
    /// Its place in the thread, from 1.
    pub number: usize,
    /// What happens.
    pub step: &'a Step,
}

fn first() -> usize {
    1
}

impl TryFrom<String> for At {
    type Error = String;

    fn try_from(text: String) -> Result<At, String> {
        let wrong = || format!("`{text}` is no weekday and time; write `mon 10:12`");
        let (day, time) = text.split_once(' ').ok_or_else(wrong)?;
        let day = day.parse().map_err(|_| wrong())?;
        let time = NaiveTime::parse_from_str(time, "%H:%M").map_err(|_| wrong())?;
        Ok(At { day, time })
    }
}

impl Story {
    /// The story that is built in.
    ///
    /// # Errors
    /// Where `story.toml` is broken, which a test excludes.
    pub fn load() -> Result<Story, toml::de::Error> {
        toml::from_str(include_str!("story.toml"))
    }

    /// The person of that slug.
    pub fn person(&self, slug: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.slug == slug)
    }

    /// What happens in the first `weeks` weeks, in order.
    pub fn scenes(&self, weeks: u32) -> Vec<Scene<'_>> {
        let mut scenes: Vec<_> = (1..=weeks).flat_map(|week| self.week(week)).collect();
        scenes.sort_by_key(|scene| scene.at);
        scenes
    }

    /// What there was to see until this moment, in order.
    pub fn shown_until(&self, now: i64) -> Vec<&Thread> {
        let has_begun = |thread: &&Thread| {
            let first = thread.steps.first();
            first.is_some_and(|step| moment(thread.week, step.at) <= now)
        };
        let threads = self.threads.iter().filter(has_begun);
        let mut shown: Vec<_> = threads.filter(|thread| !thread.shows.is_empty()).collect();
        shown.sort_by_key(|thread| {
            let first = thread.steps.first();
            first.map(|step| moment(thread.week, step.at))
        });
        shown
    }

    fn week(&self, week: u32) -> impl Iterator<Item = Scene<'_>> {
        let threads = self.threads.iter();
        let now = threads.filter(move |thread| {
            thread.week == (week - 1) % QUARTER + 1 && (thread.again || week <= QUARTER)
        });
        now.flat_map(move |thread| {
            let steps = thread.steps.iter().zip(1..);
            steps.map(move |(step, number)| Scene {
                week,
                at: moment(week, step.at),
                thread,
                number,
                step,
            })
        })
    }
}

/// When a week ends, and the demonstration with its last one: Sunday midnight.
pub fn end_of(week: u32) -> i64 {
    let monday = At {
        day: Weekday::Mon,
        time: NaiveTime::MIN,
    };
    moment(week + 1, monday)
}

/// When the demonstration begins.
pub fn beginning() -> i64 {
    end_of(0)
}

/// The story's day until `at`, as people write it: midnight still belongs to the
/// day that ends.
pub fn day_before(at: i64) -> String {
    let local = crate::clock::moment(at - 1).with_timezone(&ZONE);
    local.format("%a %-d %b %Y").to_string()
}

/// The story's day of that moment, without its year.
pub fn short_day(at: i64) -> String {
    let local = crate::clock::moment(at).with_timezone(&ZONE);
    local.format("%-d %b").to_string()
}

/// When the day begins that comes `days` after the day of `at`.
pub fn midnight_after(at: i64, days: u32) -> i64 {
    let local = crate::clock::moment(at).with_timezone(&ZONE).date_naive();
    let midnight = (local + Days::new(days.into())).and_time(NaiveTime::MIN);
    let found = ZONE.from_local_datetime(&midnight).earliest();
    found.map_or(at, |moment| moment.timestamp_millis())
}

fn moment(week: u32, at: At) -> i64 {
    let days = (week.max(1) - 1) * 7 + at.day.num_days_from_monday();
    let day = FIRST_MONDAY + Days::new(days.into());
    let local = ZONE.from_local_datetime(&day.and_time(at.time));
    // No time of the story falls into a gap; UTC would do for one that did.
    let found = local.earliest().map(|moment| moment.timestamp_millis());
    found.unwrap_or_else(|| day.and_time(at.time).and_utc().timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::rfc3339;

    #[test]
    fn everybody_who_acts_is_somebody_and_answers_what_came_before() {
        let story = Story::load().unwrap();
        for thread in &story.threads {
            assert!((1..=QUARTER).contains(&thread.week), "{}", thread.id);
            for (number, step) in thread.steps.iter().enumerate() {
                assert!(story.person(&step.by).is_some(), "{}", step.by);
                let alone = number == 0;
                assert!(alone || step.answers <= number, "{} {number}", thread.id);
            }
            let times: Vec<_> = thread.steps.iter().map(|step| moment(1, step.at)).collect();
            assert!(times.is_sorted(), "{}", thread.id);
        }
        let mut names: Vec<_> = story.threads.iter().map(|thread| &thread.id).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), story.threads.len(), "two threads of one name");
    }

    #[test]
    fn everybody_lives_under_an_example_domain() {
        for person in Story::load().unwrap().people {
            assert!(person.address.ends_with(".example"), "{}", person.address);
        }
    }

    #[test]
    fn times_are_the_communitys_own_in_winter_and_summer() {
        let at = At::try_from("tue 09:30".to_owned()).unwrap();
        assert_eq!(rfc3339(moment(1, at)), "2026-01-06T08:30:00Z");
        assert_eq!(rfc3339(moment(13, at)), "2026-03-31T07:30:00Z");
        assert_eq!(rfc3339(end_of(1)), "2026-01-11T23:00:00Z");
        assert_eq!(rfc3339(beginning()), "2026-01-04T23:00:00Z");
        assert_eq!(day_before(end_of(1)), "Sun 11 Jan 2026");
    }

    #[test]
    fn what_comes_back_comes_back_and_the_rest_happens_once() {
        let story = Story::load().unwrap();
        let of = |id: &str, weeks| {
            let scenes = story.scenes(weeks);
            let found = scenes.iter().filter(|s| s.thread.id == id && s.number == 1);
            found.map(|scene| scene.week).collect::<Vec<_>>()
        };
        assert_eq!(of("seal", 27), [1, 14, 27]);
        assert_eq!(of("join", 27), [1]);
    }
}
