//! Sessions that nobody hosts, although it is time: everybody who may was asked, or enough
//! were.

use super::gather::Source;
use super::item::{Item, Rank, day, short};
use crate::config::charter::Session;
use crate::lists::home::Home;
use crate::sessions::{roster, standing};
use crate::store::hosts::{self, Asked};
use crate::store::sessions as rows;
use crate::store::{self, Tx};
use crate::templates::Phrase;

pub(super) const SOURCE: Source = Source {
    kind: "host",
    gather: |tx, home| Box::pin(gather(tx, home)),
    settle: None,
};

async fn gather(tx: &mut Tx, home: &Home<'_>) -> store::Result<Vec<Item>> {
    let community = home.community.id;
    let charter = standing::charter(tx, community, home.charter).await?;
    let asked = hosts::of_community(tx, community).await?;
    let mut items = Vec::new();
    for session in &charter.sessions {
        items.extend(of_series(tx, home, session, &asked).await?);
    }
    Ok(items)
}

async fn of_series(
    tx: &mut Tx,
    home: &Home<'_>,
    session: &Session,
    asked: &[Asked],
) -> store::Result<Vec<Item>> {
    let Some(ahead) = session.host_ask else {
        return Ok(Vec::new());
    };
    let Some(series) = roster::find(tx, home.community.id, &session.slug, None).await? else {
        return Ok(Vec::new());
    };
    let ahead = ahead.num_milliseconds();
    let is_time = |row: &rows::Session| {
        let is_near = row.starts_at - ahead <= home.now();
        row.state == "planned" && row.starts_at > home.now() && is_near
    };
    let mut items = Vec::new();
    for row in rows::of_series(tx, series.id)
        .await?
        .iter()
        .filter(|row| is_time(row))
    {
        let its = |one: &&Asked| one.series == series.slug && one.on_date == row.on_date;
        let its: Vec<&Asked> = asked.iter().filter(its).collect();
        let key = crate::sessions::host::key(&series, &row.on_date);
        let hosts = hosts::agreed(tx, &key).await?.is_some();
        // Where nobody was asked yet, the rota has not begun.
        if !hosts && !its.is_empty() && its.iter().all(|one| one.state != "asked") {
            let title = Phrase::new("worksheet_host").with("title", short(&series.title));
            let title = title.with(
                "day",
                row.on_date
                    .parse()
                    .map_or_else(|_| row.on_date.clone(), |on| day(home, on)),
            );
            let more = Phrase::new("worksheet_host_more").with("count", its.len().to_string());
            let key = format!("{}.{}", series.slug, row.on_date);
            let item = Item::new("host", key, Rank::Soon, row.starts_at - ahead);
            items.push(item.saying(home, &title, &more));
        }
    }
    Ok(items)
}
