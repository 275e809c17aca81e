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
pub(super) const COMMANDS: &[(&str, &str)] = &[
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
    ("unmute, unfollow", "help_unmute"),
    ("stop NAME", "help_stop"),
    ("link ADDRESS", "help_link"),
    ("address ADDRESS", "help_address"),
    ("which", "help_which"),
    ("who", "help_who"),
    ("lists, archive", "help_lists"),
    ("session 2030-01-31 16:00 90m: TITLE", "help_session"),
    ("done SERIES 2", "help_done"),
    (
        "session every 2 weeks 2030-01-31 16:00 90m: TITLE",
        "help_series",
    ),
    ("agree", "help_agree"),
    ("page", "help_page"),
    ("desk", "help_desk"),
    ("export", "help_export"),
    ("join", "help_join"),
    ("leave", "help_leave"),
    ("erase", "help_erase"),
    ("help", "help_help"),
    ("invite ADDRESS", "help_invite"),
    ("move SERIES 2030-01-31 to 2030-02-01 16:00", "help_move"),
    ("cancel SERIES 2030-01-31: REASON", "help_cancel"),
    ("poll QUESTION", "help_poll"),
    ("ask sponsor: TEXT", "help_ask_sponsor"),
    ("split POST", "help_split"),
    ("move POST to POST", "help_move_post"),
    ("redact POST", "help_redact"),
    ("mute NAME until 2030-01-31", "help_mute_mail"),
    ("unmute NAME", "help_unmute_mail"),
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
    use crate::message::Mail;
    use crate::message::words::{self, Delivery, Word};

    #[test]
    fn the_page_for_members_has_the_words_of_the_help() {
        let page = include_str!("../../../docs/lists-by-mail.md");
        let (_, page) = page.split_once("## Words for members").unwrap();
        let (page, _) = page.split_once("\n## ").unwrap();
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
        let words: Vec<&str> = rows.filter_map(|row| row.split('`').next()).collect();
        let told: Vec<&str> = COMMANDS.iter().map(|(words, _)| *words).collect();
        assert_eq!(words, told);
    }

    /// The line of the help that names a word. Whoever adds a word adds its line, or says
    /// here where else people learn of it.
    fn line_of(word: &Word) -> &'static str {
        match word {
            Word::SetDelivery(Delivery::Each) => "set each",
            Word::SetDelivery(Delivery::Digest) => "set digest",
            Word::SetDelivery(Delivery::Headlines) => "set headlines",
            Word::SetDelivery(Delivery::None) => "set none",
            Word::SetMimeDigest => "set digest mime",
            Word::SetOwn(_) => "set own off",
            Word::SetCopies(_) => "set copies off",
            Word::SetTopics(_) => "set topics NAME, NAME",
            Word::PauseDays(_) | Word::PauseUntil(_) | Word::Pause => "pause 14d",
            Word::Resume => "resume",
            Word::Mute | Word::Follow => "mute, follow",
            Word::Unmute | Word::Unfollow => "unmute, unfollow",
            Word::Less => "less",
            Word::Stop(_) => "stop NAME",
            Word::Link(_) => "link ADDRESS",
            Word::ChangeAddress(_) => "address ADDRESS",
            Word::Which => "which",
            Word::Who => "who",
            Word::Lists | Word::Archive => "lists, archive",
            Word::AddSession(..) => "session 2030-01-31 16:00 90m: TITLE",
            Word::AddSeries(..) => "session every 2 weeks 2030-01-31 16:00 90m: TITLE",
            Word::MoveSession(..) => "move SERIES 2030-01-31 to 2030-02-01 16:00",
            Word::CancelSession(..) => "cancel SERIES 2030-01-31: REASON",
            Word::Done(..) => "done SERIES 2",
            Word::Agree => "agree",
            Word::Page => "page",
            Word::Desk => "desk",
            Word::Export => "export",
            Word::Join => "join",
            Word::Leave => "leave",
            Word::Erase => "erase",
            Word::Help => "help",
            Word::Invite(_) => "invite ADDRESS",
            Word::Poll(..) => "poll QUESTION",
            Word::AskSponsor(..) => "ask sponsor: TEXT",
            Word::SplitThread(_) => "split POST",
            Word::Redact(_) => "redact POST",
            Word::MovePost(..) => "move POST to POST",
            Word::MuteMail(..) => "mute NAME until 2030-01-31",
            Word::UnmuteMail(_) => "unmute NAME",
            // Answers: the mails that ask for them name them. The end of a mail is no word.
            Word::Accept
            | Word::Reject(_)
            | Word::Discard
            | Word::Trust
            | Word::Ban
            | Word::Approve
            | Word::Decline(_)
            | Word::Confirm
            | Word::End
            | Word::Unknown(_) => "",
        }
    }

    fn read(line: &str) -> Vec<Word> {
        words::commands(&Mail {
            text: line.to_owned(),
            visible_text: line.to_owned(),
            ..Mail::default()
        })
    }

    /// What people write who follow a line of the help.
    fn followed(line: &str) -> Vec<String> {
        let filled = line
            .replace("NAME, NAME", "seals, motors")
            .replace("NAME", "discussion-seed")
            .replace("ADDRESS", "bo@plant.example")
            .replace("SERIES", "clinic")
            .replace("QUESTION", "Which day?")
            .replace("POST", "<a.1@plant.example>")
            .replace("TITLE", "Seals that failed")
            .replace("TEXT", "A room for the next meet-up")
            .replace("REASON", "our host is ill");
        match line.chars().any(|c| c.is_ascii_uppercase()) {
            true => vec![filled],
            false => filled.split(", ").map(str::to_owned).collect(),
        }
    }

    #[test]
    fn every_line_of_the_help_is_understood_as_what_it_says() {
        for (line, _) in COMMANDS {
            for text in followed(line) {
                let read = read(&text);
                let lines: Vec<&str> = read.iter().map(line_of).collect();
                assert_eq!(lines, [*line], "{text:?} is read as {read:?}");
            }
        }
    }

    /// The first word of each verb that the request address understands, as the code has
    /// them, with what some need behind them.
    #[test]
    fn every_word_that_is_understood_is_in_the_help() {
        let behind = [
            ("set", "set own on"),
            ("link", "link bo@plant.example"),
            ("address", "address bo@plant.example"),
            ("reject", "reject no"),
            ("decline", "decline no"),
            ("invite", "invite bo@plant.example"),
            ("session", "session 2030-01-31 16:00 90m: Seals"),
            ("move", "move clinic 2030-01-31 to 2030-02-01 16:00"),
            ("cancel", "cancel clinic 2030-01-31: ill"),
            ("poll", "poll Which day?"),
            ("ask sponsor", "ask sponsor: A room"),
            ("ask", "ask sponsor: A room"),
            ("done", "done clinic 2"),
            ("split", "split <a.1@plant.example>"),
            ("redact", "redact <a.1@plant.example>"),
        ];
        let verbs = words::verbs();
        assert!(verbs.len() > 30, "{verbs:?}");
        for verb in verbs {
            let full = behind.iter().find(|(first, _)| *first == verb);
            let text = full.map_or(verb, |(_, text)| text);
            // Nothing is meant behind it: no command comes of it.
            if verb == "end" {
                continue;
            }
            let read = read(text);
            assert_eq!(read.len(), 1, "{text:?} is read as {read:?}");
            let line = line_of(&read[0]);
            let told = line.is_empty() || COMMANDS.iter().any(|(words, _)| *words == line);
            assert!(told, "the help says nothing of {verb:?}");
            assert!(!matches!(read[0], Word::Unknown(_)), "{text:?}");
        }
    }
}
