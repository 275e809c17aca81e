//! The table of metrics: what each says, by which formula, and what protects people in it.
//! A change of any meaning is a new version; the old one's page stays.

use super::{Row, answers, concentration, graph, health_rows, level_rows, newcomers, outcomes};
use super::{participation, row, sessions, unit_rows};
use crate::summaries::events::{Events, Window};

/// The version of all definitions here.
pub const VERSION: u32 = 1;

/// Who may read a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Sponsors and members, in what goes out.
    Summary,
    /// Those who facilitate, at their desk.
    Desk,
}

/// What protects people in a metric that leaves the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// It is about threads, sessions or offices, or protected where it comes from.
    Nothing,
    /// It is not told of a community of fewer than five.
    Community,
    /// It counts people in groups: they have five at least, and two tellings do not
    /// differ by fewer than five.
    Groups,
}

/// A metric.
pub struct Definition {
    /// Its name in the CSV, and the anchor of its section on the page.
    pub metric: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it says, in a sentence or two.
    pub text: &'static str,
    /// How it is computed.
    pub formula: &'static str,
    /// Where the definition comes from.
    pub source: &'static str,
    /// Who may read it.
    pub scope: Scope,
    /// What protects people.
    pub guard: Guard,
    pub(super) rows: fn(&Events, Window) -> Vec<Row>,
}

/// The definition of a metric by its name in the CSV.
pub fn of(metric: &str) -> Option<&'static Definition> {
    let name = match metric {
        "active" | "peripheral" | "core-and-active" | "active-and-peripheral" | "all-levels" => {
            "core"
        }
        name if name.starts_with("health-") => "health-INDEX",
        name => name,
    };
    ALL.iter().find(|definition| definition.metric == name)
}

const OURS: &str = "folkmoot";

/// All metrics, in the order of the CSV.
pub const ALL: &[Definition] = &[
    Definition {
        metric: "members",
        title: "Members",
        text: "People on the list at the cut-off, those who pause included; a sponsor alone is none.",
        formula: "count of members at the cut-off",
        source: OURS,
        scope: Scope::Summary,
        guard: Guard::Nothing,
        rows: |e, w| vec![row("members", participation::members(e, w))],
    },
    Definition {
        metric: "participation",
        title: "Participation",
        text: "Eligible members who have written a post, come to a session, brought an agenda item or \
               written what became a learning. Eligible is who has been a member for 30 days and does not pause. \
               Context, not a mark: reading is taking part as well.",
        formula: "k = eligible members with at least one of these in the window; n = eligible members at the cut-off",
        source: "CHAOSS, contributors (MIT)",
        scope: Scope::Summary,
        guard: Guard::Groups,
        rows: |e, w| vec![row("participation", participation::participation(e, w))],
    },
    Definition {
        metric: "core",
        title: "Core, active, peripheral",
        text: "Eligible members by the weeks of the window in which they took part: core in six or more of \
               thirteen, active in two to five, peripheral in fewer. Levels of one to four people are told \
               together with their neighbour, as core-and-active, active-and-peripheral or all-levels.",
        formula: "weeks are counted back from the cut-off; value = people of the level",
        source: "Wenger, McDermott, Snyder: levels of participation",
        scope: Scope::Summary,
        guard: Guard::Groups,
        rows: level_rows,
    },
    Definition {
        metric: "first-response-24h",
        title: "Answered within 24 hours",
        text: "Questions that somebody else answered within 24 hours. A question begins a thread and has a \
               question mark; one that nobody has answered counts as not yet.",
        formula: "k = questions whose first post by another human in the thread came ≤ 24 h later; n = questions of the window",
        source: "CHAOSS, time to first response (MIT)",
        scope: Scope::Summary,
        guard: Guard::Nothing,
        rows: |e, w| vec![row("first-response-24h", answers::within(e, w, 24))],
    },
    Definition {
        metric: "first-response-72h",
        title: "Answered within 72 hours",
        text: "The same within 72 hours.",
        formula: "k = questions whose first post by another human in the thread came ≤ 72 h later; n = questions of the window",
        source: "CHAOSS, time to first response (MIT)",
        scope: Scope::Summary,
        guard: Guard::Nothing,
        rows: |e, w| vec![row("first-response-72h", answers::within(e, w, 72))],
    },
    Definition {
        metric: "first-response-median",
        title: "Hours until the first answer",
        text: "The median of the questions that have an answer, only where more than half of all have.",
        formula: "median of (first answer − question) in hours",
        source: "CHAOSS, time to first response (MIT)",
        scope: Scope::Desk,
        guard: Guard::Nothing,
        rows: |e, w| vec![row("first-response-median", answers::median_hours(e, w))],
    },
    Definition {
        metric: "questions-open",
        title: "Open questions",
        text: "Questions of the window that nobody else has answered by the cut-off.",
        formula: "count of questions without a post by another human in the thread",
        source: OURS,
        scope: Scope::Summary,
        guard: Guard::Nothing,
        rows: |e, w| vec![row("questions-open", answers::open(e, w))],
    },
    Definition {
        metric: "solution-rate",
        title: "Solution rate",
        text: "Askers whose problem was solved, of those who answered when they were asked. As the survey \
               publishes it: a bin, and nothing below five answers.",
        formula: "askers who scored 3 or 4 of 4 ÷ askers who answered; the newest survey that closed in the window",
        source: OURS,
        scope: Scope::Summary,
        guard: Guard::Nothing,
        rows: |e, w| {
            vec![row(
                "solution-rate",
                outcomes::published(e, w, "solution-rate"),
            )]
        },
    },
    Definition {
        metric: "sessions-planned",
        title: "Sessions planned",
        text: "Sessions that were to begin in the window, those cancelled included.",
        formula: "count of sessions",
        source: OURS,
        scope: Scope::Summary,
        guard: Guard::Nothing,
        rows: |e, w| vec![row("sessions-planned", sessions::planned(e, w))],
    },
    Definition {
        metric: "sessions-held",
        title: "Sessions held",
        text: "Sessions that took place. Cadence kept is held of planned.",
        formula: "count of sessions that were neither cancelled nor missed",
        source: OURS,
        scope: Scope::Summary,
        guard: Guard::Nothing,
        rows: |e, w| vec![row("sessions-held", sessions::held(e, w))],
    },
    Definition {
        metric: "cadence-kept",
        title: "Cadence kept",
        text: "Sessions held, of those planned.",
        formula: "k = sessions held; n = sessions planned",
        source: OURS,
        scope: Scope::Desk,
        guard: Guard::Nothing,
        rows: |e, w| vec![row("cadence-kept", sessions::cadence_kept(e, w))],
    },
    Definition {
        metric: "show-rate",
        title: "Show rate",
        text: "Members who came, of those who had said that they come, over the sessions of which somebody has said who came.",
        formula: "k = acceptances of members who came; n = acceptances",
        source: OURS,
        scope: Scope::Desk,
        guard: Guard::Community,
        rows: |e, w| vec![row("show-rate", sessions::show_rate(e, w))],
    },
    Definition {
        metric: "attendance-median",
        title: "Median attendance",
        text: "How many came to a session, guests included; the median of the sessions of which somebody has said.",
        formula: "median of attendances of sessions held",
        source: OURS,
        scope: Scope::Summary,
        guard: Guard::Community,
        rows: |e, w| vec![row("attendance-median", sessions::attendance_median(e, w))],
    },
    Definition {
        metric: "host-spread",
        title: "Host spread",
        text: "Different hosts, of the sessions held.",
        formula: "k = different hosts; n = sessions held",
        source: OURS,
        scope: Scope::Summary,
        guard: Guard::Community,
        rows: |e, w| vec![row("host-spread", sessions::host_spread(e, w))],
    },
    Definition {
        metric: "agenda-ownership",
        title: "Agenda ownership",
        text: "Agenda items that came from members who do not facilitate. What was taken back does not count.",
        formula: "k = items of members who are not facilitators; n = all items of the window",
        source: OURS,
        scope: Scope::Summary,
        guard: Guard::Community,
        rows: |e, w| vec![row("agenda-ownership", sessions::agenda_ownership(e, w))],
    },
    Definition {
        metric: "newcomers-joined",
        title: "Newcomers",
        text: "People who have joined in the window, also if they left again.",
        formula: "count of members who joined in the window",
        source: OURS,
        scope: Scope::Summary,
        guard: Guard::Nothing,
        rows: |e, w| vec![row("newcomers-joined", newcomers::joined(e, w))],
    },
    Definition {
        metric: "newcomers-answered-48h",
        title: "Newcomers answered within 48 hours",
        text: "Newcomers whose first post somebody else followed up in its thread within 48 hours.",
        formula: "k = first posts with a post by another human in the thread ≤ 48 h later; n = newcomers who wrote a post",
        source: "Joyce and Kraut 2006",
        scope: Scope::Summary,
        guard: Guard::Groups,
        rows: |e, w| vec![row("newcomers-answered-48h", newcomers::answered(e, w))],
    },
    Definition {
        metric: "newcomers-second",
        title: "Newcomers who came again",
        text: "Newcomers who took part a second time within 60 days of the first.",
        formula: "k = newcomers with a second post, session, agenda item or learning ≤ 60 days after the first; n = newcomers with a first",
        source: "Joyce and Kraut 2006",
        scope: Scope::Summary,
        guard: Guard::Groups,
        rows: |e, w| vec![row("newcomers-second", newcomers::second(e, w))],
    },
    Definition {
        metric: "learnings-new",
        title: "New learnings",
        text: "Learnings that were accepted in the window.",
        formula: "count of learnings by when they were first accepted",
        source: OURS,
        scope: Scope::Summary,
        guard: Guard::Nothing,
        rows: |e, w| vec![row("learnings-new", outcomes::learnings_new(e, w))],
    },
    Definition {
        metric: "cross-unit",
        title: "Answers across units",
        text: "Answers to somebody of another part of the organisation, of all answers between two people whose parts are known.",
        formula: "k = answers whose author's unit is not that of the author answered; n = answers between people of known units",
        source: "CHAOSS, organizational diversity (MIT)",
        scope: Scope::Summary,
        guard: Guard::Community,
        rows: |e, w| vec![row("cross-unit", graph::cross_unit(e, w))],
    },
    Definition {
        metric: "unit",
        title: "Units",
        text: "Members of each part of the organisation with five members or more; all others together as other. \
               Where the others would be one to four, the smallest unit is told with them.",
        formula: "value = members at the cut-off",
        source: OURS,
        scope: Scope::Summary,
        guard: Guard::Groups,
        rows: unit_rows,
    },
    Definition {
        metric: "health-INDEX",
        title: "Health",
        text: "An index of the health check, as it was published: n answers and an interval, no count. A row for each index.",
        formula: "the newest health check that closed in the window; low and high from the smallest and the largest count of its bin",
        source: OURS,
        scope: Scope::Summary,
        guard: Guard::Nothing,
        rows: health_rows,
    },
    Definition {
        metric: "absence-factor",
        title: "Contributor absence factor",
        text: "The fewest people who together make at least half of all contributions: posts, agenda items and learnings.",
        formula: "smallest m so that the m largest shares of contributions add up to ≥ 50 %",
        source: "CHAOSS, contributor absence factor (MIT)",
        scope: Scope::Summary,
        guard: Guard::Community,
        rows: |e, w| vec![row("absence-factor", concentration::absence_factor(e, w))],
    },
    Definition {
        metric: "terms-ending",
        title: "Terms that end",
        text: "Terms of facilitators that end within 90 days of the cut-off.",
        formula: "count of facilitators whose last day lies in the 90 days after the cut-off",
        source: OURS,
        scope: Scope::Summary,
        guard: Guard::Nothing,
        rows: |e, w| vec![row("terms-ending", outcomes::terms_ending(e, w))],
    },
    Definition {
        metric: "concentration",
        title: "Concentration",
        text: "Gini's coefficient of contributions over all eligible members, those without any included: 0 is even, near 1 is one person.",
        formula: "2·Σ i·x(i) / (n·Σ x) − (n+1)/n, x ascending",
        source: "Gini 1912",
        scope: Scope::Desk,
        guard: Guard::Community,
        rows: |e, w| vec![row("concentration", concentration::gini(e, w))],
    },
    Definition {
        metric: "reply-density",
        title: "Density of the reply graph",
        text: "Of all pairs a→b among members who answer or are answered, those where a has answered b. Not below ten people.",
        formula: "E / (n·(n−1))",
        source: "networkx.density",
        scope: Scope::Desk,
        guard: Guard::Community,
        rows: |e, w| {
            vec![row(
                "reply-density",
                graph::figure(e, w, graph::Graph::density),
            )]
        },
    },
    Definition {
        metric: "reply-reciprocity",
        title: "Reciprocity of the reply graph",
        text: "Edges whose reverse exists too. Not below ten people.",
        formula: "edges whose reverse exists ÷ E",
        source: "networkx.overall_reciprocity",
        scope: Scope::Desk,
        guard: Guard::Community,
        rows: |e, w| {
            vec![row(
                "reply-reciprocity",
                graph::figure(e, w, graph::Graph::reciprocity),
            )]
        },
    },
    Definition {
        metric: "reply-centralization",
        title: "In-degree centralization of the reply graph",
        text: "How far the answers go to one person: 0 where all are answered by as many, 1 where one is by all. Not below ten people.",
        formula: "Σ (max − in-degree) / (n−1)²",
        source: "Freeman 1978",
        scope: Scope::Desk,
        guard: Guard::Community,
        rows: |e, w| {
            vec![row(
                "reply-centralization",
                graph::figure(e, w, graph::Graph::centralization),
            )]
        },
    },
    Definition {
        metric: "reply-external-internal",
        title: "E–I index of the reply graph",
        text: "1 where all edges join different units, −1 where none does; edges between people of known units. Not below ten people.",
        formula: "(external − internal) / (external + internal)",
        source: "Krackhardt and Stern 1988",
        scope: Scope::Desk,
        guard: Guard::Community,
        rows: |e, w| {
            vec![row(
                "reply-external-internal",
                graph::external_internal(e, w),
            )]
        },
    },
];
