//! Who looks at an archive: anybody, or a member whose browser was let in from their own
//! page (`/me/TOKEN`). What the browser keeps is a cookie for that community's archive
//! alone, which opens nothing else and can change nothing.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::{self, HeaderMap};
use axum::http::request::Parts;

use crate::context::Context;
use crate::lists::roles::{self, Act};
use crate::store::members::{self, Member};
use crate::store::{self, Tx};

/// The cookie's name.
const NAME: &str = "folkmoot_reader";
/// How long a browser is let in, in hours: a member who leaves is a stranger at once.
const HOURS: i64 = 30 * 24;
/// So many cookies of that name are looked at: a browser sends one.
const MOST: usize = 4;

/// What a request shows of who sends it.
#[derive(Debug, Default)]
pub(super) struct Visitor {
    tokens: Vec<String>,
    is_operator: bool,
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Visitor, Infallible> {
        let tokens = tokens(&parts.headers).take(MOST).map(str::to_owned);
        Ok(Visitor {
            tokens: tokens.collect(),
            is_operator: false,
        })
    }
}

impl Visitor {
    /// Whoever runs the installation, at the command line: sees what members see.
    pub(super) fn operator() -> Visitor {
        Visitor {
            tokens: Vec::new(),
            is_operator: true,
        }
    }

    /// Whether it is the operator.
    pub(super) fn is_operator(&self) -> bool {
        self.is_operator
    }

    /// Whether they are on the list of that community now.
    pub(super) async fn is_member(
        &self,
        tx: &mut Tx,
        ctx: &Context,
        community: i64,
    ) -> store::Result<bool> {
        if self.is_operator {
            return Ok(true);
        }
        let read = self.tokens.iter();
        let read = read.filter_map(|token| ctx.secret.verify_reader(token));
        for (member, _) in read.filter(|(_, until)| *until > hour(ctx)) {
            let found = members::by_id(tx, member).await?;
            let reads = |member: &Member| {
                member.community_id == community
                    && member.on_list()
                    && roles::may(member, Act::ReadArchive)
            };
            if found.as_ref().is_some_and(reads) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether a request shows that somebody was let in somewhere: what they get is kept by
/// no proxy.
pub(super) fn is_let_in(headers: &HeaderMap) -> bool {
    tokens(headers).next().is_some()
}

/// The value of `Set-Cookie` (RFC 6265, section 4.1) that lets a browser in as this
/// member of the community `slug`. Links in mails and other pages lead into the archive,
/// so that it is sent with those too, but never by another site's forms and frames.
pub(super) fn let_in(ctx: &Context, slug: &str, member: &Member) -> String {
    let token = ctx.secret.sign_reader(member.id, hour(ctx) + HOURS);
    let secure = match ctx.settings.base_url.starts_with("https:") {
        true => "; Secure",
        false => "",
    };
    let age = HOURS * 3_600;
    format!("{NAME}={token}; Path=/c/{slug}/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}")
}

fn tokens(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let all = headers.get_all(header::COOKIE).iter();
    let all = all.filter_map(|value| value.to_str().ok());
    let pairs = all.flat_map(|value| value.split(';'));
    pairs.filter_map(|pair| pair.trim().strip_prefix(NAME)?.strip_prefix('='))
}

fn hour(ctx: &Context) -> i64 {
    ctx.now() / 3_600_000
}
