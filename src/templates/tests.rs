mod looks;

use std::collections::BTreeSet;
use std::fs;

use serde_json::json;

use super::mails::{Confirm, Mail, Moderation, Receipt};
use super::*;

fn built_in() -> Templates {
    Templates::load(None).unwrap_or_else(|errors| panic!("{}", errors.join("\n")))
}

fn in_folder(files: &[(&str, &str)]) -> Result<Templates, Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let result = Templates::load(Some(folder.path()));
    let root = format!("{}/", folder.path().display());
    result.map_err(|errors| errors.into_iter().map(|e| e.replace(&root, "")).collect())
}

#[test]
fn every_mail_renders_with_all_its_samples() {
    let templates = built_in();
    for (name, sample) in mails::samples() {
        let text = templates
            .render(&name, &sample)
            .unwrap_or_else(|error| panic!("{error}"));
        let longest = text.lines().count();
        assert!(
            !text.trim().is_empty() && !text.contains("{{"),
            "{name}:\n{text}"
        );
        assert!(
            name.ends_with(".html") || name == "en/digest.txt" || longest <= 45,
            "{name} has {longest} lines:\n{text}"
        );
        assert!(!text.contains("\n\n\n"), "{name} has a gap:\n{text}");
    }
}

#[test]
fn every_template_of_a_mail_has_a_context() {
    let known: BTreeSet<String> = mails::samples().into_iter().map(|(name, _)| name).collect();
    let templates = built_in();
    let mails: BTreeSet<String> = templates
        .names()
        .filter(|n| n.starts_with("en/") && !["en/layout.html", "en/phrases.toml"].contains(n))
        .map(str::to_owned)
        .collect();
    assert_eq!(mails, known);
}

#[test]
fn no_mail_fetches_anything() {
    let templates = built_in();
    for (name, sample) in mails::samples() {
        let text = templates.render(&name, &sample).unwrap().to_lowercase();
        // A picture that travels with the mail is there already.
        let text = text.replace("<img src=\"cid:", "<picture ");
        for remote in ["src=", "url(", "@import", "<link", "<script", "<img"] {
            assert!(!text.contains(remote), "{name} has {remote}");
        }
    }
}

#[test]
fn html_escapes_and_text_does_not() {
    let templates = built_in();
    let mut confirm = Confirm::samples().remove(0);
    confirm.about = "<b>Pumps</b> & \"seals\"".into();
    let html = templates.render("en/confirm.html", &confirm).unwrap();
    assert!(
        html.contains("&lt;b&gt;Pumps&lt;/b&gt; &amp; &quot;seals&quot;"),
        "{html}"
    );
    let text = templates.render("en/confirm.txt", &confirm).unwrap();
    assert!(text.contains("<b>Pumps</b> & \"seals\""), "{text}");
}

#[test]
fn a_subject_is_one_line_whatever_it_says() {
    let mut post = Moderation::samples().remove(0);
    post.subject = "Hello\r\nBcc: victim@plant.example\u{0}".into();
    let subject = built_in().render("en/moderation.subject", &post).unwrap();
    assert_eq!(subject, "To decide: Hello Bcc: victim@plant.example");
}

#[test]
fn a_missing_field_is_an_error_with_its_place() {
    let error = built_in()
        .render("en/link.txt", &json!({"page": "x"}))
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("built-in templates/en/link.txt:1:"),
        "{error}"
    );
    assert!(error.contains("host"), "{error}");
    let error = built_in()
        .render("en/nothing.txt", &json!({}))
        .unwrap_err()
        .to_string();
    assert!(error.contains("en/nothing.txt"), "{error}");
}

#[test]
fn a_file_replaces_a_template() {
    let templates = in_folder(&[
        (
            "en/receipt.txt",
            "Erledigt.\n{{#each done}}* {{this}}\n{{/each}}",
        ),
        ("en/.swp", "x"),
    ]);
    let text = templates
        .unwrap()
        .render("en/receipt.txt", &Receipt::samples()[0])
        .unwrap();
    assert_eq!(
        text,
        "Erledigt.\n* Posts now come once a week, in a digest.\n* You get nothing until 14 January 2026.\n"
    );
}

#[test]
fn every_wrong_file_is_named_in_one_run() {
    let errors = in_folder(&[
        ("en/receipt.txt", "Done\n{{nonsense}}\n"),
        ("en/layout.html", "{{#if x}}"),
        ("communities/pumps/de/goodbye.txt", "{{adress}}"),
    ])
    .map(|_| ())
    .unwrap_err();
    assert_eq!(errors.len(), 3, "{errors:?}");
    for file in ["layout.html:1:", "receipt.txt:2:", "goodbye.txt:1:"] {
        let is_named = errors.iter().any(|error| error.contains(file));
        assert!(is_named, "{file}: {errors:?}");
    }
}

#[test]
fn what_is_wrong_in_the_folder_is_said_with_its_line() {
    let cases: &[(&str, &str, &str)] = &[
        (
            "en/recept.txt",
            "x",
            "en/recept.txt:1:1: no template is called en/recept.txt; there are agenda-call.html, ",
        ),
        (
            "notes",
            "x",
            "notes:1:1: no template is called notes; templates are in web, in a folder named by",
        ),
        ("en/receipt.txt", "Done\n{{#if undo}}\n", "en/receipt.txt:"),
        (
            "en/receipt.txt",
            "Done\n\n{{nonsense}}\n",
            "en/receipt.txt:3:",
        ),
        (
            "en/receipt.html",
            "Done\n{{> nowhere.html}}\n",
            "en/receipt.html:2:",
        ),
        (
            "en/digest.txt",
            "{{community}}\n",
            "en/digest.txt:1:1: mails for one person go with a digest and are lost without",
        ),
        (
            "communities/pumps/en/bundle.html",
            "{{community}}\n",
            "communities/pumps/en/bundle.html:1:1: mails for one person go with a bundle",
        ),
        (
            "communities/pumps/fr/receipt.txt",
            "Fait\n{{faite}}\n",
            "communities/pumps/fr/receipt.txt:2:",
        ),
        (
            "communities/pumps/web/style.css",
            "x",
            "communities/pumps/web/style.css:1:1: no template is called",
        ),
        (
            "web/frame.html",
            "x",
            "web/frame.html:1:1: no template is called web/frame.html; there are attachments.html",
        ),
        (
            "fr/phrases.toml",
            "month_1 = \"janvier\"\nmonth_13 = \"nivôse\"\n",
            "fr/phrases.toml:2:1: no phrase is called month_13",
        ),
    ];
    for (file, text, expected) in cases {
        let errors = in_folder(&[(file, text)]).map(|_| ()).unwrap_err();
        assert!(errors[0].starts_with(expected), "{errors:?}");
    }
}

#[test]
fn a_language_falls_back_file_by_file() {
    let templates = in_folder(&[
        ("fr/receipt.txt", "Fait.\n"),
        ("fr-CA/receipt.subject", "C'est fait"),
        ("fr/phrases.toml", "month_1 = \"janvier\"\n"),
    ])
    .unwrap();
    let receipt = &Receipt::samples()[0];
    let say = |language: &str, part: &str| {
        let text = templates.render_mail(language, "", "receipt", part, receipt);
        text.unwrap().lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(say("fr-CA", "subject"), "C'est fait");
    assert_eq!(say("fr-CA", "txt"), "Fait.");
    assert_eq!(
        say("fr", "subject"),
        "Done: your request to Pumps community"
    );
    assert_eq!(say("xx-YY", "txt"), "Done:");
    for (tag, language) in [
        ("fr-CA-x", "fr-CA"),
        ("fr-BE", "fr"),
        ("de-AT", "de"),
        ("tlh", "en"),
    ] {
        assert_eq!(templates.language(tag), language);
    }
    let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 14).unwrap();
    assert_eq!(templates.say_date("fr-CA", "", day), "14 janvier 2026");
    assert_eq!(templates.say_date("en-GB", "", day), "14 January 2026");
    assert_eq!(templates.say_date("de-AT", "", day), "14. Januar 2026");
    assert_eq!(
        templates.say("de", "", &Phrase::new("no_such_key")),
        "no_such_key"
    );
}

#[test]
fn a_community_speaks_in_its_own_way() {
    let templates = in_folder(&[
        ("communities/pumps/receipt.subject", "Pumped!"),
        ("communities/pumps/de/receipt.subject", "Gepumpt!"),
        ("communities/pumps/phrases.toml", "month_1 = \"Ice month\""),
        (
            "communities/en/layout.html",
            "<b>{{title}}</b>{{> @partial-block}}",
        ),
    ])
    .unwrap();
    let receipt = &Receipt::samples()[0];
    let say = |language: &str, slug: &str, part: &str| {
        templates
            .render_mail(language, slug, "receipt", part, receipt)
            .unwrap()
    };
    assert_eq!(say("en", "pumps", "subject"), "Pumped!");
    assert_eq!(say("de-AT", "pumps", "subject"), "Gepumpt!");
    assert_eq!(
        say("en", "fans", "subject"),
        "Done: your request to Pumps community"
    );
    assert!(say("en", "pumps", "html").starts_with("<!doctype html>"));
    assert!(
        say("en", "en", "html").starts_with("<b>Done</b>"),
        "{}",
        say("en", "en", "html")
    );
    assert_eq!(say("en", "en", "subject"), say("en", "", "subject"));
    let january = Phrase::new("month_1");
    assert_eq!(templates.say("en", "pumps", &january), "Ice month");
    assert_eq!(templates.say("en", "", &january), "January");
    assert_eq!(
        templates.communities().into_iter().collect::<Vec<_>>(),
        ["en", "pumps"]
    );
}

#[test]
fn every_built_in_language_has_every_phrase_with_the_same_places() {
    let templates = built_in();
    let phrases = |language: &str| {
        let view = &templates.views[&(String::new(), language.to_owned())];
        let source = &builtin::sources()[&format!("{language}/phrases.toml")];
        let own = phrase::read(source, None).unwrap();
        assert!(own.keys().eq(view.phrases.keys()), "{language}");
        let places = own.iter().map(|(key, text)| {
            (
                key.clone(),
                text.places()
                    .into_iter()
                    .map(str::to_owned)
                    .collect::<Vec<_>>(),
            )
        });
        places.collect::<BTreeMap<_, _>>()
    };
    assert!(phrases("en").contains_key("date_long"));
    assert_eq!(phrases("en"), phrases("de"));
}

#[test]
fn every_phrase_that_the_program_says_is_there() {
    let english = builtin::sources().remove("en/phrases.toml").unwrap();
    let english = phrase::read(&english, None).unwrap();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut said = 0;
    while let Some(path) = folders.pop() {
        if path.is_dir() {
            folders.extend(
                fs::read_dir(path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        let text = fs::read_to_string(&path).unwrap_or_default();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let is_test = path.ends_with("tests.rs");
        let calls = code.split("Phrase::new(").skip(1).filter(|_| !is_test);
        for key in calls.filter_map(|rest| rest.trim_start().strip_prefix('"')) {
            let key = key.split('"').next().unwrap();
            assert!(english.contains_key(key), "{}: {key}", path.display());
            said += 1;
        }
    }
    assert!(said > 0);
}
