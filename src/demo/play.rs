//! Playing the story: the clock is moved from scene to scene, and after each the
//! node may finish what it has to do.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;

use super::audience::Audience;
use super::machines::Machines;
use super::mailboxes::Mailboxes;
use super::stage::Demo;
use super::story::{self, Role, Scene};
use super::summary::Summary;
use crate::clock::monotonic;
use crate::context::Context;
use crate::node::requests::advance;
use crate::node::settle::{next_moment, settle};
use crate::store::acts;

/// How far the play has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// How many weeks are over.
    pub week: u32,
    /// Of how many.
    pub weeks: u32,
    /// The simulated day, as people write it.
    pub date: String,
    /// Posts that went to the list.
    pub posts: u64,
    /// Mails that came.
    pub mails: u64,
}

/// One play, with what is expected of it.
pub(super) struct Player<'a> {
    pub(super) demo: &'a Demo,
    pub(super) audience: Audience,
    pub(super) tally: Summary,
    /// (thread, step, Message-ID): what was written in this quarter.
    pub(super) written: Vec<(String, usize, String)>,
    /// What servers and mail programs have sent by themselves.
    pub(super) machines: Machines,
    /// Posts that left in the list's name, by the name of their author.
    pub(super) renamed: BTreeMap<String, u64>,
    /// The Message-IDs of the recaps that went to the list.
    pub(super) recaps: BTreeSet<String>,
}

pub(super) async fn play(
    demo: &Demo,
    weeks: u32,
    mut report: impl FnMut(&Progress),
) -> anyhow::Result<Summary> {
    let began = monotonic();
    let mut player = Player::new(demo, weeks);
    let scenes = demo.story.scenes(weeks);
    let mut scenes = scenes.iter().peekable();
    for week in 1..=weeks {
        while let Some(scene) = scenes.next_if(|scene| scene.week == week) {
            player.until(scene.at).await?;
            player.perform(scene).await;
            player.settled().await?;
            report(&player.progress(week - 1));
        }
        player.until(story::end_of(week)).await?;
        report(&player.progress(week));
    }
    player.tally.took = began.elapsed();
    player.close().await
}

impl<'a> Player<'a> {
    fn new(demo: &'a Demo, weeks: u32) -> Player<'a> {
        let mut audience = Audience::default();
        let members =
            demo.story.people.iter().filter(|person| {
                !matches!(person.role, Role::Sponsor | Role::Joiner | Role::Stranger)
            });
        for member in members {
            audience.reaches(&member.address, demo.node.ctx.now());
        }
        let tally = Summary {
            weeks,
            ..Summary::default()
        };
        Player {
            demo,
            audience,
            tally,
            written: Vec::new(),
            machines: Machines::default(),
            renamed: BTreeMap::new(),
            recaps: BTreeSet::new(),
        }
    }

    /// What the node's rooms need.
    pub(super) fn ctx(&self) -> &'a Context {
        &self.demo.node.ctx
    }

    /// What came.
    pub(super) fn mailboxes(&self) -> &'a Mailboxes {
        &self.demo.mailboxes
    }

    /// Waits until the node has nothing left to do at this moment.
    pub(super) async fn settled(&self) -> anyhow::Result<()> {
        if !settle(self.ctx(), &self.demo.node.relay).await? {
            bail!("the node does not come to rest at {}", self.ctx().today());
        }
        // Fetched now, so that each mail bears the moment at which it came.
        self.mailboxes().total();
        Ok(())
    }

    /// Moves the clock to `at`, with a halt at each moment at which something falls due.
    async fn until(&mut self, at: i64) -> anyhow::Result<()> {
        while self.ctx().now() < at {
            let own = next_moment(self.ctx()).await?.unwrap_or(at);
            let next = own
                .min(self.mailboxes().next_reaction().unwrap_or(at))
                .min(at);
            if let Err(reason) = advance(self.ctx(), &self.demo.node.relay, next).await? {
                bail!(reason);
            }
            self.mailboxes().total();
            self.expect_recaps()?;
            self.react().await;
        }
        Ok(())
    }

    async fn perform(&mut self, scene: &Scene<'_>) {
        if let Err(error) = self.act(scene).await {
            let (week, thread, number) = (scene.week, &scene.thread.id, scene.number);
            let what = format!("week {week}, {thread}, step {number}: {error:#}");
            self.tally.wrong.push(what);
        }
    }

    fn progress(&self, week: u32) -> Progress {
        Progress {
            week,
            weeks: self.tally.weeks,
            date: story::day_before(self.ctx().now()),
            posts: self.tally.posts,
            mails: self.mailboxes().total() as u64,
        }
    }

    /// Counts what came, and holds it against what should have come.
    async fn close(mut self) -> anyhow::Result<Summary> {
        let mut tx = self.ctx().read().await?;
        let acts = acts::all(&mut tx, self.demo.community.id).await?;
        self.tally.acts = acts.iter().filter(|act| act.state == "done").count() as u64;
        let all = self.mailboxes().all();
        let posts = all.iter().filter(|(_, mail)| mail.kind.is_none()).count();
        self.tally.copies = posts as u64;
        self.tally.others = (all.len() - posts) as u64;
        self.tally.wrong.extend(self.audience.compare(&all));
        let calendars = self.compare_calendars().await?;
        self.tally.wrong.extend(calendars);
        self.tell_of_life().await?;
        self.tell_of_troubles(&all);
        Ok(self.tally)
    }
}
