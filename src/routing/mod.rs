//! Envelope recipient to one intent. Pure.

/// What a recipient address asks for (interfaces.md, "Addresses").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// `pumps@`: a post.
    Post,
    /// `pumps-request@`, `pumps+request@`, `pumps+help@`: a command.
    Request,
    /// `pumps-join@`, `pumps+subscribe@`.
    Join,
    /// `pumps-leave@`, `pumps+unsubscribe@`.
    Leave,
    /// `pumps-owner@`: mail for the facilitators.
    Owner,
    /// `pumps-confirm+TOKEN@`.
    Confirm(String),
    /// `pumps-reply+TOKEN@`: the answer to a mail of ours.
    Reply(String),
    /// `pumps-rsvp+TOKEN@`: a member's own address, stable for life.
    Rsvp(String),
    /// `pumps-survey+TOKEN@`: an answer to a survey.
    Survey(String),
    /// `pumps-bounces+TOKEN@`: what a delivery of ours came back with.
    Bounces(String),
}

/// One way to read a local part: a community and what is asked of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The community's slug.
    pub slug: String,
    /// What is asked.
    pub intent: Intent,
}

/// Every way to read a local part, best first. A community whose own address
/// looks like another's sub-address wins, so the whole local part comes first.
pub fn readings(local: &str) -> Vec<Reading> {
    let local = local.to_ascii_lowercase();
    let mut found = vec![Reading {
        slug: local.clone(),
        intent: Intent::Post,
    }];
    let (head, token) = match local.split_once('+') {
        Some((head, token)) => (head, Some(token)),
        None => (local.as_str(), None),
    };
    if let Some((slug, word)) = head.rsplit_once('-') {
        found.extend(intent(word, token).map(|intent| Reading {
            slug: slug.to_owned(),
            intent,
        }));
    }
    if let Some(word) = token {
        let (word, token) = match word.split_once('+') {
            Some((word, token)) => (word, Some(token)),
            None => (word, None),
        };
        found.extend(intent(word, token).map(|intent| Reading {
            slug: head.to_owned(),
            intent,
        }));
    }
    found.retain(|reading| !reading.slug.is_empty());
    found
}

fn intent(word: &str, token: Option<&str>) -> Option<Intent> {
    match (word, token) {
        ("request" | "help", None) => Some(Intent::Request),
        ("join" | "subscribe", None) => Some(Intent::Join),
        ("leave" | "unsubscribe", None) => Some(Intent::Leave),
        ("owner", None) => Some(Intent::Owner),
        ("confirm", Some(token)) => Some(Intent::Confirm(token.to_owned())),
        ("reply", Some(token)) => Some(Intent::Reply(token.to_owned())),
        ("rsvp", Some(token)) => Some(Intent::Rsvp(token.to_owned())),
        ("survey", Some(token)) => Some(Intent::Survey(token.to_owned())),
        ("bounces", Some(token)) => Some(Intent::Bounces(token.to_owned())),
        _ => None,
    }
}

/// Splits an address at its last `@`, the domain in lower case.
pub fn split(address: &str) -> Option<(&str, String)> {
    let (local, domain) = address.rsplit_once('@')?;
    let usable = !local.is_empty() && !domain.is_empty();
    usable.then(|| (local, domain.trim_end_matches('.').to_ascii_lowercase()))
}

/// The sub-addresses that a community has besides its own, for `addresses`.
pub const SUFFIXES: [&str; 4] = ["request", "join", "leave", "owner"];

/// The sub-addresses that carry a token.
pub const TOKEN_SUFFIXES: [&str; 5] = ["confirm", "bounces", "reply", "rsvp", "survey"];

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(local: &str) -> String {
        let show = |reading: Reading| format!("{}:{:?}", reading.slug, reading.intent);
        readings(local)
            .into_iter()
            .map(show)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn every_form_of_address_is_read() {
        let cases = [
            ("pumps", "pumps:Post"),
            ("PUMPS", "pumps:Post"),
            ("pumps-request", "pumps-request:Post pumps:Request"),
            ("pumps+help", "pumps+help:Post pumps:Request"),
            ("pumps-join", "pumps-join:Post pumps:Join"),
            ("pumps+subscribe", "pumps+subscribe:Post pumps:Join"),
            ("pumps+unsubscribe", "pumps+unsubscribe:Post pumps:Leave"),
            ("pumps-owner", "pumps-owner:Post pumps:Owner"),
            (
                "pumps-confirm+abc",
                "pumps-confirm+abc:Post pumps:Confirm(\"abc\")",
            ),
            (
                "pumps+confirm+abc",
                "pumps+confirm+abc:Post pumps:Confirm(\"abc\")",
            ),
            (
                "pumps-bounces+x",
                "pumps-bounces+x:Post pumps:Bounces(\"x\")",
            ),
            ("pumps-reply+x", "pumps-reply+x:Post pumps:Reply(\"x\")"),
            ("pumps-rsvp+x", "pumps-rsvp+x:Post pumps:Rsvp(\"x\")"),
            ("pumps-survey+x", "pumps-survey+x:Post pumps:Survey(\"x\")"),
            ("pumps-confirm", "pumps-confirm:Post"),
            (
                "small-pumps-leave",
                "small-pumps-leave:Post small-pumps:Leave",
            ),
            ("pumps-nonsense", "pumps-nonsense:Post"),
            ("-request", "-request:Post"),
            ("+", "+:Post"),
        ];
        for (local, expected) in cases {
            assert_eq!(shown(local), expected, "{local}");
        }
    }

    #[test]
    fn an_address_splits_at_its_last_at() {
        assert_eq!(
            split("\"a@b\"@Lists.Example"),
            Some(("\"a@b\"", "lists.example".into()))
        );
        assert_eq!(split("nobody"), None);
        assert_eq!(split("@x"), None);
    }
}
