//! The catalogue of mails that folkmoot itself originates. Whatever is sent is
//! an entry here; its templates are `templates/LANG/NAME.subject`, `.txt` and
//! `.html`.

/// What rules when and whether a mail may go (interfaces.md, "Classes of mail").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// An answer to what its recipient did; always goes.
    Transactional,
    /// Ruled by the member's delivery mode.
    Conversation,
    /// Counted in the budget of programme mail.
    Programme,
    /// Asked of somebody because of their role.
    Role,
}

/// One mail the product can send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name: the header `Folkmoot-Mail` and the templates.
    pub name: &'static str,
    /// Its class.
    pub class: Class,
    /// Whether it answers a mail (`Auto-Submitted: auto-replied`, RFC 3834).
    pub answers: bool,
    /// Where a reply to it goes.
    pub replies: Replies,
}

impl Entry {
    /// Whether it answers what its recipient did, and always goes.
    pub fn is_transactional(&self) -> bool {
        self.class == Class::Transactional
    }
}

/// Where a reply to a mail goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replies {
    /// To a token address of its delivery, `SLUG-reply+TOKEN@`: the address names
    /// the mail and whom it went to, and is written when the mail goes out; unless
    /// the mail was composed with an address of its own.
    Token,
    /// Where the mail itself says: it was composed for one recipient, or replies
    /// are for people.
    Said,
}

const fn entry(name: &'static str, class: Class, answers: bool, replies: Replies) -> Entry {
    Entry {
        name,
        class,
        answers,
        replies,
    }
}

/// `confirm`: asks the owner of an address whether they meant it.
pub const CONFIRM: Entry = entry("confirm", Class::Transactional, true, Replies::Said);
/// `welcome`: to who has joined.
pub const WELCOME: Entry = entry("welcome", Class::Transactional, true, Replies::Said);
/// `join-outcome`: to who wanted to join and does not.
pub const JOIN_OUTCOME: Entry = entry("join-outcome", Class::Transactional, true, Replies::Said);
/// `list-invitation`: asks somebody to join.
pub const LIST_INVITATION: Entry = entry(
    "list-invitation",
    Class::Transactional,
    false,
    Replies::Said,
);
/// `moderation`: asks a moderator to decide, and tells what was decided.
pub const MODERATION: Entry = entry("moderation", Class::Transactional, false, Replies::Token);
/// `receipt`: the answer to an understood reply.
pub const RECEIPT: Entry = entry("receipt", Class::Transactional, true, Replies::Token);
/// `goodbye`: to who has left.
pub const GOODBYE: Entry = entry("goodbye", Class::Transactional, true, Replies::Token);
/// `clarification`: the one helpful answer to what was not understood.
pub const CLARIFICATION: Entry = entry("clarification", Class::Transactional, true, Replies::Token);
/// `charter-review`: the charter is due for review.
pub const CHARTER_REVIEW: Entry = entry("charter-review", Class::Programme, false, Replies::Said);
/// `discussion-seed`: a question of the charter, as a post of the community.
pub const DISCUSSION_SEED: Entry =
    entry("discussion-seed", Class::Conversation, false, Replies::Said);
/// `hold-notice`: to the author of a post that waits, and what became of it.
pub const HOLD_NOTICE: Entry = entry("hold-notice", Class::Transactional, true, Replies::Token);
/// `export`: everything that is kept of somebody, to them.
pub const EXPORT: Entry = entry("export", Class::Transactional, true, Replies::Token);
/// `link`: the way to a page of one's own, to whoever asks for it.
pub const LINK: Entry = entry("link", Class::Transactional, true, Replies::Token);
/// `digest`: the posts of a while, to those who chose that. It is ruled by the
/// member's delivery mode as posts are, and leaving works as on a post.
pub const DIGEST: Entry = entry("digest", Class::Conversation, false, Replies::Token);
/// `person-message`: somebody's own mail, passed on.
pub const PERSON_MESSAGE: Entry =
    entry("person-message", Class::Transactional, false, Replies::Said);

/// Every mail that this version sends.
pub const CATALOGUE: &[Entry] = &[
    CONFIRM,
    WELCOME,
    JOIN_OUTCOME,
    LIST_INVITATION,
    MODERATION,
    RECEIPT,
    GOODBYE,
    CLARIFICATION,
    CHARTER_REVIEW,
    DISCUSSION_SEED,
    HOLD_NOTICE,
    EXPORT,
    LINK,
    DIGEST,
    PERSON_MESSAGE,
];

/// The entry of that name.
pub fn by_name(name: &str) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|entry| entry.name == name)
}
