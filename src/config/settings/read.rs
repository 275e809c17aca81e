//! folkmoot.toml, key by key.

use super::value;
use super::*;
use crate::config::problem::{Wrong, quoted, wrong};
use crate::config::source::{self, Source};
use crate::config::table::Table;
use std::os::unix::fs::PermissionsExt;

/// What the limit of a message is without one, in octets.
const MESSAGE_SIZE: u64 = 25 << 20;

/// Free mail providers whose mail other providers refuse where it does not pass DMARC,
/// also where the published policy is `none`.
const REFUSED_DOMAINS: [&str; 23] = [
    "gmail.com",
    "googlemail.com",
    "yahoo.com",
    "ymail.com",
    "rocketmail.com",
    "aol.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "msn.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "proton.me",
    "protonmail.com",
    "gmx.de",
    "gmx.net",
    "web.de",
    "mail.ru",
    "yandex.ru",
    "zoho.com",
    "fastmail.com",
    "comcast.net",
];

pub(super) fn load(path: &Path) -> Result<Settings, Vec<Problem>> {
    let text = source::read(path).map_err(|problem| vec![problem])?;
    let name = path.display().to_string();
    let source = Source::new(&name, &text);
    let root = source.parse()?;
    let settings = settings(Table::root(&source, root.get_ref()), path);
    let problems = source.problems();
    settings.filter(|_| problems.is_empty()).ok_or(problems)
}

/// `None` only where a problem was noted.
fn settings(root: Table<'_, '_>, file: &Path) -> Option<Settings> {
    let beside = file.parent().unwrap_or(Path::new(""));
    let folder = |key, default| root.text_or(key, beside.join(default), |s| value::path(s, beside));
    let domain = root.needed("domain", "\"lists.example.org\"", value::domain);
    let base_url = format!("http://{}", domain.as_deref().unwrap_or_default());
    let base_url = root.text_or("base_url", base_url, value::base_url);
    let data_dir = folder("data_dir", "/var/lib/folkmoot");
    let charters = folder("charters", "communities");
    let templates = folder("templates", "templates");
    let surveys = folder("surveys", "surveys");
    let database = database(root.table("database"), &data_dir);
    let storage = storage(root.table("storage"), beside);
    let listen = listen(root.table("listen"), beside);
    let relay = relay(root.table("relay"), beside);
    let authentication = authentication(root.table("authentication"));
    let dkim = dkim(root.table("dkim"), beside);
    let tls = tls(root.table("tls"), beside);
    let limits = limits(root.table("limits"));
    not_yet(&root);
    root.finish();
    let (file, domain) = (file.to_owned(), domain?);
    Some(Settings {
        file,
        domain,
        base_url,
        data_dir,
        charters,
        templates,
        surveys,
        database,
        storage,
        listen,
        relay,
        authentication,
        dkim,
        tls,
        limits,
    })
}

fn not_yet(root: &Table<'_, '_>) {
    let imap = "remove it and let the mail server hand mail over by LMTP or SMTP ([listen])";
    root.unsupported("imap", "[[imap]]", imap);
}

fn authentication(table: Table<'_, '_>) -> Authentication {
    let dns = match table.texts("dns", value::resolver) {
        servers if !servers.is_empty() => Resolvers::Named(servers),
        _ if table.has("dns") => Resolvers::Off,
        _ => Resolvers::System,
    };
    let refused_domains = match table.has("refused_domains") {
        true => table.texts("refused_domains", value::domain),
        false => REFUSED_DOMAINS.map(str::to_owned).to_vec(),
    };
    let authentication = Authentication {
        trusted_authserv: table.texts("trusted_authserv", value::host),
        dns,
        trusted_sealers: table.texts("trusted_sealers", value::domain),
        refused_domains,
    };
    table.finish();
    authentication
}

/// One key, or two beside each other: RSA, which everybody verifies, and Ed25519
/// (RFC 8463). Each has a selector of its own.
fn dkim(table: Table<'_, '_>, beside: &Path) -> Vec<DkimKeyFile> {
    let key = |selector, file| {
        Some(DkimKeyFile {
            selector: table.text(selector, value::selector)?,
            file: table.text(file, |text| secret_file(text, beside, "the private key"))?,
        })
    };
    let keys: Vec<_> = [
        key("selector", "key_file"),
        key("second_selector", "second_key_file"),
    ]
    .into_iter()
    .flatten()
    .collect();
    together(&table, "selector", "key_file");
    together(&table, "second_selector", "second_key_file");
    if table.has("second_selector") && !table.has("selector") {
        let what = wrong("there is no first key", "write selector and key_file");
        table.complain("second_selector", what);
    }
    if keys.len() == 2
        && keys.first().map(|key| &key.selector) == keys.get(1).map(|key| &key.selector)
    {
        let what = wrong("both keys have one selector", "give each its own");
        table.complain("second_selector", what);
    }
    table.finish();
    keys
}

/// Two keys of a table that stand together or not at all.
fn together(table: &Table<'_, '_>, one: &'static str, other: &'static str) {
    for (there, absent) in [(one, other), (other, one)] {
        if table.has(there) && !table.has(absent) {
            let what = wrong(
                format!("there is no {absent}"),
                "name one, or leave this out",
            );
            table.complain(there, what);
        }
    }
}

fn tls(table: Table<'_, '_>, beside: &Path) -> Option<Tls> {
    let certificate = table.text("certificate_file", |text| {
        existing_file(text, beside, "the certificate")
    });
    let key = table.text("key_file", |text| {
        secret_file(text, beside, "its private key")
    });
    together(&table, "certificate_file", "key_file");
    table.finish();
    Some(Tls {
        certificate_file: certificate?,
        key_file: key?,
    })
}

fn database(table: Table<'_, '_>, data_dir: &Path) -> Database {
    let default = Database::Sqlite(data_dir.join("folkmoot.db"));
    let database = table.text_or("url", default, |text| value::database(text, data_dir));
    table.finish();
    database
}

fn storage(table: Table<'_, '_>, beside: &Path) -> Option<Storage> {
    let place = table.text("url", value::object_place);
    let endpoint = table.text("endpoint", value::base_url);
    let region = table.text_or("region", "us-east-1".to_owned(), value::region);
    let key = |key, what| table.text(key, |text| secret_file(text, beside, what));
    let access = key("access_key_file", "the id of the access key");
    let secret = key("secret_key_file", "the secret of the access key");
    together(&table, "access_key_file", "secret_key_file");
    for key in ["endpoint", "region", "access_key_file"] {
        if table.has(key) && !matches!(place, Some(value::Objects::Bucket(..)) | None) {
            table.complain(key, wrong("a folder has none", "leave this out"));
        } else if table.has(key) && !table.has("url") {
            let what = wrong("there is no url", "write url = \"s3://bucket\"");
            table.complain(key, what);
        }
    }
    if matches!(place, Some(value::Objects::Bucket(..))) && !table.has("access_key_file") {
        let write = "write access_key_file and secret_key_file";
        table.complain("url", wrong("a bucket wants a key", write));
    }
    table.finish();
    let place = match place? {
        value::Objects::Folder(folder) => ObjectPlace::Folder(folder),
        value::Objects::Bucket(name, prefix) => ObjectPlace::S3(Bucket {
            name,
            prefix,
            endpoint,
            region,
            access_key_file: access?,
            secret_key_file: secret?,
        }),
    };
    Some(Storage { place })
}

fn listen(table: Table<'_, '_>, beside: &Path) -> Listen {
    let socket = |key| table.text(key, |text| value::socket(text, beside));
    let listen = Listen {
        lmtp: socket("lmtp"),
        smtp: socket("smtp"),
        http: socket("http"),
    };
    let once = |a: &Option<Socket>, b: &Option<Socket>| a.is_some() && a == b;
    let taken = || {
        wrong(
            "another listener has this address already",
            "give each its own port",
        )
    };
    if once(&listen.smtp, &listen.lmtp) {
        table.complain("smtp", taken());
    }
    if once(&listen.http, &listen.lmtp) || once(&listen.http, &listen.smtp) {
        table.complain("http", taken());
    }
    table.finish();
    listen
}

fn relay(table: Table<'_, '_>, beside: &Path) -> Relay {
    let default = (RelaySecurity::Plain, "127.0.0.1".to_owned(), 25);
    let (security, host, port) = table.text_or("url", default, value::relay_url);
    let relay = Relay {
        security,
        host,
        port,
        connections: table.number_or("connections", 8, 1..=1000) as usize,
        user: table.text("user", value::user),
        password_file: table.text("password_file", |text| {
            secret_file(text, beside, "the password")
        }),
        rate: table.text_or_number("rate", None, |text| value::rate(text).map(Some)),
    };
    together(&table, "user", "password_file");
    table.finish();
    relay
}

fn limits(table: Table<'_, '_>) -> Limits {
    let message_size = table.text_or_number("message_size", MESSAGE_SIZE, value::message_size);
    let programme_per_day = table.number_or("programme_per_day", 0, 0..=10_000_000);
    table.finish();
    Limits {
        message_size,
        programme_per_day: Some(programme_per_day).filter(|most| *most > 0),
    }
}

/// A file that is there and not for everybody to read; `what` is what it holds.
fn secret_file(text: &str, beside: &Path, what: &str) -> Result<PathBuf, Wrong> {
    let path = existing_file(text, beside, what)?;
    let mode = std::fs::metadata(&path).map_or(0, |file| file.permissions().mode());
    match mode & 0o007 {
        0 => Ok(path),
        _ => Err(wrong(
            format!(
                "{} can be read by everybody",
                quoted(&path.display().to_string())
            ),
            "run chmod 600 on it",
        )),
    }
}

/// A file that is there; `what` is what it holds.
fn existing_file(text: &str, beside: &Path, what: &str) -> Result<PathBuf, Wrong> {
    let path = value::path(text, beside)?;
    let shown = quoted(&path.display().to_string());
    let file = std::fs::metadata(&path).map_err(|error| {
        wrong(
            format!("{shown} cannot be read ({error})"),
            format!("write {what} into that file"),
        )
    })?;
    match file.is_file() {
        true => Ok(path),
        false => Err(wrong(
            format!("{shown} is no file"),
            format!("name the file that holds {what}"),
        )),
    }
}
