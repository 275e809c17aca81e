//! The subjects of vacation notices, in the languages of mail programs.

/// How programs begin or end the subject of an answer: people do not write so.
const STRONG_STARTS: [&str; 31] = [
    "auto:",
    "autoreply:",
    "auto-reply:",
    "auto reply:",
    "automatic reply:",
    "automated reply:",
    "automatic response:",
    "autoresponse:",
    "auto response:",
    "out of office autoreply",
    "out of office auto-reply",
    "out of office: re:",
    "automatische antwort:",
    "abwesenheitsnotiz:",
    "abwesenheitsnachricht:",
    "réponse automatique :",
    "réponse automatique:",
    "reponse automatique",
    "respuesta automática:",
    "respuesta automatica:",
    "risposta automatica:",
    "resposta automática:",
    "automatisch antwoord:",
    "automatiskt svar:",
    "automatisk svar:",
    "autosvar:",
    "automaattinen vastaus:",
    "automatická odpověď:",
    "otomatik yanıt:",
    "автоответ:",
    "автоматический ответ:",
];
/// What stands anywhere in such subjects.
const STRONG_PHRASES: [&str; 11] = [
    "(automatic response)",
    "automatyczna odpowied",
    "odpowiedź automatyczna:",
    "[auto-reply]",
    "[autoreply]",
    "[auto reply]",
    "(autoreply)",
    "自動応答:",
    "自动回复:",
    "自動回覆:",
    "자동 회신:",
];
/// What people put into subjects too.
const WEAK: [&str; 40] = [
    "autoreply",
    "auto-reply",
    "auto reply",
    "automatic reply",
    "automatic response",
    "out of office",
    "out of the office",
    "out-of-office",
    "ooo:",
    "away from my mail",
    "away from the office",
    "on vacation",
    "on leave",
    "i am away",
    "thank you for your e-mail",
    "thank you for your email",
    "thank you for contacting",
    "we have received your",
    "automatische antwort",
    "abwesenheit",
    "abwesend",
    "nicht im büro",
    "absence du bureau",
    "absent du bureau",
    "message d'absence",
    "fuera de la oficina",
    "fuera de oficina",
    "ausente de la oficina",
    "respuesta automática",
    "risposta automatica",
    "fuori ufficio",
    "fora do escritório",
    "ausência temporária",
    "afwezig",
    "automatisch antwoord",
    "frånvaro",
    "fravær",
    "poza biurem",
    "автоответ",
    "自動応答",
];

/// Whether only a program writes such a subject.
pub(super) fn is_strong(subject: &str) -> bool {
    let subject = own(subject);
    STRONG_STARTS.iter().any(|start| subject.starts_with(start))
        || STRONG_PHRASES.iter().any(|phrase| subject.contains(phrase))
}

/// Whether the subject is one of an automatic answer, if the mail has other marks of one.
pub(super) fn is_weak(subject: &str) -> bool {
    let subject = own(subject);
    WEAK.iter().any(|phrase| subject.contains(phrase))
}

/// People answer automatic answers, and their subject then begins with Re.
fn own(subject: &str) -> String {
    let subject = subject.trim().to_lowercase();
    let answers = [
        "re: auto",
        "re: out of",
        "aw: auto",
        "aw: abwesen",
        "re: réponse",
        "sv: auto",
    ];
    match answers.iter().any(|start| subject.starts_with(start)) {
        true => String::new(),
        false => subject,
    }
}
