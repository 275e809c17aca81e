//! What the demonstration amounted to.

use std::fmt;
use std::time::Duration;

/// Sentences about what is wrong that are printed at most.
const MOST_SHOWN: usize = 20;

/// What the demonstration amounted to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many weeks were played.
    pub weeks: u32,
    /// Posts that went to the list.
    pub posts: u64,
    /// Copies of posts that came.
    pub copies: u64,
    /// Mails of folkmoot's own that came.
    pub others: u64,
    /// Posts that were held.
    pub held: u64,
    /// People who joined.
    pub joined: u64,
    /// People who left.
    pub left: u64,
    /// What people answered to invitations.
    pub answers: u64,
    /// Acts that fell due and were done.
    pub acts: u64,
    /// What became of each session, a line each.
    pub sessions: Vec<String>,
    /// What each survey came to that has closed, some lines each.
    pub surveys: Vec<String>,
    /// What became of mail that did not arrive, of machines that answered, and of what
    /// was written in others' names: a line each.
    pub told: Vec<String>,
    /// How long it took.
    pub took: Duration,
    /// What went wrong, a sentence each; empty if every copy came exactly once.
    pub wrong: Vec<String>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.took.as_secs_f64();
        writeln!(
            f,
            "{} played in {seconds:.1} s",
            counted(self.weeks.into(), "week")
        )?;
        let once = match self.wrong.is_empty() {
            true => ", each exactly once",
            false => "",
        };
        writeln!(f, "  posts      {:>6}", self.posts)?;
        writeln!(f, "  copies     {:>6}{once}", self.copies)?;
        writeln!(f, "  own mails  {:>6}", self.others)?;
        writeln!(f, "  held       {:>6}", self.held)?;
        writeln!(f, "  joined     {:>6}", self.joined)?;
        writeln!(f, "  left       {:>6}", self.left)?;
        writeln!(f, "  rsvps      {:>6}", self.answers)?;
        write!(f, "  acts done  {:>6}", self.acts)?;
        for (heading, lines) in [
            ("Sessions", &self.sessions),
            (
                "Surveys (how many say yes: full is sure, half full may be)",
                &self.surveys,
            ),
            ("What else happened", &self.told),
        ] {
            if !lines.is_empty() {
                write!(f, "\n{heading}")?;
            }
            for line in lines {
                write!(f, "\n  {line}")?;
            }
        }
        for wrong in self.wrong.iter().take(MOST_SHOWN) {
            write!(f, "\nwrong: {wrong}")?;
        }
        match self.wrong.len().saturating_sub(MOST_SHOWN) {
            0 => Ok(()),
            more => write!(f, "\nwrong: and {more} more"),
        }
    }
}

/// A number of something, as people write it.
pub(super) fn counted(n: u64, what: &str) -> String {
    match n {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_is_only_said_where_it_is_so() {
        let good = Summary {
            weeks: 1,
            copies: 7,
            ..Summary::default()
        };
        assert!(good.to_string().starts_with("1 week played in 0.0 s\n"));
        assert!(
            good.to_string()
                .contains("  copies          7, each exactly once\n")
        );
        let bad = Summary {
            wrong: vec!["x never got y".into(); 22],
            ..good
        };
        assert!(!bad.to_string().contains("exactly once"), "{bad}");
        assert!(
            bad.to_string()
                .ends_with("wrong: x never got y\nwrong: and 2 more"),
            "{bad}"
        );
    }
}
