//! A charter file, key by key.

use super::value::{self, schedule, schedule_or_off};
use super::*;
use crate::calendar::recur;
use crate::config::problem::{Problem, Wrong, wrong};
use crate::config::source::{self, Source};
use crate::config::table::Table;
use crate::config::{duration, recurrence, size};
use std::collections::BTreeSet;
use std::path::Path;

const TWICE_A_YEAR: &str = "0 9 1 1,7 *";
const MONTHLY: &str = "0 9 1 * *";
const QUARTERLY: &str = "0 9 10 2,5,8,11 *";
/// Between two health checks, when the year has begun for everybody.
const EVERY_YEAR: &str = "0 9 10 1 *";
/// Half a year apart, and in no month of a health check.
const SPRING_AND_AUTUMN: &str = "0 9 15 3,9 *";
const EVERY_MONDAY: &str = "0 8 * * 1";

/// No budget is larger: it would be none.
const MOST_MAILS: u32 = 100_000;

/// No list looks for more patterns: each costs time at every post.
const MOST_PATTERNS: usize = 100;

/// No posts are larger, whatever a charter says, in octets.
const LARGEST_POST: u64 = 1 << 30;

impl Charter {
    /// Reads a charter; `file` is the name to print.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its line.
    pub fn parse(text: &str, file: &str) -> Result<Self, Vec<Problem>> {
        let source = Source::new(file, text);
        let root = source.parse()?;
        let charter = charter(Table::root(&source, root.get_ref()));
        let problems = source.problems();
        charter.filter(|_| problems.is_empty()).ok_or(problems)
    }

    /// Reads a charter's file.
    ///
    /// # Errors
    /// As [`Charter::parse`], or that the file cannot be read.
    pub fn read(path: &Path) -> Result<Self, Vec<Problem>> {
        let text = source::read(path).map_err(|problem| vec![problem])?;
        Self::parse(&text, &path.display().to_string())
    }
}

/// `None` only where a problem was noted. All keys are read before that shows,
/// so that one run names everything.
fn charter(root: Table<'_, '_>) -> Option<Charter> {
    let slug = root.needed("slug", "\"pumps\"", value::slug);
    let name = root.needed("name", "\"Pumps community\"", value::full_line);
    let tag = format!("[{}]", slug.as_deref().unwrap_or_default());
    let language = root.text_or("language", "en".to_owned(), value::language);
    let timezone = root.text_or("timezone", Tz::UTC, value::time_zone);
    let holidays = root.texts("holidays", value::holiday);
    let elements = elements(&root);
    let facilitators = each(&root, "facilitator", Some("address"), facilitator);
    let moderators = each(&root, "moderator", Some("address"), moderator);
    let sponsors = each(&root, "sponsor", Some("address"), sponsor);
    let list = list(root.table("list"), tag, slug.as_deref());
    let topics = each(&root, "topic", Some("name"), topic);
    let sessions = each(&root, "session", Some("slug"), session);
    let digest = digest(root.table("digest"));
    let worksheet = worksheet(root.table("worksheet"));
    let monthly_summary = monthly_summary(root.table("monthly_summary"));
    let prompts = each(&root, "prompt", None, prompt);
    let health_check = health_check(&root);
    let value_story = value_story(root.table("value_story"));
    let budget = budget(root.table("budget"));
    root.finish();
    let (slug, name, charter, digest) = (slug?, name?, elements?, digest?);
    Some(Charter {
        slug,
        name,
        language,
        timezone,
        holidays,
        charter,
        facilitators,
        moderators,
        sponsors,
        list,
        topics,
        sessions,
        digest,
        worksheet,
        monthly_summary,
        prompts,
        health_check,
        value_story,
        budget,
    })
}

fn elements(root: &Table<'_, '_>) -> Option<Elements> {
    if !root.has("charter") {
        root.missing(
            "[charter]",
            "write it with the keys domain, community and practice",
        );
    }
    let table = root.table("charter");
    let element = |key, example| match table.is_there() {
        true => table.needed(key, example, value::prose),
        false => table.text(key, value::prose),
    };
    let domain = element("domain", "\"How we choose, run and repair pumps.\"");
    let community = element(
        "community",
        "\"Engineers and operators who help one another.\"",
    );
    let practice = element(
        "practice",
        "\"Field notes, guides and a list of open questions.\"",
    );
    let norms = table.texts("norms", value::prose);
    let review = table.text_or("review", schedule(TWICE_A_YEAR).ok(), schedule_or_off);
    table.finish();
    let (domain, community, practice) = (domain?, community?, practice?);
    Some(Elements {
        domain,
        community,
        practice,
        norms,
        review,
    })
}

fn facilitator(table: &Table<'_, '_>) -> Option<Facilitator> {
    let address = table.needed("address", "\"ann@example.org\"", value::mail_address);
    let name = table.text_or("name", String::new(), value::line);
    let term_until = table.text("term_until", value::date);
    Some(Facilitator {
        address: address?,
        name,
        term_until,
    })
}

fn moderator(table: &Table<'_, '_>) -> Option<Moderator> {
    let address = table.needed("address", "\"mia@example.org\"", value::mail_address);
    let name = table.text_or("name", String::new(), value::line);
    let term_until = table.text("term_until", value::date);
    Some(Moderator {
        address: address?,
        name,
        term_until,
    })
}

fn topic(table: &Table<'_, '_>) -> Option<Topic> {
    let name = table.needed("name", "\"seals\"", value::slug);
    let title = table.text("title", value::full_line);
    let name = name?;
    let title = title.unwrap_or_else(|| name.clone());
    Some(Topic { name, title })
}

fn sponsor(table: &Table<'_, '_>) -> Option<Sponsor> {
    let address = table.needed("address", "\"sam@example.org\"", value::mail_address);
    let name = table.text_or("name", String::new(), value::line);
    let summary = table.text_or("summary", schedule(MONTHLY).ok(), schedule_or_off);
    Some(Sponsor {
        address: address?,
        name,
        summary,
    })
}

fn list(table: Table<'_, '_>, tag: String, slug: Option<&str>) -> List {
    let list = List {
        posting: table.text_or("posting", Posting::Members, Posting::parse),
        subscription: table.text_or("subscription", Subscription::Confirm, Subscription::parse),
        archive: table.text_or("archive", ArchivePolicy::Members, ArchivePolicy::parse),
        reply_to: table.text_or("reply_to", ReplyTo::List, ReplyTo::parse),
        subject_tag: table.text_or("subject_tag", tag, value::subject_tag),
        dmarc: table.text_or("dmarc", Dmarc::Auto, Dmarc::parse),
        max_size: table.text_or_number("max_size", 10 << 20, post_size),
        footer: table.flag_or("footer", true),
        delivery: table.text_or("delivery", Delivery::Each, Delivery::parse),
        probation: table.number_or("probation", 0, 0..=1000),
        acceptance: table.flag_or("acceptance", false),
        rate: table.text_or_number("rate", None, value::rate_or_off),
        max_recipients: table.number_or("max_recipients", 50, 0..=10_000),
        refuse_attachments: refused(&table),
        hold_headers: patterns(&table, "hold_headers"),
        discard_headers: patterns(&table, "discard_headers"),
        spam: table.text_or("spam", Spam::Hold, Spam::parse),
        unproven: table.text_or("unproven", Unproven::Accept, Unproven::parse),
        outsiders: table.text_or("outsiders", Outsiders::Hold, Outsiders::parse),
        members_visible_to: table.text_or(
            "members_visible_to",
            MembersVisibleTo::Facilitators,
            MembersVisibleTo::parse,
        ),
        includes: includes(&table, slug),
    };
    table.finish();
    list
}

fn refused(table: &Table<'_, '_>) -> Vec<Attachment> {
    let given = table.texts("refuse_attachments", Attachment::parse);
    match table.has("refuse_attachments") {
        true => given,
        false => Attachment::standard(),
    }
}

fn patterns(table: &Table<'_, '_>, key: &'static str) -> Vec<HeaderPattern> {
    let found = table.texts(key, HeaderPattern::parse);
    if found.len() > MOST_PATTERNS {
        let instead = format!("keep at most {MOST_PATTERNS}; `a|b` looks for two at once");
        table.complain(key, wrong("there are too many patterns", instead));
    }
    found
}

/// The slugs of other communities, each once.
fn includes(table: &Table<'_, '_>, own: Option<&str>) -> Vec<String> {
    let found = table.texts("includes", value::slug);
    let mut seen: BTreeSet<_> = own.into_iter().collect();
    for slug in &found {
        if !seen.insert(slug) {
            let what = match own == Some(slug.as_str()) {
                true => format!("{slug:?} is this community itself"),
                false => format!("{slug:?} stands here twice"),
            };
            table.complain("includes", wrong(what, "name each other community once"));
        }
    }
    found
}

fn session(table: &Table<'_, '_>) -> Option<Session> {
    let slug = table.needed("slug", "\"clinic\"", value::slug);
    let starts = table.needed("starts", "\"2026-01-13T16:00\"", value::wall_time);
    let title = table.text("title", value::full_line);
    let rule = table.text("rule", recurrence::read);
    let until = table.text("until", value::date);
    judge_end(table, rule.as_deref(), starts, until);
    let usual = Session::once("", "", NaiveDateTime::default(), TimeDelta::hours(1));
    let mail = |key, default| table.text_or(key, default, duration::read_or_off);
    let session = Session {
        slug: slug.clone().unwrap_or_default(),
        title: title.or_else(|| slug.clone()).unwrap_or_default(),
        rule,
        starts: starts.unwrap_or_default(),
        until,
        duration: table.text_or("duration", usual.duration, some_time),
        link: table.text("link", value::link),
        location: table.text("location", value::full_line),
        host_ask: mail("host_ask", usual.host_ask),
        agenda_call: mail("agenda_call", usual.agenda_call),
        host_brief: mail("host_brief", usual.host_brief),
        attendance: mail("attendance", usual.attendance),
        recap: mail("recap", usual.recap),
        exceptions: usual.exceptions,
    };
    starts?;
    judge_series(table, &session);
    slug.map(|_| session)
}

/// A rule that gives no session at all is a mistake.
fn judge_series(table: &Table<'_, '_>, session: &Session) {
    let rule = session.rule.as_deref();
    let is_early = session
        .until
        .is_some_and(|until| until < session.starts.date());
    let all = recur::occurrences(rule, session.starts, session.until);
    match all.map(|mut all| all.next()) {
        Err(why) if rule.is_some() => {
            let instead = "write a rule such as \"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU\"";
            table.complain(
                "rule",
                wrong(format!("no series follows from it ({why})"), instead),
            );
        }
        Err(why) => table.complain("starts", wrong(why, "write a year from 1970 to 2100")),
        // That has been said of `until`.
        Ok(_) if is_early => {}
        Ok(None) => {
            let key = if session.until.is_some() {
                "until"
            } else {
                "rule"
            };
            let what = "the rule gives no session before the series ends";
            let instead = "write a later day, or another rule";
            table.complain(key, wrong(what, instead));
        }
        Ok(Some(_)) => {}
    }
}

/// RFC 5545 lets a rule end by a date or by a count, not by both.
fn judge_end(
    table: &Table<'_, '_>,
    rule: Option<&str>,
    starts: Option<NaiveDateTime>,
    until: Option<NaiveDate>,
) {
    let Some(until) = until else { return };
    if starts.is_some_and(|starts| until < starts.date()) {
        table.complain(
            "until",
            wrong(
                "the last day is before the first session",
                "write a later day",
            ),
        );
    }
    if rule.is_some_and(|rule| rule.contains("COUNT=")) {
        table.complain(
            "until",
            wrong("the rule has a COUNT already", "keep one of the two"),
        );
    }
}

fn digest(table: Table<'_, '_>) -> Option<Digest> {
    let schedule = table.text_or("schedule", schedule(EVERY_MONDAY).ok(), |s| {
        schedule(s).map(Some)
    });
    table.finish();
    Some(Digest {
        schedule: schedule?,
    })
}

fn worksheet(table: Table<'_, '_>) -> Worksheet {
    let schedule = table.text_or("schedule", schedule(EVERY_MONDAY).ok(), schedule_or_off);
    table.finish();
    Worksheet { schedule }
}

fn monthly_summary(table: Table<'_, '_>) -> MonthlySummary {
    let schedule = table.text_or("schedule", None, schedule_or_off);
    table.finish();
    MonthlySummary { schedule }
}

fn value_story(table: Table<'_, '_>) -> ValueStory {
    let standard = schedule(SPRING_AND_AUTUMN).ok();
    let schedule = table.text_or("schedule", standard, schedule_or_off);
    table.finish();
    ValueStory { schedule }
}

fn prompt(table: &Table<'_, '_>) -> Option<Prompt> {
    let schedule = table.needed("schedule", "\"0 9 * * 3\"", schedule);
    let after_silence = table.text_or("after_silence", None, duration::read_or_off);
    let text = table.needed("text", "\"What did you try this month?\"", value::prose);
    Some(Prompt {
        schedule: schedule?,
        after_silence,
        text: text?,
    })
}

fn health_check(root: &Table<'_, '_>) -> Option<HealthCheck> {
    let table = root.table("health_check");
    let schedule = table.text_or("schedule", schedule(QUARTERLY).ok(), |s| {
        value::rarely(s).map(Some)
    });
    let open_for = table.text_or("open_for", TimeDelta::days(10), some_time);
    let standard = Some(TimeDelta::days(4)).filter(|day| *day < open_for);
    let remind_after = table.text_or("remind_after", standard, duration::read_or_off);
    let minimum = table.number_or("minimum", 5, 5..=1000);
    let yearly = value::schedule(EVERY_YEAR).ok();
    let reflection = table.text_or("reflection", yearly, value::rarely_or_off);
    table.finish();
    let check = HealthCheck {
        schedule: schedule?,
        open_for,
        remind_after,
        minimum,
        reflection,
    };
    root.has("health_check").then_some(check)
}

fn budget(table: Table<'_, '_>) -> Budget {
    let standard = value::quiet("18:00-08:00").unwrap_or_default();
    let per_week = table.number_or("per_week", 2, 0..=MOST_MAILS);
    let per_month = table.number_or("per_month", 6.max(per_week), 0..=MOST_MAILS);
    let quiet = table.text_or("quiet", standard, value::quiet);
    table.finish();
    Budget {
        per_week,
        per_month,
        quiet,
    }
}

/// Every `[[key]]`; `unique` is the key in which no two may agree.
fn each<T>(
    root: &Table<'_, '_>,
    key: &'static str,
    unique: Option<&'static str>,
    read: fn(&Table<'_, '_>) -> Option<T>,
) -> Vec<T> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for table in root.tables(key) {
        all.extend(read(&table));
        if let Some((unique, text)) = unique.and_then(|u| Some((u, table.raw(u)?)))
            && !seen.insert(text.to_lowercase())
        {
            let instead = format!("give each [[{key}]] its own");
            table.complain(
                unique,
                wrong(format!("{text:?} stands here twice"), instead),
            );
        }
        table.finish();
    }
    all
}

fn some_time(text: &str) -> Result<TimeDelta, Wrong> {
    match duration::read(text)? {
        none if none.is_zero() => Err(wrong("no time at all is too short", "write \"1h\", say")),
        some => Ok(some),
    }
}

fn post_size(text: &str) -> Result<u64, Wrong> {
    match size::read(text)? {
        octets if (1 << 10..=LARGEST_POST).contains(&octets) => Ok(octets),
        _ => Err(wrong(
            "no post can be of this size",
            "write a size from 1KiB to 1GiB",
        )),
    }
}
