//! How surely a mail is from whom its From line names.

use crate::message::address::domain_of;
use crate::message::authentication::{AuthResult, Authentication};
use crate::message::signatures::Signature;
use crate::message::{Mail, address};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_auth::common::to_a_label;
use serde::{Deserialize, Serialize};

use super::{Checked, Policy};

/// How surely the author of a mail is who the From line says, the weakest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// Anybody could have written that From line.
    #[default]
    Bare,
    /// It has been changed or forwarded on the way, and who did that is trusted and says
    /// that it was aligned before (ARC, RFC 8617). Good enough to be answered, for
    /// nothing that changes anything.
    Relayed,
    /// A host that we trust saw, or our own checks, that the author's domain sent it.
    Aligned,
    /// The mail answers a token that was sent to the author's address alone. No mail shows
    /// this by itself: whoever looks the token up says so.
    Token,
}

impl Strength {
    /// Whether it is enough for what changes something.
    pub fn may_change(self) -> bool {
        self >= Strength::Aligned
    }

    /// Whether it is enough for an answer or a notice that goes to the author and to
    /// nobody else.
    pub fn may_hear(self) -> bool {
        self > Strength::Bare
    }

    /// The strength of that name; [`Strength::Bare`] where there is none.
    pub fn named(name: &str) -> Strength {
        let all = [Strength::Relayed, Strength::Aligned, Strength::Token];
        let found = all.into_iter().find(|one| one.name() == name);
        found.unwrap_or_default()
    }

    /// The word for it in the trail.
    pub fn name(self) -> &'static str {
        match self {
            Strength::Bare => "bare",
            Strength::Relayed => "relayed",
            Strength::Aligned => "aligned",
            Strength::Token => "token",
        }
    }
}

/// How surely a mail is its author's: what trusted hosts wrote on it, or what our own
/// checks found, whichever says more.
pub fn of(mail: &Mail, trusted_authserv: &[String], checked: &Checked) -> Strength {
    of_mail(mail, trusted_authserv).max(checked.strength)
}

/// What the Authentication-Results (RFC 8601) of the hosts in `trusted_authserv` prove;
/// names are compared without case. [`Strength::Bare`] wherever anything is in doubt.
///
/// Senders can write such fields too, and the host in front must remove those in its own
/// name (section 5). In case it does not, only its topmost ones count: down to the first
/// Received field below the first of them, as everything further down came with the mail.
pub fn of_mail(mail: &Mail, trusted_authserv: &[String]) -> Strength {
    let [author] = mail.from.as_slice() else {
        return Strength::Bare;
    };
    let domain = domain_of(&author.address);
    if !mail.has_one_author || domain.is_empty() {
        return Strength::Bare;
    }
    match proves(&believed(mail, trusted_authserv), domain) {
        true => Strength::Aligned,
        false => Strength::Bare,
    }
}

/// Whether the author's domain publishes `quarantine` or `reject` and did not send this:
/// a trusted host says that DMARC failed, or our own checks do, and saw where it came from.
/// A mail that a server in front handed over may have passed there by SPF.
pub fn is_refused(mail: &Mail, trusted_authserv: &[String], checked: &Checked) -> bool {
    let told = believed(mail, trusted_authserv)
        .iter()
        .any(|result| result.method == "dmarc" && result.result == "fail");
    let results: Vec<&str> = checked.results.split(';').map(str::trim).collect();
    let begins = |word: &str| results.iter().any(|result| result.starts_with(word));
    let asks = matches!(checked.policy, Policy::Quarantine | Policy::Reject);
    asks && (told || begins("spf=") && begins("dmarc=fail"))
}

/// Whether one of the signatures that a mail came with still proves its author's domain:
/// what it covers is unchanged, and our own checks found that it passes and is aligned.
/// Where nobody checked here, the word of a trusted host counts instead; where we did, we
/// know better, because hosts change mail after they have looked at it.
pub fn survives(
    mail: &Mail,
    trusted_authserv: &[String],
    checked: &Checked,
    signatures: &[Signature],
) -> bool {
    let intact = || signatures.iter().filter(|signature| signature.is_intact);
    if intact().any(|signature| checked.author_signatures.contains(&signature.place)) {
        return mail.has_one_author;
    }
    let [author] = mail.from.as_slice() else {
        return false;
    };
    let is_unknown = matches!(checked.policy, Policy::Unchecked | Policy::Unknown);
    if !is_unknown || of_mail(mail, trusted_authserv) == Strength::Bare {
        return false;
    }
    let domain = domain_of(&author.address);
    let passes = believed(mail, trusted_authserv);
    let passes = passes.iter().filter(|result| result.method == "dkim");
    passes
        .filter(|result| names(result, &["header.d", "header.i"], domain))
        .any(|result| intact().any(|signature| is_about(result, signature, domain)))
}

/// Whether a result is about that signature, as far as it says.
fn is_about(result: &AuthResult, signature: &Signature, domain: &str) -> bool {
    let signer = |said: &str| {
        let said = said.rsplit('@').next().unwrap_or(said);
        said.trim_end_matches('.').to_lowercase() == signature.domain
    };
    let selector = |said: &str| said.eq_ignore_ascii_case(&signature.selector);
    let value = STANDARD.encode(&signature.value);
    let begins = |said: &str| value.starts_with(said);
    let is = |name: &str, test: &dyn Fn(&str) -> bool| result.property(name).is_none_or(test);
    let named = match result.property("header.d") {
        Some(said) => signer(said),
        // `i=` may be below `d=` (RFC 6376, section 3.5).
        None => speaks_for(&signature.domain, domain),
    };
    named && is("header.s", &selector) && is("header.b", &begins)
}

fn believed<'a>(mail: &'a Mail, trusted: &[String]) -> Vec<&'a AuthResult> {
    let is_trusted = |field: &&Authentication| {
        trusted
            .iter()
            .any(|name| name.eq_ignore_ascii_case(&field.authserv_id))
    };
    let mut fields = mail.authentication.iter().filter(is_trusted).peekable();
    let top = fields.peek().map_or(0, |first| first.received_above);
    fields
        .take_while(|field| field.received_above == top)
        .flat_map(|field| &field.results)
        .collect()
}

/// DMARC's verdict goes before those that it is made of: a `fail` beside a `pass` of
/// anything means that they do not align, or that one of them was smuggled in.
pub(super) fn proves(results: &[&AuthResult], domain: &str) -> bool {
    let of = |method: &'static str| results.iter().filter(move |r| r.method == method);
    if of("dmarc").any(|result| result.result == "fail") {
        return false;
    }
    let dmarc = |result: &&AuthResult| names(result, &["header.from"], domain);
    let by_dmarc = of("dmarc").next().is_some() && of("dmarc").all(dmarc);
    by_dmarc
        || of("dkim").any(|result| names(result, &["header.d", "header.i"], domain))
        || of("spf").any(|result| names(result, &["smtp.mailfrom"], domain))
}

/// Whether a result is a pass, and the first of these properties that it has names a
/// domain that speaks for the author's.
fn names(result: &AuthResult, properties: &[&str], domain: &str) -> bool {
    let value = properties.iter().find_map(|name| result.property(name));
    let said = value.map(|value| value.rsplit('@').next().unwrap_or(value));
    result.result == "pass" && said.is_some_and(|said| speaks_for(said, domain))
}

/// The same domain, or one above the author's with at least two labels. This is narrower
/// than DMARC's relaxed alignment (RFC 7489, section 3.1), which needs the list of public
/// suffixes: `mail.x.example` does not speak for `x.example` here, and where DMARC passes
/// it need not. It is wider under public suffixes of two labels (`co.uk`), whose registries sign no
/// mail for their customers.
pub(super) fn speaks_for(said: &str, domain: &str) -> bool {
    let said = said.trim_end_matches('.').to_lowercase();
    if address::normalise(&format!("x@{said}")).is_none() {
        return false;
    }
    let above = domain
        .strip_suffix(said.as_str())
        .is_some_and(|rest| rest.ends_with('.'));
    said == domain || above && said.contains('.')
}

/// Whether two domains can be one organisation's: the same, or both below a name of at
/// least two labels. DMARC's walk up the tree (RFC 9989, section 4.10.2) ends at a top-level
/// domain that has a record and does not say `psd=y`, as older ones do not; then everybody
/// below it would be aligned with everybody else.
pub(super) fn can_be_kin(one: &str, other: &str) -> bool {
    let (one, other) = (to_a_label(one), to_a_label(other));
    let (one, other) = (one.trim_end_matches('.'), other.trim_end_matches('.'));
    let shared = one.rsplit('.').zip(other.rsplit('.'));
    one == other || shared.take_while(|(a, b)| a == b).count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::parse;
    use serde::Deserialize;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Cases {
        trusted: Vec<String>,
        case: Vec<Case>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        name: String,
        header: String,
        aligned: bool,
    }

    fn cases() -> Cases {
        toml::from_str(include_str!("../../tests/data/authentication.toml")).unwrap()
    }

    #[test]
    fn only_a_trusted_host_proves_an_author() {
        let cases = cases();
        for case in cases.case {
            let mail = parse(format!("{}\n\nbody\n", case.header.trim()).as_bytes());
            let got = of_mail(&mail, &cases.trusted);
            let want = [Strength::Bare, Strength::Aligned][usize::from(case.aligned)];
            assert_eq!(got, want, "{}: {:?}", case.name, mail.authentication);
        }
    }

    #[test]
    fn whoever_trusts_nobody_believes_nothing() {
        for case in cases().case {
            let mail = parse(case.header.trim().as_bytes());
            assert_eq!(of_mail(&mail, &[]), Strength::Bare, "{}", case.name);
        }
    }

    #[test]
    fn what_was_relayed_is_answered_and_changes_nothing() {
        for (strength, hears, changes) in [
            (Strength::Bare, false, false),
            (Strength::Relayed, true, false),
            (Strength::Aligned, true, true),
            (Strength::Token, true, true),
        ] {
            let name = strength.name();
            assert_eq!(strength.may_hear(), hears, "{name}");
            assert_eq!(strength.may_change(), changes, "{name}");
            assert_eq!(Strength::named(name), strength);
        }
        assert_eq!(Strength::named("sure"), Strength::Bare);
    }

    #[test]
    fn a_token_is_the_strongest() {
        assert!(Strength::Bare < Strength::Aligned && Strength::Aligned < Strength::Token);
    }

    #[test]
    fn a_domain_disowns_only_what_was_seen_to_come_from_elsewhere() {
        let mail = parse(b"From: ann@plant.example\n\nx");
        let of = |results: &str, policy| {
            let checked = Checked {
                results: results.to_owned(),
                policy,
                ..Checked::default()
            };
            is_refused(&mail, &[], &checked)
        };
        let failed = "spf=softfail smtp.mailfrom=x.example; dmarc=fail (p=reject)";
        assert!(of(failed, Policy::Reject) && of(failed, Policy::Quarantine));
        assert!(!of(failed, Policy::None) && !of(failed, Policy::Unknown));
        assert!(!of("dkim=none; dmarc=fail (p=reject)", Policy::Reject));
        assert!(!of("spf=pass; dmarc=temperror", Policy::Reject));
    }
}
