//! The stage: a folder with a configuration and a charter, a sink as the relay,
//! and a whole node on a clock that stands still between the scenes.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};

use super::mailboxes::Mailboxes;
use super::play::{self, Progress};
use super::sink::Sink;
use super::story::{self, Role, Story};
use super::{Summary, pages};
use crate::cli::init::keys;
use crate::config::{Problem, Settings};
use crate::context::Context;
use crate::lists::membership::{self, NewMember};
use crate::node::{Node, start_with};
use crate::practice::apply::apply;
use crate::store::communities::{self, Community};
use crate::web::pages::parts::Link;

/// The first line of a configuration that the demonstration wrote, by which its
/// folders are known again.
pub const MARK: &str = "# Written by `folkmoot demo`.";

const CHARTER: &str = include_str!("charter.toml");
const CHARTER_FILE: &str = "communities/pumps.toml";
const KEY_FILE: &str = "dkim-ed25519.pem";

/// A community on one machine, ready to be played.
pub struct Demo {
    pub(super) node: Node,
    pub(super) mailboxes: Arc<Mailboxes>,
    pub(super) story: Story,
    pub(super) community: Community,
    /// Where the LMTP listener is.
    pub(super) lmtp: String,
}

impl Demo {
    /// Writes a configuration and a charter into `dir`, starts everything, and
    /// lets the first members in. The pages are on `port` of this machine where
    /// that is free, else on another.
    ///
    /// # Errors
    /// Where the folder cannot be written or a part does not start.
    pub async fn start(dir: &Path, port: u16) -> anyhow::Result<Demo> {
        let sink = Sink::start("127.0.0.1:0")?;
        let lmtp = format!("127.0.0.1:{}", free_port(0)?);
        let settings = write(dir, port, &lmtp, sink.addr())?;
        let story = Story::load()?;
        // The mail is dated by the node's clock, which exists once the node does.
        let mut mailboxes = None;
        let pages = |ctx: &Context| {
            let filled = mailboxes.insert(Arc::new(Mailboxes::new(sink, ctx.clock.clone())));
            let archive = Link::new("/c/pumps/", "Pumps community");
            pages::router(ctx.clone(), filled.clone(), story.clone(), vec![archive])
        };
        let node = start_with(settings, Some(story::beginning()), pages).await?;
        let mailboxes = mailboxes.context("the pages did not start")?;
        let community = found(&node, &story).await?;
        Ok(Demo {
            node,
            mailboxes,
            story,
            community,
            lmtp,
        })
    }

    /// Plays the first `weeks` weeks of the story and tells what came of it.
    ///
    /// # Errors
    /// Where the node's database fails. What goes wrong in the story is in the summary.
    pub async fn play(&self, weeks: u32, report: impl FnMut(&Progress)) -> anyhow::Result<Summary> {
        play::play(self, weeks, report).await
    }

    /// Where the mailboxes can be read.
    pub fn url(&self) -> String {
        format!("{}/demo/", self.node.ctx.settings.base_url)
    }

    /// Stops the node; the folder stays as it is.
    pub async fn stop(self) {
        self.node.stop().await;
    }
}

fn write(dir: &Path, port: u16, lmtp: &str, relay: &str) -> anyhow::Result<Settings> {
    let http = format!("127.0.0.1:{}", free_port(port)?);
    let text = format!(
        "{MARK}\n\
         domain   = \"lists.example\"\n\
         base_url = \"http://{http}\"\n\
         data_dir = \"data\"\n\
         charters = \"communities\"\n\
         \n\
         [listen]\n\
         lmtp = \"{lmtp}\"\n\
         http = \"{http}\"\n\
         \n\
         [authentication]\n\
         dns = []                       # its people live under .example, which no DNS knows\n\
         refused_domains = [\"freemail.example\"]   # takes its own addresses from nobody else\n\
         \n\
         [relay]\n\
         url = \"smtp://{relay}\"   # the demonstration's own, which is gone with it\n\
         \n\
         [dkim]\n\
         selector = \"fm1e\"             # every mail shows its signature; nobody publishes the key\n\
         key_file = \"{KEY_FILE}\"\n"
    );
    let files = [
        ("folkmoot.toml", text.as_str(), 0o644),
        (CHARTER_FILE, CHARTER, 0o644),
        // Of this kind a key is made at once; an RSA key would take a while.
        (KEY_FILE, &keys::ed25519(), 0o600),
    ];
    for (name, text, mode) in files {
        let path = dir.join(name);
        let instead = || format!("{} cannot be written; name another folder", path.display());
        fs::create_dir_all(path.parent().unwrap_or(dir)).with_context(instead)?;
        fs::write(&path, text).with_context(instead)?;
        fs::set_permissions(&path, Permissions::from_mode(mode)).with_context(instead)?;
    }
    Settings::load(&dir.join("folkmoot.toml")).map_err(|problems| told(&problems))
}

fn told(problems: &[Problem]) -> anyhow::Error {
    let lines: Vec<_> = problems.iter().map(Problem::to_string).collect();
    anyhow!(lines.join("\n"))
}

/// `wanted`, where nobody listens there, else any free port of this machine.
fn free_port(wanted: u16) -> anyhow::Result<u16> {
    let bound = TcpListener::bind(("127.0.0.1", wanted));
    let bound = bound.or_else(|_| TcpListener::bind(("127.0.0.1", 0)));
    let bound = bound.context("this machine has no free port on 127.0.0.1")?;
    Ok(bound.local_addr()?.port())
}

/// Founds the community as `community apply` does, and lets in whoever is a
/// member from the start as `member add` does.
async fn found(node: &Node, story: &Story) -> anyhow::Result<Community> {
    let (ctx, now) = (&node.ctx, node.ctx.now());
    let mut tx = ctx.write_durably().await?;
    let (slug, _) = apply(&mut tx, ctx, CHARTER, CHARTER_FILE, None).await?;
    let community = communities::by_slug(&mut tx, &slug).await?;
    let community = community.context("the charter was applied, but the community is not there")?;
    for person in &story.people {
        let role = match person.role {
            Role::Member | Role::Newcomer => "member",
            Role::Listener => "listener",
            Role::Facilitator | Role::Sponsor | Role::Joiner | Role::Stranger => continue,
        };
        let new = NewMember {
            address: person.address.clone(),
            name: person.name.clone(),
            role: role.to_owned(),
            org: person.org.clone(),
            ..NewMember::default()
        };
        membership::add(&mut tx, community.id, &new, "the demonstration", now).await?;
    }
    tx.commit().await?;
    ctx.bells.all();
    Ok(community)
}
