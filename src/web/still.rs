//! An archive as a folder of pages that a browser shows from a disk: those that the server
//! shows, with the links among them leading to files, and all others to the server.

mod spot;

use std::collections::{HashSet, VecDeque};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use self::spot::Spot;
use super::answer::{Found, Refusal};
use super::pages::{self, Page};
use super::style::Style;
use super::visitor::Visitor;
use super::{archive_front, message_show, part_show, thread_show};
use crate::context::Context;
use crate::templates::TemplateError;

/// Why the pages were not written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A folder or file.
    #[error("the pages cannot be written: {0}")]
    File(#[from] io::Error),
    /// The database.
    #[error("the database refused: {0}; remove the folder and run the command again")]
    Store(#[from] sqlx::Error),
    /// A template that was replaced.
    #[error("a page cannot be rendered: {0}")]
    Template(#[from] TemplateError),
}

/// Writes the whole archive of `slug` into a folder, which must not exist yet, as its
/// members see it; gives how many messages. `progress` is told how many there are so far.
///
/// # Errors
/// See [`Error`].
pub async fn write(
    ctx: &Context,
    slug: &str,
    folder: &Path,
    progress: impl FnMut(u64),
) -> Result<u64, Error> {
    fs::create_dir(folder)?;
    fs::write(folder.join("style.css"), Style::load(&ctx.templates)?.css)?;
    let mut still = Still {
        ctx,
        slug,
        folder: folder.to_owned(),
        visitor: Visitor::operator(),
        known: HashSet::new(),
        waiting: VecDeque::new(),
    };
    still.all(progress).await
}

struct Still<'a> {
    ctx: &'a Context,
    slug: &'a str,
    folder: PathBuf,
    visitor: Visitor,
    known: HashSet<Spot>,
    waiting: VecDeque<Spot>,
}

impl Still<'_> {
    /// From the front to all that it leads to.
    async fn all(&mut self, mut progress: impl FnMut(u64)) -> Result<u64, Error> {
        self.note(Spot::front());
        let mut messages = 0;
        while let Some(spot) = self.waiting.pop_front() {
            messages += u64::from(matches!(spot, Spot::Message(_)));
            self.one(&spot).await?;
            progress(messages);
        }
        Ok(messages)
    }

    fn note(&mut self, spot: Spot) {
        if self.known.insert(spot.clone()) {
            self.waiting.push_back(spot);
        }
    }

    async fn one(&mut self, spot: &Spot) -> Result<(), Error> {
        let (ctx, slug, visitor) = (self.ctx, self.slug, &self.visitor);
        let asked = spot.asked();
        let made = match spot {
            Spot::Front { .. } => {
                self.page(archive_front::find(ctx, slug, visitor, &asked).await)?
            }
            Spot::Thread { id, .. } => {
                self.page(thread_show::find(ctx, (slug, id), visitor, &asked).await)?
            }
            Spot::Message(id) => {
                self.page(message_show::find(ctx, (slug, id), visitor, false).await)?
            }
            Spot::Raw(id) => {
                given(message_show::raw(ctx, (slug, id), visitor).await)?.map(|(_, raw)| raw)
            }
            Spot::Attached(id, part) => {
                given(part_show::attached(ctx, (slug, id, part), visitor).await)?
                    .map(|(_, content)| content)
            }
        };
        let Some(made) = made else { return Ok(()) };
        let made = match spot {
            Spot::Raw(_) | Spot::Attached(..) => made,
            _ => self
                .led_to_files(&String::from_utf8_lossy(&made), spot)
                .into_bytes(),
        };
        self.save(&spot.file(), &made)
    }

    fn page<P: Page>(&self, found: Found<P>) -> Result<Option<Vec<u8>>, Error> {
        let Some(page) = given(found)? else {
            return Ok(None);
        };
        Ok(Some(
            pages::render(&self.ctx.templates, &page)?.into_bytes(),
        ))
    }

    fn save(&self, file: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.folder.join(file);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fs::write(path, bytes)?)
    }

    /// The page with each of its links led to a file of ours, or to the server. Only the
    /// templates write these attributes: what people wrote is escaped.
    fn led_to_files(&mut self, html: &str, at: &Spot) -> String {
        let mut out = String::with_capacity(html.len() + html.len() / 4);
        let mut rest = html;
        while let Some((before, name, value, behind)) = next_link(rest) {
            out.push_str(before);
            out.push_str(name);
            out.push_str("=\"");
            out.push_str(&self.led(&value.replace("&#x3D;", "=").replace("&amp;", "&"), at));
            out.push('"');
            rest = behind;
        }
        out.push_str(rest);
        out
    }

    fn led(&mut self, link: &str, at: &Spot) -> String {
        let up = "../".repeat(at.file().matches('/').count());
        let archive = format!("/c/{}/", self.slug);
        let escaped = |text: &str| text.replace('&', "&amp;").replace('"', "&quot;");
        if link == "/style.css" {
            return format!("{up}style.css");
        }
        let whole = match link.starts_with('?') {
            true => format!("{archive}{link}"),
            false => link.to_owned(),
        };
        let Some(path) = whole.strip_prefix(&archive) else {
            return match whole.starts_with('/') {
                true => escaped(&format!("{}{whole}", self.ctx.settings.base_url)),
                false => escaped(&whole),
            };
        };
        let (path, anchor) = match path.split_once('#') {
            Some((path, anchor)) => (path, format!("#{anchor}")),
            None => (path, String::new()),
        };
        match Spot::parse(path) {
            Some(spot) => {
                let led = format!("{up}{}{anchor}", spot.file());
                self.note(spot);
                escaped(&led)
            }
            None => escaped(&format!("{}{whole}", self.ctx.settings.base_url)),
        }
    }
}

/// What there is; nothing where it has gone meanwhile, or was erased.
fn given<T>(found: Found<T>) -> Result<Option<T>, Error> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Refusal::Trouble(error)) => Err(error.into()),
        Err(_) => Ok(None),
    }
}

/// Up to the next link: what is before it, its attribute's name, its value as it is
/// written, and what is behind it.
fn next_link(html: &str) -> Option<(&str, &str, &str, &str)> {
    let found = ["href", "src", "action"]
        .iter()
        .filter_map(|name| {
            let at = html.find(&format!(" {name}=\""))? + 1;
            Some((at, *name))
        })
        .min()?;
    let (at, name) = found;
    let behind = &html[at + name.len() + 2..];
    let end = behind.find('"')?;
    Some((&html[..at], name, &behind[..end], &behind[end + 1..]))
}
