//! A post that waits for a moderator.

use super::moment;
use crate::web::pages::hold::{HoldDone, HoldForm, HoldList, HoldRow};
use crate::web::pages::post::{Attachment, Body};

/// The form for one post.
pub(super) fn form() -> HoldForm {
    HoldForm {
        community: "Pumps community".into(),
        subject: "Seal leaks after a week".into(),
        author: "Bo Ek <bo@home.example>".into(),
        is_proven: false,
        at: moment(0),
        until: moment(30),
        reasons: vec![
            "The author's address is not a member's.".into(),
            "It has 1400000 octets; the list takes 1000000.".into(),
        ],
        body: Body::new(
            "Hello all,\n\nthe new seal on pump 3 drips again.\nSee https://maker.example/seals\n",
        ),
        attachments: vec![Attachment::new("pump3.jpg", "image/jpeg", 3_400_000)],
        action: "/hold/k3v9m2q7x4".into(),
        back: None,
    }
}

/// One of several, with little in it.
pub(super) fn one_of_many() -> HoldForm {
    HoldForm {
        subject: String::new(),
        is_proven: true,
        reasons: vec![],
        attachments: vec![],
        back: Some("/hold/k3v9m2q7x4".into()),
        ..form()
    }
}

/// What was decided.
pub(super) fn done() -> HoldDone {
    HoldDone {
        community: "Pumps community".into(),
        subject: "Seal leaks after a week".into(),
        outcome: "Ann has rejected it, 3 min ago.".into(),
        reason: "We had this last week.".into(),
        back: Some("/hold/k3v9m2q7x4".into()),
    }
}

/// Several that wait.
pub(super) fn list() -> HoldList {
    let row = HoldRow {
        href: "/hold/k3v9m2q7x4/12".into(),
        subject: "Seal leaks after a week".into(),
        author: "Bo Ek <bo@home.example>".into(),
        at: moment(0),
        reasons: "The author's address is not a member's.".into(),
    };
    let other = HoldRow {
        subject: String::new(),
        ..row.clone()
    };
    HoldList {
        community: "Pumps community".into(),
        rows: vec![row, other],
    }
}

/// None that waits.
pub(super) fn nothing() -> HoldList {
    HoldList {
        rows: vec![],
        ..list()
    }
}
