//! Which header fields do not go on to the members.

use super::headers::Field;
use super::rewrite::ListCopy;

/// Fields of the list or transport that the mail came through, lower-cased. X-Loop and
/// X-BeenThere stay: other lists know by them that a mail has been there.
const TRANSPORT: [&str; 27] = [
    "return-path",
    "delivered-to",
    "x-original-to",
    "x-envelope-to",
    "x-envelope-from",
    "envelope-to",
    "errors-to",
    "bcc",
    "sender",
    "precedence",
    "archived-at",
    "x-archived-at",
    "x-no-archive-reason",
    "x-list",
    "x-list-administrivia",
    "content-length",
    "x-sequence",
    "x-validation-by",
    "mailing-list",
    "x-mailing-list",
    "return-receipt-to",
    "disposition-notification-to",
    "x-confirm-reading-to",
    "x-pmrqc",
    "folkmoot-mail",
    "folkmoot-about",
    // Of DomainKeys (RFC 4870), which nobody reads any more.
    "domainkey-signature",
];
/// The beginnings of such names, lower-cased.
const FAMILIES: [&str; 4] = ["list-", "x-mailman-", "x-mailinglist-", "x-google-group-"];

/// Fields that go wherever a mail goes on, also inside another one: who was written to
/// unseen is nobody's business.
const SECRET: [&str; 1] = ["bcc"];

/// Whether the field stays behind: it belongs to another list, to transport, or is set anew.
pub(super) fn stays_behind(bytes: &[u8], field: &Field, copy: &ListCopy) -> bool {
    let name = String::from_utf8_lossy(field.name_in(bytes)).to_ascii_lowercase();
    if copy.as_it_came {
        return SECRET.contains(&name.as_str());
    }
    let named = |names: &[String]| names.iter().any(|other| other.eq_ignore_ascii_case(&name));
    let set = copy
        .set
        .iter()
        .any(|(other, _)| other.eq_ignore_ascii_case(&name));
    let empty_id =
        matches!(name.as_str(), "message-id" | "date") && field.text_in(bytes).is_empty();
    let listed = TRANSPORT.contains(&name.as_str())
        || FAMILIES.iter().any(|family| name.starts_with(family));
    set || listed || empty_id || named(&copy.remove) || is_ours(bytes, field, &name, copy)
}

/// Authentication-Results under our name that came from outside prove nothing.
fn is_ours(bytes: &[u8], field: &Field, name: &str, copy: &ListCopy) -> bool {
    let Some(own) = copy
        .authserv_id
        .as_deref()
        .filter(|_| name == "authentication-results")
    else {
        return false;
    };
    let text = field.text_in(bytes);
    let id = text
        .split([';', ' ', '\t'])
        .find(|word| !word.is_empty())
        .unwrap_or_default();
    id.eq_ignore_ascii_case(own)
}

/// Fields without which a mail is not that mail: cut rather than dropped.
pub(super) fn is_essential(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let names = [
        "from",
        "to",
        "cc",
        "subject",
        "date",
        "message-id",
        "mime-version",
    ];
    names.contains(&name.as_str()) || name.starts_with("content-")
}
