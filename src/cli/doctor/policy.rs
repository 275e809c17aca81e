//! SPF (RFC 7208) and DMARC (RFC 9989) of the domain.

use std::net::{IpAddr, Ipv4Addr};

use mail_auth::SpfResult;
use mail_auth::common::parse::TxtRecordParser;
use mail_auth::spf::Spf;
use mail_auth::spf::verify::SpfParameters;
use tokio::time::timeout;

use super::ask::Ask;
use super::exchange::Outlet;
use super::keys::tag;
use super::{Finding, PATIENCE, fail, ok, warn};
use crate::config::Settings;

/// So much of a record is shown, in characters.
const LONGEST_SHOWN: usize = 200;

/// An address for documentation (RFC 5737), from which nobody sends.
const NOBODY: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 254);

pub(super) async fn look(settings: &Settings, ask: &Ask, outlets: &[Outlet]) -> Vec<Finding> {
    let mut found = vec![spf(settings, ask).await];
    if found.iter().all(|one| one.level == super::Level::Ok) {
        for outlet in outlets {
            found.push(passes(settings, ask, outlet).await);
        }
    }
    found.push(dmarc(settings, ask).await);
    found
}

async fn spf(settings: &Settings, ask: &Ask) -> Finding {
    let domain = &settings.domain;
    let texts = match ask.texts(domain).await {
        Ok(texts) => texts,
        Err(why) => {
            return fail(
                format!("SPF: {domain} cannot be looked up: {why}"),
                "try again",
            );
        }
    };
    let is_spf = |text: &&String| {
        text.split_whitespace()
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("v=spf1"))
    };
    let records: Vec<_> = texts.iter().filter(is_spf).collect();
    match records.as_slice() {
        [] => fail(
            format!("SPF: {domain} names nobody who may send for it"),
            format!("publish, with your relay in it: {domain}. IN TXT \"v=spf1 mx -all\""),
        ),
        [one] if allows_everybody(one) => warn(
            format!("SPF: {domain} allows everybody to send for it"),
            "end the record with -all, and name your relay before it",
        ),
        [one] if Spf::parse(one.as_bytes()).is_err() => fail(
            format!(
                "SPF: the record of {domain} has a mistake, and receivers believe none of it: {}",
                shown(one)
            ),
            "correct it, as in \"v=spf1 mx ip4:192.0.2.1 -all\"",
        ),
        [one] if is_unreadable(settings, ask).await => fail(
            format!(
                "SPF: the record of {domain} cannot be followed by receivers: {}",
                shown(one)
            ),
            "name fewer hosts: it asks for more than ten look-ups, or something that it includes has a mistake",
        ),
        [one] => ok(format!("SPF: {domain} publishes {}", shown(one))),
        _ => fail(
            format!(
                "SPF: {domain} has {} records, and receivers believe none",
                records.len()
            ),
            "leave one",
        ),
    }
}

/// What DNS says is somebody else's text, and may be long.
fn shown(record: &str) -> String {
    record.chars().take(LONGEST_SHOWN).collect()
}

/// Whether a receiver that follows the whole record gives up (RFC 7208, section 4.6.4).
/// Nobody sends from the address that it asks about, so that no term ends it early.
async fn is_unreadable(settings: &Settings, ask: &Ask) -> bool {
    let sender = format!("pumps-bounces@{}", settings.domain);
    let (nobody, host) = (IpAddr::V4(NOBODY), settings.domain.as_str());
    let asked = SpfParameters::verify_mail_from(nobody, host, host, &sender);
    let verdict = timeout(PATIENCE, ask.resolver.verify_spf(asked)).await;
    verdict.is_ok_and(|verdict| verdict.result() == SpfResult::PermError)
}

/// Whether a mail of ours passes from that address.
async fn passes(settings: &Settings, ask: &Ask, Outlet { address, host }: &Outlet) -> Finding {
    let sender = format!("pumps-bounces@{}", settings.domain);
    let asked = SpfParameters::verify_mail_from(*address, host, host, &sender);
    let Ok(verdict) = timeout(PATIENCE, ask.resolver.verify_spf(asked)).await else {
        return warn(
            format!("SPF: no verdict on {address} ({host}) within {PATIENCE:?}"),
            "try again",
        );
    };
    match verdict.result() {
        SpfResult::Pass => ok(format!("SPF: mail from {address} ({host}) passes")),
        SpfResult::PermError => fail(
            "SPF: the record cannot be read by receivers".to_owned(),
            "correct it: it has a mistake, or asks for more than ten look-ups",
        ),
        other => warn(
            format!(
                "SPF: mail from {address} ({host}) does not pass ({})",
                other.to_string().to_lowercase()
            ),
            "add the address to the record, if mail goes out there",
        ),
    }
}

async fn dmarc(settings: &Settings, ask: &Ask) -> Finding {
    let domain = &settings.domain;
    // A policy may stand at the domain or, for all below it, further up.
    let labels: Vec<_> = domain.split('.').collect();
    for above in 0..labels.len().saturating_sub(1).min(8) {
        let holder = labels.get(above..).unwrap_or_default().join(".");
        let texts = match ask.texts(&format!("_dmarc.{holder}")).await {
            Ok(texts) => texts,
            Err(why) => {
                return fail(
                    format!("DMARC: _dmarc.{holder} cannot be looked up: {why}"),
                    "try again",
                );
            }
        };
        let records: Vec<_> = texts.iter().filter(|text| is_dmarc(text)).collect();
        match records.as_slice() {
            [] => continue,
            [one] => return policy(&holder, one, above > 0),
            _ => {
                return fail(
                    format!(
                        "DMARC: _dmarc.{holder} has {} records, and receivers believe none",
                        records.len()
                    ),
                    "leave one",
                );
            }
        }
    }
    warn(
        format!("DMARC: {domain} publishes no policy, which big receivers ask of lists"),
        format!(
            "publish: _dmarc.{domain}. IN TXT \"v=DMARC1; p=none; rua=mailto:postmaster@{domain}\""
        ),
    )
}

/// Whether it is a DMARC record: the version stands first (RFC 9989), else receivers
/// pass it over.
fn is_dmarc(text: &str) -> bool {
    let first = text.split(';').next().unwrap_or_default();
    tag(first, "v").is_some_and(|version| version == "DMARC1")
}

/// Whether an SPF record ends in `+all`, which makes it worth nothing.
fn allows_everybody(record: &str) -> bool {
    let is_all = |word: &str| {
        ["all", "+all"]
            .iter()
            .any(|all| word.eq_ignore_ascii_case(all))
    };
    record.split_whitespace().any(is_all)
}

fn policy(holder: &str, record: &str, inherited: bool) -> Finding {
    let below = if inherited { tag(record, "sp") } else { None };
    match below.or_else(|| tag(record, "p")).as_deref() {
        Some(policy @ ("none" | "quarantine" | "reject")) => {
            ok(format!("DMARC: _dmarc.{holder} publishes {policy}"))
        }
        _ => fail(
            format!("DMARC: the record _dmarc.{holder} names no policy"),
            "write p=none, p=quarantine or p=reject into it",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_that_receivers_pass_over_are_none() {
        assert!(is_dmarc("v=DMARC1; p=none") && is_dmarc(" v = DMARC1 ;p=reject"));
        assert!(!is_dmarc("p=none; v=DMARC1") && !is_dmarc("v=DMARC2; p=none") && !is_dmarc(""));
    }

    #[test]
    fn all_is_for_everybody_unless_it_is_denied() {
        assert!(allows_everybody("v=spf1 mx +all") && allows_everybody("v=spf1 ALL"));
        assert!(!allows_everybody("v=spf1 mx -all") && !allows_everybody("v=spf1 mx ~all"));
        assert!(!allows_everybody("v=spf1 include:all.x.example ?all"));
    }
}
