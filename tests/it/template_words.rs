//! Every word that a mail tells people to write is one that is understood.

use folkmoot::message::Mail;
use folkmoot::message::words::agenda::{Known, Said};
use folkmoot::message::words::{self, Word};
use folkmoot::practice::quiet_check_in::choice;
use folkmoot::practice::thread_watch::is_pass;
use folkmoot::sessions::host::read;
use folkmoot::summaries::{sponsor_action, thanks, value_story};
use folkmoot::templates::Templates;
use folkmoot::templates::mails;

/// What stands in a mail as code and is no command: examples of an address or of
/// an answer whose meaning depends on the mail that is answered.
fn is_no_command(text: &str) -> bool {
    let is_answer_to_item = text.starts_with("Re ") || text.contains('…');
    // What begins a post that marks another.
    let marks = ["ADD learning: ", "AUFHEBEN: "];
    // What the clarification's sample says it could not read.
    let is_mistake = text == "pause until Tuesday";
    let is_mark = marks.iter().any(|mark| text.starts_with(mark));
    is_mark || is_mistake || is_answer_to_item || text.contains('@') && !text.contains(' ')
}

#[test]
fn what_mails_tell_people_to_write_is_understood() {
    let templates = Templates::load(None).expect("the built-in templates");
    let (mut seen, mut unknown) = (0, Vec::new());
    for (name, sample) in mails::samples() {
        let Some(mail) = name
            .strip_prefix("en/")
            .and_then(|name| name.strip_suffix(".html"))
        else {
            continue;
        };
        for language in ["en", "de"] {
            let html = templates.render_mail(language, "", mail, "html", &sample);
            for code in codes(&html.expect("rendered")) {
                if is_no_command(&code) {
                    continue;
                }
                seen += 1;
                let is_known = is_understood(&code)
                    || mail == "worksheet" && is_for_worksheet(&code)
                    || ["agenda-call", "host-brief"].contains(&mail) && is_for_agenda(&code)
                    || is_for_summary(mail, &code);
                if !is_known {
                    unknown.push(format!("{language}/{mail}: {code:?}"));
                }
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
    assert!(seen > 60, "only {seen} words looked at");
}

/// As an answer that decides, or as a command.
fn is_understood(code: &str) -> bool {
    let mail = Mail {
        text: code.to_owned(),
        visible_text: code.to_owned(),
        ..Mail::default()
    };
    let answer = words::answer(&mail);
    let decides = answer.word.is_some() || answer.is_yes || answer.is_no;
    let asked = words::commands(&mail);
    let commands = !asked.is_empty() && !asked.iter().any(|word| matches!(word, Word::Unknown(_)));
    let chooses = is_pass(&mail) || choice(&mail).is_some() || read(&mail).is_some();
    decides || commands || chooses
}

/// As a line about items of a worksheet.
fn is_for_worksheet(code: &str) -> bool {
    let sheet = words::worksheet::read(code, 5);
    !sheet.decided.is_empty() && sheet.problems.is_empty()
}

/// As a line about items of an agenda.
fn is_for_agenda(code: &str) -> bool {
    let page = words::agenda::read(code, &Known::default());
    let is_item = |said: &Said| matches!(said, Said::Item(_));
    page.problems.is_empty() && !page.said.is_empty() && !page.said.iter().any(is_item)
}

/// As a line to the mails about what is told to members and sponsors.
fn is_for_summary(mail: &str, code: &str) -> bool {
    match mail {
        "monthly-summary" => thanks::read(code).len() == 1,
        "value-story" => !value_story::read(code).signed.is_empty(),
        "sponsor-action-due" => matches!(
            sponsor_action::read(code).as_slice(),
            [sponsor_action::Said::Done | sponsor_action::Said::Date(Some(_))]
        ),
        _ => false,
    }
}

/// What stands between `<code>` and its end, without markup.
fn codes(html: &str) -> Vec<String> {
    let pieces = html.split("<code").skip(1);
    let inner = pieces.filter_map(|piece| piece.split_once('>')?.1.split_once("</code>"));
    inner
        .map(|(text, _)| {
            text.replace("&quot;", "\"")
                .replace("&amp;", "&")
                .replace("&#x27;", "'")
        })
        .collect()
}
