//! What other servers send back: delivery reports, complaints, automatic replies.

use super::Node;
use super::client::Reply;
use super::sink::Received;

/// A delivery report (RFC 3464) about one address.
pub fn report(recipient: &str, action: &str, status: &str) -> String {
    format!(
        "From: <mailer-daemon@far.example>\r\nTo: <pumps@lists.example.org>\r\n\
         Subject: Delivery Status Notification\r\nAuto-Submitted: auto-replied\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nNot delivered.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; far.example\r\n\r\n\
         Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n--b--\r\n"
    )
}

/// A complaint (RFC 5965) about one mail.
pub fn complaint(kind: &str, more: &str, about: &Received) -> String {
    format!(
        "{more}From: <fbl@provider.example>\r\nTo: <abuse@lists.example.org>\r\nSubject: complaint\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nSomebody complained.\r\n\
         --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\n\
         User-Agent: Provider/1.0\r\nVersion: 1\r\n\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\n{}\r\n--b--\r\n",
        String::from_utf8_lossy(&about.raw)
    )
}

/// Hands in a message and lets the node do what follows.
#[track_caller]
pub fn hand_in(node: &Node, from: &str, to: &str, raw: &str) -> Reply {
    let replies = node.client().deliver(from, &[to], raw.as_bytes());
    node.settle();
    replies[0].clone()
}

/// A mail comes back to the address that it was sent from.
#[track_caller]
pub fn comes_back(node: &Node, mail: &Received, status: &str) {
    let raw = report(&mail.to, "failed", status);
    let reply = hand_in(node, "", &mail.from, &raw);
    assert_eq!(reply.code, 250, "{}: {reply:?}", mail.from);
}
