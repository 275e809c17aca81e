//! Machines that answer: vacation notices, ticket systems, challenges.

use super::parse::Mail;

/// Fields that only automatic answers carry, in lower case values.
const FIELDS: [&str; 5] = [
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Vacation",
    "X-Auto-Reply-From",
];
/// What such answers have in their subject, in the common languages, lower-cased.
const PHRASES: [&str; 3] = [
    "(automatic response)",
    "automatyczna odpowied",
    "[auto-reply]",
];
/// How such answers begin their subject, in the common languages, lower-cased.
const SUBJECTS: [&str; 17] = [
    "auto:",
    "autoreply",
    "auto-reply",
    "automatic reply",
    "auto reply",
    "automatische antwort",
    "abwesenheit",
    "réponse automatique",
    "reponse automatique",
    "absence du bureau",
    "respuesta automática",
    "risposta automatica",
    "resposta automática",
    "automatisch antwoord",
    "out of office",
    "out of the office",
    "autosvar",
];

pub(super) fn is_one(mail: &Mail, field: &dyn Fn(&str) -> Option<String>) -> bool {
    let submitted = mail
        .auto_submitted
        .as_deref()
        .is_some_and(|value| value.starts_with("auto-"));
    let marked = FIELDS
        .iter()
        .any(|name| field(name).is_some_and(|value| value != "no"));
    let precedence = mail.precedence.as_deref() == Some("auto_reply");
    let subject = mail.subject.to_lowercase();
    let says_so = SUBJECTS.iter().any(|start| subject.starts_with(start))
        || PHRASES.iter().any(|phrase| subject.contains(phrase));
    // Nobody writes by hand from the null sender; bounces have been told apart before.
    submitted || marked || precedence || says_so || mail.return_path_empty
}
