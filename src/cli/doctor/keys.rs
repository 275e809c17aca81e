//! DKIM: each key, what is published of it, and a mail signed and verified.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_auth::{AuthenticatedMessage, DkimResult};
use tokio::time::timeout;

use super::ask::Ask;
use super::{Finding, PATIENCE, fail, ok, warn};
use crate::clock::system_ms;
use crate::config::Settings;
use crate::outbox::signing::key::Key;
use crate::outbox::signing::{Signable, Signers};

pub(super) async fn look(settings: &Settings, ask: Option<&Ask>) -> Vec<Finding> {
    if settings.dkim.is_empty() {
        return vec![warn(
            "mail goes out without a DKIM signature",
            "make keys with `folkmoot init` in another folder and name them in [dkim], or let the relay sign for this domain",
        )];
    }
    // A key that cannot be used was among the problems of the configuration.
    let Ok(signers) = Signers::load(settings) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for key in signers.keys() {
        let kind = if key.is_rsa() { "RSA" } else { "Ed25519" };
        match ask {
            None => found.push(ok(format!(
                "DKIM: the {kind} key {} can be used",
                key.selector
            ))),
            Some(ask) => found.push(published(settings, ask, key, kind).await),
        }
    }
    if let Some(ask) = ask {
        found.extend(sample(settings, ask, &signers).await);
    }
    found
}

async fn published(settings: &Settings, ask: &Ask, key: &Key, kind: &str) -> Finding {
    let name = format!("{}._domainkey.{}", key.selector, settings.domain);
    let publish = format!(
        "publish: {name}. IN TXT \"{}\" (in strings of at most 255 octets)",
        key.record()
    );
    let texts = match ask.texts(&name).await {
        Ok(texts) => texts,
        Err(why) => {
            return fail(
                format!("DKIM: {name} cannot be looked up: {why}"),
                "try again",
            );
        }
    };
    match texts.as_slice() {
        [] => fail(format!("DKIM: nothing is published at {name}"), publish),
        [one] => match tag(one, "p") {
            Some(p) if p.is_empty() => {
                fail(format!("DKIM: the record {name} revokes the key"), publish)
            }
            Some(p) if STANDARD.decode(&p).is_ok_and(|p| key.is_published_as(&p)) => {
                ok(format!("DKIM: {name} publishes the {kind} key"))
            }
            _ => fail(
                format!("DKIM: {name} publishes another key than the {kind} key here"),
                publish,
            ),
        },
        _ => fail(
            format!("DKIM: there are {} records at {name}", texts.len()),
            "leave one",
        ),
    }
}

/// The value of a tag (RFC 6376, section 3.2), without white space.
pub(super) fn tag(record: &str, tag: &str) -> Option<String> {
    let named = |one: &str| {
        let (name, value) = one.split_once('=')?;
        (name.trim() == tag).then(|| value.split_whitespace().collect())
    };
    record.split(';').find_map(named)
}

/// A mail as it would leave, before a verifier that looks the keys up.
async fn sample(settings: &Settings, ask: &Ask, signers: &Signers) -> Vec<Finding> {
    let domain = &settings.domain;
    let mail = format!(
        "From: <doctor@{domain}>\r\nTo: <doctor@{domain}>\r\nSubject: Is this signature valid?\r\n\
         Message-ID: <doctor@{domain}>\r\n\r\nA mail that is not sent.\r\n"
    );
    let signed = signers.sign(&Signable::of(mail.as_bytes()), "", system_ms());
    let signed = match signed {
        Ok(fields) => fields + &mail,
        Err(why) => return vec![fail(format!("DKIM: {why}"), "make a new key")],
    };
    let Some(read) = AuthenticatedMessage::parse(signed.as_bytes()) else {
        return Vec::new();
    };
    let Ok(verdicts) = timeout(PATIENCE, ask.resolver.verify_dkim(&read)).await else {
        return vec![fail(
            format!("DKIM: a signed mail was not verified within {PATIENCE:?}"),
            "try again",
        )];
    };
    let each = signers.keys().iter().zip(&verdicts);
    each.map(|(key, verdict)| match verdict.result() {
        DkimResult::Pass => ok(format!(
            "DKIM: a mail signed with {} verifies",
            key.selector
        )),
        other => fail(
            format!(
                "DKIM: a mail signed with {} does not verify ({other})",
                key.selector
            ),
            "correct the record; receivers see the same",
        ),
    })
    .collect()
}
