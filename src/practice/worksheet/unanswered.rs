//! Questions that nobody answers, and first posts of people who are new.

use super::DAY;
use super::gather::Source;
use super::item::{Item, Rank, age, short, who};
use crate::links;
use crate::lists::home::Home;
use crate::message::visible::visible_text;
use crate::message::{Mail, words};
use crate::store::attention::{self, Unanswered};
use crate::store::{self, Millis, Tx};
use crate::templates::Phrase;

/// Both are about a post: a first post that asks something is one item.
const KIND: &str = "post";

/// A community has so long to answer by itself.
const PATIENCE: Millis = 3 * DAY;

/// Somebody new is not left without an answer for longer.
const WELCOME: Millis = DAY;

/// What is older has been lived with.
const OLDEST: Millis = 30 * DAY;

pub(super) const QUESTIONS: Source = Source {
    kind: KIND,
    gather: |tx, home| Box::pin(questions(tx, home)),
    settle: None,
};

pub(super) const NEWCOMERS: Source = Source {
    kind: KIND,
    gather: |tx, home| Box::pin(newcomers(tx, home)),
    settle: None,
};

async fn questions(tx: &mut Tx, home: &Home<'_>) -> store::Result<Vec<Item>> {
    let while_ago = (home.now() - OLDEST, home.now() - PATIENCE);
    let all = attention::questions(tx, home.community.id, while_ago).await?;
    let asking = all.iter().filter(|post| asks(post));
    Ok(asking
        .map(|post| item(home, post, "worksheet_question"))
        .collect())
}

async fn newcomers(tx: &mut Tx, home: &Home<'_>) -> store::Result<Vec<Item>> {
    let while_ago = (home.now() - OLDEST, home.now() - WELCOME);
    let all = attention::newcomers(tx, home.community.id, while_ago).await?;
    Ok(all
        .iter()
        .map(|post| item(home, post, "worksheet_newcomer"))
        .collect())
}

/// Whether the author asks something: what they quote, and an address with a question
/// mark in it, do not.
fn asks(post: &Unanswered) -> bool {
    let said = Mail {
        visible_text: format!("{}\n{}", post.subject, visible_text(&post.text)),
        ..Mail::default()
    };
    words::answer(&said).is_question
}

fn item(home: &Home<'_>, post: &Unanswered, key: &'static str) -> Item {
    let title = Phrase::new(key)
        .with("author", who(&post.author_name, &post.author_address))
        .with("subject", short(&post.subject));
    let detail = Phrase::new("worksheet_unanswered_more").with("age", age(home, post.archived_at));
    let base = &home.ctx.settings.base_url;
    let url = links::message(base, &home.community.slug, &post.message_id);
    Item {
        url,
        ..Item::new(KIND, post.id, Rank::Person, post.archived_at).saying(home, &title, &detail)
    }
}
