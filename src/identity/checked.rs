//! What our own checks (SPF, DKIM, ARC, DMARC) found of a message, as it is kept with it.

use serde::{Deserialize, Serialize};

use super::Strength;

/// What our own checks found of a message. The default: nothing was checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Checked {
    /// The results as Authentication-Results has them (RFC 8601, section 2.2), without
    /// the name in front: `spf=pass smtp.mailfrom=x.example; dkim=pass header.d=…`.
    pub results: String,
    /// What they prove of the author; never [`Strength::Token`].
    pub strength: Strength,
    /// What the author's domain asks receivers to do.
    pub policy: Policy,
    /// The DKIM-Signature fields that pass and whose domain is the author's, aligned
    /// as the policy asks: their places among all such fields, from the top, from 0.
    pub author_signatures: Vec<usize>,
}

/// The DMARC policy (RFC 9989) of an author's domain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// Nobody asked: our own checks are off, or the message came by another way.
    #[default]
    Unchecked,
    /// It publishes none, or `p=none`.
    None,
    /// `p=quarantine`.
    Quarantine,
    /// `p=reject`.
    Reject,
    /// It could not be looked up: the resolver did not answer.
    Unknown,
}

impl Checked {
    /// As it is kept in the database: JSON, and the empty text where nothing was checked.
    pub fn to_text(&self) -> String {
        match self == &Checked::default() {
            true => String::new(),
            false => serde_json::to_string(self).unwrap_or_default(),
        }
    }

    /// What [`Checked::to_text`] wrote; the default where that cannot be read.
    pub fn from_text(text: &str) -> Checked {
        serde_json::from_str(text).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_kept_as_text() {
        let checked = Checked {
            results: "dkim=pass header.d=x.example".into(),
            strength: Strength::Aligned,
            policy: Policy::Reject,
            author_signatures: vec![1],
        };
        assert_eq!(Checked::from_text(&checked.to_text()), checked);
        assert_eq!(Checked::default().to_text(), "");
        assert_eq!(Checked::from_text(""), Checked::default());
        assert_eq!(Checked::from_text("{"), Checked::default());
    }
}
