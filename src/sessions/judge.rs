//! What a member's calendar needs so that it shows a series as it stands. Pure: one
//! function from what is known to one deed.

use chrono::NaiveDate;

use crate::store::invitations::Invitation;
use crate::store::members::Member;
use crate::store::series::Series;

/// What is done about one member and one series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// Nothing; their calendar is right, or cannot be reached.
    Nothing,
    /// Nothing is sent, and this version counts as known.
    Note,
    /// The invitation, from the next session on.
    Invite,
    /// The whole series as it is now.
    Update,
    /// The series as it was, up to its last session.
    End,
    /// The series, or what they have of it, is no more.
    Cancel,
    /// The same, at the address that they had, and the invitation at the new one.
    Readdress,
    /// The invitation that has not gone yet is replaced by one that is right.
    Replace,
    /// It is taken back.
    Retract,
}

/// How a series stands, for all its members.
pub(super) struct Standing<'a> {
    /// The series.
    pub(super) series: &'a Series,
    /// The day of its next session.
    pub(super) next: Option<NaiveDate>,
}

/// What to do.
pub(super) fn judge(stands: &Standing<'_>, member: &Member, known: Option<&Invitation>) -> Deed {
    let wants = stands.series.is_running() && stands.next.is_some() && member.on_list();
    match known.filter(|one| one.state == "invited") {
        None if wants && is_reached(member) => Deed::Invite,
        None => Deed::Nothing,
        Some(known) if !known.is_known() => {
            let asks_anew = wants && is_reached(member) && !known.is_refused;
            unsent(member, asks_anew)
        }
        Some(known) if !member.on_list() => gone(stands, known),
        Some(_) if !is_reached(member) => Deed::Nothing,
        Some(known) if wants => invited(stands, member, known),
        Some(known) if known.version >= stands.series.version => Deed::Nothing,
        Some(known) => over(stands, known),
    }
}

/// Whether mail goes to them now: whoever pauses is told of everything when they are back.
fn is_reached(member: &Member) -> bool {
    member.state == "active"
}

/// Their invitation was dropped. Where it found no room they are invited anew, from the
/// next session on; not where they want none of this kind.
fn unsent(member: &Member, asks_anew: bool) -> Deed {
    match (member.on_list(), asks_anew) {
        (true, true) => Deed::Invite,
        (true, false) => Deed::Note,
        (false, _) => Deed::Retract,
    }
}

/// They belong to the list no more.
fn gone(stands: &Standing<'_>, known: &Invitation) -> Deed {
    let is_over = match stands.series.is_running() {
        true => stands.next.is_none(),
        false => is_told(stands, known),
    };
    match known.waits() || is_over {
        true => Deed::Retract,
        false => Deed::Cancel,
    }
}

fn is_told(stands: &Standing<'_>, known: &Invitation) -> bool {
    known.version >= stands.series.version
}

fn invited(stands: &Standing<'_>, member: &Member, known: &Invitation) -> Deed {
    match (known.waits(), known.address == member.address) {
        (true, true) if is_told(stands, known) => Deed::Nothing,
        (true, _) => Deed::Replace,
        (false, false) => Deed::Readdress,
        (false, true) if is_told(stands, known) => Deed::Nothing,
        (false, true) => Deed::Update,
    }
}

/// The series goes on no more.
fn over(stands: &Standing<'_>, known: &Invitation) -> Deed {
    let until = stands.series.until.as_str();
    let has_past = stands.series.state != "cancelled" && known.invited_from.as_str() <= until;
    match (known.waits(), has_past) {
        (true, _) => Deed::Retract,
        (false, true) => Deed::End,
        (false, false) => Deed::Cancel,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(state: &str, version: i64) -> Series {
        Series {
            state: state.into(),
            version,
            until: "2026-03-24".into(),
            ..Series::default()
        }
    }

    fn member(state: &str, address: &str) -> Member {
        Member {
            state: state.into(),
            address: address.into(),
            roles: "member".into(),
            ..Member::default()
        }
    }

    fn known(state: &str, version: i64, offer: &str) -> Invitation {
        Invitation {
            state: state.into(),
            version,
            address: "a@x.example".into(),
            invited_from: "2026-03-10".into(),
            offer_state: Some(offer.into()),
            ..Invitation::default()
        }
    }

    #[test]
    fn every_calendar_gets_what_it_needs_and_no_more() {
        let (here, moved) = (
            member("active", "a@x.example"),
            member("active", "b@x.example"),
        );
        let (paused, left) = (
            member("paused", "a@x.example"),
            member("left", "a@x.example"),
        );
        let sent = |version| Some(known("invited", version, "sent"));
        let waits = |version| Some(known("invited", version, "waiting"));
        let dropped = Some(known("invited", 1, "dropped"));
        let refused = dropped.clone().map(|one| Invitation {
            is_refused: true,
            ..one
        });
        let withdrawn = Some(known("cancelled", 1, "sent"));
        let late = Some(Invitation {
            invited_from: "2026-04-07".into(),
            ..known("invited", 1, "sent")
        });
        let (day, none) = (NaiveDate::from_ymd_opt(2026, 3, 24), None);
        let table = [
            ("new", "running", day, &here, &None, Deed::Invite),
            ("paused", "running", day, &paused, &None, Deed::Nothing),
            ("over", "running", none, &here, &None, Deed::Nothing),
            ("told", "running", day, &here, &sent(2), Deed::Nothing),
            ("changed", "running", day, &here, &sent(1), Deed::Update),
            ("away", "running", day, &paused, &sent(1), Deed::Nothing),
            ("left", "running", day, &left, &sent(2), Deed::Cancel),
            (
                "left before",
                "running",
                day,
                &left,
                &waits(2),
                Deed::Retract,
            ),
            (
                "left after",
                "running",
                none,
                &left,
                &sent(2),
                Deed::Retract,
            ),
            ("back", "running", day, &here, &withdrawn, Deed::Invite),
            (
                "moved house",
                "running",
                day,
                &moved,
                &sent(2),
                Deed::Readdress,
            ),
            ("unsent", "running", day, &here, &waits(1), Deed::Replace),
            ("no room", "running", day, &here, &dropped, Deed::Invite),
            (
                "no room, over",
                "running",
                none,
                &here,
                &dropped,
                Deed::Note,
            ),
            (
                "no room, away",
                "running",
                day,
                &paused,
                &dropped,
                Deed::Note,
            ),
            (
                "no room, left",
                "running",
                day,
                &left,
                &dropped,
                Deed::Retract,
            ),
            ("unwanted", "running", day, &here, &refused, Deed::Note),
            ("ended", "ended", none, &here, &sent(1), Deed::End),
            (
                "ended, joined late",
                "ended",
                none,
                &here,
                &late,
                Deed::Cancel,
            ),
            (
                "ended unsent",
                "ended",
                none,
                &here,
                &waits(1),
                Deed::Retract,
            ),
            (
                "cancelled",
                "cancelled",
                none,
                &here,
                &sent(1),
                Deed::Cancel,
            ),
            (
                "cancelled, left",
                "cancelled",
                none,
                &left,
                &sent(1),
                Deed::Cancel,
            ),
            (
                "cancelled, away",
                "cancelled",
                none,
                &paused,
                &sent(1),
                Deed::Nothing,
            ),
            (
                "season cut short",
                "running",
                none,
                &here,
                &sent(1),
                Deed::End,
            ),
        ];
        for (name, state, next, member, known, deed) in table {
            let series = series(state, 2);
            let stands = Standing {
                series: &series,
                next,
            };
            assert_eq!(judge(&stands, member, known.as_ref()), deed, "{name}");
        }
    }
}
