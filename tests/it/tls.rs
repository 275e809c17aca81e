//! STARTTLS as the mail servers of others speak it: by OpenSSL and by Postfix.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::community::LIST;
use crate::support::post::Post;
use crate::support::{Client, Community, Database, Node, Sink, both, wait};

both!(
    other_peoples_clients_send_under_tls,
    a_renewed_certificate_is_shown_without_a_restart,
    a_node_with_a_broken_certificate_does_not_start,
);

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/relay")
        .join(name)
}

/// A node with the self-made certificate of `localhost`.
fn node<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let node = Node::new(database, sink);
    node.found(&Community::open_to_all(), &["ann@plant.example"]);
    node.write("chain.pem", fs::read(data("certificate.pem")).unwrap());
    node.write("key.pem", fs::read(data("key.pem")).unwrap());
    let private = fs::Permissions::from_mode(0o600);
    fs::set_permissions(node.path("key.pem"), private).unwrap();
    let tls = "[tls]\ncertificate_file = \"chain.pem\"\nkey_file = \"key.pem\"\n\n[limits]";
    node.configure("[limits]", tls);
    node
}

/// What a program says that is given `input`; `None`, loudly, where it is not installed.
fn asked(program: &str, arguments: &[&str], input: &str) -> Option<String> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| eprintln!("SKIPPED: {program} cannot be run: {error}"))
        .ok()?;
    let mut stdin = child.stdin.take().expect("its stdin");
    // It may have gone before it read all.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("its output");
    let all = [output.stdout, output.stderr].concat();
    Some(String::from_utf8_lossy(&all).into_owned())
}

fn other_peoples_clients_send_under_tls(database: &Database) {
    let sink = Sink::start();
    let mut node = node(database, &sink);
    node.start();
    let (port, trusted) = (node.smtp.port(), data("certificate.pem"));
    let trusted = trusted.display().to_string();
    for version in ["-tls1_2", "-tls1_3"] {
        let connect = format!("127.0.0.1:{port}");
        let raw = Post::new(
            "bob@plant.example",
            &format!("{version}@plant.example"),
            "Hello",
        )
        .raw;
        let raw = String::from_utf8(raw).expect("text");
        // s_client reads a line that begins with Q or R as a word to itself: hence -ign_eof.
        let session = format!(
            "EHLO front.example\r\nMAIL FROM:<bob@plant.example>\r\nRCPT TO:<{LIST}>\r\nDATA\r\n{raw}\r\n.\r\nQUIT\r\n"
        );
        let arguments = [
            "s_client",
            "-starttls",
            "smtp",
            "-connect",
            &connect,
            version,
            "-CAfile",
            &trusted,
            "-verify_return_error",
            "-verify_hostname",
            "localhost",
            "-quiet",
            "-ign_eof",
        ];
        let Some(said) = asked("openssl", &arguments, &session) else {
            break;
        };
        assert!(said.contains("221 2.0.0 goodbye"), "{version}: {said}");
        node.settle();
        assert_eq!(sink.copies(&format!("{version}@plant.example")).len(), 1);
    }
    let (file, server) = (format!("-F{trusted}"), format!("[127.0.0.1]:{port}"));
    let arguments = ["-c", "-lsecure", "-Lsummary", &file, &server, "localhost"];
    if let Some(said) = asked("posttls-finger", &arguments, "") {
        let expected = "Verified TLS connection established to";
        assert!(said.contains(expected), "{said}");
    }
}

fn serial(node: &Node) -> Option<String> {
    let connect = format!("127.0.0.1:{}", node.smtp.port());
    let arguments = ["s_client", "-starttls", "smtp", "-connect", &connect];
    let shown = asked("openssl", &arguments, "QUIT\r\n")?;
    asked("openssl", &["x509", "-noout", "-serial"], &shown)
}

fn a_renewed_certificate_is_shown_without_a_restart(database: &Database) {
    let sink = Sink::start();
    let mut node = node(database, &sink);
    node.start();
    let Some(first) = serial(&node) else { return };
    assert!(first.starts_with("serial=6F0694D5"), "{first}");
    // A chain that was cut, then a whole new pair.
    node.write("chain.pem", "-----BEGIN CERTIFICATE-----\n");
    node.hang_up();
    wait::until("the error to be logged", wait::SOON, || {
        node.log_tail()
            .contains("certificate_unusable")
            .then_some(())
    });
    assert_eq!(serial(&node), Some(first.clone()), "the old one stays");
    let (key, chain) = (node.path("key.pem"), node.path("chain.pem"));
    let (key, chain) = (key.display().to_string(), chain.display().to_string());
    let new = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "30",
        "-keyout",
        &key,
        "-out",
        &chain,
        "-subj",
        "/CN=localhost",
        "-set_serial",
        "4711",
    ];
    asked("openssl", &new, "").expect("a new pair");
    node.hang_up();
    let renewed = wait::until("the new certificate", wait::SOON, || {
        serial(&node).filter(|now| *now != first)
    });
    assert!(renewed.starts_with("serial=1267"), "{renewed}");
    assert!(
        Client::smtp(node.smtp)
            .expect("SMTP")
            .extensions
            .contains("STARTTLS")
    );
}

fn a_node_with_a_broken_certificate_does_not_start(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    node.run(&["check"]).ok();
    node.write("chain.pem", "nothing\n");
    for command in ["check", "serve"] {
        let refused = node.run(&[command]).refused();
        let expected = "chain.pem:1: there is no certificate in it";
        let said = refused.replace("chain.pem:1:1:", "chain.pem:1:");
        assert!(said.contains(expected), "{command}: {refused}");
    }
}
