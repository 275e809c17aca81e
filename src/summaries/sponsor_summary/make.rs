//! A summary as a mail: for the sponsor, who may answer, or for members, who read it
//! before.

use super::content::{self, Content};
use super::fields::{self, day};
use super::lines::{self, Body};
use crate::lists::home::Home;
use crate::outbox::attached::Attachment;
use crate::outbox::picture::Picture;
use crate::store::sponsor_summaries::{Item, Summary};
use crate::store::{self, Millis, Tx};
use crate::summaries::chart::{Words, participation_chart};
use crate::summaries::figure::{Figures, Value};
use crate::summaries::{csv, gather};
use crate::templates::Phrase;
use crate::templates::mails::SponsorSummary;

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The sponsor, who may support, decline and ask.
    Sponsor,
    /// Members, before.
    Member,
}

/// A summary that is made.
pub struct Made {
    /// What its templates show.
    pub mail: SponsorSummary,
    /// The same figures, as a file.
    pub csv: Attachment,
    /// The chart that its HTML form shows; `None` where there is nothing to draw.
    pub picture: Option<Picture>,
}

/// Makes a summary.
///
/// # Errors
/// Where the database refuses.
pub async fn made(
    tx: &mut Tx,
    home: &Home<'_>,
    (summary, items): (&Summary, &[Item]),
    reader: Reader,
) -> store::Result<Made> {
    let content = content::gather(tx, home, (summary, items)).await?;
    let csv = attachment(home, summary, &content.figures);
    let (picture, alt) = chart(home, summary, &content.figures);
    let mail = mail(home, summary, content, reader);
    let image = picture.as_ref().map(|picture| SponsorSummary {
        image: picture.cid().to_owned(),
        image_alt: alt,
        ..mail.clone()
    });
    Ok(Made {
        mail: image.unwrap_or(mail),
        csv,
        picture,
    })
}

/// Participation over the period and the four before it, and what it shows in words. The
/// same numbers stand in the text beside their bars.
fn chart(home: &Home<'_>, summary: &Summary, figures: &Figures) -> (Option<Picture>, String) {
    let has_any = (0..5).any(|period| {
        let value = figures.get("participation", period);
        matches!(value, Value::Share { .. })
    });
    if !has_any {
        return (None, String::new());
    }
    let drawn = participation_chart(figures, &chart_words(home, summary));
    let cid = format!("chart-{}@{}", summary.id, home.ctx.settings.domain);
    let picture = drawn.png().and_then(|png| Picture::new(&cid, png));
    (picture, drawn.alt)
}

/// The words of the chart; below each point stands the day on which its period ends.
fn chart_words(home: &Home<'_>, summary: &Summary) -> Words {
    let earlier = super::earlier(home.charter, &summary.series, summary.due_at);
    let ends = std::iter::once(summary.cut_off).chain(earlier);
    let mut words = Words::of(&|phrase| home.say(phrase), "figure_participation");
    words.periods = Default::default();
    for (label, end) in words.periods.iter_mut().zip(ends) {
        *label = home.short_day(end);
    }
    words
}

fn mail(home: &Home<'_>, summary: &Summary, content: Content, reader: Reader) -> SponsorSummary {
    let say = |phrase: &Phrase| home.say(phrase);
    let period = home.period((summary.cut_off - super::WINDOW, summary.cut_off));
    let state = fields::state(&content.figures, &say);
    let fields = fields::all(&content, &say);
    let body = Body {
        head: format!("{}, {period}", home.community.name),
        state: state.clone(),
        content: &content,
        fields: &fields,
        is_sponsor: reader == Reader::Sponsor,
    };
    let lines = lines::fitted(&body, &say);
    let base = &home.ctx.settings.base_url;
    SponsorSummary {
        community: home.community.name.clone(),
        period,
        asked: content.asks.len(),
        lines,
        state,
        fields,
        definitions: content.figures.definitions,
        definitions_url: format!("{base}/definitions/{}", content.figures.definitions),
        cut_off: home.day(summary.cut_off),
        owner_address: home.address("owner"),
        asks: content.asks,
        quotes: content.quotes,
        ..SponsorSummary::default()
    }
}

/// The figures as a file.
fn attachment(home: &Home<'_>, summary: &Summary, figures: &Figures) -> Attachment {
    let day = day(summary.cut_off, home.charter.timezone);
    Attachment {
        name: format!("{}-{day}.csv", home.community.slug),
        media_type: "text/csv; charset=utf-8".to_owned(),
        // It is written to memory.
        bytes: csv::write(figures).unwrap_or_default(),
    }
}

/// What may be told of the window that ends there, and of those before.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn figures(
    tx: &mut Tx,
    home: &Home<'_>,
    (cut_off, earlier): (Millis, &[Millis]),
) -> store::Result<Figures> {
    gather::told(tx, (home.community, home.charter), cut_off, earlier).await
}

/// Keeps that the figures of a summary were told to `member` or `sponsor`, so that the next
/// one gives nobody away by its difference.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn note(
    tx: &mut Tx,
    home: &Home<'_>,
    (summary, audience): (&Summary, &str),
) -> store::Result<()> {
    let told: Figures = serde_json::from_str(&summary.figures).unwrap_or_default();
    let earlier = super::earlier(home.charter, &summary.series, summary.due_at);
    let to = (home.community, audience);
    gather::release(tx, to, &told, (&earlier, home.now())).await
}
