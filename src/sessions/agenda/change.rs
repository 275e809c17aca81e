//! What the lines of a reply do to an agenda, one after the other.

use super::{MOST_ITEMS, MOST_OF_MEMBER, is_open};
use crate::message::words::agenda::Said;
use crate::sessions::before::Sitting;
use crate::store::agendas::{self, Item};
use crate::store::hosts::Key;
use crate::store::members::Member;
use crate::store::{self, Tx};
use crate::templates::Phrase;

/// Whose lines they are.
#[derive(Clone, Copy)]
pub(in crate::sessions) struct Author<'a> {
    /// The member.
    pub(in crate::sessions) member: &'a Member,
    /// Whether they may drop and change what others have brought: its host may, and
    /// facilitators.
    pub(in crate::sessions) rules: bool,
}

/// What came of a line: done; or not, with what it said.
pub(super) type Did = Result<Phrase, (String, Phrase)>;

/// An agenda that is being changed.
pub(super) struct Table<'a> {
    key: Key,
    author: Author<'a>,
    items: Vec<Item>,
    now: store::Millis,
}

impl<'a> Table<'a> {
    pub(super) async fn open(
        tx: &mut Tx,
        sitting: &Sitting<'_>,
        author: Author<'a>,
    ) -> store::Result<Table<'a>> {
        let key = sitting.key();
        let items = agendas::items(tx, &key).await?;
        let now = sitting.home.now();
        Ok(Table {
            key,
            author,
            items,
            now,
        })
    }

    /// Does what one line says.
    pub(super) async fn take(&mut self, tx: &mut Tx, said: &Said) -> store::Result<Did> {
        match said {
            Said::Item(text) => self.add(tx, text).await,
            Said::Vote(number) => self.vote(tx, *number).await,
            Said::Unvote(number) if self.author.rules => self.remove(tx, *number).await,
            Said::Unvote(number) => self.unvote(tx, *number).await,
            Said::Text(number, text) => self.say(tx, *number, text).await,
        }
    }

    fn find(&self, number: u32) -> Option<Item> {
        let mut open = self.items.iter().filter(|item| is_open(item));
        open.find(|item| item.number == i64::from(number)).cloned()
    }

    fn is_own(&self, item: &Item) -> bool {
        item.member_id == self.author.member.id
    }

    /// What is there already gets a vote.
    async fn add(&mut self, tx: &mut Tx, text: &str) -> store::Result<Did> {
        let folded = text.to_lowercase();
        let mut open = self.items.iter().filter(|item| is_open(item));
        let same = open.find(|item| item.text.to_lowercase() == folded);
        if let Some(number) = same.and_then(|item| u32::try_from(item.number).ok()) {
            return self.vote(tx, number).await;
        }
        let own = self
            .items
            .iter()
            .filter(|item| is_open(item) && self.is_own(item));
        let why = match (self.items.len(), own.count()) {
            (MOST_ITEMS.., _) => "agenda_full",
            (_, MOST_OF_MEMBER..) if !self.author.rules => "agenda_enough",
            _ => return self.insert(tx, text).await,
        };
        Ok(Err((text.to_owned(), Phrase::new(why))))
    }

    async fn insert(&mut self, tx: &mut Tx, text: &str) -> store::Result<Did> {
        let member = self.author.member;
        let last = self.items.iter().map(|item| item.number).max();
        let number = last.unwrap_or_default() + 1;
        agendas::insert(tx, &self.key, (number, text), member.id, self.now).await?;
        agendas::vote(tx, &self.key, number, member.id, self.now).await?;
        let item = Item {
            number,
            text: text.to_owned(),
            member_id: member.id,
            name: member.name.clone(),
            address: member.address.clone(),
            state: "open".to_owned(),
            at: self.now,
            votes: 1,
        };
        let done = about("agenda_added", &item);
        self.items.push(item);
        Ok(Ok(done))
    }

    async fn vote(&mut self, tx: &mut Tx, number: u32) -> store::Result<Did> {
        let Some(item) = self.find(number) else {
            return Ok(unknown(format!("+{number}")));
        };
        let member = self.author.member.id;
        let is_new = agendas::vote(tx, &self.key, item.number, member, self.now).await?;
        Ok(Ok(match is_new {
            true => about("agenda_voted", &item),
            false => about("agenda_voted_before", &item),
        }))
    }

    /// Whoever has brought what nobody else wants takes it away with their vote.
    async fn unvote(&mut self, tx: &mut Tx, number: u32) -> store::Result<Did> {
        let Some(item) = self.find(number) else {
            return Ok(unknown(format!("-{number}")));
        };
        let member = self.author.member.id;
        let had = agendas::unvote(tx, &self.key, item.number, member).await?;
        let left = agendas::items(tx, &self.key).await?;
        let wanted = left
            .iter()
            .any(|one| one.number == item.number && one.votes > 0);
        if self.is_own(&item) && !wanted {
            self.set(tx, &item, &item.text, "withdrawn").await?;
            return Ok(Ok(about("agenda_withdrawn", &item)));
        }
        Ok(match had {
            true => Ok(about("agenda_unvoted", &item)),
            false => Err((format!("-{number}"), about("agenda_no_vote", &item))),
        })
    }

    async fn remove(&mut self, tx: &mut Tx, number: u32) -> store::Result<Did> {
        let Some(item) = self.find(number) else {
            return Ok(unknown(format!("-{number}")));
        };
        self.set(tx, &item, &item.text, "dropped").await?;
        Ok(Ok(about("agenda_dropped", &item)))
    }

    /// Of what is not theirs to change, a member has more to say.
    async fn say(&mut self, tx: &mut Tx, number: u32, text: &str) -> store::Result<Did> {
        let found = self.find(number);
        match found {
            Some(item) if self.author.rules || self.is_own(&item) => {
                self.set(tx, &item, text, "open").await?;
                let item = Item {
                    text: text.to_owned(),
                    ..item
                };
                Ok(Ok(about("agenda_says", &item)))
            }
            None if self.author.rules => Ok(unknown(format!("{number}: {text}"))),
            _ => self.add(tx, text).await,
        }
    }

    async fn set(
        &mut self,
        tx: &mut Tx,
        item: &Item,
        text: &str,
        state: &str,
    ) -> store::Result<()> {
        for one in &mut self.items {
            if one.number == item.number {
                (one.text, one.state) = (text.to_owned(), state.to_owned());
            }
        }
        agendas::set(tx, &self.key, item.number, (text, state)).await
    }
}

fn about(key: &'static str, item: &Item) -> Phrase {
    let number = item.number.to_string();
    Phrase::new(key)
        .with("number", number)
        .with("text", item.text.clone())
}

fn unknown(said: String) -> Did {
    Err((said, Phrase::new("agenda_no_such")))
}
