//! A complaint is a kind of its own, and its fields are single lines with an end.
#![no_main]

use folkmoot::message::{Kind, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    let mail = parse(raw);
    assert_eq!(mail.kind == Kind::FeedbackReport, mail.feedback.is_some());
    let Some(report) = mail.feedback else { return };
    let fields = [
        report.user_agent,
        report.original_mail_from,
        report.original_rcpt_to,
        report.list_unsubscribe,
        report.return_path,
        report.message_id,
    ];
    for field in fields.into_iter().flatten() {
        assert!(field.len() <= 2_000 && !field.contains('\n'));
    }
});
