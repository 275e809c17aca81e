use super::super::parse::parse;
use super::Class;
use crate::message::Kind;

fn report(parts: &str) -> String {
    format!(
        "From: MAILER-DAEMON@y.example\nTo: pumps-bounces+token@lists.example\nSubject: Undelivered\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nNo.\n{parts}--b--\n"
    )
}

const STATUS: &str = "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.y.example\nOriginal-Envelope-Id: d7\n\n\
    Final-Recipient: rfc822; ann@x.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550\n 5.1.1 unknown\n";

#[test]
fn a_report_says_what_came_back() {
    for returned in [
        "--b\nContent-Type: message/rfc822\n\nMessage-ID: <1@x.example>\nSubject: pumps\nFrom: b@x.example\n\nHello\n",
        "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <1@x.example>\nSubject: pumps\n\n",
        "--b\nContent-Type: message/global-headers\n\nMessage-ID: <1@x.example>\n\n",
    ] {
        let mail = parse(report(&format!("{STATUS}{returned}")).as_bytes());
        let said = mail.report.unwrap();
        assert!(said.has_status_part);
        assert_eq!(said.envelope_id.as_deref(), Some("d7"));
        assert_eq!(said.reporting_mta.as_deref(), Some("mx.y.example"));
        assert_eq!(
            said.returned_message_id.as_deref(),
            Some("1@x.example"),
            "{returned}"
        );
        assert_eq!(mail.bounce.len(), 1);
        assert_eq!(
            mail.bounce[0].diagnostic.as_deref(),
            Some("550 5.1.1 unknown")
        );
    }
}

#[test]
fn words_alone_say_it_too() {
    let raw = "From: MAILER-DAEMON@y.example\nSubject: failure notice\n\n\
        I wasn't able to deliver your message to the following addresses.\n\n<ann@x.example>:\nno mailbox (#5.1.1)\n\n\
        --- Below this line is a copy of the message.\n\nReturn-Path: <b@x.example>\nMessage-ID: <1@x.example>\nTo: <other@x.example>\n";
    let mail = parse(raw.as_bytes());
    let said = mail.report.unwrap();
    assert!(!said.has_status_part);
    assert_eq!(said.returned_message_id.as_deref(), Some("1@x.example"));
    assert_eq!(mail.bounce.len(), 1);
    assert_eq!(
        (mail.bounce[0].address.as_str(), mail.bounce[0].class),
        ("ann@x.example", Class::Permanent)
    );
}

#[test]
fn a_report_that_a_gateway_wrapped_is_read() {
    let inner = report(STATUS).replace("=b\n", "=c\n").replace("--b", "--c");
    let raw = format!(
        "From: postmaster@y.example\nSubject: Delivery Status Notification (Failure)\n\
         Content-Type: multipart/mixed; report-type=delivery-status; boundary=b\n\n\
         --b\nContent-Type: message/rfc822\n\n{inner}\n--b--\n"
    );
    assert_eq!(parse(raw.as_bytes()).bounce.len(), 1);
}

#[test]
fn a_report_that_somebody_forwards_is_a_post() {
    let raw = format!(
        "From: Ann <ann@x.example>\nSubject: look at this\nContent-Type: multipart/mixed; boundary=c\n\n\
         --c\n\nWhat is that?\n--c\nContent-Type: message/rfc822\n\n{}\n--c--\n",
        report(STATUS)
    );
    assert_eq!(parse(raw.as_bytes()).kind, Kind::Post);
}

/// Time grows with the text, whatever stands in it, and what is kept has an end.
#[test]
fn a_long_notice_is_read_quickly_and_in_part() {
    let began = crate::clock::monotonic();
    for piece in [
        "<a@x.example>:\n",
        "unable to deliver message to ",
        "a@",
        "550-5.1.1 ",
        "Final-Recipient: rfc822;a@x.example\n\n",
    ] {
        let raw = format!(
            "From: MAILER-DAEMON@y.example\nSubject: failure notice\n\n{}",
            piece.repeat(20_000)
        );
        assert!(parse(raw.as_bytes()).bounce.len() <= 1);
    }
    let many: String = (0..5_000)
        .map(|n| format!("<a{n}@x.example>: 550 no\n"))
        .collect();
    let raw = format!("From: MAILER-DAEMON@y.example\nSubject: failure notice\n\n{many}");
    assert!((900..=1_000).contains(&parse(raw.as_bytes()).bounce.len()));
    assert!(began.elapsed().as_secs() < 60, "took {:?}", began.elapsed());
}
