//! Yes, no, and questions, in the common languages.

use super::line::Line;

/// Forms of no and cancel, lower-cased.
const NO: [&str; 66] = [
    "no",
    "nope",
    "nah",
    "not",
    "never",
    "cancel",
    "cancelled",
    "stop",
    "decline",
    "don't",
    "don’t",
    "dont",
    "refuse",
    "nein",
    "nö",
    "nee",
    "nicht",
    "niemals",
    "abbrechen",
    "abbruch",
    "ablehnen",
    "stornieren",
    "stopp",
    "non",
    "pas",
    "annuler",
    "annule",
    "annulez",
    "refuser",
    "cancelar",
    "cancela",
    "anular",
    "não",
    "nao",
    "nunca",
    "annulla",
    "annullare",
    "rifiuto",
    "niet",
    "annuleren",
    "annuleer",
    "nej",
    "nei",
    "inte",
    "ikke",
    "avbryt",
    "avbryta",
    "annuller",
    "annullér",
    "nie",
    "anuluj",
    "anulować",
    "ne",
    "zrušit",
    "ei",
    "peruuta",
    "hayır",
    "hayir",
    "yok",
    "iptal",
    "нет",
    "не",
    "отмена",
    "отменить",
    "아니요",
    "취소",
];
/// What no begins with where words are not parted by spaces.
const NO_BEGINS: [&str; 9] = [
    "不",
    "否",
    "取消",
    "别",
    "いいえ",
    "いや",
    "キャンセル",
    "아니",
    "아뇨",
];
/// Forms of yes and of confirming, lower-cased.
const YES: [&str; 77] = [
    "yes",
    "yep",
    "yup",
    "yeah",
    "y",
    "ok",
    "okay",
    "oké",
    "okey",
    "sure",
    "confirm",
    "confirmed",
    "confirming",
    "agree",
    "agreed",
    "absolutely",
    "ja",
    "jep",
    "jawohl",
    "jo",
    "klar",
    "gern",
    "gerne",
    "bestätigen",
    "bestätige",
    "bestätigt",
    "bestaetigen",
    "bestaetige",
    "bestaetigt",
    "einverstanden",
    "zustimmen",
    "stimme",
    "oui",
    "d'accord",
    "d’accord",
    "confirme",
    "confirmer",
    "confirmé",
    "sí",
    "si",
    "vale",
    "claro",
    "confirmo",
    "confirmar",
    "confirmado",
    "sim",
    "sì",
    "confermo",
    "conferma",
    "confermare",
    "akkoord",
    "bevestig",
    "bevestigen",
    "bevestigd",
    "bekräfta",
    "bekräftar",
    "bekræft",
    "bekræfter",
    "bekreft",
    "bekrefter",
    "tak",
    "potwierdzam",
    "zgoda",
    "ano",
    "potvrzuji",
    "joo",
    "kyllä",
    "vahvistan",
    "evet",
    "onaylıyorum",
    "tamam",
    "да",
    "подтверждаю",
    "согласен",
    "согласна",
    "네",
    "예",
];
/// What yes begins with where words are not parted by spaces.
const YES_BEGINS: [&str; 10] = [
    "是", "好", "确认", "確認", "同意", "可以", "はい", "承認", "了解", "확인",
];
const THUMBS_UP: [char; 4] = ['👍', '✅', '✔', '🆗'];
const THUMBS_DOWN: [char; 4] = ['👎', '❌', '✖', '🚫'];

pub(super) fn is_no(line: &Line) -> bool {
    let first = line.first();
    NO.contains(&first)
        || NO_BEGINS.iter().any(|start| first.starts_with(start))
        || begins_with(line, &THUMBS_DOWN)
}

pub(super) fn is_yes(line: &Line) -> bool {
    is_yes_word(line.first()) || begins_with(line, &THUMBS_UP)
}

pub(super) fn is_yes_word(word: &str) -> bool {
    YES.contains(&word) || YES_BEGINS.iter().any(|start| word.starts_with(start))
}

fn begins_with(line: &Line, signs: &[char]) -> bool {
    line.text.trim_start().starts_with(signs)
}

/// A question mark of any script; those inside links ask nothing.
pub(super) fn is_question(text: &str) -> bool {
    text.split_whitespace()
        .filter(|word| !word.contains("://"))
        .any(|word| word.contains(['?', '？', '؟', '¿', '\u{37e}']))
}
