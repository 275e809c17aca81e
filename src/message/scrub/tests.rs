use super::*;
use proptest::prelude::*;

/// A token of 26 characters.
const T: &str = "abcdefghijklmnopqrstuvwxyz";

fn scrubbed(raw: &str) -> (String, Vec<(TokenKind, bool)>) {
    let found = scrub(raw.as_bytes(), "lists.example.org", "lists.example.org");
    let kinds = found.found.iter().map(|f| (f.kind, f.sealed)).collect();
    (String::from_utf8_lossy(&found.bytes).into_owned(), kinds)
}

fn post(head: &str, body: &str) -> String {
    let body = body.replace('\n', "\r\n");
    format!("From: ann@plant.example\r\nTo: pumps@lists.example.org\r\n{head}\r\n{body}")
}

#[test]
fn a_token_goes_and_all_else_stays() {
    use TokenKind::*;
    let cases = [
        (
            format!("to pumps-confirm+{T}@lists.example.org!\n"),
            Confirm,
        ),
        (
            format!("> <PUMPS-REPLY+{}@Lists.Example.ORG>\n", T.to_uppercase()),
            Reply,
        ),
        (format!("pumps-bounces+{T}234@lists.example.org"), Bounces),
        (format!("pumps+survey+{T}@lists.example.org"), Survey),
        (
            format!("<a href=3D\"mailto:pumps-reply%2B{T}%40lists.example.org?subject=x\">"),
            Reply,
        ),
        (
            format!("pumps-reply&#43;{T}&commat;lists.example.org"),
            Reply,
        ),
        (
            format!("https://lists.example.org/u/{T}abcdefghij."),
            Unsubscribe,
        ),
        (
            format!("https://lists.example.org:8443/base/r/{T}?x=1"),
            Form,
        ),
        (
            format!("https://lists.example.org/f/{T}/calendar.ics"),
            Feed,
        ),
        (format!("http://lists.example.org/me/{T})"), Me),
        (format!("https://lists.example.org/desk/{T}#top"), Desk),
        (
            format!("https://safe.example/?u=https%3A%2F%2Flists.example.org%2Fhold%2F{T}&x"),
            Hold,
        ),
        (format!("https://lists.example.org/hold/{T}/12"), Hold),
        (format!("https://lists.example.org/desk/{T}/join/12"), Desk),
        (format!("https://lists.example.org/me/{T}/data.json"), Me),
        (format!("https://lists.example.org/join/{T}\n"), Join),
    ];
    for (body, kind) in cases {
        let raw = post("", &body);
        let (after, found) = scrubbed(&raw);
        assert_eq!(found, [(kind, false)], "{body}");
        let at = raw.to_lowercase().find(T).unwrap();
        let rest = &raw[at..];
        let length = rest.find(|c: char| !matches!(c.to_ascii_lowercase(), 'a'..='z' | '2'..='7'));
        let expected = format!(
            "{}{MARK}{}",
            &raw[..at],
            &rest[length.unwrap_or(rest.len())..]
        );
        assert_eq!(after, expected, "{body}");
    }
}

#[test]
fn what_is_none_of_our_tokens_stays() {
    let bodies = [
        format!("pumps-rsvp+{T}@lists.example.org"),
        format!("pumps-reply+{T}@other.example.org"),
        format!("pumps-reply+{}@lists.example.org", &T[1..]),
        format!("pumpsreply+{T}@lists.example.org"),
        format!("https://lists.example.org/c/pumps/m/{T}"),
        format!("https://other.example/u/{T}"),
        format!("https://lists.example.org/u/{}", &T[1..]),
        "pumps-leave@lists.example.org https://lists.example.org/c/pumps/\n".to_owned(),
    ];
    for body in bodies {
        let raw = post(
            &format!("Subject: pumps-reply+{T}@lists.example.org\r\n"),
            &body,
        );
        let found = scrub(raw.as_bytes(), "lists.example.org", "lists.example.org");
        assert_eq!(found.found, [], "{body}");
        assert!(matches!(found.bytes, Cow::Borrowed(_)), "{body}");
    }
}

#[test]
fn broken_lines_hide_nothing() {
    let (a, b) = T.split_at(14);
    let qp = "Content-Transfer-Encoding: quoted-printable\r\n";
    let cases = [
        (
            qp,
            format!("pumps-reply+{a}=\n{b}@lists.example.org"),
            format!("pumps-reply+{MARK}=\r\n@lists.example.org"),
        ),
        (
            qp,
            format!("pumps-reply=2B{T}=40lists.exam=\nple.org"),
            format!("pumps-reply=2B{MARK}=40lists.exam=\r\nple.org"),
        ),
        (
            "",
            format!("> > pumps-reply+{a}\n> > {b}@lists.example.org\n"),
            format!("> > pumps-reply+{MARK}\r\n> > @lists.example.org\r\n"),
        ),
        (
            "",
            format!("> https://lists.example.org/me/{a} \n> {b}\n> next"),
            format!("> https://lists.example.org/me/{MARK} \r\n> \r\n> next"),
        ),
        (
            "",
            format!("https://lists.example.org/me/{T}\nnext"),
            format!("https://lists.example.org/me/{MARK}\r\nnext"),
        ),
    ];
    for (head, body, expected) in cases {
        let (after, found) = scrubbed(&post(head, &body));
        assert_eq!(found.len(), 1, "{body}");
        assert!(after.ends_with(&expected), "{after}");
    }
}

#[test]
fn base64_is_read_and_written_again() {
    let text = format!("Ä\r\npumps-confirm+{T}@lists.example.org\r\n");
    let body = String::from_utf8(transfer::base64_lines(text.as_bytes())).unwrap();
    let head = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n";
    let (after, found) = scrubbed(&format!("{head}\r\n{body}"));
    assert_eq!(found, [(TokenKind::Confirm, false)]);
    assert!(after.starts_with(head));
    assert_eq!(
        crate::message::parse(after.as_bytes()).text.trim(),
        text.replace(T, MARK).replace("\r\n", "\n").trim()
    );
}

#[test]
fn address_fields_lose_the_token_and_threads_stay() {
    let token = format!("pumps-reply+{T}@lists.example.org");
    let head = format!(
        "Cc: A <{token}>,\r\n bob@mill.example\r\nReply-To: {token}\r\nReferences: <{token}>\r\n"
    );
    let (after, found) = scrubbed(&post(&head, "x"));
    assert_eq!(found, [(TokenKind::Reply, false)]);
    let expected = head.replacen(T, MARK, 2);
    assert_eq!(after, post(&expected, "x"));
}

#[test]
fn a_forwarded_mail_loses_its_tokens_too() {
    let inner = format!("List-Unsubscribe: <https://lists.example.org/u/{T}>\n\nhello");
    let raw = post("Content-Type: message/rfc822\r\n", &inner);
    let (after, found) = scrubbed(&raw);
    assert_eq!(found, [(TokenKind::Unsubscribe, false)]);
    assert_eq!(after, raw.replace(T, MARK));
}

#[test]
fn what_is_sealed_stays_and_is_told() {
    let address = format!("pumps-reply+{T}@lists.example.org");
    let signed =
        format!("--b\n\n{address}\n--b\nContent-Type: application/pgp-signature\n\nx\n--b--\n");
    let armour = format!("-----BEGIN PGP SIGNED MESSAGE-----\n\n{address}\n");
    let cases = [
        post("Content-Type: multipart/signed; boundary=b\r\n", &signed),
        post("", &armour),
    ];
    for raw in cases {
        let (after, found) = scrubbed(&raw);
        assert_eq!(found, [(TokenKind::Reply, true)], "{raw}");
        assert_eq!(after, raw);
    }
    let mixed = format!(
        "--a\n\n{address}\n--a\nContent-Type: multipart/signed; boundary=b\n\n{signed}\n--a--\n"
    );
    let (after, found) = scrubbed(&post(
        "Content-Type: multipart/mixed; boundary=a\r\n",
        &mixed,
    ));
    assert_eq!(found, [(TokenKind::Reply, false), (TokenKind::Reply, true)]);
    assert_eq!(after.matches(T).count(), 1);
}

#[test]
fn tokens_are_found_across_the_pieces_of_a_long_text() {
    let address = format!("pumps-reply+{T}@lists.example.org ");
    for filler in (65_400..65_600).step_by(14).chain([131_020, 131_050]) {
        let raw = post(
            "",
            &format!("{}{address}{address}", "x ".repeat(filler / 2)),
        );
        let (after, found) = scrubbed(&raw);
        assert_eq!(found.len(), 1, "{filler}");
        assert_eq!(after, raw.replace(T, MARK), "{filler}");
    }
}

#[test]
fn the_tokens_that_we_make_are_found() {
    use crate::identity::tokens::{Purpose, Secret, random_token};
    let secret = Secret::generate();
    let made = [
        random_token().0,
        secret.sign(Purpose::Bounce, 7),
        secret.sign(Purpose::Unsubscribe, 7),
    ];
    for token in made {
        let body =
            format!("https://lists.example.org/u/{token}\npumps-bounces+{token}@lists.example.org");
        let (after, found) = scrubbed(&post("", &body));
        assert_eq!(found.len(), 2, "{token}");
        assert!(!after.contains(&token), "{after}");
    }
}

proptest! {
    /// Whatever surrounds it, a token goes, and once it is gone nothing more goes.
    #[test]
    fn scrubbing_twice_is_scrubbing_once(before in "[ -~\n]{0,60}[ \n]", after in "[ \n][ -~\n]{0,60}") {
        let body = format!("{before}pumps-reply+{T}@lists.example.org{after}");
        let raw = post("", &body);
        let once = scrub(raw.as_bytes(), "lists.example.org", "lists.example.org");
        prop_assert!(!String::from_utf8_lossy(&once.bytes).contains(T));
        let twice = scrub(&once.bytes, "lists.example.org", "lists.example.org");
        prop_assert_eq!(twice.found, vec![]);
    }

    #[test]
    fn nothing_makes_it_fall(raw in proptest::collection::vec(any::<u8>(), 0..400)) {
        let done = scrub(&raw, "ä.example", "");
        prop_assert_eq!(done.found, vec![]);
    }
}
