//! What a mail looks like: in any client, on a narrow screen, in dark mode.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use super::*;

/// The languages that are part of the program.
const LANGUAGES: [&str; 2] = ["en", "de"];

/// Each mail's HTML in a language, its texts changed: (template, number of the
/// sample, HTML).
fn twins(language: &str, text: fn(&str) -> String) -> Vec<(String, usize, String)> {
    let (templates, mut twins) = (built_in(), Vec::<(String, usize, String)>::new());
    for (name, mut sample) in mails::samples() {
        change(&mut sample, text);
        let Some(mail) = name
            .strip_prefix("en/")
            .and_then(|n| n.strip_suffix(".html"))
        else {
            continue;
        };
        let number = twins.iter().filter(|(known, ..)| known == mail).count();
        let html = templates.render_mail(language, "", mail, "html", &sample);
        twins.push((mail.to_owned(), number, html.unwrap()));
    }
    twins
}

fn change(value: &mut Value, text: fn(&str) -> String) {
    match value {
        Value::String(words) if !words.is_empty() => *words = text(words),
        Value::Array(all) => all.iter_mut().for_each(|value| change(value, text)),
        Value::Object(all) => all.values_mut().for_each(|value| change(value, text)),
        _ => {}
    }
}

#[test]
fn text_twins_fit_a_terminal() {
    let templates = built_in();
    for (name, sample) in mails::samples() {
        let file = name.strip_prefix("en/").unwrap();
        for language in LANGUAGES.iter().filter(|_| file.ends_with(".txt")) {
            let text = templates.render(&format!("{language}/{file}"), &sample);
            for line in text.unwrap().lines() {
                assert!(line.chars().count() <= 78, "{language}/{file}: {line}");
            }
        }
    }
}

#[test]
fn no_field_is_hidden_by_the_title_of_the_layout() {
    for (name, source) in builtin::sources() {
        let said = source.text.split("layout.html title=").nth(1);
        let Some((title, body)) = said.and_then(|rest| rest.split_once("}}")) else {
            continue;
        };
        // What the layout is given goes before a field of that name.
        let is_hidden = body.contains("{{title}}") && title != "title";
        assert!(!is_hidden, "{name} shows {title} where it says title");
    }
}

#[test]
fn no_template_fetches_places_or_tracks_anything() {
    for (name, source) in builtin::sources() {
        // A picture that travels with the mail is there already.
        let text = source.text.to_lowercase();
        let text = text.replace("<img src=\"cid:", "<picture ");
        let unwanted = [
            "src=",
            "url(",
            "@import",
            "<link",
            "<script",
            "<img",
            "<form",
            "position:",
            "<iframe",
            "<object",
            "<video",
            "<svg",
            "background=",
            "ping=",
        ];
        for what in unwanted
            .iter()
            .filter(|_| !name.starts_with("web/") && name.ends_with(".html"))
        {
            assert!(!text.contains(what), "{name} has {what}");
        }
    }
}

#[test]
fn the_languages_have_the_same_files_and_fields() {
    let sources = builtin::sources();
    let files = |language: &str| -> BTreeSet<String> {
        let start = format!("{language}/");
        let names = sources.keys().filter_map(|name| name.strip_prefix(&start));
        names.map(str::to_owned).collect()
    };
    assert_eq!(files("en"), files("de"));
    for file in files("en").iter().filter(|file| *file != PHRASES) {
        let tags = |language: &str| -> BTreeSet<String> {
            let text = &sources[&format!("{language}/{file}")].text;
            let tags = text.split("{{").skip(1).filter_map(|t| t.split_once("}}"));
            tags.map(|(tag, _)| tag.split(" title=").next().unwrap().to_owned())
                .collect()
        };
        assert_eq!(tags("en"), tags("de"), "{file}");
    }
}

/// WCAG 2.2, 1.4.3: 4.5 to 1. Every colour of text on every background of its mode,
/// which is more than occurs.
#[test]
fn text_can_be_read_in_light_and_in_dark() {
    for language in LANGUAGES {
        let layout = &builtin::sources()[&format!("{language}/layout.html")].text;
        let (light, dark) = layout.split_once("@media").unwrap();
        for mode in [light, dark] {
            let (texts, grounds) = (colours(mode, " color: #"), colours(mode, "background: #"));
            assert!(
                texts.len() >= 3 && grounds.len() >= 3,
                "{texts:?} {grounds:?}"
            );
            for (text, ground) in texts
                .iter()
                .flat_map(|text| grounds.iter().map(move |g| (text, g)))
            {
                let contrast = contrast(*text, *ground);
                assert!(contrast >= 4.5, "{text:06x} on {ground:06x}: {contrast:.2}");
            }
        }
    }
}

fn colours(css: &str, before: &str) -> BTreeSet<u32> {
    let found = css.split(before).skip(1);
    found
        .map(|rest| u32::from_str_radix(&rest[..6], 16).unwrap())
        .collect()
}

fn contrast(a: u32, b: u32) -> f64 {
    let luminance = |colour: u32| {
        let part = |shift: u32| {
            let value = f64::from((colour >> shift) & 0xff) / 255.0;
            match value <= 0.040_45 {
                true => value / 12.92,
                false => ((value + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
    };
    let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
    a.max(b) / a.min(b)
}

/// A frame of a certain width with a mail in it. A page of one's own cannot be as
/// narrow: browsers have windows of 500 px and more.
fn frame(html: &str, width: u32, scheme: &str) -> String {
    let html = html.replace('&', "&amp;").replace('"', "&quot;");
    format!(
        "<iframe width=\"{width}\" height=\"4000\" style=\"color-scheme:{scheme};border:0\" \
         srcdoc=\"{html}\"></iframe>\n"
    )
}

#[test]
fn no_mail_scrolls_sideways_on_a_narrow_screen() {
    let Some(browser) = browser() else {
        assert_ne!(env::var("CI").as_deref(), Ok("true"), "CI needs chromium");
        return eprintln!("SKIPPED: chromium is not installed");
    };
    let mut page = "<!doctype html><body>\n".to_owned();
    let mut names = Vec::new();
    let mut add = |name: String, html: &str| {
        page.push_str(&frame(html, 320, "light"));
        names.push(name);
    };
    for language in LANGUAGES {
        for (mail, number, html) in twins(language, str::to_owned) {
            // Some clients throw the style sheet away.
            let (before, rest) = html.split_once("<style>").unwrap_or((&html, ""));
            let bare = rest.split_once("</style>").map_or("", |(_, after)| after);
            let name = format!("{language}/{mail}, sample {number}");
            add(
                format!("{name}, without styles"),
                &format!("{before}{bare}"),
            );
            add(name, &html);
        }
    }
    for (mail, number, html) in twins("en", |_| "Donaudampfschiff".repeat(8)) {
        add(format!("{mail}, sample {number}, long words"), &html);
    }
    page += "<script>onload = () => document.title = [...document.querySelectorAll('iframe')]\
             .map(f => f.contentDocument.documentElement.scrollWidth).join(' ')</script>";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.html");
    fs::write(&file, page).unwrap();
    let output = Command::new(browser)
        .args(FLAGS)
        .arg(format!("--user-data-dir={}", folder.path().display()))
        .args(["--virtual-time-budget=20000", "--dump-dom"])
        .arg(&file)
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout);
    let title = dom
        .split_once("<title>")
        .and_then(|(_, t)| t.split_once('<'));
    let widths = title.map_or("", |(title, _)| title).split(' ');
    let widths: Vec<u32> = widths.filter_map(|width| width.parse().ok()).collect();
    assert_eq!(widths.len(), names.len(), "{output:?}");
    for (name, width) in names.iter().zip(widths) {
        assert!(width <= 320, "{name} is {width} px wide");
    }
}

const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
];

fn browser() -> Option<&'static str> {
    let works = |name: &&str| {
        let asked = Command::new(name).arg("--version").output();
        asked.is_ok_and(|output| output.status.success())
    };
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(works)
}

/// Writes a page for each mail into the folder that `FOLKMOOT_PICTURES` names, with
/// each of its samples on a phone and on a desk, in light and in dark.
#[test]
#[ignore = "writes pages for people to look at; scripts/pictures makes pictures of them"]
fn mails_can_be_looked_at() {
    let folder = env::var_os("FOLKMOOT_PICTURES").map(PathBuf::from);
    let folder = folder.expect("FOLKMOOT_PICTURES names a folder");
    fs::create_dir_all(&folder).unwrap();
    for language in LANGUAGES {
        let mut sheets = BTreeMap::<String, String>::new();
        for (mail, _, html) in twins(language, str::to_owned) {
            let sheet = sheets.entry(mail).or_default();
            sheet.push_str("<div>");
            for (width, scheme) in [(320, "light"), (320, "dark"), (700, "light"), (700, "dark")] {
                sheet.push_str(&frame(&html, width, scheme));
            }
            sheet.push_str("</div>\n");
        }
        for (mail, sheet) in sheets {
            write_sheet(&folder, &format!("{language}-{mail}"), &sheet);
        }
    }
}

fn write_sheet(folder: &Path, name: &str, frames: &str) {
    let mut page = "<!doctype html><meta charset=\"utf-8\"><style>\
                    body { margin: 8px; background: #888; }\
                    div { display: flex; gap: 8px; margin: 0 0 8px; align-items: start; }\
                    </style>"
        .to_owned();
    let fit = "<script>onload = () => {\
               for (const f of document.querySelectorAll('iframe'))\
               f.height = f.contentDocument.body.scrollHeight;\
               document.title = document.body.scrollHeight + 16; }</script>";
    write!(page, "<body>{frames}{fit}").unwrap();
    fs::write(folder.join(format!("{name}.html")), page).unwrap();
}
