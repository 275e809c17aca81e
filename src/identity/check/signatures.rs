//! The DKIM-Signature fields of a message, and which of them are worth verifying.

use mail_auth::common::crypto::Algorithm;
use mail_auth::dkim::{DkimError, Signature};
use mail_auth::{AuthenticatedMessage, DkimOutput, DkimResult, Error};

/// The most signatures that are looked at, from the top.
const MOST: usize = 10;

/// The most fields that a signature may name: each is looked for in the whole header.
const MOST_NAMES: usize = 200;

/// One DKIM-Signature field and how it ended.
pub(super) struct Field {
    /// Its place among all such fields, from the top, from 0.
    pub place: usize,
    /// `d=`; empty where it cannot be read.
    pub domain: String,
    /// `s=`.
    pub selector: String,
    /// The word of RFC 8601, section 2.7.1.
    pub result: &'static str,
    /// Why, in a few words; or empty.
    pub why: &'static str,
}

/// Leaves in the message only those signatures that are worth verifying, and of each
/// field what is known by then; its result is empty where it is to be verified.
///
/// mail-auth compares `x=` with the system's clock, which is not ours under test and in
/// time travel; so whatever has expired by ours goes here.
pub(super) fn select(message: &mut AuthenticatedMessage<'_>, now: i64) -> Vec<Field> {
    let values: Vec<&[u8]> = values(message).take(MOST).collect();
    let mut fields = Vec::new();
    for (place, value) in values.iter().enumerate() {
        let read = message.dkim_headers.iter();
        let read = read.map(|one| (one.value, &one.header));
        let found = read.into_iter().find(|(other, _)| is_same(other, value));
        fields.push(match found {
            Some((_, signature)) => field(place, signature, unfit(signature, now)),
            None => unread(place, value),
        });
    }
    let fit = |value: &[u8]| {
        let place = values.iter().position(|other| is_same(other, value));
        place
            .and_then(|place| fields.get(place))
            .is_some_and(|field| field.result.is_empty())
    };
    message.dkim_headers.retain(|one| fit(one.value));
    for one in &mut message.dkim_headers {
        // Neither asks for reports of ours nor lets another domain vouch (RFC 6541).
        one.header.r = false;
        one.header.atps = None;
    }
    message
        .errors
        .retain(|one| !matches!(one.header, Error::Dkim(_)));
    fields
}

/// Completes the fields by what mail-auth found of those that it was left; gives the
/// place of each.
pub(super) fn complete(
    fields: &mut [Field],
    message: &AuthenticatedMessage<'_>,
    found: &[DkimOutput<'_>],
) -> Vec<usize> {
    let values: Vec<&[u8]> = values(message).take(MOST).collect();
    let mut places = Vec::new();
    for (one, output) in message.dkim_headers.iter().zip(found) {
        let place = values.iter().position(|other| is_same(other, one.value));
        if let Some(field) = place.and_then(|place| fields.get_mut(place)) {
            (field.result, field.why) = verdict(output.result());
            places.push(field.place);
        }
    }
    places
}

fn values<'x>(message: &AuthenticatedMessage<'x>) -> impl Iterator<Item = &'x [u8]> {
    let named = |name: &[u8]| name.trim_ascii().eq_ignore_ascii_case(b"DKIM-Signature");
    let fields = message.headers.iter().filter(move |(name, _)| named(name));
    fields.map(|(_, value)| *value)
}

/// Whether it is the same place of the message, not only the same text.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    std::ptr::eq(one, other)
}

fn field(place: usize, signature: &Signature, unfit: (&'static str, &'static str)) -> Field {
    Field {
        place,
        domain: signature.d.clone(),
        selector: signature.s.clone(),
        result: unfit.0,
        why: unfit.1,
    }
}

/// Why a signature is not verified; two empty words where it is.
fn unfit(signature: &Signature, now: i64) -> (&'static str, &'static str) {
    let signs = |name: &str| signature.h.iter().any(|one| one.eq_ignore_ascii_case(name));
    let expires = i64::try_from(signature.x).unwrap_or(i64::MAX);
    match signature {
        // RFC 8301, section 3.1: nobody may accept it any more.
        Signature {
            a: Algorithm::RsaSha1,
            ..
        } => ("policy", "rsa-sha1"),
        Signature { h, .. } if h.len() > MOST_NAMES => ("policy", "names too many fields"),
        // RFC 6376, section 5.4.
        _ if !signs("from") => ("permerror", "does not sign From"),
        Signature { x: 1.., .. } if expires.saturating_mul(1000) <= now => ("fail", "expired"),
        _ => ("", ""),
    }
}

/// A field that mail-auth refused. What signs only the beginning of the text (`l=`)
/// proves nothing of what was appended to it.
fn unread(place: usize, value: &[u8]) -> Field {
    match Signature::parse(value) {
        Ok(signature) if signature.l > 0 => field(
            place,
            &signature,
            ("policy", "signs a part of the text only"),
        ),
        Ok(signature) => field(place, &signature, ("neutral", "")),
        Err(_) => field(
            place,
            &Signature::default(),
            ("permerror", "cannot be read"),
        ),
    }
}

fn verdict(result: &DkimResult) -> (&'static str, &'static str) {
    let why = |error: &Error| match error {
        Error::Dkim(DkimError::FailedBodyHashMatch) => "the text has been changed",
        Error::Dkim(DkimError::SignatureExpired) => "expired",
        Error::Dns(_) => "no key",
        Error::Crypto(_) => "it does not fit the header or the key",
        _ => "",
    };
    match result {
        DkimResult::Pass => ("pass", ""),
        // Verified, and it does not hold: RFC 8601, section 2.7.1, calls that `fail`.
        DkimResult::Neutral(error) | DkimResult::Fail(error) => ("fail", why(error)),
        DkimResult::PermError(error) => ("permerror", why(error)),
        DkimResult::TempError(_) => ("temperror", "the key could not be looked up"),
        DkimResult::None => ("none", ""),
    }
}
