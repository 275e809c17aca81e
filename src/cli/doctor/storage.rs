//! The database, and the clock that it remembers.

use super::{Finding, fail, ok, warn};
use crate::clock::{rfc3339, system_ms};
use crate::config::Settings;
use crate::config::settings::Database;
use crate::identity::wave_keys::{FOLDER, WaveKeys};
use crate::node::start;
use crate::outbox::brake::{self, Brake};
use crate::store::surveys::Open;
use crate::store::{Db, Tx, nodes, objects_gone, settings, surveys};
use crate::surveys::close;

/// 1 January 2026: no clock that is right is behind this program.
const TOO_EARLY: i64 = 1_767_225_600_000;

pub(super) async fn look(known: &Settings) -> Vec<Finding> {
    let mut found = vec![clock()];
    if let Database::Sqlite(file) = &known.database
        && !file.exists()
    {
        let what = format!("there is no database {} yet", file.display());
        found.push(warn(what, "`folkmoot serve` makes it"));
        return found;
    }
    // That it cannot be opened was among the problems of the configuration.
    if let Ok(db) = start::open(known).await {
        match standing(&db, known).await {
            Ok(standing) => found.extend(standing),
            Err(error) => found.push(warn(
                format!("the database answers, but has not what this version keeps ({error})"),
                "run `folkmoot migrate`; `serve` does that too",
            )),
        }
    }
    found
}

fn clock() -> Finding {
    let now = system_ms();
    let what = format!("this machine's clock says {}", rfc3339(now));
    match now < TOO_EARLY {
        true => fail(
            what,
            "set it, and let NTP keep it: signatures and Date would be refused",
        ),
        false => ok(what),
    }
}

/// What complaints about the mail of all communities lead to.
async fn complaints(tx: &mut Tx, now: i64) -> Result<Option<Finding>, sqlx::Error> {
    let found = brake::everywhere(tx, now).await?;
    let instead = "look at what is sent to whom, and who joined how; `why ADDRESS` tells";
    Ok(match found.brake {
        Brake::Off => None,
        Brake::Warn => Some(warn(found.told(), instead)),
        Brake::On => {
            let what = format!("{}: programme mail of all has stopped", found.told());
            Some(fail(what, instead))
        }
    })
}

/// Open surveys whose keys are not on this machine: what their members answer waits.
async fn keys(tx: &mut Tx, keys: &WaveKeys) -> Result<Vec<Finding>, sqlx::Error> {
    let open = surveys::open_waves(tx).await?;
    let missing = open
        .iter()
        .filter(|wave| keys.get(&wave.id.to_string()).is_none());
    Ok(missing.map(without_key).collect())
}

fn without_key(wave: &Open) -> Finding {
    let what = format!(
        "the key of {} in {} is not in data_dir/{} of this machine",
        wave.survey, wave.slug, FOLDER
    );
    match wave.keyless_since {
        None => warn(
            what,
            "fine where another node has it and runs; else start that one, or bring back its data_dir",
        ),
        Some(since) => {
            let end = rfc3339(since + close::PATIENCE);
            let instead = format!(
                "start the node that has it, or bring back its data_dir: its answers are lost at {end}"
            );
            fail(format!("{what}, and it cannot be closed"), instead)
        }
    }
}

/// The object store, where there is one: written to, read from, and rid of what was erased.
async fn objects(db: &Db, tx: &mut Tx) -> Result<Vec<Finding>, sqlx::Error> {
    let mut found = Vec::new();
    if db.objects().is_there() {
        found.push(match db.objects().probe().await {
            Ok(()) => ok("the object store takes, gives and deletes"),
            Err(why) => fail(
                why.to_string(),
                "check [storage], its keys and what they may do there; until then messages stay \
                 in the database, and those that are there cannot be read",
            ),
        });
    }
    let (count, error) = objects_gone::waiting(tx).await?;
    if count > 0 {
        let what = format!("{count} objects of what was erased have yet to be deleted {error}");
        let instead = "a node deletes them when the object store of [storage] answers";
        found.push(warn(what.trim_end().to_owned(), instead));
    }
    Ok(found)
}

async fn standing(db: &Db, known: &Settings) -> Result<Vec<Finding>, sqlx::Error> {
    let mut tx = db.read().await?;
    let alive = nodes::any_alive(&mut tx, system_ms()).await?;
    let mut found = vec![ok(match alive {
        true => "the database answers, and a node is running",
        false => "the database answers; no node is running",
    })];
    let test = settings::get(&mut tx, "test_clock").await?;
    let test: Option<i64> = test.and_then(|text| text.parse().ok());
    found.extend(complaints(&mut tx, test.unwrap_or_else(system_ms)).await?);
    found.extend(objects(db, &mut tx).await?);
    found.extend(keys(&mut tx, &WaveKeys::below(&known.data_dir)).await?);
    if let Some(at) = test {
        found.push(warn(
            format!("the node runs on a test clock, which says {}", rfc3339(at)),
            "start it without --test-clock, unless it is for trying things out",
        ));
    }
    Ok(found)
}
