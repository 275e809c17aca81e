//! What each role may do, in one table. `docs/roles.md` shows the same table, and a
//! test compares the two.

mod terms;

pub use terms::{NAME as TERM_END, end_term, plan_terms, serving};

use crate::store::members::{self, Member};
use crate::store::{self, Tx};

/// The roles there are, from outside in. A person may hold several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Somebody from outside who was let into one thread.
    Guest,
    /// A member who reads and does not post.
    Listener,
    /// A member.
    Member,
    /// Somebody who decides about posts and joining.
    Moderator,
    /// Somebody who runs the community.
    Facilitator,
    /// Somebody who gives it time and money, and reads its summary.
    Sponsor,
    /// Whoever runs the installation, on the command line.
    Operator,
}

/// What a role may or may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// To answer in a thread that one was let into.
    AnswerThread,
    /// To post to the list.
    Post,
    /// To get posts and digests.
    GetPosts,
    /// To read an archive that is for members.
    ReadArchive,
    /// To change how mail comes, to pause, to leave.
    ChangeOwn,
    /// To get all that is kept of oneself, or have it erased.
    OwnData,
    /// To ask who the members are, as far as the charter shows them.
    SeeMembers,
    /// To see all members, whatever the charter shows.
    SeeAllMembers,
    /// To invite people to join.
    Invite,
    /// To decide about held posts, and let guests into a thread.
    DecidePosts,
    /// To erase a post of somebody else.
    RedactPosts,
    /// To decide who joins.
    DecideJoins,
    /// To trust or ban an author.
    Ban,
    /// To get mail for `-owner`.
    OwnerMail,
    /// To change the charter.
    ChangeCharter,
    /// To mute an automatic mail.
    MuteMails,
    /// To move or cancel a session.
    MoveSessions,
    /// To put a post into another thread.
    MoveThreads,
    /// To ask all members a question.
    OpenPolls,
    /// To ask the sponsor for something.
    AskSponsor,
    /// To read the sponsor's summary.
    ReadSummary,
    /// To see all figures, and what stands behind them.
    SeeFigures,
    /// To add, change and remove members without asking them.
    ManageMembers,
}

/// The roles in the order of the table's columns.
pub const ROLES: [Role; 7] = [
    Role::Guest,
    Role::Listener,
    Role::Member,
    Role::Moderator,
    Role::Facilitator,
    Role::Sponsor,
    Role::Operator,
];

const O: bool = false;
const X: bool = true;

/// For each act: how people call it, and which of [`ROLES`] may do it.
#[rustfmt::skip]
pub const TABLE: [(Act, &str, [bool; 7]); 23] = [
    //                                                        gst lst mem mod fac spo ope
    (Act::AnswerThread,  "answer in a thread they were let into",       [X, O, X, X, X, O, O]),
    (Act::Post,          "post to the list",                            [O, O, X, X, X, O, O]),
    (Act::GetPosts,      "get posts and digests",                       [O, X, X, X, X, O, O]),
    (Act::ReadArchive,   "read an archive that is for members",         [O, X, X, X, X, O, X]),
    (Act::ChangeOwn,     "choose how mail comes, pause, leave",         [O, X, X, X, X, X, O]),
    (Act::OwnData,       "get their own data, or have it erased",       [X, X, X, X, X, X, O]),
    (Act::SeeMembers,    "ask who is a member, where the charter lets", [O, X, X, X, X, O, X]),
    (Act::SeeAllMembers, "see all members",                             [O, O, O, X, X, O, X]),
    (Act::Invite,        "invite people",                               [O, O, O, X, X, O, X]),
    (Act::DecidePosts,   "decide held posts, let in guests",            [O, O, O, X, X, O, X]),
    (Act::RedactPosts,   "erase a post of somebody else",               [O, O, O, X, X, O, X]),
    (Act::DecideJoins,   "decide who joins",                            [O, O, O, X, X, O, O]),
    (Act::Ban,           "trust or ban an author",                      [O, O, O, X, X, O, X]),
    (Act::OwnerMail,     "get mail to -owner",                          [O, O, O, O, X, O, O]),
    (Act::ChangeCharter, "change the charter",                          [O, O, O, O, X, O, X]),
    (Act::MuteMails,     "mute an automatic mail",                      [O, O, O, O, X, O, O]),
    (Act::MoveSessions,  "move or cancel a session",                    [O, O, O, O, X, O, X]),
    (Act::MoveThreads,   "put a post into another thread",              [O, O, O, O, X, O, X]),
    (Act::OpenPolls,     "open a poll",                                 [O, O, O, O, X, O, O]),
    (Act::AskSponsor,    "ask the sponsor for something",               [O, O, O, O, X, O, X]),
    (Act::ReadSummary,   "read the sponsor's summary",                  [O, O, X, X, X, X, X]),
    (Act::SeeFigures,    "see all figures, and what is behind them",    [O, O, O, O, X, O, X]),
    (Act::ManageMembers, "add, change and remove members unasked",      [O, O, O, O, O, O, X]),
];

impl Role {
    /// The role of that name in the database and on the command line.
    pub fn parse(name: &str) -> Option<Role> {
        ROLES.into_iter().find(|role| role.name() == name)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Role::Guest => "guest",
            Role::Listener => "listener",
            Role::Member => "member",
            Role::Moderator => "moderator",
            Role::Facilitator => "facilitator",
            Role::Sponsor => "sponsor",
            Role::Operator => "operator",
        }
    }

    /// Whether this role may do it.
    pub fn may(self, act: Act) -> bool {
        let row = TABLE.iter().find(|(of, _, _)| *of == act);
        let column = ROLES.iter().position(|role| *role == self);
        match (row, column) {
            (Some((_, _, allowed)), Some(column)) => allowed.get(column).is_some_and(|may| *may),
            _ => false,
        }
    }
}

/// Whether a member may do it, by any of their roles. Who has left may nothing.
pub fn may(member: &Member, act: Act) -> bool {
    let is_here = member.state != "left" && member.state != "pending";
    is_here
        && member
            .roles()
            .filter_map(Role::parse)
            .any(|role| role.may(act))
}

/// Whom moderation is mailed to: the moderators, and where none is named the
/// facilitators.
///
/// # Errors
/// Where the database refuses.
pub async fn deciders(tx: &mut Tx, community: i64) -> store::Result<Vec<Member>> {
    let moderators = members::with_role(tx, community, Role::Moderator.name()).await?;
    match moderators.is_empty() {
        true => members::with_role(tx, community, Role::Facilitator.name()).await,
        false => Ok(moderators),
    }
}

/// The table as Markdown, for `docs/roles.md`.
pub fn markdown() -> String {
    let names: Vec<_> = ROLES.iter().map(|role| role.name()).collect();
    let mut text = format!(
        "| may | {} |\n|---|{}\n",
        names.join(" | "),
        ":-:|".repeat(7)
    );
    for (_, what, allowed) in TABLE {
        let cells = allowed.map(|may| if may { "yes" } else { "" });
        text.push_str(&format!("| {what} | {} |\n", cells.join(" | ")));
    }
    text
}
