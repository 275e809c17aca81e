//! Tokens: signed ones that need no row (who is meant follows from the token),
//! and random ones of which only the hash is kept.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::base32;
use crate::random;

/// The installation's signing key.
#[derive(Clone)]
pub struct Secret([u8; 32]);

/// What a signed token is for. A token of one kind is worth nothing as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The envelope sender of one delivery (VERP); the id is the outbox row's.
    Bounce,
    /// One-click unsubscribe (RFC 8058) as it was once: the same for all mails to a
    /// member; the id is the member's. See [`Secret::sign_unsubscribe`].
    Unsubscribe,
    /// The same for a guest of one thread; the id is the outbox row's.
    GuestEnd,
    /// One-click unsubscribe of a mail of ours that is no post: no more of its kind; the
    /// id is the outbox row's.
    KindEnd,
    /// The Reply-To of one delivery of a mail of ours; the id is the outbox row's.
    Reply,
    /// A member's own address, stable for life; the id is the member's.
    Rsvp,
    /// The page on which a member answers the invitation to a series. See
    /// [`Secret::sign_answer`].
    Answer,
    /// A member's feed, which opens nothing else. See [`Secret::sign_feed`].
    Feed,
    /// A browser that reads a community's archive as a member. See
    /// [`Secret::sign_reader`].
    Reader,
    /// Somebody's own address in one wave of a survey, and their page; the id is that of
    /// their row, which goes when the wave closes.
    Survey,
    /// The Message-ID of a member's invitation to a series, which is no token: see
    /// [`Secret::name_invitation`].
    Invitation,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Purpose::Bounce => b"bounce",
            Purpose::Unsubscribe => b"unsubscribe",
            Purpose::GuestEnd => b"guest-end",
            Purpose::KindEnd => b"kind-end",
            Purpose::Reply => b"reply",
            Purpose::Rsvp => b"rsvp",
            Purpose::Answer => b"answer",
            Purpose::Feed => b"feed",
            Purpose::Reader => b"reader",
            Purpose::Survey => b"survey",
            Purpose::Invitation => b"invitation",
        }
    }

    /// Octets of signature. A bounce address must fit the 64 octets of a local
    /// part, with the longest slug before it; a link has room for the full 128 bits.
    fn signature_length(self) -> usize {
        match self {
            Purpose::Bounce | Purpose::Reply | Purpose::Rsvp | Purpose::Survey => 12,
            Purpose::Unsubscribe
            | Purpose::GuestEnd
            | Purpose::KindEnd
            | Purpose::Answer
            | Purpose::Feed
            | Purpose::Reader
            | Purpose::Invitation => 16,
        }
    }
}

impl Secret {
    /// A new key.
    pub fn generate() -> Secret {
        Secret(random::bytes())
    }

    /// The key from its text form.
    pub fn from_text(text: &str) -> Option<Secret> {
        base32::decode(text)?.get(..32)?.try_into().ok().map(Secret)
    }

    /// The key as text, to be kept in the database.
    pub fn to_text(&self) -> String {
        base32::encode(&self.0)
    }

    /// The token for row `id`: six octets of id, then the signature.
    pub fn sign(&self, purpose: Purpose, id: i64) -> String {
        let id = id.to_be_bytes();
        let mut token = id[2..].to_vec();
        let signature = self.mac(purpose, &id).finalize().into_bytes();
        token.extend_from_slice(&signature[..purpose.signature_length()]);
        base32::encode(&token)
    }

    /// The row that this token was signed for, compared in constant time.
    pub fn verify(&self, purpose: Purpose, token: &str) -> Option<i64> {
        let token = base32::decode(token)?;
        if token.len() != 6 + purpose.signature_length() {
            return None;
        }
        let (id, signature) = token.split_at(6);
        let mut whole = [0u8; 8];
        whole[2..].copy_from_slice(id);
        self.mac(purpose, &whole)
            .verify_truncated_left(signature)
            .ok()?;
        Some(i64::from_be_bytes(whole))
    }

    /// The unsubscribe token of one delivery to a member. It says whose it is, so that it
    /// works for as long as there is the member, and is another in each mail: whoever
    /// shows one to a whole list, so that it is revoked, leaves by those of other mails.
    pub fn sign_unsubscribe(&self, member: i64, delivery: i64) -> String {
        self.sign_pair(Purpose::Unsubscribe, member, delivery)
    }

    /// The member whom an unsubscribe token was signed for, of either kind.
    pub fn verify_unsubscribe(&self, token: &str) -> Option<i64> {
        let old = || self.verify(Purpose::Unsubscribe, token);
        old().or_else(|| self.unsubscribed_delivery(token).map(|(member, _)| member))
    }

    /// The member and the delivery (an outbox row) that an unsubscribe token was signed
    /// for.
    pub fn unsubscribed_delivery(&self, token: &str) -> Option<(i64, i64)> {
        self.verify_pair(Purpose::Unsubscribe, token)
    }

    /// The token of the page on which a member answers the invitation to a series.
    pub fn sign_answer(&self, member: i64, series: i64) -> String {
        self.sign_pair(Purpose::Answer, member, series)
    }

    /// The member and the series that such a token was signed for.
    pub fn verify_answer(&self, token: &str) -> Option<(i64, i64)> {
        self.verify_pair(Purpose::Answer, token)
    }

    /// The token of a member's feed. Their turn counts up when they end it, or leave.
    pub fn sign_feed(&self, member: i64, turn: i64) -> String {
        self.sign_pair(Purpose::Feed, member, turn)
    }

    /// The member and the turn that a feed's token was signed for.
    pub fn verify_feed(&self, token: &str) -> Option<(i64, i64)> {
        self.verify_pair(Purpose::Feed, token)
    }

    /// What a browser shows that may read a community's archive as this member until then
    /// (whole hours since 1970).
    pub fn sign_reader(&self, member: i64, until: i64) -> String {
        self.sign_pair(Purpose::Reader, member, until)
    }

    /// The member and the hour of the end that such a token was signed for.
    pub fn verify_reader(&self, token: &str) -> Option<(i64, i64)> {
        self.verify_pair(Purpose::Reader, token)
    }

    /// A name for the first invitation of a member to a series, which nobody can tell
    /// before it comes. It opens nothing.
    pub fn name_invitation(&self, series: i64, member: i64) -> String {
        let (series, member) = (series.to_be_bytes(), member.to_be_bytes());
        let mac = self.pair_mac(Purpose::Invitation, &series, &member);
        base32::encode(&mac.finalize().into_bytes()[..16])
    }

    /// A token of two numbers: six octets of each, then the signature.
    fn sign_pair(&self, purpose: Purpose, one: i64, other: i64) -> String {
        let (one, other) = (one.to_be_bytes(), other.to_be_bytes());
        let mut token = [&one[2..], &other[2..]].concat();
        let signature = self.pair_mac(purpose, &one, &other);
        token.extend_from_slice(&signature.finalize().into_bytes()[..16]);
        base32::encode(&token)
    }

    fn verify_pair(&self, purpose: Purpose, token: &str) -> Option<(i64, i64)> {
        let token = base32::decode(token)?;
        let (ids, signature) = token.split_at_checked(12)?;
        if signature.len() != 16 {
            return None;
        }
        let whole = |six: &[u8]| {
            let mut whole = [0u8; 8];
            whole[2..].copy_from_slice(six);
            whole
        };
        let (one, other) = (whole(&ids[..6]), whole(&ids[6..]));
        self.pair_mac(purpose, &one, &other)
            .verify_truncated_left(signature)
            .ok()?;
        Some((i64::from_be_bytes(one), i64::from_be_bytes(other)))
    }

    fn pair_mac(&self, purpose: Purpose, one: &[u8], other: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.mac(purpose, one);
        mac.update(b"of");
        mac.update(other);
        mac
    }

    fn mac(&self, purpose: Purpose, id: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(purpose.label());
        mac.update(id);
        mac
    }
}

/// A random token of 128 bits and the hash under which it is kept.
pub fn random_token() -> (String, Vec<u8>) {
    let token = base32::encode(&random::bytes::<16>());
    let hash = hash(&token);
    (token, hash)
}

/// The hash under which a random token is kept. Case does not matter.
pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.to_ascii_lowercase().as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_works_for_its_own_purpose_and_key_only() {
        let secret = Secret::generate();
        let token = secret.sign(Purpose::Bounce, 77);
        assert_eq!(secret.verify(Purpose::Bounce, &token), Some(77));
        assert_eq!(
            secret.verify(Purpose::Bounce, &token.to_uppercase()),
            Some(77)
        );
        assert_eq!(secret.verify(Purpose::Unsubscribe, &token), None);
        assert_eq!(Secret::generate().verify(Purpose::Bounce, &token), None);
        assert_eq!(secret.verify(Purpose::Bounce, &token[1..]), None);
    }

    #[test]
    fn each_mail_has_an_unsubscribe_token_of_its_own() {
        let secret = Secret::generate();
        let (one, other) = (secret.sign_unsubscribe(7, 1), secret.sign_unsubscribe(7, 2));
        assert_ne!(one, other);
        let old = secret.sign(Purpose::Unsubscribe, 7);
        for token in [&one, &other, &old] {
            assert_eq!(secret.verify_unsubscribe(token), Some(7));
            assert_eq!(secret.verify(Purpose::Reply, token), None);
        }
        assert_eq!(secret.verify_unsubscribe(&one[1..]), None);
        assert_eq!(
            secret.verify_unsubscribe(&secret.sign(Purpose::GuestEnd, 7)),
            None
        );
        assert_eq!(Secret::generate().verify_unsubscribe(&one), None);
    }

    #[test]
    fn a_page_s_token_opens_that_page_alone() {
        let secret = Secret::generate();
        let token = secret.sign_answer(7, 3);
        assert_eq!(secret.verify_answer(&token), Some((7, 3)));
        assert_eq!(secret.verify_unsubscribe(&token), None);
        assert_eq!(secret.verify_feed(&token), None);
        assert_eq!(secret.verify_answer(&secret.sign_unsubscribe(7, 3)), None);
        assert_eq!(secret.verify_answer(&secret.sign(Purpose::Rsvp, 7)), None);
        assert_eq!(Secret::generate().verify_answer(&token), None);
    }

    #[test]
    fn a_feeds_token_opens_nothing_else() {
        let secret = Secret::generate();
        let token = secret.sign_feed(7, 1);
        assert_eq!(secret.verify_feed(&token), Some((7, 1)));
        assert_eq!(secret.verify_unsubscribe(&token), None);
        assert_eq!(secret.verify_feed(&secret.sign_unsubscribe(7, 1)), None);
        assert_eq!(secret.verify_feed(&secret.sign(Purpose::Feed, 7)), None);
        assert_ne!(token, secret.sign_feed(7, 2));
        assert_eq!(Secret::generate().verify_feed(&token), None);
    }

    #[test]
    fn the_longest_bounce_address_fits_a_local_part() {
        let token = Secret::generate().sign(Purpose::Bounce, i64::MAX >> 16);
        assert!(
            "-bounces+".len() + 24 + token.len() <= 64,
            "{}",
            token.len()
        );
        let reply = Secret::generate().sign(Purpose::Reply, i64::MAX >> 16);
        assert!("-reply+".len() + 24 + reply.len() <= 64);
        assert!("-confirm+".len() + 24 + random_token().0.len() <= 64);
    }

    #[test]
    fn a_key_survives_its_text_form() {
        let secret = Secret::generate();
        let again = Secret::from_text(&secret.to_text()).unwrap();
        assert_eq!(
            again.verify(Purpose::Bounce, &secret.sign(Purpose::Bounce, 1)),
            Some(1)
        );
    }
}
