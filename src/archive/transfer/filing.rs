//! Files a batch of mails: what is known of all of them is asked at once, most find their
//! place by that alone, and their rows are written together. A mail that moves others, or
//! that a facilitator has decided about, is filed by itself, as one that comes from the list.

use std::collections::{HashMap, HashSet};

use super::prepared::Prepared;
use super::{Imported, Target};
use crate::archive::file::{Own, evidence, file};
use crate::archive::private;
use crate::store::batches::{self, Filed};
use crate::store::intake::{self, NewMessage};
use crate::store::placing::{self, Near};
use crate::store::posts::NewPost;
use crate::store::search::Document;
use crate::store::{self, Millis, Tx, search};

/// A batch that is being filed.
pub(super) struct Filing<'a> {
    target: &'a Target<'a>,
    /// Who was erased, and when.
    erased_authors: &'a HashMap<Vec<u8>, Millis>,
    known: Known,
    pending: Vec<Filed<'a>>,
    /// The words of all that were filed with others.
    documents: Vec<Document>,
}

/// What is known of the mails of a batch and of what they refer to.
#[derive(Default)]
struct Known {
    is_decided: bool,
    private: HashSet<i64>,
    /// The first post of each Message-ID: its key and thread.
    posts: HashMap<String, (i64, i64)>,
    /// Author and body of all posts of a Message-ID.
    twins: HashMap<String, Vec<(String, Vec<u8>)>>,
    erased: HashSet<String>,
    /// Messages that another community has imported: key and sender.
    messages: HashMap<String, Vec<(i64, String)>>,
    /// The thread of the first post that refers to a Message-ID.
    referred: HashMap<String, i64>,
    /// The posts of each conversation of Outlook's.
    near: HashMap<String, Vec<Near>>,
    post_keys: std::vec::IntoIter<i64>,
    message_keys: std::vec::IntoIter<i64>,
}

/// Files these mails in order, each with its words.
pub(super) async fn file_all(
    tx: &mut Tx,
    target: &Target<'_>,
    erased_authors: &HashMap<Vec<u8>, Millis>,
    (mails, documents): (&[Box<Prepared>], Vec<Document>),
    done: &mut Imported,
) -> store::Result<()> {
    let mut filing = Filing {
        target,
        erased_authors,
        known: Known::of(tx, target.community, mails).await?,
        pending: Vec::new(),
        documents: Vec::new(),
    };
    for (number, (mail, document)) in mails.iter().zip(documents).enumerate() {
        let rest = mails.get(number + 1..).unwrap_or_default();
        filing.one(tx, (mail, document), rest, done).await?;
    }
    filing.flush(tx).await?;
    batches::words(tx, &filing.documents).await
}

impl<'a> Filing<'a> {
    async fn one(
        &mut self,
        tx: &mut Tx,
        (mail, document): (&'a Prepared, Document),
        rest: &[Box<Prepared>],
        done: &mut Imported,
    ) -> store::Result<()> {
        if self.known.has(mail) {
            done.duplicates += 1;
            return Ok(());
        }
        if self.known.erased.contains(&mail.message_id) || self.is_gone(mail) {
            done.erased += 1;
            return Ok(());
        }
        done.note_what_is_odd(mail);
        done.added += 1;
        let shared = self.shared(tx, mail).await?;
        let place = match self.known.is_alone(mail) {
            true => None,
            false => Some(self.place(tx, mail).await?),
        };
        match place.filter(|(thread, _)| !self.known.private.contains(thread)) {
            Some(place) => self.put(mail, document, shared, place),
            None => self.alone(tx, mail, shared, rest).await?,
        }
        Ok(())
    }

    /// Whether its author was erased and had written it by then.
    fn is_gone(&self, mail: &Prepared) -> bool {
        if self.erased_authors.is_empty() {
            return false;
        }
        let mac = self.target.ctx.secret.name_erased(&mail.author.address);
        let at = self.erased_authors.get(&mac);
        at.is_some_and(|at| mail.date.at.is_none_or(|date| date <= *at))
    }

    /// The same message, where another community has imported it.
    async fn shared(&self, tx: &mut Tx, mail: &Prepared) -> store::Result<Option<i64>> {
        let known = self.known.messages.get(&mail.message_id);
        for (id, sender) in known.into_iter().flatten() {
            if *sender == mail.found.from.sender
                && intake::message(tx, *id).await?.raw == mail.found.bytes
            {
                return Ok(Some(*id));
            }
        }
        Ok(None)
    }

    /// See `archive::file::place`, of which this is what needs no further question.
    async fn place(&mut self, tx: &mut Tx, mail: &Prepared) -> store::Result<(i64, Option<i64>)> {
        if let Some(place) = self.known.place(mail) {
            return Ok(place);
        }
        let own = self.known.next_post();
        let hints = &mail.hints;
        let is_bare = hints.is_bare_answer && !hints.base_subject.is_empty();
        if hints.quoted.is_empty() && !is_bare {
            return Ok((own, None));
        }
        let is_pending = |one: &Filed<'_>| one.said.1 == hints.base_subject;
        if !hints.quoted.is_empty() || self.pending.iter().any(is_pending) {
            self.flush(tx).await?;
        }
        let own = Own {
            id: own,
            community: self.target.community,
            message_id: &mail.message_id,
            references: &mail.references,
            sent_at: mail.sent_at,
        };
        let found = evidence::place(tx, &own, hints).await?;
        Ok(found.unwrap_or((own.id, None)))
    }

    fn put(
        &mut self,
        mail: &'a Prepared,
        mut document: Document,
        shared: Option<i64>,
        (thread, parent): (i64, Option<i64>),
    ) {
        let id = self.known.post_keys.next().unwrap_or_default();
        let raw_id = shared.or_else(|| self.known.message_keys.next());
        document.post = id;
        document.key = search::key(mail.sent_at, id);
        self.documents.push(document);
        self.known.learn(mail, id, (thread, parent));
        self.pending.push(Filed {
            id,
            thread,
            parent,
            post: self.post(mail, raw_id.unwrap_or_default()),
            said: (&mail.hints.thread_index, &mail.hints.base_subject),
            message: shared.is_none().then(|| (self.message(mail), &mail.packed)),
        });
    }

    /// As a post that comes from the list; what is known is asked again behind it, because it
    /// may have moved others.
    async fn alone(
        &mut self,
        tx: &mut Tx,
        mail: &'a Prepared,
        shared: Option<i64>,
        rest: &[Box<Prepared>],
    ) -> store::Result<()> {
        self.flush(tx).await?;
        let raw_id = match shared {
            Some(id) => id,
            None => intake::insert(tx, &self.message(mail), &[], self.target.now).await?,
        };
        let id = file(tx, &self.post(mail, raw_id), &mail.hints).await?;
        match self.known.is_decided {
            true => self.known.learn(mail, id, (0, None)),
            false => self.known = Known::of(tx, self.target.community, rest).await?,
        }
        Ok(())
    }

    async fn flush(&mut self, tx: &mut Tx) -> store::Result<()> {
        batches::insert(tx, &self.pending).await?;
        self.pending.clear();
        Ok(())
    }

    fn message(&self, mail: &'a Prepared) -> NewMessage<'a> {
        NewMessage {
            message_id: &mail.message_id,
            envelope_from: &mail.found.from.sender,
            via: "import",
            peer: "",
            helo: "",
            received_at: self.target.now,
            raw: &mail.found.bytes,
        }
    }

    fn post(&self, mail: &'a Prepared, raw_id: i64) -> NewPost<'a> {
        NewPost {
            community_id: self.target.community,
            raw_id,
            message_id: &mail.message_id,
            permalink: &mail.permalink,
            body_digest: mail.mail.body_digest.as_bytes(),
            subject: &mail.mail.subject,
            author_name: mail.author.name.as_deref().unwrap_or(""),
            author_address: &mail.author.address,
            sent_at: mail.sent_at,
            archived_at: self.target.now,
            text: &mail.mail.text,
            references: mail.references.clone(),
        }
    }
}

impl Known {
    async fn of(tx: &mut Tx, community: i64, mails: &[Box<Prepared>]) -> store::Result<Known> {
        let mut known = Known {
            is_decided: batches::is_decided(tx, community).await?,
            private: batches::private(tx, community).await?,
            post_keys: batches::keys(tx, "post", mails.len()).await?.into_iter(),
            message_keys: batches::keys(tx, "message", mails.len()).await?.into_iter(),
            ..Known::default()
        };
        let own = distinct(mails.iter().map(|mail| mail.message_id.as_str()));
        let above = mails.iter().flat_map(|mail| &mail.references);
        let names = distinct(own.iter().copied().chain(above.map(String::as_str)));
        for post in batches::known(tx, community, &names).await? {
            known.take(post);
        }
        for (id, name, sender) in batches::imported(tx, &own).await? {
            known.messages.entry(name).or_default().push((id, sender));
        }
        let lost = mails.iter().filter(|mail| known.parent(mail).is_none());
        let lost = lost.flat_map(|mail| &mail.references).map(String::as_str);
        let names = distinct(own.iter().copied().chain(lost));
        known.referred = batches::referred(tx, community, &names).await?;
        let conversations = mails.iter().filter_map(|mail| conversation(mail));
        let conversations = distinct(conversations);
        known.near = batches::conversations(tx, community, &conversations).await?;
        Ok(known)
    }

    fn take(&mut self, post: batches::Known) {
        if post.erased_at.is_some() {
            self.erased.insert(post.message_id.clone());
        }
        let twins = self.twins.entry(post.message_id.clone()).or_default();
        twins.push((post.author_address, post.body_digest));
        let first = self.posts.entry(post.message_id);
        first.or_insert((post.id, post.thread_id));
    }

    /// Whether the archive has it already.
    fn has(&self, mail: &Prepared) -> bool {
        let twins = self.twins.get(&mail.message_id).into_iter().flatten();
        let digest = mail.mail.body_digest.as_bytes();
        let is_it = |(author, body): &(String, Vec<u8>)| {
            *author == mail.author.address && body.as_slice() == digest
        };
        twins.into_iter().any(is_it)
    }

    /// Whether it cannot be filed with others: it moves some, or people have decided.
    fn is_alone(&self, mail: &Prepared) -> bool {
        let index = &mail.hints.thread_index;
        let answers =
            |one: &&Near| one.parent_id.is_none() && evidence::is_above(index, &one.thread_index);
        let near = self.near_to(mail);
        self.is_decided
            || self.posts.contains_key(&mail.message_id)
            || self.referred.contains_key(&mail.message_id)
            || private::is_private(&mail.mail.subject)
            || near.len() as i64 >= placing::MOST
            || near.iter().any(|one| answers(&one))
    }

    fn near_to(&self, mail: &Prepared) -> &[Near] {
        let near = conversation(mail).and_then(|name| self.near.get(name));
        near.map_or(&[], Vec::as_slice)
    }

    /// The nearest of what it refers to that is there.
    fn parent(&self, mail: &Prepared) -> Option<(i64, i64)> {
        let mut above = mail.references.iter().rev();
        above.find_map(|name| self.posts.get(name).copied())
    }

    /// Its place by references and by Outlook's index.
    fn place(&self, mail: &Prepared) -> Option<(i64, Option<i64>)> {
        if let Some((parent, thread)) = self.parent(mail) {
            return Some((thread, Some(parent)));
        }
        let mut above = mail.references.iter();
        if let Some(thread) = above.find_map(|name| self.referred.get(name)) {
            return Some((*thread, None));
        }
        evidence::among(self.near_to(mail), &mail.hints.thread_index)
    }

    fn next_post(&self) -> i64 {
        self.post_keys
            .as_slice()
            .first()
            .copied()
            .unwrap_or_default()
    }

    /// It is there now.
    fn learn(&mut self, mail: &Prepared, id: i64, (thread, parent): (i64, Option<i64>)) {
        let name = &mail.message_id;
        self.posts.entry(name.clone()).or_insert((id, thread));
        let digest = mail.mail.body_digest.as_bytes().to_vec();
        let twins = self.twins.entry(name.clone()).or_default();
        twins.push((mail.author.address.clone(), digest));
        for above in &mail.references {
            self.referred.entry(above.clone()).or_insert(thread);
        }
        if let Some(conversation) = conversation(mail) {
            let near = self.near.entry(conversation.to_owned()).or_default();
            near.push(Near {
                id,
                thread_id: thread,
                parent_id: parent,
                thread_index: mail.hints.thread_index.clone(),
            });
        }
    }
}

fn conversation(mail: &Prepared) -> Option<&str> {
    mail.hints.thread_index.get(..evidence::CONVERSATION)
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}
