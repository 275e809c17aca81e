//! The button that a mail program shows for List-Unsubscribe-Post (RFC 8058).

use anyhow::Context;

use super::browser;
use crate::message::headers::section;

const BODY: &str = "List-Unsubscribe=One-Click";

/// Presses the button of this mail, whose pages are at `base`, as
/// `http://127.0.0.1:8080`.
///
/// # Errors
/// Where the mail has no button, or the answer is not 200.
pub(super) async fn press(base: &str, mail: &[u8]) -> anyhow::Result<()> {
    let link = link(mail).context("the mail has no List-Unsubscribe link to press")?;
    browser::post(base, &link, BODY).await.map(drop)
}

/// The web address in List-Unsubscribe, where List-Unsubscribe-Post allows to press it.
fn link(mail: &[u8]) -> Option<String> {
    let head = section(mail, 0, mail.len());
    let allowed = head.find(mail, "List-Unsubscribe-Post")?.text_in(mail);
    let addresses = head.find(mail, "List-Unsubscribe")?.text_in(mail);
    let mut web = addresses
        .split(',')
        .map(|one| one.trim().trim_matches(['<', '>']));
    let found = web.find(|one| one.starts_with("http"))?.to_owned();
    (allowed == BODY).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_pressed_is_pressed() {
        let post = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
        let folded = "List-Unsubscribe: <http://a.example/u/t>,\r\n <mailto:leave@a.example>\r\n";
        let mail = |fields: &str| format!("{fields}\r\nbody").into_bytes();
        let found = Some("http://a.example/u/t".to_owned());
        assert_eq!(link(&mail(&format!("{folded}{post}"))), found);
        assert_eq!(link(&mail(folded)), None);
        assert_eq!(link(&mail(post)), None);
    }
}
