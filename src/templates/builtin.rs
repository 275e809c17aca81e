//! The templates that are part of the program.

use std::collections::BTreeMap;

use super::Source;

/// Embeds files of `templates/` under their relative names.
macro_rules! embed {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../templates/", $name)))),*]
    };
}

#[rustfmt::skip]
const FILES: &[(&str, &str)] = embed! {
    "en/charter-review.html"
    "en/charter-review.subject"
    "en/charter-review.txt"
    "en/clarification.html"
    "en/clarification.subject"
    "en/clarification.txt"
    "en/confirm.html"
    "en/confirm.subject"
    "en/confirm.txt"
    "en/footer.html"
    "en/footer.txt"
    "en/goodbye.html"
    "en/goodbye.subject"
    "en/goodbye.txt"
    "en/hold-notice.html"
    "en/hold-notice.subject"
    "en/hold-notice.txt"
    "en/layout.html"
    "en/link.html"
    "en/link.subject"
    "en/link.txt"
    "en/moderation.html"
    "en/moderation.subject"
    "en/moderation.txt"
    "en/receipt.html"
    "en/receipt.subject"
    "en/receipt.txt"
    "en/welcome.html"
    "en/welcome.subject"
    "en/welcome.txt"
    "web/attachments.html"
    "web/body.html"
    "web/community_front.html"
    "web/community_index.html"
    "web/demo_index.html"
    "web/demo_mail.html"
    "web/demo_mailbox.html"
    "web/layout.html"
    "web/message.html"
    "web/notice.html"
    "web/pager.html"
    "web/search.html"
    "web/search_form.html"
    "web/spans.html"
    "web/style.css"
    "web/thread.html"
    "web/unsubscribe_done.html"
    "web/unsubscribe_form.html"
};

/// The built-in templates by name.
pub(super) fn sources() -> BTreeMap<String, Source> {
    FILES
        .iter()
        .map(|(name, text)| ((*name).to_owned(), source(name, text)))
        .collect()
}

fn source(name: &str, text: &str) -> Source {
    Source {
        text: text.to_owned(),
        origin: format!("built-in templates/{name}"),
    }
}
