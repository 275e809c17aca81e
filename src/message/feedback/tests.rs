use super::super::parse::parse;
use super::FeedbackReport;
use crate::message::Kind;

const ARF: &str = "From: Feedback <feedback@provider.example>\nTo: abuse@lists.example\nSubject: FW: pumps\n\
Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n\
--b\n\nThis is an email abuse report.\n\
--b\nContent-Type: message/feedback-report\n\n\
Feedback-Type: Abuse\nUser-Agent: Provider/1.0\nVersion: 1\nOriginal-Mail-From: <pumps-bounces+token@lists.example>\n\
Original-Rcpt-To: <ann@provider.example>\nSource-IP: 192.0.2.1\nReported-Domain: Lists.example\nArrival-Date: Mon, 5 Jan 2026 09:00:00 +0000\n\
--b\nContent-Type: message/rfc822\n\n\
Return-Path: <pumps-bounces+token@lists.example>\nMessage-ID: <1@x.example>\n\
List-Unsubscribe: <https://lists.example/u/token>,\n <mailto:pumps-leave+token@lists.example>\nSubject: pumps\n\nHello\n--b--\n";

fn read(raw: &str) -> Option<FeedbackReport> {
    let mail = parse(raw.as_bytes());
    assert_eq!(mail.kind == Kind::FeedbackReport, mail.feedback.is_some());
    assert!(mail.bounce.is_empty());
    mail.feedback
}

#[test]
fn a_complaint_names_the_delivery_that_it_is_about() {
    let report = read(ARF).unwrap();
    assert!(report.is_complaint() && !report.is_redacted);
    let texts = [
        (&report.user_agent, "Provider/1.0"),
        (&report.version, "1"),
        (
            &report.original_mail_from,
            "pumps-bounces+token@lists.example",
        ),
        (&report.original_rcpt_to, "ann@provider.example"),
        (&report.source_ip, "192.0.2.1"),
        (&report.reported_domain, "lists.example"),
        (&report.arrival_date, "Mon, 5 Jan 2026 09:00:00 +0000"),
        (&report.message_id, "1@x.example"),
        (&report.return_path, "pumps-bounces+token@lists.example"),
        (
            &report.list_unsubscribe,
            "<https://lists.example/u/token>, <mailto:pumps-leave+token@lists.example>",
        ),
    ];
    for (found, expected) in texts {
        assert_eq!(found.as_deref(), Some(expected));
    }
}

#[test]
fn a_redacted_recipient_is_said_to_be_one() {
    for redacted in [
        "redacted",
        "redacted@provider.example",
        "aGFzaA@provider.example",
    ] {
        let raw = ARF.replace("ann@provider.example", redacted);
        let report = read(&raw).unwrap();
        assert_eq!(
            report.is_redacted,
            redacted.contains("redacted"),
            "{redacted}"
        );
    }
    let older = ARF.replace(
        "Original-Rcpt-To: <ann@provider.example>",
        "Redacted-Address: redacted",
    );
    assert!(read(&older).unwrap().is_redacted);
}

#[test]
fn what_takes_a_complaint_back_is_none() {
    for (kind, complaint) in [
        ("abuse", true),
        ("opt-out", true),
        ("fraud", true),
        ("not-spam", false),
        ("virus", false),
        ("auth-failure", false),
    ] {
        let raw = ARF.replace("Feedback-Type: Abuse", &format!("Feedback-Type: {kind}"));
        assert_eq!(read(&raw).unwrap().is_complaint(), complaint, "{kind}");
    }
}

#[test]
fn only_the_header_of_the_mail_is_enough() {
    let raw = ARF.replace(
        "Content-Type: message/rfc822",
        "Content-Type: text/rfc822-headers",
    );
    assert_eq!(
        read(&raw).unwrap().message_id.as_deref(),
        Some("1@x.example")
    );
}

#[test]
fn the_older_form_is_only_an_attached_mail() {
    let raw = "From: <staff@hotmail.com>\nSubject: complaint about message from 192.0.2.1\n\
        Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n\
        X-HmXmrOriginalRecipient: <ann@provider.example>\nReturn-Path: <pumps-bounces+token@lists.example>\n\
        Message-ID: <1@x.example>\nSubject: pumps\n\nHello\n--b--\n";
    let report = read(raw).unwrap();
    assert!(report.is_complaint());
    assert_eq!(
        report.original_rcpt_to.as_deref(),
        Some("ann@provider.example")
    );
    assert_eq!(report.message_id.as_deref(), Some("1@x.example"));
    let forwarded = raw
        .replace("staff@hotmail.com", "ann@x.example")
        .replace("X-HmXmr", "X-");
    assert_eq!(
        read(&forwarded),
        None,
        "anybody may forward a mail with such a subject"
    );
}

#[test]
fn a_report_without_its_part_is_one_that_says_nothing() {
    let raw = "From: a@x.example\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nspam\n--b--\n";
    assert_eq!(read(raw), Some(FeedbackReport::default()));
}
