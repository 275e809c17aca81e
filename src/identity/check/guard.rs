//! Stands where mail-auth looks for what it has kept, before it asks the resolver, and
//! can answer in its place. (What is kept, the resolver keeps itself.)

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use mail_auth::hickory_resolver::proto::op::ResponseCode;
use mail_auth::{DnsError, Error, ResolverCache, Txt};

/// The most questions for text records that one message may cause. Ten signatures with
/// the tree walks of their domains, SPF, and a chain of seals are below it.
const MOST_QUESTIONS: usize = 300;

/// Whether the resolver is asked for text records, with which every check begins.
pub(super) struct Guard {
    instead: Option<Error>,
    asked: AtomicUsize,
}

impl Guard {
    /// The resolver is asked, so often.
    pub(super) fn open() -> Guard {
        Guard {
            instead: None,
            asked: AtomicUsize::new(0),
        }
    }

    /// Nothing is asked, and everything is unknown.
    pub(super) fn nobody_answers() -> Guard {
        Guard {
            instead: Some(unknown("the resolver does not answer")),
            ..Guard::open()
        }
    }

    /// Nothing is asked, and nothing exists.
    pub(super) fn nothing_exists() -> Guard {
        let error = Error::Dns(DnsError::RecordNotFound(ResponseCode::NXDomain));
        Guard {
            instead: Some(error),
            ..Guard::open()
        }
    }
}

fn unknown(why: &str) -> Error {
    Error::Dns(DnsError::Resolver(why.into()))
}

impl ResolverCache<Box<str>, Txt> for Guard {
    fn get<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        let too_many = || (asked >= MOST_QUESTIONS).then(|| unknown("too many questions"));
        self.instead.clone().or_else(too_many).map(Txt::Error)
    }

    fn remove<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }

    fn insert(&self, _: Box<str>, _: Txt, _: Instant) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_counted() {
        let guard = Guard::open();
        let asked = |guard: &Guard| guard.get::<str>("x.example").is_some();
        assert_eq!((0..400).filter(|_| !asked(&guard)).count(), MOST_QUESTIONS);
        assert!(asked(&Guard::nobody_answers()) && asked(&Guard::nothing_exists()));
    }
}
