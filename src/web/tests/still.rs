//! An archive as pages on a disk: every link among them leads to a file that is there.

use std::fs;
use std::path::{Path, PathBuf};

use super::site::{mail, sites};
use crate::links::permalink;
use crate::web::still;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}

fn links(page: &str) -> Vec<String> {
    let unescaped = |link: &str| link.replace("&#x3D;", "=").replace("&amp;", "&");
    ["href=\"", "src=\"", "action=\""]
        .iter()
        .flat_map(|name| page.split(name).skip(1))
        .filter_map(|rest| rest.split('"').next().map(unescaped))
        .collect()
}

fn post(id: &str, to: &str, subject: &str, date: &str, text: &str) -> String {
    mail(id, to, "Ann <ann@plant.example>", subject, date, text)
}

#[tokio::test]
async fn pages_on_a_disk_lead_to_each_other() {
    for site in sites().await {
        let slug = site.found("still", "members").await;
        let attached = post("file@plant.example", "", "A drawing", "Mon, 05 Jan 2026 09:00:00", 
            "--b\nContent-Type: text/plain\n\nSee there, bo@plant.example.\n--b\nContent-Type: text/html\n\
             Content-Disposition: attachment; filename=\"../plan.html\"\n\n<script>alert(1)</script>\n--b--")
            .replace("text/plain; charset=utf-8", "multipart/mixed; boundary=b");
        let hostile = "\" href=\"/c/x/m/1\" <a href=\"/etc/passwd\">";
        let mut mails = vec![
            attached,
            post(
                "b@plant.example",
                "file@plant.example",
                "Re: A drawing",
                "Tue, 03 Feb 2026 09:00:00",
                hostile,
            ),
        ];
        // A thread and a list of threads that are longer than a page.
        for number in 0..120 {
            let (id, date) = (
                format!("n{number}@plant.example"),
                "Wed, 04 Feb 2026 09:00:00",
            );
            let below = if number % 2 == 0 {
                "b@plant.example"
            } else {
                ""
            };
            mails.push(post(
                &id,
                below,
                &format!("Number {number}"),
                date,
                "Words.",
            ));
        }
        site.import(&slug, &mails).await;
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("pages");
        let mut told = 0;
        let count = still::write(&site.ctx, &slug, &folder, |done| told = done).await;
        assert_eq!((count.unwrap(), told), (122, 122));
        let files = files(&folder);
        for page in files
            .iter()
            .filter(|file| file.extension().is_some_and(|end| end == "html"))
        {
            let text = fs::read_to_string(page).unwrap();
            assert!(!text.contains("<script"), "{page:?}");
            for link in links(&text) {
                let path = link.split('#').next().unwrap_or_default();
                let is_elsewhere = ["https://lists.example/", "mailto:"]
                    .iter()
                    .any(|start| link.starts_with(start));
                if path.is_empty() || is_elsewhere {
                    continue;
                }
                let led = page.parent().unwrap().join(path);
                assert!(led.is_file(), "{page:?} leads to {link}");
            }
        }
        let read =
            |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_else(|_| panic!("{name}"));
        let id = permalink("file@plant.example");
        assert!(read("index.html").contains("months/2026-01.html"));
        assert!(read("months/2026-01.html").contains("A drawing"));
        assert!(read("index-2.html").contains("Newer"));
        assert!(
            read(&format!("t/{id}.html")).contains("bo@plant.example"),
            "as members see it"
        );
        assert!(read(&format!("m/{id}.eml")).contains("Message-ID: <file@plant.example>"));
        let given = files
            .iter()
            .filter(|file| file.extension().is_some_and(|end| end == "attached"));
        let given: Vec<_> = given
            .map(|file| fs::read_to_string(file).unwrap())
            .collect();
        assert_eq!(given.len(), 1);
        assert!(
            given[0].contains("alert"),
            "as it came, under a name that no browser shows"
        );
        assert!(
            still::write(&site.ctx, &slug, &folder, |_| {})
                .await
                .is_err(),
            "it is there already"
        );
    }
}
