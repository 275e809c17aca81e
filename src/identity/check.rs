//! Our own checks of a message: SPF (RFC 7208), DKIM (RFC 6376), ARC (RFC 8617) and
//! DMARC (RFC 9989).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

use super::resolver::Resolver;
use super::special_use::is_special;
use super::{Checked, Policy, Strength};
use crate::clock;
use crate::message::Mail;
use crate::message::address::domain_of;
use crate::message::wire;

mod guard;
mod results;
mod signatures;
mod verdict;
mod verify;

use guard::Guard;

/// A message as it was handed in.
#[derive(Clone, Copy)]
pub struct Handed<'a> {
    /// The bytes as they came.
    pub raw: &'a [u8],
    /// What they were read as; who its author is, is said here alone.
    pub mail: &'a Mail,
    /// MAIL FROM; empty for the null sender.
    pub envelope_from: &'a str,
    /// What the peer called itself (EHLO); or empty.
    pub helo: &'a str,
    /// The IP address of whoever handed it in; or what else is known of them.
    pub peer: &'a str,
    /// lmtp, smtp or command.
    pub via: &'a str,
}

/// Whose word counts, and when.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// The domains whose ARC seals are believed, in lower case.
    pub trusted_sealers: &'a [String],
    /// Now by our clock, in milliseconds since 1970: a signature that has expired by it
    /// is none.
    pub now: i64,
}

/// Checks a message. It always ends within seconds, and what could not be found out is
/// `temperror` and [`Policy::Unknown`].
pub async fn check(resolver: &Resolver, handed: Handed<'_>, terms: Terms<'_>) -> Checked {
    let author = author(handed.mail);
    // The reading that everything else goes by: a signature over a second From or
    // Subject, which nobody here sees, must prove nothing of the first.
    let canonical = wire::canonical(handed.raw);
    let handed = Handed {
        raw: &canonical.bytes,
        ..handed
    };
    let work = Box::pin(patiently(resolver, handed, terms, author.as_deref()));
    unharmed(work).await.unwrap_or_else(|| {
        tracing::error!("the checks of a message failed in the program; it counts as not checked");
        Checked {
            results: "none (the program failed over it)".into(),
            strength: Strength::Bare,
            policy: author.map_or(Policy::None, |_| Policy::Unknown),
            author_signatures: Vec::new(),
        }
    })
}

/// The one author, if there is exactly one.
fn author(mail: &Mail) -> Option<String> {
    let [author] = mail.from.as_slice() else {
        return None;
    };
    let is_whole = mail.has_one_author && !domain_of(&author.address).is_empty();
    is_whole.then(|| author.address.clone())
}

async fn patiently(
    resolver: &Resolver,
    handed: Handed<'_>,
    terms: Terms<'_>,
    author: Option<&str>,
) -> Checked {
    let is_forgiven =
        resolver.is_forgiving() && is_special(author.map(domain_of).unwrap_or_default());
    let run = async |guard: Guard| {
        let ask = verify::Ask {
            resolver: resolver.authenticator(),
            guard,
            author,
        };
        verify::verify(&ask, handed, terms).await
    };
    if let Some(patience) = resolver.patience().await {
        let start = clock::monotonic();
        let asked = tokio::select! {
            found = run(Guard::open()) => Some(found),
            () = resolver.lose(patience) => None,
        };
        resolver.note(start.elapsed());
        match asked {
            Some(found) if !(found.is_open && is_forgiven) => return found.checked,
            _ => {}
        }
    }
    // Nobody owns the forgiven names, so that what cannot be found out of them is not
    // there: a machine without a resolver must not hold up what can be no real mail.
    let guard = match is_forgiven {
        true => Guard::nothing_exists(),
        false => Guard::nobody_answers(),
    };
    run(guard).await.checked
}

/// A future that ends in `None` where it panics: mail-auth unwraps here and there, over
/// what strangers write and publish.
async fn unharmed<T>(mut work: Pin<Box<impl Future<Output = T>>>) -> Option<T> {
    std::future::poll_fn(move |cx| {
        match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(found)) => Poll::Ready(Some(found)),
            Err(_) => Poll::Ready(None),
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_no_result() {
        let number = |n: u8| async move { [1, 2][usize::from(n)] };
        assert_eq!(unharmed(Box::pin(number(1))).await, Some(2));
        assert_eq!(unharmed(Box::pin(number(7))).await, None);
    }
}
