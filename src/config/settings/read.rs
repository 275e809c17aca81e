//! folkmoot.toml, key by key.

use super::value;
use super::*;
use crate::config::problem::{Wrong, quoted, wrong};
use crate::config::source::{self, Source};
use crate::config::table::Table;
use std::os::unix::fs::PermissionsExt;

/// What the limit of a message is without one, in octets.
const MESSAGE_SIZE: u64 = 25 << 20;

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
    let database = database(root.table("database"), &data_dir);
    let listen = listen(root.table("listen"), beside);
    let relay = relay(root.table("relay"), beside);
    let authentication = authentication(root.table("authentication"));
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
        database,
        listen,
        relay,
        authentication,
        limits,
    })
}

fn not_yet(root: &Table<'_, '_>) {
    let imap = "remove it and let the mail server hand mail over by LMTP or SMTP ([listen])";
    root.unsupported("imap", "[[imap]]", imap);
    let dkim = "remove it and let the relay sign what goes out";
    root.unsupported("dkim", "[dkim]", dkim);
}

fn authentication(table: Table<'_, '_>) -> Authentication {
    let trusted_authserv = table.texts("trusted_authserv", value::host);
    let dns = "remove it; the mail server in front checks DKIM, SPF and DMARC meanwhile, and \
               trusted_authserv says whose results count";
    table.unsupported("dns", "[authentication] dns", dns);
    table.finish();
    Authentication { trusted_authserv }
}

fn database(table: Table<'_, '_>, data_dir: &Path) -> Database {
    let default = Database::Sqlite(data_dir.join("folkmoot.db"));
    let database = table.text_or("url", default, |text| value::database(text, data_dir));
    table.finish();
    database
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
        password_file: table.text("password_file", |text| password_file(text, beside)),
        rate: table.text_or_number("rate", None, |text| value::rate(text).map(Some)),
    };
    if table.has("user") && !table.has("password_file") {
        table.complain(
            "user",
            wrong("there is no password_file", "name one, or leave user out"),
        );
    }
    if table.has("password_file") && !table.has("user") {
        table.complain(
            "password_file",
            wrong("there is no user", "name one, or leave this out"),
        );
    }
    table.finish();
    relay
}

fn limits(table: Table<'_, '_>) -> Limits {
    let message_size = table.text_or_number("message_size", MESSAGE_SIZE, value::message_size);
    table.finish();
    Limits { message_size }
}

/// The file must be there, and not for everybody to read.
fn password_file(text: &str, beside: &Path) -> Result<PathBuf, Wrong> {
    let path = value::path(text, beside)?;
    let shown = quoted(&path.display().to_string());
    let file = std::fs::metadata(&path).map_err(|error| {
        wrong(
            format!("{shown} cannot be read ({error})"),
            "write the password into that file",
        )
    })?;
    if !file.is_file() {
        return Err(wrong(
            format!("{shown} is no file"),
            "name the file that holds the password",
        ));
    }
    if file.permissions().mode() & 0o007 != 0 {
        return Err(wrong(
            format!("{shown} can be read by everybody"),
            "run chmod 600 on it",
        ));
    }
    Ok(path)
}
