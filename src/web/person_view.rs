//! What a person's own page shows.

use chrono::Days;
use chrono_tz::Tz;

use super::pages::person::{Choice, Membership, PersonPage, ThreadChoice};
use super::person_mails;
use crate::clock::moment;
use crate::config::charter::ArchivePolicy;
use crate::config::{Charter, Subscription};
use crate::context::Context;
use crate::lists::home::Home;
use crate::lists::personal_link::{self, Opened};
use crate::sessions::feed;
use crate::store::choices::{self, Chosen};
use crate::store::members::{self, Member};
use crate::store::{self, Tx, communities};

/// So many threads are shown of a community, the latest choices first.
const MOST_THREADS: i64 = 100;

/// The ways in which posts can come, as the form names them.
pub(super) const DELIVERIES: [(&str, &str); 5] = [
    ("each", "one by one"),
    ("digest", "bundled in a digest"),
    (
        "digest-mime",
        "bundled in a digest, each as a mail inside it",
    ),
    ("headlines", "as titles only, bundled"),
    ("none", "not at all; I stay a member"),
];

/// The page as things are now.
pub(super) async fn view(
    tx: &mut Tx,
    ctx: &Context,
    token: &str,
    opened: &Opened,
) -> store::Result<PersonPage> {
    let action = format!("/me/{token}");
    let mut own = members::of_person(tx, opened.person).await?;
    own.retain(|member| member.state != "left" && member.state != "pending");
    let mut memberships = Vec::new();
    for member in &own {
        memberships.extend(membership(tx, ctx, &action, member).await?);
    }
    Ok(PersonPage {
        address: opened.address.clone(),
        done: Vec::new(),
        refused: Vec::new(),
        memberships,
        mails: person_mails::view(tx, opened, &own).await?,
        addresses: members::addresses_of(tx, opened.person).await?,
        data_href: format!("{action}/data.json"),
        action,
        ends: moment(opened.ends_at).into(),
    })
}

/// One community; nothing of one whose charter cannot be read.
async fn membership(
    tx: &mut Tx,
    ctx: &Context,
    action: &str,
    member: &Member,
) -> store::Result<Option<Membership>> {
    let community = communities::by_id(tx, member.community_id).await?;
    let Some(charter) = ctx.charter(&community) else {
        return Ok(None);
    };
    let home = Home {
        ctx,
        community: &community,
        charter: &charter,
    };
    let zone = zone(member, &charter);
    let today = ctx.today().with_timezone(&zone).date_naive();
    let tomorrow = today.checked_add_days(Days::new(1)).unwrap_or(today);
    let threads = choices::all(tx, member.id, MOST_THREADS).await?;
    let is_invited = charter.list.subscription == Subscription::Invite;
    Ok(Some(Membership {
        id: member.id,
        action: action.to_owned(),
        name: community.name.clone(),
        address: member.address.clone(),
        roles: member.roles().collect::<Vec<_>>().join(" and "),
        has_archive: member.on_list() && charter.list.archive != ArchivePolicy::None,
        is_on_list: member.on_list(),
        deliveries: deliveries(member),
        own: member.own != 0,
        copies: member.copies != 0,
        topics: topics(member, &charter),
        is_paused: member.state == "paused",
        is_bouncing: member.state == "bouncing",
        paused_until: paused_until(ctx, member, zone),
        tomorrow: tomorrow.to_string(),
        threads: threads.into_iter().map(thread).collect(),
        feed: feed(tx, ctx, member).await?,
        posts_feed: posts_feed(tx, ctx, member).await?,
        has_desk: personal_link::has_desk(member),
        join_address: match is_invited {
            true => String::new(),
            false => home.address("join"),
        },
    }))
}

async fn feed(tx: &mut Tx, ctx: &Context, member: &Member) -> store::Result<String> {
    match member.on_list() {
        true => feed::address(tx, ctx, member.id).await,
        false => Ok(String::new()),
    }
}

async fn posts_feed(tx: &mut Tx, ctx: &Context, member: &Member) -> store::Result<String> {
    match member.on_list() {
        true => feed::address_of_posts(tx, ctx, member.id).await,
        false => Ok(String::new()),
    }
}

/// The wall clock by which a member's days are counted.
pub(super) fn zone(member: &Member, charter: &Charter) -> Tz {
    member.tz.parse().unwrap_or(charter.timezone)
}

/// Until when a member has paused, as people write it; empty where there is no day.
pub(super) fn paused_until(ctx: &Context, member: &Member, zone: Tz) -> String {
    let until = member.paused_until.filter(|_| member.state == "paused");
    let day = until.map(|until| moment(until).with_timezone(&zone).date_naive());
    day.map(|day| ctx.templates.say_date("en", "", day))
        .unwrap_or_default()
}

/// The member's way of delivery, as the form names it.
pub(super) fn delivery(member: &Member) -> &str {
    match (member.delivery.as_str(), member.digest_form.as_str()) {
        ("digest", "mime") => "digest-mime",
        (delivery, _) => delivery,
    }
}

fn deliveries(member: &Member) -> Vec<Choice> {
    let now = delivery(member);
    let choice = |(value, label): &(&str, &str)| Choice {
        value: (*value).to_owned(),
        label: (*label).to_owned(),
        is_chosen: *value == now,
    };
    DELIVERIES.iter().map(choice).collect()
}

fn topics(member: &Member, charter: &Charter) -> Vec<Choice> {
    let chosen: Vec<&str> = member.topics.split(',').collect();
    let all = charter.topics.iter().map(|topic| Choice {
        value: topic.name.clone(),
        label: topic.title.clone(),
        is_chosen: chosen.contains(&topic.name.as_str()),
    });
    all.collect()
}

fn thread(chosen: Chosen) -> ThreadChoice {
    ThreadChoice {
        id: chosen.thread_id,
        subject: chosen.subject,
        is_muted: chosen.choice == "mute",
    }
}
