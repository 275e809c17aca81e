//! The lines by which mail programs introduce what they quote.

/// The most lines one attribution is wrapped over.
const MOST_LINES: usize = 4;
/// The longest attribution, in octets.
const LONGEST: usize = 500;

/// How attributions begin, lower-cased.
const STARTS: [&str; 20] = [
    "on ",
    "le ",
    "am ",
    "el ",
    "il ",
    "op ",
    "em ",
    "den ",
    "w dniu",
    "dnia ",
    "på ",
    "pada ",
    "il giorno ",
    "a ",
    "vào ",
    "ngày",
    "dne ",
    "la ",
    "il ",
    "在",
];
/// The words for "wrote", lower-cased.
const VERBS: [&str; 48] = [
    "wrote",
    "a écrit",
    "schrieb",
    "escribió",
    "ha scritto",
    "schreef",
    "geschreven",
    "escreveu",
    "skrev",
    "napisał",
    "napisał(a)",
    "napisała",
    "menulis",
    "пишет",
    "написал",
    "написал(а)",
    "написала",
    "写道",
    "のメール",
    "작성",
    "đã viết",
    "kirjoitti",
    "napsal(a)",
    "írta",
    "yazdı",
    "έγραψε",
    "a scris",
    "writes",
    "schreibt",
    "escribe",
    "écrit",
    "scrive",
    "escreve",
    "schrijft",
    "skriver",
    "pisze",
    "pisał",
    "napisal",
    "napsal",
    "napsala",
    "napísal",
    "пише",
    "написав",
    "寫道",
    "写信说",
    "のコメント",
    "さんは書きました",
    "wrote in message",
];
/// How lines begin that only name who is quoted, lower-cased.
const QUOTING: [&str; 6] = [
    "zitat von ",
    "quoting ",
    "citando a ",
    "citando ",
    "citerar ",
    "selon ",
];
/// The field names of a quoted header block: the author's, then the others.
const AUTHOR: [&str; 19] = [
    "from",
    "von",
    "de",
    "da",
    "van",
    "från",
    "fra",
    "od",
    "lähettäjä",
    "от",
    "发件人",
    "差出人",
    "kimden",
    "feladó",
    "de la",
    "από",
    "보낸 사람",
    "寄件者",
    "발신",
];
const OTHERS: [&str; 70] = [
    "sent",
    "to",
    "subject",
    "date",
    "cc",
    "gesendet",
    "an",
    "betreff",
    "datum",
    "envoyé",
    "à",
    "objet",
    "enviado",
    "para",
    "asunto",
    "assunto",
    "inviato",
    "a",
    "oggetto",
    "data",
    "verzonden",
    "aan",
    "onderwerp",
    "skickat",
    "till",
    "ämne",
    "sendt",
    "til",
    "emne",
    "wysłano",
    "do",
    "temat",
    "кому",
    "тема",
    "дата",
    "отправлено",
    "fecha",
    "发送时间",
    "收件人",
    "主题",
    "lähetetty",
    "aihe",
    "importance",
    "reply-to",
    "gönderildi",
    "kime",
    "konu",
    "tarih",
    "odesláno",
    "komu",
    "předmět",
    "elküldve",
    "címzett",
    "tárgy",
    "trimis",
    "către",
    "subiect",
    "στάλθηκε",
    "προς",
    "θέμα",
    "보낸 날짜",
    "받는 사람",
    "제목",
    "送信日時",
    "宛先",
    "件名",
    "寄件日期",
    "收件者",
    "主旨",
    "日期",
];

/// Over how many lines the attribution that begins here goes; 0 where none does.
pub(super) fn attribution_length(rest: &[&str]) -> usize {
    let mut joined = String::new();
    for (index, line) in rest.iter().take(MOST_LINES).enumerate() {
        let line: String = line.chars().filter(|c| !turns(*c)).collect();
        let line = line.trim().trim_matches('*').trim();
        if line.is_empty() || line.starts_with('>') || joined.len() + line.len() > LONGEST {
            return 0;
        }
        joined.push_str(if index == 0 { "" } else { " " });
        joined.push_str(&line.to_lowercase());
        if is_attribution(&joined) || (index == 0 && names_who_wrote(&joined, rest)) {
            return index + 1;
        }
        if !may_begin_one(&joined) {
            return 0;
        }
    }
    0
}

/// Marks of the direction of writing (Unicode, Bidirectional Algorithm), which programs
/// put around names.
fn turns(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `Bob wrote:` without a date, right above the quote: no more than a few words, so
/// that a sentence that introduces a quotation stays the author's.
fn names_who_wrote(line: &str, rest: &[&str]) -> bool {
    let Some(before) = line.strip_suffix(':') else {
        return false;
    };
    let quotes = rest.get(1).is_some_and(|next| next.starts_with('>'));
    let few = before.split_whitespace().count() <= 5;
    quotes && few && VERBS.iter().any(|verb| before.ends_with(verb))
}

fn begins_one(joined: &str) -> bool {
    STARTS.iter().any(|start| joined.starts_with(start)) || begins_with_year(joined)
}

/// Some languages put the day of the week or the name first. Without a mailbox or a time
/// it is the author's own sentence.
fn may_begin_one(joined: &str) -> bool {
    begins_one(joined) || joined.contains('<') || has_time(joined)
}

fn has_time(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit() && c != ':')
        .any(|word| {
            let (hours, minutes) = word.split_once(':').unwrap_or_default();
            matches!(hours.len(), 1 | 2) && minutes.len() >= 2
        })
}

fn begins_with_year(joined: &str) -> bool {
    let head: Vec<u8> = joined.bytes().take(5).collect();
    head.len() == 5
        && head.iter().take(4).all(u8::is_ascii_digit)
        && matches!(head.last(), Some(b'-' | b'/' | b'.'))
}

fn is_attribution(joined: &str) -> bool {
    let inner = joined.trim_end_matches('-').trim_end();
    let Some(before) = inner.strip_suffix(':').or_else(|| inner.strip_suffix('：')) else {
        return false;
    };
    let before = before.trim_end();
    let placed = joined.contains('@') || joined.bytes().any(|b| b.is_ascii_digit());
    if !placed {
        return false;
    }
    let dated_address = begins_with_year(joined) && joined.contains('@');
    let ends_with_verb = VERBS.iter().any(|verb| before.ends_with(verb));
    let timed_mailbox = joined.contains("@") && joined.contains('>') && has_time(joined);
    let quotes = QUOTING.iter().any(|start| joined.starts_with(start)) && joined.contains('@');
    let has_verb = (begins_one(joined) || timed_mailbox)
        && VERBS.iter().any(|verb| stands_alone(before, verb));
    ends_with_verb || has_verb || dated_address || quotes || ends_with_mailbox(before)
}

/// Whether the words stand in the text between two spaces.
fn stands_alone(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, _)| {
        let (before, from) = text.split_at(at);
        let behind = from.get(words.len()..).unwrap_or_default();
        before.ends_with(' ') && behind.starts_with(' ')
    })
}

/// `пн, 5 янв. 2026 г. в 09:00, Ann <ann@x.example>`: some languages need no verb.
fn ends_with_mailbox(before: &str) -> bool {
    let Some((date, mailbox)) = before.split_once('<') else {
        return false;
    };
    has_time(date) && mailbox.ends_with('>') && mailbox.contains('@')
}

/// Whether a quoted header block begins here: From, and two more fields within five lines.
pub(super) fn is_header_block(rest: &[&str]) -> bool {
    let Some(first) = rest.first() else {
        return false;
    };
    if !field_name(first).is_some_and(|name| AUTHOR.contains(&name.as_str())) {
        return has_author_below(rest);
    }
    let below = rest.iter().skip(1).take(6);
    below
        .filter_map(|line| field_name(line))
        .filter(|name| OTHERS.contains(&name.as_str()))
        .count()
        >= 2
}

/// Some programs put the date or the subject first: at least three fields in a row, one
/// of them an author with an address, so that a list of the writer's own stays.
fn has_author_below(rest: &[&str]) -> bool {
    let named = |line: &&&str| {
        let name = field_name(line).unwrap_or_default();
        AUTHOR.contains(&name.as_str()) || OTHERS.contains(&name.as_str())
    };
    let block: Vec<&&str> = rest.iter().take(6).take_while(named).collect();
    let author = block.iter().any(|line| {
        let name = field_name(line).unwrap_or_default();
        AUTHOR.contains(&name.as_str()) && line.contains('@')
    });
    author && block.len() >= 3
}

/// The name before the colon, without emphasis marks, lower-cased.
fn field_name(line: &str) -> Option<String> {
    let line = line.trim().trim_start_matches(['*', '_', '>']).trim_start();
    let (name, _) = line.split_once([':', '：'])?;
    let name = name.trim_matches(['*', '_', ' ', '\u{a0}']);
    (!name.is_empty() && name.len() <= 30).then(|| name.to_lowercase())
}
