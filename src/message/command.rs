//! Mail that asks the list server for something, as far as the mail itself shows it.
//! Routing decides by the envelope; this is what `inspect` can say without one.

use super::address::local_of;
use super::parse::Mail;

const ENDINGS: [&str; 6] = [
    "-request",
    "-join",
    "-leave",
    "-subscribe",
    "-unsubscribe",
    "-confirm",
];

pub(super) fn is_one(mail: &Mail) -> bool {
    !mail.to.is_empty()
        && mail.to.iter().all(|to| {
            let local = local_of(&to.address);
            let plain = local.split_once('+').map_or(local, |(before, _)| before);
            ENDINGS.iter().any(|ending| plain.ends_with(ending))
        })
}
