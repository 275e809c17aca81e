//! What each of our mails may say: its fields, and samples that show every branch
//! of its templates.

mod after_sessions;
mod bundle;
mod calendar_answer;
mod charter;
mod delivery;
mod digest;
mod discussion_seed;
mod holds;
mod joining;
mod learning;
mod lists;
mod moderation;
mod monthly;
mod outcome;
mod person;
mod preparation;
mod watches;
mod worksheet;
mod sessions;
mod sponsor;
mod surveys;

use serde::Serialize;
use serde_json::Value;

pub use after_sessions::{ActionLine, AskedPerson, AttendanceAsk, Recap};
pub use bundle::{Bundle, BundleSection};
pub use calendar_answer::CalendarAnswer;
pub use charter::{CharterChanged, CharterReview, CharterVote};
pub use delivery::{DeliveryTrouble, DeliveryWarning, Unreached};
pub use digest::{Digest, DigestItem, DigestMessage};
pub use discussion_seed::DiscussionSeed;
pub use holds::{ModerationWaiting, WaitingPost};
pub use joining::{AgreementChanged, Confirm, JoinOutcome, JoinRequest, ListInvitation};
pub use learning::LearningDraft;
pub use lists::{Goodbye, PostFooter, Welcome};
pub use moderation::{HoldNotice, Moderation};
pub use monthly::{MonthlyLine, MonthlySession, MonthlySummary, Thanks};
pub use outcome::{HoldOutcome, ModerationOutcome, SurveyStray};
pub use person::{Clarification, CommandHelp, Export, Link, Receipt, Setting, Told};
pub use preparation::{AgendaCall, AgendaLine, HostAsk, HostBrief};
pub use sessions::{Invitation, SessionChange};
pub use sponsor::{
    SponsorActionDue, SponsorSaid, SponsorStart, SponsorSummary, SponsorSummaryPreview,
    SummaryField, SummaryItem, SummaryRow, ValueStory,
};
pub use surveys::{
    SurveyAction, SurveyAsk, SurveyBar, SurveyCell, SurveyItem, SurveyLine, SurveyReceipt,
    SurveyResults,
};
pub use watches::{NewcomerUnanswered, QuietCheckIn, StillUnanswered, Unanswered, WaitingThread};
pub use worksheet::{Worksheet, WorksheetItem};

/// The context of one mail's three templates, `LANG/TEMPLATE.subject`, `.txt` and
/// `.html`.
pub trait Mail: Serialize {
    /// Its name in the catalogue.
    const NAME: &'static str;

    /// The name of its templates: its own where a mail has several forms.
    const TEMPLATE: &'static str = Self::NAME;

    /// Contexts that together show everything its templates can show.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// The parts of a mail, by the ends of their templates' names.
pub const PARTS: [&str; 3] = ["subject", "txt", "html"];

/// The name of the English template for a part of a mail.
pub fn template(mail: &str, part: &str) -> String {
    format!("en/{mail}.{part}")
}

/// One mail as it could be said.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Its name in the catalogue.
    pub name: &'static str,
    /// The name of its templates.
    pub template: &'static str,
    /// What they show.
    pub fields: Value,
}

/// Every template of every mail with each of its samples.
pub fn samples() -> Vec<(String, Value)> {
    let of_mail =
        |mail: Sample| PARTS.map(|part| (template(mail.template, part), mail.fields.clone()));
    let mut all: Vec<_> = every().into_iter().flat_map(of_mail).collect();
    for sample in PostFooter::samples() {
        let sample = serde_json::to_value(sample).unwrap_or_default();
        all.extend(["txt", "html"].map(|part| (template("footer", part), sample.clone())));
    }
    all
}

/// Every mail with each of its samples.
pub fn every() -> Vec<Sample> {
    let mut all = Vec::new();
    add::<CharterReview>(&mut all);
    add::<CharterVote>(&mut all);
    add::<CharterChanged>(&mut all);
    add::<DiscussionSeed>(&mut all);
    add::<LearningDraft>(&mut all);
    add::<MonthlySummary>(&mut all);
    add::<Thanks>(&mut all);
    add::<Unanswered>(&mut all);
    add::<StillUnanswered>(&mut all);
    add::<NewcomerUnanswered>(&mut all);
    add::<QuietCheckIn>(&mut all);
    add::<Confirm>(&mut all);
    add::<Welcome>(&mut all);
    add::<Goodbye>(&mut all);
    add::<Receipt>(&mut all);
    add::<Clarification>(&mut all);
    add::<HoldNotice>(&mut all);
    add::<HoldOutcome>(&mut all);
    add::<SurveyStray>(&mut all);
    add::<Moderation>(&mut all);
    add::<ModerationOutcome>(&mut all);
    add::<ModerationWaiting>(&mut all);
    add::<JoinRequest>(&mut all);
    add::<ListInvitation>(&mut all);
    add::<JoinOutcome>(&mut all);
    add::<AgreementChanged>(&mut all);
    add::<Bundle>(&mut all);
    add::<Digest>(&mut all);
    add::<DeliveryWarning>(&mut all);
    add::<DeliveryTrouble>(&mut all);
    add::<Worksheet>(&mut all);
    add::<Invitation>(&mut all);
    add::<SessionChange>(&mut all);
    add::<HostAsk>(&mut all);
    add::<AgendaCall>(&mut all);
    add::<HostBrief>(&mut all);
    add::<AttendanceAsk>(&mut all);
    add::<Recap>(&mut all);
    add::<CalendarAnswer>(&mut all);
    add::<Export>(&mut all);
    add::<Link>(&mut all);
    add::<SurveyAsk>(&mut all);
    all.extend(surveys::by_other_names());
    add::<SurveyReceipt>(&mut all);
    add::<SurveyResults>(&mut all);
    add::<SponsorStart>(&mut all);
    add::<SponsorSummary>(&mut all);
    add::<SponsorSummaryPreview>(&mut all);
    add::<SponsorActionDue>(&mut all);
    add::<SponsorSaid>(&mut all);
    add::<ValueStory>(&mut all);
    all
}

fn add<M: Mail>(all: &mut Vec<Sample>) {
    let fields = |sample: &M| serde_json::to_value(sample).ok();
    all.extend(M::samples().iter().filter_map(fields).map(|fields| Sample {
        name: M::NAME,
        template: M::TEMPLATE,
        fields,
    }));
}
