use super::*;
use std::fs;
use std::os::unix::fs::PermissionsExt;

const SAMPLE: &str = include_str!("../../../config/folkmoot.toml");

/// Settings of a file in a folder of its own.
fn load(text: &str) -> (tempfile::TempDir, Result<Settings, Vec<Problem>>) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("folkmoot.toml");
    fs::write(&file, text).unwrap();
    let settings = Settings::load(&file);
    (dir, settings)
}

/// `LINE:COL: what; instead` of each problem.
fn problems(text: &str) -> Vec<String> {
    let (dir, settings) = load(text);
    let place = format!("{}:", dir.path().join("folkmoot.toml").display());
    let problems = settings.expect_err("a problem");
    problems
        .iter()
        .map(|p| p.to_string().strip_prefix(&place).unwrap().to_owned())
        .collect()
}

#[test]
fn the_domain_is_enough() {
    let (dir, settings) = load("domain = 'Lists.Example.org'");
    let settings = settings.unwrap();
    assert_eq!(settings.domain, "lists.example.org");
    assert_eq!(settings.base_url, "http://lists.example.org");
    assert_eq!(settings.data_dir, Path::new("/var/lib/folkmoot"));
    assert_eq!(settings.charters, dir.path().join("communities"));
    assert_eq!(settings.templates, dir.path().join("templates"));
    assert_eq!(
        settings.database,
        Database::Sqlite("/var/lib/folkmoot/folkmoot.db".into())
    );
    assert_eq!(settings.listen, Listen::default());
    let relay = (
        settings.relay.security,
        settings.relay.host.as_str(),
        settings.relay.port,
    );
    assert_eq!(relay, (RelaySecurity::Plain, "127.0.0.1", 25));
    assert_eq!((settings.relay.connections, settings.relay.rate), (8, None));
    assert_eq!(settings.limits.message_size, 25 << 20);
    assert_eq!(settings.limits.programme_per_day, None);
}

#[test]
fn every_key_is_read_and_paths_lie_beside_the_file() {
    let text = "domain='x.example'\nbase_url='https://x.example:8443/lists/'\ndata_dir='data'\n\
        charters='c'\ntemplates='/t'\n[database]\nurl='sqlite:x.db'\n[listen]\nlmtp='unix:run/lmtp'\n\
        smtp='[::1]:25'\nhttp='127.0.0.1:8080'\n[relay]\nurl='starttls://mx.example'\nconnections=4\n\
        rate='600/m'\n[limits]\nmessage_size='1MiB'\n";
    let (dir, settings) = load(text);
    let (settings, at) = (settings.unwrap(), |name| dir.path().join(name));
    assert_eq!(settings.base_url, "https://x.example:8443/lists");
    assert_eq!(
        (settings.charters, settings.templates),
        (at("c"), PathBuf::from("/t"))
    );
    assert_eq!(settings.database, Database::Sqlite(at("data/x.db")));
    assert_eq!(settings.listen.lmtp, Some(Socket::Unix(at("run/lmtp"))));
    assert_eq!(settings.listen.smtp.unwrap().to_string(), "[::1]:25");
    assert_eq!(settings.listen.http.unwrap().to_string(), "127.0.0.1:8080");
    let Relay {
        security,
        host,
        port,
        connections,
        rate,
        ..
    } = settings.relay;
    assert_eq!(
        (security, host.as_str(), port),
        (RelaySecurity::StartTls, "mx.example", 587)
    );
    assert_eq!(
        (connections, rate),
        (
            4,
            Some(Rate {
                mails: 600,
                per: TimeDelta::minutes(1)
            })
        )
    );
    assert_eq!(settings.limits.message_size, 1 << 20);
}

#[test]
fn the_sample_is_valid() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("folkmoot.toml");
    fs::write(&file, SAMPLE).unwrap();
    // `init` writes the keys beside it; what is in them is looked at by `check`.
    for key in ["dkim.pem", "dkim-ed25519.pem"] {
        fs::write(dir.path().join(key), "").unwrap();
        fs::set_permissions(dir.path().join(key), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let settings = Settings::load(&file).unwrap();
    assert_eq!(settings.domain, "lists.example.org");
    let selectors: Vec<_> = settings
        .dkim
        .iter()
        .map(|key| key.selector.as_str())
        .collect();
    assert_eq!(selectors, ["fm1", "fm1e"]);
}

#[test]
fn relays_and_databases_are_told_apart() {
    let relay = |url: &str| {
        value::relay_url(url)
            .ok()
            .map(|(_, host, port)| format!("{host} {port}"))
    };
    for (url, place) in [
        ("smtp://127.0.0.1", Some("127.0.0.1 25")),
        ("smtp://[::1]:2525", Some("::1 2525")),
        ("smtps://MX.example/", Some("mx.example 465")),
        ("smtp://mx.example:0", None),
        ("smtp://mx.example:99999", None),
        ("smtp://mx example", None),
        ("smtp://", None),
        ("smtp://user:secret@mx.example", None),
        ("lmtp://mx.example", None),
        ("mx.example:25", None),
        ("smtp://[::1", None),
        ("smtp://[zz]:1", None),
    ] {
        assert_eq!(relay(url).as_deref(), place, "{url}");
    }
    let database = |url: &str| value::database(url, Path::new("/d")).ok();
    for (url, expected) in [
        ("sqlite:a.db", Some(Database::Sqlite("/d/a.db".into()))),
        ("sqlite:///a/b.db", Some(Database::Sqlite("/a/b.db".into()))),
        (
            "postgresql://u@h/d",
            Some(Database::Postgres("postgresql://u@h/d".into())),
        ),
        ("sqlite::memory:", None),
        ("sqlite:", None),
        ("mysql://h/d", None),
        ("postgres://", None),
    ] {
        assert_eq!(database(url), expected, "{url}");
    }
}

#[test]
fn errors_name_line_column_and_what_would_be_right() {
    let table = [
        (
            "domian = 'x.example'",
            &[
                "1:1: `domain` is missing",
                "1:1: the key \"domian\" is not known here; did you mean `domain`?",
            ][..],
        ),
        (
            "domain = 'https://x.example'",
            &["1:10: `domain`: \"https://x.example\" is more than a domain"],
        ),
        (
            "domain = 'bücher.example'",
            &["1:10: `domain`: \"bücher.example\" has letters beyond ASCII"],
        ),
        (
            "domain = 'a..b'",
            &["1:10: `domain`: \"a..b\" is no domain"],
        ),
        (
            "domain = '192.0.2.1'",
            &["1:10: `domain`: \"192.0.2.1\" is no domain"],
        ),
        (
            "domain = 7",
            &["1:10: `domain` must be a text, not a number"],
        ),
        (
            "domain='x.example'\nbase_url='x.example'",
            &["2:10: `base_url`: \"x.example\" is no address of pages"],
        ),
        (
            "domain='x.example'\n[listen]\nlmtp='localhost:24'\nsmpt=''",
            &[
                "3:6: `listen.lmtp`: \"localhost:24\" is no address to listen at",
                "4:1: the key \"smpt\" is not known in [listen]; did you mean `smtp`?",
            ],
        ),
        (
            "domain='x.example'\n[listen]\nlmtp='127.0.0.1:1'\nhttp='127.0.0.1:1'",
            &["4:6: `listen.http`: another listener has this address already"],
        ),
        (
            "domain='x.example'\n[relay]\nconnections=0",
            &["3:13: `relay.connections` is out of range; write a number from 1 to 1000"],
        ),
        (
            "domain='x.example'\n[relay]\nuser='u'",
            &["3:6: `relay.user`: there is no password_file"],
        ),
        (
            "domain='x.example'\n[relay]\nrate='fast'",
            &["3:6: `relay.rate`: \"fast\" is no rate"],
        ),
        (
            "domain='x.example'\n[limits]\nmessage_size='25MB'",
            &["3:14: `limits.message_size`: \"25MB\" is not a size"],
        ),
        (
            "domain='x.example'\n[limits]\nprogramme_per_day=-1",
            &[
                "3:19: `limits.programme_per_day` is out of range; write a number from 0 to 10000000",
            ],
        ),
        (
            "domain='x.example'\nrelay='x'",
            &["2:7: `relay` must be a section, not a text; write [relay]"],
        ),
        (
            "domain='x.example'\n[[imap]]\nserver='i.example'",
            &["2:3: [[imap]] is not supported by this version yet; remove it"],
        ),
        (
            "domain='x.example'\n\n[dkim]\nselector='fm1'",
            &["4:10: `dkim.selector`: there is no key_file; name one, or leave this out"],
        ),
        (
            "domain='x.example'\n[authentication]\ntrusted_authserv=['mx.example.org']\ndns=['127.0.0.1:53', 'ns.example.org']",
            &["4:22: `authentication.dns`: \"ns.example.org\" is no resolver; write an IP address"],
        ),
        (
            "domain='x.example'\n[dkim]\nsecond_selector='fm 2'\nselector='fm1'\nkey_file='no.pem'",
            &[
                "3:17: `dkim.second_selector`: \"fm 2\" is no selector; write letters",
                "3:17: `dkim.second_selector`: there is no second_key_file",
                "5:10: `dkim.key_file`: ",
            ],
        ),
        (
            "domain='x.example'\n[storage]\nurl='ftp://store.example/mails'",
            &[
                "3:5: `storage.url`: \"ftp://store.example/mails\" is no object store; write \"s3://bucket/prefix\"",
            ],
        ),
        (
            "domain='x.example'\n[storage]\nurl='file://mails'",
            &[
                "3:5: `storage.url`: this names no folder; write \"s3://bucket/prefix\" or \"file:///folder\"",
            ],
        ),
        (
            "domain='x.example'\n[storage]\nurl='s3://mails/../others'",
            &["3:5: `storage.url`: \"s3://mails/../others\" is no object store"],
        ),
        (
            "domain='x.example'\n[storage]\nurl='s3://mails'",
            &[
                "3:5: `storage.url`: a bucket wants a key; write access_key_file and secret_key_file",
            ],
        ),
        (
            "domain='x.example'\n[storage]\nurl='file:///srv/mails'\nregion='eu-central-1'",
            &["4:8: `storage.region`: a folder has none; leave this out"],
        ),
        (
            "domain='x.example'\n[storage]\nendpoint='https://store.example'",
            &["3:10: `storage.endpoint`: there is no url; write url = \"s3://bucket\""],
        ),
        (
            "domain='x.example'\n[storage]\nurl='s3://mails'\naccess_key_file='no.key'",
            &[
                "4:17: `storage.access_key_file`: ",
                "4:17: `storage.access_key_file`: there is no secret_key_file",
            ],
        ),
        (
            "domain='x.example'\n[storage]\nbucket='mails'",
            &["3:1: the key \"bucket\" is not known in [storage]"],
        ),
        (
            "domain='x.example'\n[tls]\ncertificate_file='no.pem'",
            &[
                "3:18: `tls.certificate_file`: ",
                "3:18: `tls.certificate_file`: there is no key_file",
            ],
        ),
        (
            "domain='x.example'\n[authentication]\ntrusted_authserv=['mx.example.org', 'a b', '']",
            &[
                "3:37: `authentication.trusted_authserv`: \"a b\" is no host name; write the name",
                "3:44: `authentication.trusted_authserv`: \"\" is no host name",
            ],
        ),
        (
            "domain='x.example'\n[authentication]\ntrusted_authserv='mx.example.org'",
            &["3:18: `authentication.trusted_authserv` must be a list"],
        ),
        (
            "domain='x.example'\n[authentication]\ntrusted='mx.example.org'",
            &["3:1: the key \"trusted\" is not known in [authentication]"],
        ),
        ("domain=", &["1:8: TOML: "]),
        ("", &["1:1: the file is empty; start from the sample"]),
    ];
    for (text, expected) in table {
        let found = problems(text);
        assert_eq!(found.len(), expected.len(), "{text}: {found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{text}: {found}");
        }
    }
}

#[test]
fn trusted_hosts_are_read_in_lower_case() {
    let text = "domain='x.example'\n[authentication]\ntrusted_authserv=['MX.Example.org', 'mx2']";
    let (_dir, settings) = load(text);
    let trusted = settings.unwrap().authentication.trusted_authserv;
    assert_eq!(trusted, ["mx.example.org", "mx2"]);
    let (_dir, settings) = load("domain='x.example'");
    let trusted = settings.unwrap().authentication.trusted_authserv;
    assert!(trusted.is_empty());
}

#[test]
fn resolvers_are_the_systems_unless_named_or_none() {
    let of = |dns: &str| {
        let text = format!("domain='x.example'\n[authentication]\n{dns}");
        load(&text).1.unwrap().authentication
    };
    assert_eq!(of("").dns, Resolvers::System);
    assert_eq!(of("dns=[]").dns, Resolvers::Off);
    let named = ["192.0.2.1:53", "[2001:db8::1]:5353"].map(|text| text.parse().unwrap());
    let found = of("dns=['192.0.2.1', '[2001:db8::1]:5353']");
    assert_eq!(found.dns, Resolvers::Named(named.to_vec()));
    assert!(found.refused_domains.contains(&"gmail.com".to_owned()));
    assert!(of("refused_domains=[]").refused_domains.is_empty());
}

#[test]
fn a_password_file_must_exist_and_be_private() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("folkmoot.toml");
    fs::write(
        &file,
        "domain='x.example'\n[relay]\nuser='u'\npassword_file='secret'",
    )
    .unwrap();
    let what = || Settings::load(&file).map_err(|problems| problems[0].to_string());
    assert!(
        what()
            .unwrap_err()
            .contains("folkmoot.toml:4:15: `relay.password_file`: ")
    );
    let secret = dir.path().join("secret");
    fs::write(&secret, "hush").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(
        what()
            .unwrap_err()
            .ends_with("can be read by everybody; run chmod 600 on it")
    );
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(what().unwrap().relay.password_file, Some(secret));
}

#[test]
fn files_that_are_no_text_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("folkmoot.toml");
    let what = || {
        let problems = Settings::load(&file).unwrap_err();
        problems[0]
            .to_string()
            .rsplit_once('/')
            .unwrap()
            .1
            .to_owned()
    };
    assert!(
        what().starts_with("folkmoot.toml:1:1: cannot be read (No such file"),
        "{}",
        what()
    );
    fs::write(&file, b"domain = 'x'\n# caf\xe9").unwrap();
    assert!(
        what().starts_with("folkmoot.toml:2:6: the text is not UTF-8 from here on"),
        "{}",
        what()
    );
    fs::write(&file, vec![b'#'; 10 << 20]).unwrap();
    assert!(
        what().starts_with("folkmoot.toml:1:1: is larger than 1 MiB"),
        "{}",
        what()
    );
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert!(
        what().starts_with("folkmoot.toml:1:1: cannot be read (Is a directory"),
        "{}",
        what()
    );
}

#[test]
fn no_password_is_shown() {
    let text = "domain='x.example'\n[database]\nurl='postgres://u:hush@h/d'";
    let (_dir, settings) = load(text);
    assert!(!format!("{:?}", settings.unwrap()).contains("hush"));
    for text in [
        "[database]\nurl='pg://u:hush@h/d'",
        "[relay]\nurl='smtp://u:hush@h'",
    ] {
        let found = problems(&format!("domain='x.example'\n{text}"));
        assert!(!found[0].contains("hush"), "{found:?}");
    }
}

#[test]
fn the_configuration_is_found_or_its_absence_told() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("other.toml");
    let told = find_config(Some(&file)).unwrap_err().to_string();
    assert!(
        told.contains("other.toml:1:1: there is no such configuration file; "),
        "{told}"
    );
    fs::write(&file, "").unwrap();
    assert_eq!(find_config(Some(&file)), Ok(file));
}
