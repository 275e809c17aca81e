//! Yes, no and perhaps in the words of people. Pure, and careful: where two things are
//! said, something is asked, or another day or time is named, a person reads it.

use crate::calendar::read::Partstat;

/// An answer stands at the beginning; so much of a text is read, in characters.
const LONGEST_READ: usize = 400;

/// What sounds like an answer and is none, or sounds like another one.
const NOISE: &str = "no problem|no problems|no worries|not a problem|no issue|no need|no rush|no idea|\
    no doubt|no question|no objections|can't wait|cannot wait|why not|maybe next time|\
    perhaps next time|hopefully next time|next time|see you then|\
    thank you for the invitation|thanks for the invitation|thanks for inviting|kein problem|\
    keine sorge|keine frage|kein thema|kein ding|warum nicht|wieso nicht|ohne zweifel|\
    vielleicht beim nächsten mal|vielleicht nächstes mal|beim nächsten mal|das nächste mal|\
    nächstes mal|danke für die einladung|vielen dank für die einladung";

/// What makes any answer one for a person.
const OPEN: &str = "if|unless|whether|depends|depending|instead|reschedule|another day|another date|\
    another time|other date|only|before|until|except|but not|wenn|falls|sofern|ob|\
    kommt darauf an|stattdessen|verschieben|anderer tag|anderen tag|andere zeit|\
    anderer termin|anderen termin|nur|bis auf|außer|aber nicht|erst|ausfallen|is cancelled|\
    is canceled|auto-reply|out of office|automatische antwort|abwesenheit|yes and no|\
    ja und nein|jein";

const NO: &str = "can't make it|cannot make it|can't come|cannot come|can't join|cannot join|can't attend|\
    cannot attend|can't be there|cannot be there|can't do it|can't this time|won't make it|\
    won't come|won't join|won't attend|won't be there|won't be able|will not make it|\
    will not come|will not join|will not attend|will not be there|will not be able|\
    not going to make it|not be able to|not able to|unable to|not coming|not joining|\
    not attending|not this time|not available|count me out|have to decline|must decline|\
    have to skip|have to miss|will miss|i'll miss|i'm out|i am out|i decline|declined|\
    unfortunately not|sadly not|sorry no|afraid not|have to pass|i don't come|i don't|\
    no can do|without me|kann nicht|kann leider nicht|kann da nicht|kann da leider nicht|\
    kann diesmal nicht|kann diesmal leider nicht|können nicht|können leider nicht|\
    leider nicht|leider nein|leider verhindert|bin verhindert|bin nicht dabei|\
    bin leider nicht dabei|bin diesmal nicht dabei|nicht dabei|komme nicht|\
    komme leider nicht|nicht kommen|nicht teilnehmen|schaffe es nicht|\
    schaffe es leider nicht|schaff es nicht|schaff's nicht|schaffe das nicht|klappt nicht|\
    klappt leider nicht|klappt bei mir nicht|geht nicht|geht leider nicht|passt nicht|\
    passt leider nicht|muss absagen|muss leider absagen|sage ab|sag ab|abgesagt|absage|\
    ohne mich|muss passen|muss leider passen|bin raus|diesmal nicht";

const PERHAPS: &str = "maybe|perhaps|possibly|not sure|unsure|don't know yet|do not know yet|might come|\
    might make it|might join|might be there|i might|may be able|tentative|tentatively|\
    i'll try|i will try|will try|try to come|try to make it|try to join|fifty-fifty|\
    vielleicht|eventuell|evtl|möglicherweise|weiß noch nicht|weiss noch nicht|\
    noch nicht sicher|nicht sicher|unsicher|mal sehen|mal schauen|unter vorbehalt|\
    mit vorbehalt|ich versuche|versuche zu kommen|werde versuchen|unter umständen";

const YES: &str = "i'll come|i will come|i'll be there|i will be there|we'll be there|i'll join|\
    i will join|i'll attend|i will attend|i can make it|i can come|i can join|i'm coming|\
    i am coming|i'm in|i am in|count me in|see you there|happy to come|happy to join|\
    glad to come|glad to join|love to come|love to join|will be there|will attend|will join|\
    i'd love to|with pleasure|works for me|accepted|i accept|looking forward|i'll make it|\
    ich komme|komme gern|komme gerne|bin dabei|bin gern dabei|bin gerne dabei|ich bin da|\
    werde da sein|werde kommen|werde dabei sein|nehme teil|nehme gern teil|nehme gerne teil|\
    sage zu|sag zu|zugesagt|zusage|passt mir|passt bei mir|freue mich|freu mich|\
    mit vergnügen|kann kommen|dabei";

/// Words that are an answer where a text or one of its sentences begins with them.
const FIRST_YES: &str = "yes|yep|yeah|yup|yess|sure|definitely|absolutely|certainly|of course|accept|+1|👍|✅|\
    coming|attending|going|ja|jap|jawohl|jo|gern|gerne|klar|natürlich|selbstverständlich|\
    auf jeden fall|passt|klappt|logo";
const FIRST_NO: &str = "no|nope|nah|decline|👎|❌|nein|nö|nee|ne";

/// Words before an answer that are none.
const BEFORE: &str = "hi|hello|hey|dear|hallo|moin|servus|liebe|lieber|guten|good|thanks|thank|danke|vielen|\
    sorry|well|oh|ach|also|entschuldigung|great|super|toll|prima|perfect|wonderful";

/// What the visible text of a reply to an invitation answers; `None` where it is unclear,
/// and a person reads it.
///
/// ```
/// use folkmoot::calendar::read::Partstat;
/// use folkmoot::sessions::rsvp::plain::answer;
/// assert_eq!(answer("No problem, I'll come"), Some(Partstat::Accepted));
/// assert_eq!(answer("Who hosts it?"), None);
/// ```
pub fn answer(visible: &str) -> Option<Partstat> {
    let start: String = visible.chars().take(LONGEST_READ).collect();
    if start.contains(['?', '？']) || names_a_time(&start) {
        return None;
    }
    let sentences = sentences(&start);
    let text = format!(" {} ", sentences.join(" | "));
    if contains_any(&text, OPEN) {
        return None;
    }
    let text = without(&text, NOISE);
    let mut found = Vec::new();
    let mut rest = text.clone();
    for (words, says) in [
        (NO, Partstat::Declined),
        (PERHAPS, Partstat::Tentative),
        (YES, Partstat::Accepted),
    ] {
        if contains_any(&rest, words) {
            found.push(says);
        }
        // "Not coming" is no "coming".
        rest = without(&rest, words);
    }
    let openings = rest.split('|').filter_map(opening);
    found.extend(openings);
    found.dedup();
    match found.as_slice() {
        [only] => Some(*only),
        all if all.iter().all(|one| Some(one) == all.first()) => all.first().copied(),
        _ => None,
    }
}

/// A sentence that begins with yes or no.
fn opening(sentence: &str) -> Option<Partstat> {
    let mut words = sentence.trim();
    while let Some((first, rest)) = words.split_once(' ') {
        match phrases(BEFORE).any(|one| one == first) {
            true => words = rest,
            false => break,
        }
    }
    let words = format!(" {words} ");
    let begins = |all| phrases(all).any(|one| words.starts_with(&format!(" {one} ")));
    match (begins(FIRST_YES), begins(FIRST_NO)) {
        (true, _) => Some(Partstat::Accepted),
        (_, true) => Some(Partstat::Declined),
        _ => None,
    }
}

/// Whether a day or a time is named: then the answer may be to another one.
fn names_a_time(text: &str) -> bool {
    text.replace("+1", "")
        .contains(|c: char| c.is_ascii_digit())
}

/// Sentences in lower case, with single spaces and without punctuation.
fn sentences(text: &str) -> Vec<String> {
    let lower = text.to_lowercase().replace(['’', '‘', '`', '´'], "'");
    let pieces = lower.split(['.', '!', ',', ';', ':', '\n', '–', '—', '(', ')']);
    let plain = pieces.map(|piece| {
        let kept = |c: char| {
            c.is_alphanumeric() || matches!(c, '\'' | '-' | '+' | '👍' | '✅' | '👎' | '❌')
        };
        let words = piece
            .split(|c: char| !kept(c))
            .map(|word| word.trim_matches('\''));
        let words: Vec<&str> = words
            .filter(|word| !word.is_empty() && *word != "-")
            .collect();
        words.join(" ")
    });
    plain.filter(|piece| !piece.is_empty()).collect()
}

fn contains_any(text: &str, all: &str) -> bool {
    phrases(all).any(|one| text.contains(&format!(" {one} ")))
}

/// The phrases of a table.
fn phrases(all: &str) -> impl Iterator<Item = &str> {
    all.split('|')
}

/// Longest first, so that no shorter one leaves half of a longer one standing.
fn without(text: &str, all: &str) -> String {
    let mut sorted: Vec<&str> = phrases(all).collect();
    sorted.sort_by_key(|one| std::cmp::Reverse(one.len()));
    let mut left = text.to_owned();
    for one in sorted {
        left = left.replace(&format!(" {one} "), " ");
    }
    left
}

#[cfg(test)]
mod tests {
    use super::answer;
    use crate::calendar::read::Partstat;
    use serde::Deserialize;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Table {
        yes: Vec<String>,
        no: Vec<String>,
        perhaps: Vec<String>,
        unclear: Vec<String>,
    }

    #[test]
    fn people_are_understood_or_read_by_people() {
        let table: Table =
            toml::from_str(include_str!("../../../tests/data/rsvp-words.toml")).unwrap();
        let mut wrong = Vec::new();
        for (texts, wanted) in [
            (&table.yes, Some(Partstat::Accepted)),
            (&table.no, Some(Partstat::Declined)),
            (&table.perhaps, Some(Partstat::Tentative)),
            (&table.unclear, None),
        ] {
            let miss = |text: &&String| answer(text) != wanted;
            let missed = texts.iter().filter(miss);
            wrong
                .extend(missed.map(|text| format!("{text:?}: {:?}, not {wanted:?}", answer(text))));
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
