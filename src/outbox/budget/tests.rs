use chrono::{DateTime, Datelike, NaiveTime, Timelike};
use chrono_tz::Tz;
use proptest::prelude::*;

use super::*;
use crate::clock::moment;
use crate::config::charter::{Holiday, Quiet};

const WIDE: Limits = Limits {
    per_week: 2,
    per_month: 6,
    halved: 0,
};
/// Some that put their clocks forward and back, at different hours and by different
/// steps, and one that once lost a day.
const ZONES: [Tz; 7] = [
    Tz::Europe__Berlin,
    Tz::America__New_York,
    Tz::America__Sao_Paulo,
    Tz::Australia__Lord_Howe,
    Tz::Asia__Kolkata,
    Tz::Pacific__Apia,
    Tz::UTC,
];

fn at(text: &str) -> Millis {
    text.parse::<DateTime<chrono::Utc>>()
        .unwrap()
        .timestamp_millis()
}

fn hours(from: (u32, u32), to: (u32, u32)) -> Quiet {
    let time = |(hour, minute)| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
    Quiet {
        from: time(from),
        to: time(to),
    }
}

fn nights(zone: Tz) -> Calendar<'static> {
    Calendar {
        zone,
        quiet: Some(hours((18, 0), (8, 0))),
        holidays: &[],
    }
}

fn programme(due: &str) -> Offer {
    Offer {
        kind: Kind::Programme,
        due_at: at(due),
        expires_at: at(due) + 14 * DAY,
        jitter: 0,
        is_kept: false,
    }
}

fn sent(kind: Kind, moments: &[&str]) -> Vec<Sent> {
    let sent = |text: &&str| Sent { at: at(text), kind };
    moments.iter().map(sent).collect()
}

/// A Tuesday at ten in Berlin.
const TUESDAY: &str = "2026-03-03T09:00:00Z";

#[test]
fn a_mail_goes_at_once_where_nothing_holds_it_back() {
    let decision = decide(
        &programme(TUESDAY),
        &[],
        &WIDE,
        &nights(Tz::Europe__Berlin),
        at(TUESDAY),
    );
    assert_eq!(decision, Decision::Send);
}

#[test]
fn windows_are_rolling() {
    let calendar = Calendar {
        quiet: None,
        ..nights(Tz::UTC)
    };
    let decide = |history: &[Sent], limits: &Limits| {
        decide(&programme(TUESDAY), history, limits, &calendar, at(TUESDAY))
    };
    let week = sent(
        Kind::Programme,
        &["2026-02-25T10:00:00Z", "2026-02-27T10:00:00Z"],
    );
    assert_eq!(
        decide(&week, &WIDE),
        Decision::Wait(at("2026-03-04T10:00:00Z"), Reason::Week(2))
    );
    let gap = sent(Kind::Programme, &["2026-03-02T10:00:00Z"]);
    assert_eq!(
        decide(&gap, &WIDE),
        Decision::Wait(at("2026-03-04T10:00:00Z"), Reason::Gap)
    );
    let one = Limits {
        per_month: 1,
        ..WIDE
    };
    let month = sent(Kind::Programme, &["2026-02-10T10:00:00Z"]);
    assert_eq!(
        decide(&month, &one),
        Decision::Wait(at("2026-03-12T10:00:00Z"), Reason::Month(1))
    );
    let never = Limits {
        per_week: 0,
        ..WIDE
    };
    assert_eq!(decide(&[], &never), Decision::Drop(Reason::Never));
}

#[test]
fn who_asked_for_less_gets_half() {
    let half = Limits { halved: 1, ..WIDE };
    let history = sent(Kind::Programme, &["2026-02-26T09:00:00Z"]);
    let calendar = nights(Tz::Europe__Berlin);
    let offer = programme(TUESDAY);
    // 96 hours after the last one are over: one of two in 14 days.
    assert_eq!(
        decide(&offer, &history, &half, &calendar, at(TUESDAY)),
        Decision::Send
    );
    let history = sent(
        Kind::Programme,
        &["2026-02-20T09:00:00Z", "2026-02-26T09:00:00Z"],
    );
    let decision = decide(&offer, &history, &half, &calendar, at(TUESDAY));
    assert_eq!(
        decision,
        Decision::Wait(at("2026-03-06T09:00:00Z"), Reason::Week(2))
    );
    assert_eq!(
        decide(&offer, &history, &WIDE, &calendar, at(TUESDAY)),
        Decision::Send
    );
}

/// Whatever goes as soon as it may, two in a week use up no month: one more may go within
/// any week.
#[test]
fn a_months_mails_are_spread_so_that_each_week_has_room() {
    let calendar = Calendar {
        quiet: None,
        ..nights(Tz::UTC)
    };
    let start = at(TUESDAY);
    let (mut days, mut history) = (Vec::new(), Vec::new());
    for hour in 0..24 * 60 {
        let now = start + hour * HOUR;
        let offer = Offer {
            due_at: now,
            expires_at: now + 14 * DAY,
            ..programme(TUESDAY)
        };
        if decide(&offer, &history, &WIDE, &calendar, now) == Decision::Send {
            history.push(Sent {
                at: now,
                kind: Kind::Programme,
            });
            days.push(hour / 24);
        }
    }
    // Two in the first week, and then as the month has room, on working days.
    assert_eq!(days[..6], [0, 2, 7, 12, 19, 24]);
    let longest = days.windows(2).map(|two| two[1] - two[0]).max();
    assert_eq!(longest, Some(7));
}

#[test]
fn what_is_kept_goes_by_the_communitys_own_windows_before_it_expires() {
    let calendar = nights(Tz::Europe__Berlin);
    let half = Limits { halved: 2, ..WIDE };
    let history = sent(Kind::Programme, &["2026-02-26T09:00:00Z"]);
    let offer = Offer {
        expires_at: at(TUESDAY) + 2 * DAY,
        ..programme(TUESDAY)
    };
    let judge = |offer: &Offer| decide(offer, &history, &half, &calendar, at(TUESDAY));
    assert_eq!(judge(&offer), Decision::Drop(Reason::Gap));
    let kept = Offer {
        is_kept: true,
        ..offer
    };
    assert_eq!(judge(&kept), Decision::Send);
    // Where there is time it waits as everything does.
    let patient = Offer {
        expires_at: at(TUESDAY) + 14 * DAY,
        ..kept
    };
    assert!(matches!(judge(&patient), Decision::Wait(_, Reason::Gap)));
    let never = Limits {
        per_week: 0,
        ..WIDE
    };
    let judged = decide(&kept, &[], &never, &calendar, at(TUESDAY));
    assert_eq!(judged, Decision::Drop(Reason::Never));
}

#[test]
fn role_mail_and_invitations_have_rules_of_their_own() {
    let calendar = nights(Tz::Europe__Berlin);
    let night = "2026-03-03T22:00:00Z";
    let offer = |kind, due| Offer {
        kind,
        ..programme(due)
    };
    let busy = sent(
        Kind::Programme,
        &["2026-03-02T09:00:00Z", "2026-02-28T09:00:00Z"],
    );
    let decide =
        |offer: &Offer, history: &[Sent]| decide(offer, history, &WIDE, &calendar, offer.due_at);
    assert_eq!(decide(&offer(Kind::Role, TUESDAY), &busy), Decision::Send);
    let invited = offer(Kind::Series, night);
    let one = &busy[..1];
    assert_eq!(
        decide(&invited, one),
        Decision::Send,
        "at night, and within 48 hours"
    );
    assert!(
        matches!(decide(&invited, &busy), Decision::Wait(_, Reason::Week(2))),
        "but in the windows"
    );
    let three = [
        "2026-03-01T09:00:00Z",
        "2026-03-02T09:00:00Z",
        "2026-03-03T08:00:00Z",
    ];
    let role = decide(&offer(Kind::Role, TUESDAY), &sent(Kind::Role, &three));
    // A week after the first is a Sunday: Monday at eight.
    assert_eq!(
        role,
        Decision::Wait(at("2026-03-09T07:00:00Z"), Reason::Quiet)
    );
}

#[test]
fn quiet_hours_end_on_the_persons_clock() {
    let table = [
        // Friday evening; the clocks go forward on Sunday.
        (
            Tz::Europe__Berlin,
            "2026-03-27T17:00:00Z",
            "2026-03-30T06:00:00Z",
        ),
        // And back.
        (
            Tz::Europe__Berlin,
            "2026-10-23T16:00:00Z",
            "2026-10-26T07:00:00Z",
        ),
        (
            Tz::America__New_York,
            "2026-03-06T23:00:00Z",
            "2026-03-09T12:00:00Z",
        ),
        (
            Tz::Australia__Lord_Howe,
            "2026-04-03T08:00:00Z",
            "2026-04-05T21:30:00Z",
        ),
        (
            Tz::Asia__Kolkata,
            "2026-03-03T12:30:00Z",
            "2026-03-04T02:30:00Z",
        ),
    ];
    for (zone, due, end) in table {
        let decision = decide(&programme(due), &[], &WIDE, &nights(zone), at(due));
        assert_eq!(
            decision,
            Decision::Wait(at(end), Reason::Quiet),
            "{zone} {due}"
        );
    }
}

#[test]
fn an_end_that_is_skipped_or_doubled_is_the_first_time_that_is_not_quiet() {
    let calendar = |to| Calendar {
        quiet: Some(hours((22, 0), to)),
        zone: Tz::America__Sao_Paulo,
        holidays: &[],
    };
    // On Sunday, 21 October 2007, the day began at one; so Monday counts in any case.
    let end = calendar((0, 30)).end(at("2007-10-20T12:00:00Z"), Millis::MAX, 0);
    assert_eq!(moment(end).to_rfc3339(), "2007-10-22T02:30:00+00:00");
    // Egypt went back at the end of a Thursday: 23:30 came twice, 23:45 to 23:59 in between.
    let cairo = Calendar {
        quiet: Some(hours((22, 0), (23, 30))),
        zone: Tz::Africa__Cairo,
        holidays: &[],
    };
    let end = cairo.end(at("2023-10-26T19:30:00Z"), Millis::MAX, 0);
    assert_eq!(moment(end).to_rfc3339(), "2023-10-26T20:30:00+00:00");
    assert!(cairo.is_quiet(at("2023-10-26T21:10:00Z")), "23:10 again");
    let again = cairo.end(at("2023-10-26T21:10:00Z"), Millis::MAX, 0);
    assert_eq!(moment(again).to_rfc3339(), "2023-10-26T21:30:00+00:00");
}

#[test]
fn holidays_hold_and_what_expires_in_them_is_dropped() {
    let day = |text: &str| text.parse().unwrap();
    let holidays = [Holiday {
        first: day("2026-12-24"),
        last: day("2027-01-02"),
    }];
    let calendar = Calendar {
        holidays: &holidays,
        ..nights(Tz::Europe__Berlin)
    };
    let due = "2026-12-23T17:30:00Z";
    let decision = decide(&programme(due), &[], &WIDE, &calendar, at(due));
    assert_eq!(
        decision,
        Decision::Wait(at("2027-01-04T07:00:00Z"), Reason::Quiet)
    );
    let short = Offer {
        expires_at: at(due) + 3 * DAY,
        ..programme(due)
    };
    let decision = decide(&short, &[], &WIDE, &calendar, at(due));
    assert_eq!(decision, Decision::Drop(Reason::Quiet));
}

#[test]
fn jitter_spreads_and_stays() {
    let all: Vec<_> = (0..100)
        .map(|n| jitter(&format!("m{n}@plant.example"), "health-check"))
        .collect();
    assert!(all.iter().all(|jitter| (0..SPREAD).contains(jitter)));
    assert!(all.iter().max() > Some(&(SPREAD * 3 / 4)));
    assert_eq!(jitter("m1@plant.example", "health-check"), all[1]);
    let due = "2026-03-03T22:00:00Z";
    let offer = Offer {
        jitter: all[1],
        ..programme(due)
    };
    let decision = decide(&offer, &[], &WIDE, &nights(Tz::Europe__Berlin), at(due));
    let end = at("2026-03-04T07:00:00Z") + all[1];
    assert_eq!(decision, Decision::Wait(end, Reason::Quiet));
}

/// An offer of some community, which may differ in limits from others.
#[derive(Clone, Debug)]
struct Wish {
    kind: Kind,
    due_in: i64,
    lasts: i64,
    limits: Limits,
    is_kept: bool,
}

fn a_wish() -> impl Strategy<Value = Wish> {
    let kind = prop_oneof![
        5 => Just(Kind::Programme),
        1 => Just(Kind::Series),
        2 => Just(Kind::Role)
    ];
    let limits = (0u32..4, 0u32..8, 0u32..2);
    let kept = proptest::bool::weighted(0.2);
    (kind, 0i64..90 * 24 * 60, 0i64..40 * 24 * 60, limits, kept).prop_map(
        |(kind, due, lasts, (week, month, halved), is_kept)| Wish {
            kind,
            due_in: due * 60_000,
            lasts: lasts * 60_000,
            limits: Limits {
                per_week: week,
                per_month: month,
                halved,
            },
            is_kept,
        },
    )
}

/// The windows that a mail keeps to in any case.
fn held_to(wish: &Wish) -> Limits {
    let halved = match wish.is_kept {
        true => 0,
        false => wish.limits.halved,
    };
    Limits {
        halved,
        ..wish.limits
    }
}

/// Plays the offers as a release does: each is looked at when it falls due and when its
/// wait ends, in the order given where several are at one moment. Gives what was sent.
fn play(
    wishes: &[Wish],
    start: Millis,
    calendar: &Calendar<'_>,
) -> Result<Vec<(Sent, Limits)>, TestCaseError> {
    let mut open: Vec<(Millis, usize)> = wishes
        .iter()
        .enumerate()
        .map(|(index, wish)| (start + wish.due_in, index))
        .collect();
    let mut sent: Vec<(Sent, Limits)> = Vec::new();
    let mut looks = 0;
    while let Some(first) = (0..open.len()).min_by_key(|place| open[*place].0) {
        let (now, index) = open.swap_remove(first);
        let wish = &wishes[index];
        let due_at = start + wish.due_in;
        let offer = Offer {
            kind: wish.kind,
            due_at,
            expires_at: due_at + wish.lasts,
            jitter: jitter("ann@plant.example", &index.to_string()),
            is_kept: wish.is_kept,
        };
        let history: Vec<Sent> = sent.iter().map(|(sent, _)| *sent).collect();
        match decide(&offer, &history, &wish.limits, calendar, now) {
            Decision::Send => sent.push((
                Sent {
                    at: now,
                    kind: wish.kind,
                },
                held_to(wish),
            )),
            Decision::Wait(until, _) => {
                prop_assert!(until > now, "a wait moves on");
                prop_assert!(until <= offer.expires_at, "a wait ends");
                open.push((until, index));
            }
            Decision::Drop(_) => {}
        }
        looks += 1;
        prop_assert!(
            looks <= (wishes.len() + 1) * (wishes.len() + 2) * 2,
            "it comes to an end"
        );
    }
    Ok(sent)
}

fn within(sent: &[(Sent, Limits)], up_to: usize, window: Millis, counts: fn(Kind) -> bool) -> u32 {
    let last = sent[up_to].0.at;
    let near = |(other, _): &&(Sent, Limits)| counts(other.kind) && last - other.at < window;
    let count = sent[..=up_to].iter().filter(near).count();
    u32::try_from(count).unwrap()
}

proptest! {
    #[test]
    fn no_window_is_ever_exceeded(
        wishes in proptest::collection::vec(a_wish(), 1..40),
        zone in proptest::sample::select(ZONES.to_vec()),
        start in 1_700_000_000_000i64..1_800_000_000_000,
    ) {
        let sent = play(&wishes, start, &nights(zone))?;
        for (index, (one, limits)) in sent.iter().enumerate() {
            let in_programme = |kind| kind != Kind::Role;
            match one.kind {
                Kind::Role => {
                    let roles = within(&sent, index, WEEK, |kind| kind == Kind::Role);
                    prop_assert!(roles <= ROLE_PER_WEEK);
                }
                kind => {
                    let times = 1 << limits.halved;
                    prop_assert!(within(&sent, index, WEEK * times, in_programme) <= limits.per_week);
                    prop_assert!(within(&sent, index, MONTH * times, in_programme) <= limits.per_month);
                    let near = within(&sent, index, GAP * times, |kind| kind == Kind::Programme);
                    prop_assert!(kind == Kind::Series || near <= 1);
                }
            }
        }
    }

    #[test]
    fn quiet_hours_are_never_broken(
        wishes in proptest::collection::vec(a_wish(), 1..20),
        zone in proptest::sample::select(ZONES.to_vec()),
        start in 1_300_000_000_000i64..1_800_000_000_000,
    ) {
        for (one, _) in play(&wishes, start, &nights(zone))? {
            let local = moment(one.at).with_timezone(&zone);
            let is_day = (8..18).contains(&local.hour());
            let is_work_day = local.weekday().number_from_monday() <= 5;
            prop_assert!(one.kind == Kind::Series || is_day && is_work_day, "{local}");
        }
    }
}
