use super::*;
use crate::calendar::recur;
use proptest::prelude::*;

const EXAMPLE: &str = include_str!("../../../config/communities/example.toml");
const LEAST: &str = "slug='x'\nname='X'\n[charter]\ndomain='d'\ncommunity='c'\npractice='p'\n";

/// The rules of a list as they are where a charter says nothing.
const EXAMPLE_OF_DEFAULTS: &str = "slug='x'\nname='X'\n[charter]\ndomain='d'\ncommunity='c'\npractice='p'\n\
    [list]\ndelivery='each'\nprobation=0\nacceptance=false\nrate='off'\nmax_recipients=50\n\
    refuse_attachments=['.exe', '.scr', '.bat', '.cmd', '.com', '.pif', '.vbs', '.js', '.jar', 'application/x-msdownload']\n\
    hold_headers=[]\ndiscard_headers=[]\nspam='hold'\noutsiders='hold'\nmembers_visible_to='facilitators'\nincludes=[]\n";

fn read(text: &str) -> Charter {
    Charter::parse(text, "test.toml").unwrap_or_else(|problems| panic!("{problems:?}\n{text}"))
}

#[test]
fn the_documented_charter_reads_as_it_stands() {
    let charter = read(EXAMPLE);
    assert_eq!(
        (charter.slug.as_str(), charter.name.as_str()),
        ("pumps", "Pumps community")
    );
    assert_eq!(charter.timezone, chrono_tz::Europe::Berlin);
    let day = |text: &str| text.parse().unwrap();
    let covers = |date| charter.holidays[0].covers(day(date));
    assert!(covers("2026-12-24") && covers("2027-01-02") && !covers("2027-01-03"));
    assert_eq!(charter.facilitators[0].term_until, Some(day("2026-12-31")));
    assert_eq!(charter.sponsors[0].address.to_string(), "sam@board.example");
    assert_eq!(charter.list.max_size, 10 << 20);
    let session = &charter.sessions[0];
    assert_eq!(session.starts, "2026-01-13T16:00:00".parse().unwrap());
    assert_eq!(session.host_ask, Some(TimeDelta::days(10)));
    assert_eq!(charter.prompts[0].after_silence, Some(TimeDelta::days(10)));
    assert_eq!(
        charter.health_check.unwrap().remind_after,
        Some(TimeDelta::days(4))
    );
    let quiet = charter.budget.quiet.unwrap();
    let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    assert!(quiet.covers(at(18)) && quiet.covers(at(3)));
    assert!(!quiet.covers(at(8)) && !quiet.covers(at(17)));
}

#[test]
fn everything_outside_the_elements_has_a_default() {
    let charter = read(LEAST);
    let list = &charter.list;
    let words = (
        list.posting,
        list.subscription,
        list.archive,
        list.reply_to,
        list.dmarc,
    );
    let standard = (
        Posting::Members,
        Subscription::Confirm,
        ArchivePolicy::Members,
        ReplyTo::List,
        Dmarc::Auto,
    );
    assert_eq!(words, standard);
    assert_eq!(
        (list.subject_tag.as_str(), list.max_size, list.footer),
        ("[x]", 10 << 20, true)
    );
    assert_eq!(
        (charter.language.as_str(), charter.timezone),
        ("en", Tz::UTC)
    );
    assert_eq!(charter.digest.schedule.as_str(), "0 8 * * 1");
    assert_eq!(charter.worksheet, read(EXAMPLE).worksheet);
    assert_eq!((charter.budget.per_week, charter.budget.per_month), (2, 6));
    assert_eq!(charter.health_check, None);
    assert_eq!(list, &read(EXAMPLE_OF_DEFAULTS).list);
    assert_eq!(
        (list.rate, list.probation, list.max_recipients),
        (None, 0, 50)
    );
    assert!(charter.topics.is_empty() && charter.moderators.is_empty());
    // The defaults of repeated sections are those of the documented charter.
    let session = "[[session]]\nslug='clinic'\nstarts='2026-01-13T16:00'\n[health_check]\n[[sponsor]]\naddress='sam@board.example'\n";
    let (short, example) = (read(&format!("{LEAST}{session}")), read(EXAMPLE));
    let (mine, theirs) = (&short.sessions[0], &example.sessions[0]);
    assert_eq!(
        (mine.title.as_str(), &mine.rule, mine.until),
        ("clinic", &None, None)
    );
    assert_eq!(mine.duration, theirs.duration);
    let mails = |s: &Session| {
        [
            s.host_ask,
            s.agenda_call,
            s.host_brief,
            s.attendance,
            s.recap,
        ]
    };
    assert_eq!(mails(mine), mails(theirs));
    assert_eq!(short.health_check, example.health_check);
    assert_eq!(short.sponsors[0].summary, example.sponsors[0].summary);
    assert_eq!(short.budget, example.budget);
}

#[test]
fn a_written_charter_reads_back_as_the_same() {
    for text in [EXAMPLE, LEAST] {
        let charter = read(text);
        assert_eq!(read(&charter.to_toml()), charter);
    }
}

#[test]
fn as_json_it_mirrors_the_file() {
    let json = serde_json::to_value(read(EXAMPLE)).unwrap();
    let file: toml::Table = EXAMPLE.parse().unwrap();
    assert_eq!(json, serde_json::to_value(file).unwrap());
}

#[test]
fn off_and_empty_mean_none() {
    let text = format!(
        "holidays=['2026-05-01']\n{LEAST}review='off'\n[list]\nsubject_tag=''\n[budget]\nquiet='off'\n\
         [worksheet]\nschedule='off'\n[[session]]\nslug='a'\nstarts=2026-01-13T16:00:00\nrecap='off'\nuntil=2026-02-01\n"
    );
    let charter = read(&text);
    assert_eq!(charter.charter.review, None);
    assert_eq!(charter.list.subject_tag, "");
    assert_eq!(charter.budget.quiet, None);
    assert_eq!(charter.worksheet.schedule, None);
    assert_eq!(charter.sessions[0].recap, None);
    assert_eq!(charter.holidays[0].first, charter.holidays[0].last);
    assert_eq!(read(&charter.to_toml()), charter);
}

#[test]
fn the_rules_of_a_list_read_as_they_are_written() {
    let text = format!(
        "{LEAST}[list]\ndelivery='digest'\nprobation=2\nacceptance=true\nrate=10\nmax_recipients=0\n\
         refuse_attachments=['.Docm', 'video/*']\nhold_headers=['Subject: ^win']\ndiscard_headers=['X-A: b']\n\
         spam='off'\nunproven='hold'\noutsiders='discard'\nmembers_visible_to='nobody'\nincludes=['seals', 'motors']\n\
         [[topic]]\nname='seals'\n[[topic]]\nname='motors'\ntitle='Motors and drives'\n\
         [[moderator]]\naddress='mia@plant.example'\nname='Mia'\nterm_until='2026-12-31'\n"
    );
    let charter = read(&text);
    let list = &charter.list;
    assert_eq!((list.delivery, list.spam), (Delivery::Digest, Spam::Off));
    assert_eq!(list.unproven, Unproven::Hold);
    assert_eq!(
        (list.probation, list.acceptance, list.rate),
        (2, true, Some(10))
    );
    assert_eq!(list.refuse_attachments[0].as_str(), ".docm");
    assert_eq!(list.hold_headers[0].as_str(), "Subject: ^win");
    assert_eq!(list.outsiders, Outsiders::Discard);
    assert_eq!(list.members_visible_to, MembersVisibleTo::Nobody);
    assert_eq!(list.includes, ["seals", "motors"]);
    let titles: Vec<_> = charter.topics.iter().map(|t| t.title.as_str()).collect();
    assert_eq!(titles, ["seals", "Motors and drives"]);
    assert_eq!(
        charter.moderators[0].address.to_string(),
        "mia@plant.example"
    );
    assert_eq!(read(&charter.to_toml()), charter);
}

#[test]
fn line_ends_and_a_byte_order_mark_make_no_difference() {
    let windows = format!("\u{feff}{}", EXAMPLE.replace('\n', "\r\n"));
    assert_eq!(read(&windows), read(EXAMPLE));
    let broken = windows.replace("posting ", "postin ");
    let problem = &Charter::parse(&broken, "x").unwrap_err()[0];
    let line = EXAMPLE
        .lines()
        .position(|line| line.starts_with("posting "))
        .unwrap()
        + 1;
    assert_eq!((problem.line, problem.column), (line, 1));
}

#[test]
fn every_error_of_a_file_is_named_in_one_run() {
    let text = "slug='Pumps'\nnaem='x'\n[charter]\ndomain=''\ncommunity='c'\n[list]\nposting='all'\n\
                footer='yes'\n[budget]\nper_week=-1\n";
    let problems = Charter::parse(text, "x.toml").unwrap_err();
    let places: Vec<_> = problems.iter().map(|p| (p.line, p.column)).collect();
    assert_eq!(
        places,
        [
            (1, 1),
            (1, 6),
            (2, 1),
            (3, 2),
            (4, 8),
            (7, 9),
            (8, 8),
            (10, 10)
        ]
    );
    assert!(
        problems
            .iter()
            .all(|p| p.file == "x.toml" && !p.what.is_empty() && !p.instead.is_empty())
    );
}

#[test]
fn hostile_files_end_in_problems_soon() {
    let long = |piece: &str| piece.repeat((1 << 18) / piece.len());
    for text in [
        long("["),
        format!("a={}", "[".repeat(1 << 17)),
        format!("a={}", "{a=".repeat(1 << 16)),
        long("=\n"),
        long("[[session]]\n"),
        long("[[session]]\nslug=7\n"),
        format!("a{}=1", long(".a").get(4..).unwrap()),
        format!("timezone='{}'", "x".repeat(1 << 19)),
        format!("{}\"", "a".repeat(1 << 19)),
        "\0".to_owned(),
        "#".repeat((1 << 20) + 1),
    ] {
        let problems = Charter::parse(&text, "x").unwrap_err();
        assert!((1..=100).contains(&problems.len()));
        assert!(
            problems
                .iter()
                .all(|problem| problem.to_string().len() < 1000)
        );
    }
}

fn text() -> impl Strategy<Value = String> {
    "[ -~äß😀\"'\\\\]{0,20}[a-z]"
}

fn a_cron() -> impl Strategy<Value = CronLine> {
    const LINES: &[&str] = &["0 9 1 1,7 *", "30 8 * * mon", "0 0 13 * 5", "59 23 */2 * *"];
    proptest::sample::select(LINES).prop_map(|line| CronLine::parse(line).unwrap())
}

fn a_day() -> impl Strategy<Value = NaiveDate> {
    (0u64..40_000)
        .prop_map(|days| NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + chrono::Days::new(days))
}

fn a_length() -> impl Strategy<Value = Option<TimeDelta>> {
    proptest::option::of((0i64..10_000_000).prop_map(TimeDelta::seconds))
}

fn a_list() -> impl Strategy<Value = List> {
    use proptest::sample::select;
    let words = (
        select(Posting::ALL),
        select(Subscription::ALL),
        select(ArchivePolicy::ALL),
    );
    let rest = (
        select(ReplyTo::ALL),
        select(Dmarc::ALL),
        "[ -~é]{0,20}",
        1024u64..1 << 30,
    );
    let rules = (
        (0u32..=1000, proptest::option::of(1u32..1000), 0u32..=10_000),
        (select(Delivery::ALL), select(Spam::ALL)),
        (
            select(Outsiders::ALL),
            select(MembersVisibleTo::ALL),
            select(Unproven::ALL),
        ),
        select(&["Subject: ^win", "X-A: \\d+ \"'"][..]),
    );
    (words, rest, any::<bool>(), rules).prop_map(|(words, rest, footer, rules)| {
        let (posting, subscription, archive) = words;
        let (reply_to, dmarc, subject_tag, max_size) = rest;
        let ((probation, rate, max_recipients), (delivery, spam), rules, pattern) = rules;
        let (outsiders, members_visible_to, unproven) = rules;
        List {
            posting,
            subscription,
            archive,
            reply_to,
            subject_tag,
            dmarc,
            max_size,
            footer,
            delivery,
            probation,
            acceptance: footer,
            rate,
            max_recipients,
            refuse_attachments: Attachment::standard().into_iter().take(2).collect(),
            hold_headers: vec![HeaderPattern::parse(pattern).unwrap()],
            discard_headers: Vec::new(),
            spam,
            unproven,
            outsiders,
            members_visible_to,
            includes: vec!["b".to_owned()],
        }
    })
}

fn a_session() -> impl Strategy<Value = Session> {
    let mails = [a_length(), a_length(), a_length(), a_length(), a_length()];
    let when = (
        a_day(),
        0u32..86_400,
        proptest::option::of(0u64..1000),
        1i64..1_000_000,
    );
    (text(), when, mails, proptest::option::of(text())).prop_map(
        |(title, when, mails, location)| {
            let (day, second, until, duration) = when;
            let [host_ask, agenda_call, host_brief, attendance, recap] = mails;
            let starts = day.and_time(NaiveTime::MIN) + TimeDelta::seconds(i64::from(second));
            Session {
                slug: format!("s{second}"),
                title: title.trim().to_owned(),
                rule: until.map(|_| "FREQ=MONTHLY;BYDAY=-1FR".to_owned()),
                starts,
                until: until.map(|days| day + chrono::Days::new(days)),
                duration: TimeDelta::seconds(duration),
                link: until.map(|days| format!("https://meet.example/{days}")),
                location: location.map(|text| text.trim().to_owned()),
                host_ask,
                agenda_call,
                host_brief,
                attendance,
                recap,
                exceptions: std::collections::BTreeMap::new(),
            }
        },
    )
}

fn a_charter() -> impl Strategy<Value = Charter> {
    let people = proptest::collection::btree_map(
        "[a-z]{1,8}",
        (text(), proptest::option::of(a_day())),
        0..3,
    );
    let prompts = proptest::collection::vec((a_cron(), a_length(), text()), 0..3);
    let sessions = proptest::collection::vec(a_session(), 0..2);
    let budget = (0u32..50, 0u32..50, proptest::option::of(0u32..23));
    const QUARTERS: &[&str] = &["0 9 10 2,5,8,11 *", "30 7 1 1,7 *", "0 9 10 1 *"];
    let quarter =
        proptest::sample::select(QUARTERS).prop_map(|text| CronLine::parse(text).unwrap());
    let health = proptest::option::of((quarter, 5u32..100));
    let rest = (a_list(), sessions, prompts, budget, health);
    (text(), text(), people, proptest::option::of(a_cron()), rest).prop_map(
        |(name, prose, people, review, (list, sessions, prompts, budget, health))| {
            let trimmed = |text: &str| text.trim().to_owned();
            let (week, more, quiet) = budget;
            let hour = |hour| NaiveTime::from_hms_opt(hour, 30, 0).unwrap();
            Charter {
                slug: "a-1".to_owned(),
                name: trimmed(&name),
                charter: Elements {
                    domain: trimmed(&prose),
                    community: trimmed(&format!("{prose}\n\n{name}")),
                    norms: vec![trimmed(&name)],
                    review: review.clone(),
                    ..read(LEAST).charter
                },
                facilitators: people
                    .iter()
                    .map(|(local, (name, term_until))| Facilitator {
                        address: Address::new(local, "plant.example").unwrap(),
                        name: trimmed(name),
                        term_until: *term_until,
                    })
                    .collect(),
                moderators: people
                    .iter()
                    .map(|(local, (name, term_until))| Moderator {
                        address: Address::new(local, "mill.example").unwrap(),
                        name: trimmed(name),
                        term_until: *term_until,
                    })
                    .collect(),
                topics: people
                    .iter()
                    .map(|(local, (name, _))| Topic {
                        name: local.clone(),
                        title: trimmed(name),
                    })
                    .collect(),
                sponsors: people
                    .keys()
                    .map(|local| Sponsor {
                        address: Address::new(local, "board.example").unwrap(),
                        name: String::new(),
                        summary: review.clone(),
                    })
                    .collect(),
                list,
                sessions: sessions.into_iter().take(1).collect(),
                prompts: prompts
                    .into_iter()
                    .map(|(schedule, after_silence, text)| Prompt {
                        schedule,
                        after_silence,
                        text: trimmed(&text),
                    })
                    .collect(),
                health_check: health.map(|(schedule, minimum)| HealthCheck {
                    schedule,
                    open_for: TimeDelta::days(3),
                    remind_after: None,
                    minimum,
                    reflection: None,
                }),
                budget: Budget {
                    per_week: week,
                    per_month: week + more,
                    quiet: quiet.map(|at| Quiet {
                        from: hour(at),
                        to: hour(at + 1),
                    }),
                },
                ..read(LEAST)
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn every_charter_reads_back_as_it_was_written(charter in a_charter()) {
        // A series without any session is refused.
        let is_held = |session: &Session| {
            let all = recur::occurrences(session.rule.as_deref(), session.starts, session.until);
            all.is_ok_and(|mut all| all.next().is_some())
        };
        prop_assume!(charter.sessions.iter().all(is_held));
        let text = charter.to_toml();
        prop_assert_eq!(Charter::parse(&text, "x"), Ok(charter), "{}", text);
    }

    /// Cut off or with a piece overwritten, a file gives problems, never a panic.
    #[test]
    fn damage_never_panics(at in 0usize..2600, length in 0usize..40, junk in "[\\PC\"'\\[\\]=\n]{0,8}") {
        let text: String = EXAMPLE.chars().take(at).chain(junk.chars())
            .chain(EXAMPLE.chars().skip(at + length)).collect();
        if let Err(problems) = Charter::parse(&text, "x") {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                prop_assert!(problem.line >= 1 && problem.line <= text.lines().count() + 1);
            }
        }
    }
}
