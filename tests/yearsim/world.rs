//! The communities and who is in them.

use chrono_tz::Tz;
use folkmoot::clock::Clock;
use folkmoot::config::Settings;
use folkmoot::context::Context;
use folkmoot::lists::membership::{self, NewMember};
use folkmoot::node::by_hand::ByHand;
use folkmoot::practice::apply;
use folkmoot::store::{Tx, communities};
use folkmoot::templates::Templates;
use tempfile::TempDir;

use crate::chance::Chance;
use crate::charters::{self, Plan, ZONES};
use crate::database::Where;
use crate::relay::Relay;

/// Monday, 5 January 2026, at six in the morning, UTC.
pub const START: i64 = 1_767_592_800_000;
pub const HOUR: i64 = 3_600_000;
pub const DAY: i64 = 24 * HOUR;

const SETTINGS: &str = "domain = \"lists.example\"\nbase_url = \"https://lists.example\"\n\
    [authentication]\ndns = []\n";

/// In how many communities each is at the beginning.
const EACH: usize = 3;

/// How much of everything.
#[derive(Clone, Copy)]
pub struct Size {
    pub members: usize,
    pub communities: usize,
    pub days: i64,
}

/// Somebody.
pub struct Person {
    pub address: String,
    /// Where they live, if they have said so.
    pub zone: Option<Tz>,
    /// How often they answer, in a hundred.
    pub answers: usize,
}

/// A community.
pub struct Community {
    pub id: i64,
    pub plan: Plan,
}

/// Somebody was away.
pub struct Pause {
    pub member: i64,
    pub from: i64,
    pub until: i64,
}

/// What happened, for the figures.
#[derive(Default)]
pub struct Tally {
    pub joined: usize,
    pub left: usize,
    pub posts: usize,
    pub letters: usize,
    pub asks: usize,
    pub changes: usize,
    pub outages: usize,
    pub deaths: usize,
}

/// Everything.
pub struct World {
    pub ctx: Context,
    pub hand: ByHand,
    pub relay: Relay,
    pub chance: Chance,
    pub size: Size,
    pub people: Vec<Person>,
    pub communities: Vec<Community>,
    pub pauses: Vec<Pause>,
    /// When no node ran: from, to.
    pub away: Vec<(i64, i64)>,
    pub tally: Tally,
    /// When it began, by the clock on the wall.
    pub began: std::time::Instant,
    pub database: Where,
    pub folder: TempDir,
}

impl World {
    pub async fn founded(database: Where, size: Size, seed: u64) -> World {
        // A disk that need not be waited for: a year is many thousand commits.
        let memory = std::path::Path::new("/dev/shm");
        let folder = match memory.is_dir() {
            true => tempfile::tempdir_in(memory),
            false => tempfile::tempdir(),
        };
        let folder = folder.expect("a folder");
        let ctx = context(&database, &folder).await;
        let hand = ByHand::new(ctx.clone(), "year");
        let mut world = World {
            ctx,
            hand,
            relay: Relay::default(),
            chance: Chance::new(seed),
            size,

            people: Vec::new(),
            communities: Vec::new(),
            pauses: Vec::new(),
            away: Vec::new(),
            tally: Tally::default(),
            began: folkmoot::clock::monotonic(),
            database,
            folder,
        };
        for _ in 0..size.members {
            world.born();
        }
        world.found().await;
        world.settle().await;
        world
    }

    /// Somebody new; gives their number.
    pub fn born(&mut self) -> usize {
        let number = self.people.len();
        let zone = match self.chance.percent(60) {
            true => Some(*self.chance.pick(&ZONES)),
            false => None,
        };
        let answers = [0, 0, 30, 90][self.chance.below(4)];
        self.people.push(Person {
            address: format!("p{number}@people.example"),
            zone,
            answers,
        });
        number
    }

    async fn found(&mut self) {
        let mut tx = self.write().await;
        for number in 0..self.size.communities {
            let plan = charters::plan(number);
            let facilitators = self.facilitators(number);
            let text = plan.text(&facilitators);
            let applied = apply::apply(&mut tx, &self.ctx, &text, "charter.toml", None).await;
            applied.expect("the charter is applied");
            let found = communities::by_slug(&mut tx, &plan.slug).await;
            let id = found.expect("an answer").expect("the community").id;
            self.communities.push(Community { id, plan });
            // A charter does not say where its facilitators live.
            for n in 0..charters::FACILITATORS {
                let person = (number + n * 5) % self.size.members;
                self.join(&mut tx, person, number).await;
            }
        }
        tx.commit().await.expect("a commit");
    }

    /// Who runs the community of that number.
    pub fn facilitators(&self, number: usize) -> Vec<String> {
        let of = |n: usize| format!("p{}@people.example", (number + n * 5) % self.size.members);
        (0..charters::FACILITATORS).map(of).collect()
    }

    async fn settle(&mut self) {
        let mut tx = self.write().await;
        let step = self.size.communities / EACH;
        for person in 0..self.size.members {
            for n in 0..EACH {
                let community = (person + n * step) % self.size.communities;
                self.join(&mut tx, person, community).await;
            }
        }
        tx.commit().await.expect("a commit");
    }

    /// Somebody joins a community, or comes back.
    pub async fn join(&mut self, tx: &mut Tx, person: usize, community: usize) {
        let delivery = ["each", "each", "digest", "headlines", "none"][self.chance.below(5)];
        let Person { address, zone, .. } = &self.people[person];
        let new = NewMember {
            address: address.clone(),
            name: format!("Person {person}"),
            delivery: delivery.to_owned(),
            tz: zone.map(|zone| zone.to_string()).unwrap_or_default(),
            ..NewMember::default()
        };
        let id = self.communities[community].id;
        let added = membership::add(tx, id, &new, "the year", self.ctx.now()).await;
        added.expect("they join");
    }

    pub async fn write(&self) -> Tx {
        self.ctx.write().await.expect("a transaction")
    }

    /// The rows of a statement that gives one text column.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        self.database.texts(self.folder.path(), sql).await
    }

    pub async fn end(self) {
        self.ctx.db.close().await;
        self.database.end().await;
    }
}

async fn context(database: &Where, folder: &TempDir) -> Context {
    let file = folder.path().join("folkmoot.toml");
    // Keys of surveys stand there: another year's must not be taken for them.
    let data = folder.path().join("data");
    let text = format!("data_dir = \"{}\"\n{SETTINGS}", data.display());
    std::fs::write(&file, text).expect("a configuration");
    let settings = Settings::load(&file).expect("settings");
    let db = database.open(folder.path()).await;
    let templates = Templates::load(None).expect("templates");
    let ctx = Context::new(settings, db, Clock::test(START), templates);
    ctx.await.expect("a context")
}
