//! What is told on request: communities, members, the archive, one's own settings.
//! It goes to the registered address only, so that asking in somebody's name tells
//! the asker nothing.

use super::Desk;
use crate::config::{ArchivePolicy, MembersVisibleTo};
use crate::links;
use crate::lists::person_data;
use crate::outbox::compose;
use crate::store::members::{self, Member};
use crate::store::{self, Tx, communities};
use crate::templates::Phrase;
use crate::templates::mails::Setting;

/// The commands and the keys of their explanations, as help shows them.
pub(super) const COMMANDS: [(&str, &str); 26] = [
    ("set each", "help_each"),
    ("set digest", "help_digest"),
    ("set digest mime", "help_mime"),
    ("set headlines", "help_headlines"),
    ("set none", "help_none"),
    ("less", "help_less"),
    ("set own off", "help_own"),
    ("set copies off", "help_copies"),
    ("set topics NAME, NAME", "help_topics"),
    ("pause 14d", "help_pause"),
    ("resume", "help_resume"),
    ("mute, follow", "help_mute"),
    ("stop NAME", "help_stop"),
    ("link ADDRESS", "help_link"),
    ("address ADDRESS", "help_address"),
    ("which", "help_which"),
    ("who", "help_who"),
    ("lists, archive", "help_lists"),
    ("agree", "help_agree"),
    ("page", "help_page"),
    ("desk", "help_desk"),
    ("export", "help_export"),
    ("join", "help_join"),
    ("leave", "help_leave"),
    ("erase", "help_erase"),
    ("help", "help_help"),
];

/// Members whom one mail lists at most.
const MOST_MEMBERS: usize = 1_000;

impl Desk<'_> {
    /// The communities that a visitor may know of, and one's own.
    pub(super) async fn lists(&mut self, tx: &mut Tx) -> store::Result<()> {
        let own = members::of_address(tx, &self.speaker.address).await?;
        let mut rows = Vec::new();
        for community in communities::all(tx).await? {
            let Some(charter) = self.ctx.charter(&community) else {
                continue;
            };
            let is_own = own
                .iter()
                .any(|m| m.community_id == community.id && m.on_list());
            let is_open = charter.list.archive == ArchivePolicy::Public;
            if community.closed_at.is_none()
                && (is_own || is_open || community.id == self.arrival.community.id)
            {
                let address = format!("{}@{}", community.slug, self.ctx.settings.domain);
                rows.push(row(&community.name, &address));
            }
        }
        self.tell(&Phrase::new("these_lists"), rows);
        Ok(())
    }

    /// One's memberships, wherever they are.
    pub(super) async fn which(&mut self, tx: &mut Tx) -> store::Result<()> {
        let all = members::of_address(tx, &self.speaker.address).await?;
        let mut rows = Vec::new();
        for member in all.iter().filter(|member| member.state != "left") {
            let community = communities::by_id(tx, member.community_id).await?;
            let value = format!(
                "{}, {}, {}",
                member.address,
                member.roles.replace(',', " + "),
                member.delivery
            );
            rows.push(row(&community.name, &value));
        }
        match rows.is_empty() {
            true => self.problem("no_membership"),
            false => self.tell(&Phrase::new("your_memberships"), rows),
        }
        Ok(())
    }

    /// Who belongs to the list, where the asker may know.
    pub(super) async fn who(&mut self, tx: &mut Tx) -> store::Result<()> {
        let runs = |m: &Member| m.has_role("facilitator") || m.has_role("moderator");
        let may = match self.arrival.charter.list.members_visible_to {
            MembersVisibleTo::Members => true,
            MembersVisibleTo::Facilitators => self.speaker.on_list().is_some_and(runs),
            MembersVisibleTo::Nobody => false,
        };
        if !may {
            self.problem("who_is_private");
            return Ok(());
        }
        let all = members::of_community(tx, self.arrival.community.id).await?;
        let on_list: Vec<&Member> = all.iter().filter(|member| member.on_list()).collect();
        let shown = on_list.iter().take(MOST_MEMBERS);
        let rows = shown.map(|member| row(&member.address, &member.name));
        let heading = Phrase::new("these_members").with("count", on_list.len().to_string());
        self.tell(&heading, rows.collect());
        Ok(())
    }

    pub(super) fn archive(&mut self) {
        if self.arrival.charter.list.archive == ArchivePolicy::None {
            self.problem("no_archive");
            return;
        }
        let url = links::front(&self.ctx.settings.base_url, &self.arrival.community.slug);
        let rows = vec![row(&self.arrival.community.name, &url)];
        self.tell(&Phrase::new("archive_is_here"), rows);
    }

    /// Everything that is kept of the asker, to their own address.
    pub(super) async fn export(&mut self, tx: &mut Tx) -> Result<(), compose::Error> {
        // Whoever asks in somebody's name must not fill their box.
        let most = if self.is_proven() {
            super::MOST_EXPORTS
        } else {
            1
        };
        if !self.has_room(tx, "export", most).await? {
            let reason = format!("{} had it often enough today", self.speaker.address);
            self.elsewhere = Some(("command", reason));
            return Ok(());
        }
        let sent = person_data::send(tx, self.ctx, self.arrival.community, &self.letter()).await?;
        self.elsewhere = Some(("command", sent));
        Ok(())
    }

    /// One's settings as they are now.
    pub(super) fn settings_table(&mut self, member: &Member) {
        self.table.clear();
        let delivery = match member.delivery.as_str() {
            "digest" => "value_digest",
            "headlines" => "value_headlines",
            "none" => "value_none",
            _ => "value_each",
        };
        self.setting("setting_posts", Phrase::new(delivery));
        let own = if member.own == 0 {
            "value_off"
        } else {
            "value_on"
        };
        self.setting("setting_own", Phrase::new(own));
        if !member.topics.is_empty() {
            let value =
                Phrase::new("value_topics").with("topics", member.topics.replace(',', ", "));
            self.setting("setting_topics", value);
        }
        match (member.state.as_str(), member.paused_until) {
            ("paused", Some(until)) => {
                let day = crate::clock::moment(until)
                    .with_timezone(&self.zone())
                    .date_naive();
                self.setting(
                    "setting_pause",
                    Phrase::new("value_until").with("date", day.to_string()),
                );
            }
            ("bouncing", _) => self.setting("setting_pause", Phrase::new("value_bouncing")),
            ("paused", None) => self.setting("setting_pause", Phrase::new("value_until_resume")),
            _ => {}
        }
    }

    fn setting(&mut self, name: &'static str, value: Phrase) {
        let (name, value) = (self.speech(&Phrase::new(name)), self.speech(&value));
        self.table.push(Setting { name, value });
    }
}

fn row(name: &str, value: &str) -> Setting {
    Setting {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_for_members_has_the_words_of_the_help() {
        let page = include_str!("../../../docs/lists-by-mail.md");
        let (_, page) = page.split_once("## Words for members").unwrap();
        let (page, _) = page.split_once("\n## ").unwrap();
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
        let words: Vec<&str> = rows.filter_map(|row| row.split('`').next()).collect();
        assert_eq!(words, COMMANDS.map(|(words, _)| words));
    }
}
