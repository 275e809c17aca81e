//! What was decided, and why: a row for each step, read by `why`.

use crate::store::{self, Millis, Tx, trail};

pub use crate::store::trail::Step;

impl Step {
    /// A step of a message.
    pub fn of_message(community: Option<i64>, message_id: &str, at: Millis) -> Step {
        Step {
            community_id: community,
            message_id: message_id.to_owned(),
            at,
            ..Step::default()
        }
    }

    /// A step of a person.
    pub fn of_person(community: Option<i64>, address: &str, at: Millis) -> Step {
        Step {
            community_id: community,
            address: address.to_owned(),
            at,
            ..Step::default()
        }
    }

    /// Says what was done, with what verdict and why, and writes it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn record(
        mut self,
        tx: &mut Tx,
        step: &str,
        verdict: &str,
        reason: &str,
    ) -> store::Result<()> {
        step.clone_into(&mut self.step);
        verdict.clone_into(&mut self.verdict);
        reason.clone_into(&mut self.reason);
        trail::insert(tx, &self).await
    }
}
