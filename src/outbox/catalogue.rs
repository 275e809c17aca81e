//! The catalogue of mails that folkmoot itself originates. Whatever is sent is
//! an entry here; its templates are `templates/LANG/NAME.subject`, `.txt` and
//! `.html`. `docs/mails.md` and the switches on a person's own page follow from it.

use crate::store::Millis;

mod markdown;

pub use markdown::markdown;

const DAY: Millis = 86_400_000;

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
    /// What brings it about, for people.
    pub trigger: &'static str,
    /// Whom it goes to, for people.
    pub audience: &'static str,
    /// Which goes first where not all can go.
    pub priority: Priority,
    /// How long after it fell due it may still go, in milliseconds; `None` where it
    /// always goes.
    pub expiry: Option<Millis>,
    /// Whether it goes alone, and is never a section of a digest.
    pub alone: bool,
    /// What a reply to it may say beside the words that every reply may.
    pub verbs: &'static [&'static str],
}

/// Which mail goes first where a budget has no room for all: the smaller one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// The survey.
    HealthCheck = 1,
    /// Who hosts a session.
    HostAsk = 2,
    /// What a session is about.
    Agenda = 3,
    /// Somebody new whom nobody has answered.
    NewcomerWatch = 4,
    /// Mentors and whom they help.
    Mentor = 5,
    /// All else.
    Rest = 6,
}

impl Priority {
    /// As it is kept.
    pub fn number(self) -> i64 {
        self as i64
    }

    /// Whether what has it is never given up by us: silence does not stop it, and it goes
    /// by windows that always have room in time ([`super::budget::decide`]). Without
    /// health checks, their results and calls for an agenda nobody has a say.
    pub fn is_kept(self) -> bool {
        matches!(self, Priority::HealthCheck | Priority::Agenda)
    }
}

/// The same of a number that is kept of one ([`Priority::number`]).
pub fn is_kept(priority: i64) -> bool {
    let kept = [Priority::HealthCheck, Priority::Agenda];
    kept.iter()
        .any(|one| one.is_kept() && one.number() == priority)
}

impl Entry {
    /// Whether it is offered to the budget instead of being sent at once.
    pub fn is_offered(&self) -> bool {
        self.can_be_stopped()
    }

    /// Whether somebody can stop this kind alone.
    pub fn can_be_stopped(&self) -> bool {
        matches!(self.class, Class::Programme | Class::Role)
    }

    /// The same, with what brings it about and whom it goes to.
    const fn when(mut self, trigger: &'static str, audience: &'static str) -> Entry {
        (self.trigger, self.audience) = (trigger, audience);
        self
    }

    /// The same, understanding these replies.
    const fn hears(mut self, verbs: &'static [&'static str]) -> Entry {
        self.verbs = verbs;
        self
    }

    /// The same, worth sending for so many days.
    const fn days(mut self, days: Millis) -> Entry {
        self.expiry = Some(days * DAY);
        self
    }

    /// The same, going before what matters less.
    const fn ranked(mut self, priority: Priority) -> Entry {
        self.priority = priority;
        self
    }

    /// The same, never a section of a digest.
    const fn alone(mut self) -> Entry {
        self.alone = true;
        self
    }

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

/// How long a mail of the programme or of a role may wait where its entry says nothing.
const EXPIRY: Millis = 14 * DAY;

const fn entry(name: &'static str, class: Class, answers: bool, replies: Replies) -> Entry {
    Entry {
        name,
        class,
        answers,
        replies,
        trigger: "",
        audience: "",
        priority: Priority::Rest,
        expiry: match class {
            Class::Transactional | Class::Conversation => None,
            Class::Programme | Class::Role => Some(EXPIRY),
        },
        alone: false,
        verbs: &[],
    }
}

/// `confirm`: asks the owner of an address whether they meant it.
pub const CONFIRM: Entry = entry("confirm", Class::Transactional, true, Replies::Said)
    .when(
        "somebody asks to join, or for what changes something and proves nothing",
        "the owner of the address",
    )
    .hears(&["YES", "NO"]);
/// `welcome`: to who has joined.
pub const WELCOME: Entry = entry("welcome", Class::Transactional, true, Replies::Said)
    .when("somebody has joined", "the new member")
    .hears(&["YES", "NO"]);
/// `join-outcome`: to who wanted to join and does not.
pub const JOIN_OUTCOME: Entry = entry("join-outcome", Class::Transactional, true, Replies::Said)
    .when(
        "a moderator or the charter says no to somebody who wanted to join",
        "whoever asked",
    );
/// `list-invitation`: asks somebody to join.
pub const LIST_INVITATION: Entry = entry(
    "list-invitation",
    Class::Transactional,
    false,
    Replies::Said,
)
.when(
    "a facilitator or the operator invites somebody",
    "the invited",
)
.hears(&["YES", "NO"]);
/// `moderation`: asks a moderator to decide, and tells what was decided.
pub const MODERATION: Entry = entry("moderation", Class::Transactional, false, Replies::Token)
    .when(
        "a post or somebody who wants to join waits",
        "moderators, else facilitators",
    )
    .hears(&[
        "ACCEPT",
        "REJECT reason",
        "DISCARD",
        "TRUST",
        "BAN",
        "APPROVE",
        "DECLINE reason",
    ]);
/// `receipt`: the answer to an understood reply.
pub const RECEIPT: Entry = entry("receipt", Class::Transactional, true, Replies::Token)
    .when("a reply or command was understood", "its author");
/// `goodbye`: to who has left.
pub const GOODBYE: Entry = entry("goodbye", Class::Transactional, true, Replies::Token)
    .when("a member has left", "who has left");
/// `clarification`: the one helpful answer to what was not understood.
pub const CLARIFICATION: Entry = entry("clarification", Class::Transactional, true, Replies::Token)
    .when("a reply or command was not understood", "its author")
    .hears(&["what was asked"]);
/// `charter-review`: the charter is due for review.
pub const CHARTER_REVIEW: Entry = entry("charter-review", Class::Programme, false, Replies::Token)
    .when(
        "the charter's `review` schedule; a low index of a health check; a change of the charter that is voted on, or was",
        "facilitators; all members",
    )
    .hears(&[
        "PROPOSE practice: text",
        "YES",
        "NO",
        "ABSTAIN",
        "any text, which goes to the facilitators",
    ])
    .days(30);
/// `learning-draft`: a post was marked as worth keeping.
pub const LEARNING_DRAFT: Entry = entry("learning-draft", Class::Programme, false, Replies::Token)
    .when(
        "a reply to a post or recap that begins with `ADD learning: TITLE`",
        "who wrote the post; facilitators where that is nobody of the list",
    )
    .hears(&["YES", "NO", "title: text", "tags: text", "summary: text"])
    .days(30);
/// `monthly-summary`: what a month has brought.
pub const MONTHLY_SUMMARY: Entry =
    entry("monthly-summary", Class::Programme, false, Replies::Token)
        .when(
            "the charter's `[monthly_summary] schedule`, where there is anything to tell",
            "members",
        )
        .hears(&["THANK name: what for"])
        .days(10);
/// `thanks`: tells somebody that they are thanked, and asks whether others may read it.
pub const THANKS: Entry = entry("thanks", Class::Programme, false, Replies::Token)
    .when(
        "a reply to a monthly summary with `THANK name: what for`",
        "who is thanked",
    )
    .hears(&["YES", "NO"])
    .days(30);
/// `discussion-seed`: a question of the charter, as a post of the community.
pub const DISCUSSION_SEED: Entry =
    entry("discussion-seed", Class::Conversation, false, Replies::Said).when(
        "a `[[prompt]]` of the charter, after unusual silence",
        "members, as a post of the community",
    );
/// `unanswered`: a question that nobody has answered.
pub const UNANSWERED: Entry = entry("unanswered", Class::Role, false, Replies::Token)
    .when(
        "a question that nobody has answered in 24 hours; in 72 hours",
        "up to three members who may know; facilitators",
    )
    .hears(&["any text, which goes to the list", "PASS"])
    .days(4);
/// `newcomer-unanswered`: a member's first post that nobody has answered.
pub const NEWCOMER_UNANSWERED: Entry =
    entry("newcomer-unanswered", Class::Role, false, Replies::Token)
        .when(
            "a member's first post that nobody has answered in 24 hours",
            "two peers, facilitators",
        )
        .hears(&["any text, which goes to the list", "PASS"])
        .ranked(Priority::NewcomerWatch)
        .days(7);
/// `quiet-check-in`: to a member who wrote regularly and is silent.
pub const QUIET_CHECK_IN: Entry = entry("quiet-check-in", Class::Programme, false, Replies::Token)
    .when(
        "60 days of silence after posts in three weeks of 180 days",
        "that member, at 10:00 on their clock",
    )
    .hears(&[
        "LISTEN",
        "BACK",
        "PAUSE",
        "TOPIC text",
        "LEAVE",
        "any text, which goes to the facilitators",
    ]);
/// `hold-notice`: to the author of a post that waits, and what became of it.
pub const HOLD_NOTICE: Entry = entry("hold-notice", Class::Transactional, true, Replies::Token)
    .when("a post waits, or was decided about", "its author")
    .hears(&["link ADDRESS"]);
/// `export`: everything that is kept of somebody, to them.
pub const EXPORT: Entry = entry("export", Class::Transactional, true, Replies::Token)
    .when("somebody asks for what is kept of them", "them");
/// `link`: the way to a page of one's own, to whoever asks for it.
pub const LINK: Entry = entry("link", Class::Transactional, true, Replies::Token)
    .when("somebody asks for a page of their own", "them");
/// `digest`: the posts of a while, to those who chose that. It is ruled by the
/// member's delivery mode as posts are, and leaving works as on a post.
pub const DIGEST: Entry = entry("digest", Class::Conversation, false, Replies::Token)
    .when("the charter's `[digest] schedule`; or several items of the programme for one person at once", "members who chose it; whom the items are for")
    .hears(&["Re N: text", "set each", "mute N"]);
/// `delivery-warning`: mail to somebody comes back; it tries their address, or tells
/// them at another one.
pub const DELIVERY_WARNING: Entry = entry(
    "delivery-warning",
    Class::Transactional,
    false,
    Replies::Token,
)
.when(
    "mail to somebody comes back",
    "them, at the address itself or another one of theirs",
);
/// `delivery-trouble`: to facilitators, whom mail does not reach.
pub const DELIVERY_TROUBLE: Entry = entry("delivery-trouble", Class::Role, false, Replies::Token)
    .when(
        "members whom mail does not reach, or who complained",
        "facilitators",
    )
    .hears(&["RESUME ADDRESS"])
    .days(7);
/// `worksheet`: to facilitators, once a week, all that needs a person.
pub const WORKSHEET: Entry = entry("worksheet", Class::Role, false, Replies::Token)
    .when(
        "the charter's `[worksheet] schedule`, where anything needs a person",
        "facilitators",
    )
    .hears(&["DONE 1 3-5", "SNOOZE 2 14d", "RELEASE 3", "DROP 4 reason"])
    // Then there is another one.
    .days(6);
/// `invitation`: to a series of sessions, or a single one.
pub const INVITATION: Entry = entry("invitation", Class::Programme, false, Replies::Said)
    .when(
        "a series begins, or somebody joins, resumes or comes back",
        "members, one by one; whoever has paused when they are back",
    )
    .alone();
/// `session-change`: what is different from what a calendar has.
pub const SESSION_CHANGE: Entry =
    entry("session-change", Class::Transactional, false, Replies::Said).when(
        "sessions are moved, cancelled or changed, a series ends, somebody leaves",
        "members who were invited",
    );
/// `host-ask`: to whoever's turn it is.
pub const HOST_ASK: Entry = entry("host-ask", Class::Role, false, Replies::Token)
    .when(
        "the charter's `host_ask` before a session; nobody has answered, or somebody said no",
        "the next member in the rota",
    )
    .hears(&[
        "YES",
        "SKIP",
        "SWAP DATE",
        "SWAP NAME",
        "any text, which goes to the facilitators",
    ])
    .ranked(Priority::HostAsk)
    // Then somebody else is asked.
    .days(3);
/// `agenda-call`: what a session is to be about.
pub const AGENDA_CALL: Entry = entry("agenda-call", Class::Programme, false, Replies::Token)
    .when(
        "the charter's `agenda_call` before a session",
        "members who are invited and have not declined",
    )
    .hears(&["a line an item", "+2", "-2", "2: text"])
    .ranked(Priority::Agenda)
    .days(7);
/// `host-brief`: what its host should know of a session.
pub const HOST_BRIEF: Entry = entry("host-brief", Class::Role, false, Replies::Token)
    .when(
        "the charter's `host_brief` before a session",
        "its host, else facilitators",
    )
    .hears(&["a line an item", "-2", "2: text", "YES"])
    .ranked(Priority::HostAsk)
    .days(2);
/// `attendance-ask`: to who hosted a session, who came.
pub const ATTENDANCE_ASK: Entry = entry("attendance-ask", Class::Role, false, Replies::Token)
    .when(
        "the session's `attendance` after its end",
        "its host, else facilitators",
    )
    .hears(&[
        "names or numbers",
        "ALL",
        "ALL BUT names",
        "NOBODY",
        "notes: text",
        "action: WHO: what by DATE",
        "recording: URL",
        "DONE number",
    ])
    .days(7);
/// `recap`: what came of a session, as a post of the community.
pub const RECAP: Entry = entry("recap", Class::Conversation, false, Replies::Said).when(
    "the session's `recap` after its end, where anything was told of it",
    "members, as a post of the community",
);
/// `person-message`: somebody's own mail, passed on.
pub const PERSON_MESSAGE: Entry =
    entry("person-message", Class::Transactional, false, Replies::Said).when(
        "somebody writes to the people who run the community",
        "facilitators",
    );

/// What a reply to a survey may say beside its digits.
const SURVEY_VERBS: &[&str] = &["digits", "QUOTE", "SKIP", "STOP SURVEYS", "WHY"];

/// `health-check`: the quarterly survey.
pub const HEALTH_CHECK: Entry = entry("health-check", Class::Programme, false, Replies::Said)
    .when(
        "the charter's `[health_check] schedule`, or `survey open`",
        "members, each with an address of their own",
    )
    .hears(SURVEY_VERBS)
    // Or as long as the survey is open, where that is shorter.
    .days(14)
    .ranked(Priority::HealthCheck)
    .alone();
/// `health-check-reminder`: once, to who has not answered.
pub const HEALTH_CHECK_REMINDER: Entry = entry(
    "health-check-reminder",
    Class::Programme,
    false,
    Replies::Said,
)
.when(
    "the charter's `[health_check] remind_after`",
    "members who have neither answered nor skipped",
)
.days(6)
.alone();
/// `health-check-results`: what came of a survey.
pub const HEALTH_CHECK_RESULTS: Entry = entry(
    "health-check-results",
    Class::Programme,
    false,
    Replies::Token,
)
.when(
    "a survey has closed",
    "members; facilitators with the comments",
)
.ranked(Priority::HealthCheck);
/// `yearly-reflection`: three questions, once a year.
pub const YEARLY_REFLECTION: Entry =
    entry("yearly-reflection", Class::Programme, false, Replies::Said)
        .when(
            "the charter's `[health_check] reflection`",
            "members, each with an address of their own",
        )
        .hears(SURVEY_VERBS)
        .alone();
/// `solution-check`: one digit on whether a question was solved.
pub const SOLUTION_CHECK: Entry = entry("solution-check", Class::Programme, false, Replies::Said)
    .when(
        "the thread of a question has rested for 7 days",
        "who asked it",
    )
    .hears(SURVEY_VERBS)
    .alone();
/// `session-rating`: one digit on a session.
pub const SESSION_RATING: Entry = entry("session-rating", Class::Programme, false, Replies::Said)
    .when("every third session of a series", "those who were there")
    .hears(SURVEY_VERBS)
    .days(7)
    .alone();

/// `stage-check`: one digit on how far a member has come.
pub const STAGE_CHECK: Entry = entry("stage-check", Class::Programme, false, Replies::Said)
    .when(
        "3 days after joining, 90 days after it, each year, on the Wednesday that follows",
        "that member",
    )
    .hears(SURVEY_VERBS)
    .alone();
/// `domain-survey`: what a community should be about.
pub const DOMAIN_SURVEY: Entry = entry("domain-survey", Class::Programme, false, Replies::Said)
    .when(
        "`survey open SLUG domain-survey`",
        "members, each with an address of their own",
    )
    .hears(SURVEY_VERBS)
    .alone();

/// `sponsor-start`: to who became a sponsor.
pub const SPONSOR_START: Entry = entry("sponsor-start", Class::Role, false, Replies::Token)
    .when("somebody becomes a sponsor", "them")
    .hears(&["ACCEPT", "MONTHLY", "QUARTERLY"]);
/// `sponsor-summary`: how a community does, and what it asks for.
pub const SPONSOR_SUMMARY: Entry = entry("sponsor-summary", Class::Role, false, Replies::Token)
    .when(
        "a sponsor's `summary` schedule in the charter, once members have had it for two days",
        "that sponsor",
    )
    .hears(&[
        "SUPPORT n",
        "DECLINE n reason",
        "QUESTION n text",
        "MONTHLY",
        "QUARTERLY",
    ]);
/// `sponsor-summary-preview`: the same for members, two days before.
pub const SPONSOR_SUMMARY_PREVIEW: Entry = entry(
    "sponsor-summary-preview",
    Class::Programme,
    false,
    Replies::Token,
)
.when("two days before a sponsor's summary", "members")
.hears(&["OBJECT n", "any text, which goes to the facilitators"])
// Over a weekend; the sponsor waits.
.days(4)
.alone();
/// `sponsor-action-due`: what a sponsor has promised.
pub const SPONSOR_ACTION_DUE: Entry = entry(
    "sponsor-action-due",
    Class::Role,
    false,
    Replies::Token,
)
.when(
    "the day by which a sponsor has promised something; 14 days later, if nobody has answered",
    "that sponsor, facilitators",
)
.hears(&["DONE", "DATE 2030-01-31"]);
/// `value-story`: what the community did for somebody.
pub const VALUE_STORY: Entry = entry("value-story", Class::Programme, false, Replies::Token)
    .when(
        "the charter's `[value_story] schedule`, where a sponsor reads summaries",
        "members",
    )
    .hears(&[
        "any text, which is kept as their story",
        "QUOTE",
        "SIGN name",
        "POTENTIAL, APPLIED or REALIZED",
        "NO",
    ]);

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
    LEARNING_DRAFT,
    MONTHLY_SUMMARY,
    THANKS,
    DISCUSSION_SEED,
    UNANSWERED,
    NEWCOMER_UNANSWERED,
    QUIET_CHECK_IN,
    HOLD_NOTICE,
    EXPORT,
    LINK,
    DIGEST,
    DELIVERY_WARNING,
    DELIVERY_TROUBLE,
    WORKSHEET,
    INVITATION,
    SESSION_CHANGE,
    HOST_ASK,
    AGENDA_CALL,
    HOST_BRIEF,
    ATTENDANCE_ASK,
    RECAP,
    PERSON_MESSAGE,
    HEALTH_CHECK,
    HEALTH_CHECK_REMINDER,
    HEALTH_CHECK_RESULTS,
    YEARLY_REFLECTION,
    SOLUTION_CHECK,
    SESSION_RATING,
    STAGE_CHECK,
    DOMAIN_SURVEY,
    SPONSOR_START,
    SPONSOR_SUMMARY,
    SPONSOR_SUMMARY_PREVIEW,
    SPONSOR_ACTION_DUE,
    VALUE_STORY,
];

/// The entry of that name.
pub fn by_name(name: &str) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|entry| entry.name == name)
}
