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
            name.ends_with(".html") || longest <= 45,
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
        .filter(|n| n.starts_with("en/") && *n != "en/layout.html")
        .map(str::to_owned)
        .collect();
    assert_eq!(mails, known);
}

#[test]
fn no_mail_fetches_anything() {
    let templates = built_in();
    for (name, sample) in mails::samples() {
        let text = templates.render(&name, &sample).unwrap().to_lowercase();
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
fn what_is_wrong_in_the_folder_is_said_with_its_line() {
    let cases: &[(&str, &str, &str)] = &[
        (
            "en/recept.txt",
            "x",
            "en/recept.txt:1:1: no template is called en/recept.txt; there are en/",
        ),
        (
            "notes",
            "x",
            "notes:1:1: no template is called notes; templates are in the folders en and web",
        ),
        ("en/receipt.txt", "Done\n{{#if undo}}\n", "en/receipt.txt:"),
        (
            "en/receipt.txt",
            "Done\n\n{{nonsense}}\n",
            "en/receipt.txt:3:",
        ),
        (
            "en/receipt.html",
            "Done\n{{> en/nowhere.html}}\n",
            "en/receipt.html:2:",
        ),
    ];
    for (file, text, expected) in cases {
        let errors = in_folder(&[(file, text)]).map(|_| ()).unwrap_err();
        assert!(errors[0].starts_with(expected), "{errors:?}");
    }
}
