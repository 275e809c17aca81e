use std::path::PathBuf;
use std::sync::LazyLock;

use chrono::DateTime;
use proptest::prelude::*;

use super::parts::Community;
use super::post::{File, Post, PostView};
use super::thread::{self, ThreadPage};
use super::*;
use crate::archive::mbox::{Entry, MboxReader};
use crate::web::style::Style;

static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| Templates::load(None).unwrap());

fn rendered() -> Vec<(&'static str, String)> {
    let all = samples::samples().into_iter();
    all.map(|(name, template, value)| (name, TEMPLATES.render(template, &value).unwrap()))
        .collect()
}

fn page(name: &str) -> String {
    rendered()
        .into_iter()
        .find(|(sample, _)| *sample == name)
        .unwrap()
        .1
}

#[test]
fn every_page_stands_without_scripts_and_styles_of_its_own() {
    for (name, html) in rendered() {
        for unwanted in [
            "<script",
            "style=",
            "<style",
            "javascript:",
            " onclick",
            "{{",
            "&amp;lt;",
        ] {
            assert!(!html.contains(unwanted), "{name} has {unwanted}");
        }
        for wanted in [
            "<html lang=\"en\">",
            "<main",
            "<nav",
            "name=\"viewport\"",
            "/style.css",
        ] {
            assert_eq!(
                html.matches(wanted).count().min(1),
                1,
                "{name} lacks {wanted}"
            );
        }
        assert_eq!(
            html.matches("<h1").count(),
            1,
            "{name} has one first heading"
        );
    }
}

#[test]
fn every_page_template_has_a_sample() {
    let partials = [
        "layout",
        "spans",
        "body",
        "attachments",
        "pager",
        "search_form",
        "chart",
    ];
    let known: Vec<String> = samples::by_template()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    for name in TEMPLATES
        .names()
        .filter(|name| name.starts_with("web/") && name.ends_with(".html"))
    {
        let is_partial = partials
            .iter()
            .any(|partial| name == format!("web/{partial}.html"));
        assert!(
            is_partial || known.iter().any(|sample| sample == name),
            "{name} has no sample"
        );
    }
}

#[test]
fn readers_see_what_was_written_and_no_address() {
    let html = page("thread");
    for expected in [
        "<a href=\"https://maker.example/seals/(type%2012)?size&#x3D;40&amp;lang&#x3D;en\" rel=\"nofollow noopener\">",
        "<summary>1 quoted line</summary>",
        "<summary>5 quoted lines</summary>",
        "<p class=\"text\" dir=\"auto\">Yes. Ours did too until we polished the shaft.</p>",
        "<time datetime=\"2026-01-05T16:46:40Z\">5 January 2026, 16:46 UTC</time>",
        "<p class=\"text aligned\" dir=\"auto\">    bar   l/h",
        "c…@plant.example",
        "pump3.jpg</a> <span class=\"meta\">image/jpeg, 3.4 MB</span>",
    ] {
        assert!(html.contains(expected), "no {expected} in\n{html}");
    }
    assert!(!html.contains("ann@plant.example") && !html.contains("cy@plant.example"));
    assert_eq!(
        html.matches("<span class=\"label\">Subject</span> Polishing shafts")
            .count(),
        1
    );
    assert_eq!(
        html.matches("<span class=\"label\">Subject</span>").count(),
        1
    );
}

#[test]
fn forms_are_safe_and_say_what_they_do() {
    let form = page("unsubscribe");
    assert!(
        form.contains("<form method=\"post\" action=\"/u/k3v9m2q7x4\">"),
        "{form}"
    );
    assert!(form.contains("name=\"robots\" content=\"noindex, nofollow\""));
    let search = page("search");
    assert!(
        search.contains("value=\"&quot;shaft seal&quot; -rubber\""),
        "{search}"
    );
    assert!(search.contains("a…@plant.example") && !search.contains("ann@plant.example"));
    assert!(page("members-only").contains("pumps-owner@lists.example"));
    assert!(!page("front").contains("noindex"));
    assert!(page("front-empty").contains("noindex"));
}

/// What is left of a page when its own tags are taken out.
fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let known = [
            "!doctype",
            "html",
            "head",
            "meta",
            "title",
            "link",
            "body",
            "a ",
            "a>",
            "header",
            "nav",
            "ol",
            "ul",
            "li",
            "main",
            "h1",
            "h2",
            "h3",
            "p ",
            "p>",
            "article",
            "time",
            "details",
            "summary",
            "blockquote",
            "bdi",
            "div",
            "span",
        ];
        let name = tag.trim_start_matches('/');
        if !known.iter().any(|known| name.starts_with(known)) {
            text.push('<');
        }
        rest = tag.split_once('>').map_or("", |(_, behind)| behind);
    }
    text + rest
}

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<script>alert(1)</script>".to_owned()),
        Just("http://x.example/\"onmouseover=alert(1)".to_owned()),
        Just("https://x.example/'<img src=x>".to_owned()),
        Just("javascript:alert(1)".to_owned()),
        Just("\n> \"><svg onload=alert(1)>\n".to_owned()),
        Just("\n-- \n</p><iframe>".to_owned()),
        Just("{{../secret}}{{> web/layout.html}}".to_owned()),
        Just("<".to_owned()),
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn nothing_that_was_written_becomes_markup(text in hostile(), author in hostile(), is_public: bool) {
        let name = author.clone();
        let attachments = [File { name: author.clone(), kind: author.clone(), size: 1, part: Some(3) }];
        let sent_at = DateTime::from_timestamp(0, 0).unwrap();
        let post = Post { permalink: "1", depth: 0, author: &author, sent_at, subject: &text, text: &text, attachments: &attachments };
        let view = PostView::new("pumps", &post, is_public);
        let community = Community { slug: "pumps".into(), name, language: "en".into(), is_private: false };
        let html = render(&TEMPLATES, &ThreadPage::new(community, &author, 1, vec![thread::Entry::post(view)])).unwrap();
        prop_assert!(!without_tags(&html).contains('<'), "{}", html);
        for tag in html.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag) {
            prop_assert!(!tag.contains("onmouseover=") && !tag.contains("onload="), "{}", tag);
            if let Some((_, href)) = tag.split_once("href=\"") {
                let is_ours = ["http://", "https://", "/", "#"].iter().any(|start| href.to_lowercase().starts_with(start));
                prop_assert!(is_ours, "{}", tag);
            }
        }
    }
}

/// Writes every page into the folder that `FOLKMOOT_PAGES` names, to be looked at.
#[test]
#[ignore = "writes files for people to look at, into the folder FOLKMOOT_PAGES"]
fn pages_can_be_looked_at() {
    let folder = std::env::var_os("FOLKMOOT_PAGES")
        .map(PathBuf::from)
        .expect("FOLKMOOT_PAGES");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(
        folder.join("style.css"),
        Style::load(&TEMPLATES).unwrap().css,
    )
    .unwrap();
    for (name, html) in rendered() {
        let html = html.replace("href=\"/style.css\"", "href=\"style.css\"");
        std::fs::write(folder.join(format!("{name}.html")), html).unwrap();
    }
    for (at, (name, sample)) in crate::templates::mails::samples().into_iter().enumerate() {
        let file = folder.join(format!("mail-{at:02}-{}", name.replace('/', "-")));
        std::fs::write(file, TEMPLATES.render(&name, &sample).unwrap()).unwrap();
    }
}

#[test]
fn posts_of_a_real_list_become_safe_pages() {
    let named = std::env::var_os("FOLKMOOT_TESTDATA").map(PathBuf::from);
    let root = named.unwrap_or_else(|| PathBuf::from("../shared/testdata"));
    let file = root.join("lists/usrp-users.mbox.gz");
    let unpacked = std::process::Command::new("gunzip")
        .arg("-c")
        .arg(&file)
        .output();
    let Some(unpacked) = unpacked.ok().filter(|output| output.status.success()) else {
        return eprintln!(
            "SKIPPED: cannot unpack {}; set FOLKMOOT_TESTDATA",
            file.display()
        );
    };
    let mut seen = 0;
    for entry in MboxReader::new(&unpacked.stdout[..]).step_by(10) {
        let Ok(Entry::Message(message)) = entry else {
            panic!("every message can be read")
        };
        let mail = mail_parser::MessageParser::default()
            .parse(&message.bytes)
            .unwrap();
        let text = mail.body_text(0).unwrap_or_default();
        let subject = mail.subject().unwrap_or_default();
        let sent_at = message.from.date.unwrap();
        let post = Post {
            permalink: "0123456789abcdef0123456789abcdef01234567",
            depth: 0,
            author: "Ann",
            sent_at,
            subject,
            text: &text,
            attachments: &[],
        };
        let page = ThreadPage::new(
            community(),
            subject,
            1,
            vec![thread::Entry::post(PostView::new("pumps", &post, true))],
        );
        let html = render(&TEMPLATES, &page).unwrap();
        assert!(!without_tags(&html).contains('<'), "{}", message.offset);
        seen += 1;
    }
    assert!(seen > 200, "{seen}");
}

fn community() -> Community {
    let slug = "pumps".to_owned();
    Community {
        name: slug.clone(),
        slug,
        language: "en".into(),
        is_private: false,
    }
}
