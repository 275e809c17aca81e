//! The registry of acts: one entry for each thing that can fall due.

use super::act::{Act, Hears, Holidays, Plan};
use super::moments::{Series, When};
use crate::config::Charter;
use crate::lists::{self, moderation};
use crate::practice;
use crate::sessions::{agenda, attendance, host, invitations, recap, rows};
use crate::summaries::{
    monthly, points, sponsor_action, sponsor_start, sponsor_summary, thanks, value_story,
};
use crate::surveys;

/// Every act there is.
///
/// A static, because what an act does may ask for this table itself.
pub static ACTS: &[Act] = &[
    Act::new(practice::charter_review::NAME, |tx, act| {
        Box::pin(practice::charter_review::run(tx, act))
    })
    .planned(Plan::Schedules(|charter| {
        only(charter, charter.charter.review.as_ref().map(When::Schedule))
    }))
    .merging()
    .on_holidays(Holidays::Move)
    .mailing(practice::charter_review::NAME, |tx, ahead| {
        Box::pin(practice::charter_review::audience(tx, ahead))
    })
    .hearing(practice::charter_review::NAME, |tx, reply| {
        Box::pin(practice::charter_review::reply(tx, reply))
    }),
    Act::new(surveys::close::REVIEW, |tx, act| {
        Box::pin(practice::charter_review::run_low(tx, act))
    })
    .merging()
    .on_holidays(Holidays::Move),
    Act::new(practice::charter_vote::CLOSE, |tx, act| {
        Box::pin(practice::charter_vote::run(tx, act))
    }),
    practice::discussion_seed::ACT,
    // Before what it stands for.
    practice::newcomer_unanswered::ACT,
    practice::unanswered::ASK,
    practice::unanswered::TELL,
    practice::quiet_check_in::ACT,
    // Before the worksheet, which tells what it finds.
    points::ACT,
    practice::worksheet::ACT,
    monthly::ACT,
    thanks::ACT,
    surveys::health_check::ACT,
    surveys::yearly_reflection::ACT,
    practice::solution_check::ACT,
    practice::learning::ACT,
    practice::session_rating::ACT,
    practice::stage_check::ACT,
    Act::new(surveys::open::NAME, |tx, act| {
        Box::pin(surveys::open::run(tx, act))
    }),
    Act::new(surveys::ask::NAME, |tx, act| {
        Box::pin(surveys::ask::run(tx, act))
    }),
    Act::new(surveys::remind::NAME, |tx, act| {
        Box::pin(surveys::remind::run(tx, act))
    }),
    Act::new(surveys::close::NAME, |tx, act| {
        Box::pin(surveys::close::run(tx, act))
    })
    .hearing(surveys::results_mail::NAME, |tx, reply| {
        Box::pin(surveys::results_mail::reply(tx, reply))
    }),
    Act::new(lists::digest::NAME, |tx, act| {
        Box::pin(lists::digest::run(tx, act))
    })
    .planned(Plan::Schedules(|charter| {
        only(charter, Some(When::Schedule(&charter.digest.schedule)))
    }))
    .merging()
    .on_holidays(Holidays::Merge)
    .mailing(lists::digest::NAME, |tx, ahead| {
        Box::pin(lists::digest::audience(tx, ahead))
    }),
    Act::new(lists::digest::REST, |tx, act| {
        Box::pin(lists::digest::rest(tx, act))
    })
    .mailing(lists::digest::NAME, |_, _| {
        Box::pin(async { Ok(Vec::new()) })
    }),
    Act::new(lists::agreement::ASK, |tx, act| {
        Box::pin(lists::agreement::ask_all(tx, act))
    })
    .merging(),
    Act::new(lists::resume::NAME, |tx, act| {
        Box::pin(lists::resume::run(tx, act))
    }),
    Act::new(lists::guests::NAME, |tx, act| {
        Box::pin(lists::guests::end(tx, act))
    }),
    Act::new(lists::joining::REMINDER, |tx, act| {
        Box::pin(lists::joining::remind(tx, act))
    }),
    Act::new(lists::joining::END, |tx, act| {
        Box::pin(lists::joining::end(tx, act))
    }),
    Act::new(lists::addresses::END, |tx, act| {
        Box::pin(lists::addresses::end(tx, act))
    }),
    Act::new(lists::roles::TERM_END, |tx, act| {
        Box::pin(lists::roles::end_term(tx, act))
    }),
    Act::new(moderation::due::REMIND, |tx, act| {
        Box::pin(moderation::due::remind(tx, act))
    }),
    Act::new(moderation::due::END, |tx, act| {
        Box::pin(moderation::due::end(tx, act))
    }),
    Act::new(moderation::bundle::NAME, |tx, act| {
        Box::pin(moderation::bundle::run(tx, act))
    }),
    Act::new(lists::bounces::WATCH, |tx, act| {
        Box::pin(lists::bounces::watch(tx, act))
    }),
    Act::new(lists::bounces::REFUSED, |tx, act| {
        Box::pin(lists::bounces::refused(tx, act))
    }),
    Act::new(lists::bounces::TROUBLE, |tx, act| {
        Box::pin(lists::bounces::tell(tx, act))
    })
    .hearing("delivery-trouble", |tx, reply| {
        Box::pin(lists::bounces::reply(tx, reply))
    }),
    invitations::ACT,
    invitations::CHANGE_ACT,
    invitations::MEMBERS_ACT,
    rows::ACT,
    host::ACT,
    host::WAIT_ACT,
    agenda::ACT,
    attendance::ACT,
    recap::ACT,
    recap::LATE_ACT,
    // Members read it before.
    sponsor_summary::PREVIEW_ACT,
    sponsor_summary::ACT,
    sponsor_summary::LATE_ACT,
    sponsor_action::ACT,
    sponsor_action::OVERDUE_ACT,
    sponsor_start::ACT,
    value_story::ACT,
    host::BRIEF_ACT,
];

/// The act of that name.
pub fn by_name(name: &str) -> Option<&'static Act> {
    ACTS.iter().find(|act| act.name == name)
}

/// What understands replies to that mail.
pub fn hearing(mail: &str) -> Option<Hears> {
    let of_mail = |act: &Act| act.hears.filter(|(name, _)| *name == mail);
    ACTS.iter().find_map(of_mail).map(|(_, hears)| hears)
}

/// The one series of an act that a charter plans once, in the community's zone.
fn only<'a>(charter: &Charter, when: Option<When<'a>>) -> Vec<Series<'a>> {
    let series = |when| Series {
        key: String::new(),
        when,
        zone: charter.timezone,
    };
    when.map(series).into_iter().collect()
}
