//! Who belongs to a list and who gets its posts. Every change of a member goes
//! through [`save`], which keeps the roster in step.

use super::digest;
use crate::config::{Charter, Delivery};
use crate::sessions::invitations;
use crate::store::members::{self, Member};
use crate::store::{self, Millis, Tx, acts, communities, feeds, outbox, roster};
use crate::trail::Step;

/// The roles there are, weakest first.
pub const ROLES: [&str; 5] = ["member", "listener", "facilitator", "moderator", "sponsor"];

/// The ways in which posts can reach a member.
pub const DELIVERIES: [&str; 4] = ["each", "digest", "headlines", "none"];

/// Somebody to be added. Empty texts mean "not said".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewMember {
    /// Normalised address.
    pub address: String,
    /// Display name.
    pub name: String,
    /// One of [`ROLES`]; empty is member.
    pub role: String,
    /// One of [`DELIVERIES`]; empty is what the charter says of new members.
    pub delivery: String,
    /// Part of the organisation.
    pub org: String,
    /// Time zone.
    pub tz: String,
    /// The operator or the charter adds them: they need neither probation nor
    /// acceptance.
    pub exempt: bool,
}

/// What adding somebody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// They are new here, or back.
    Joined,
    /// They were here and something about them changed.
    Changed,
    /// They were here, just so.
    Unchanged,
}

/// The member who owns that address, also if they have left, read so that no other
/// transaction changes them before this one ends: whoever changes a member writes
/// the whole row, and would undo what another has just written.
///
/// # Errors
/// Where the database refuses.
pub async fn for_change(
    tx: &mut Tx,
    community: i64,
    address: &str,
) -> store::Result<Option<Member>> {
    communities::lock(tx, community).await?;
    members::by_address(tx, community, address).await
}

/// Adds somebody, or adds the role and what else is said to who is here already.
///
/// # Errors
/// Where the database refuses.
pub async fn add(
    tx: &mut Tx,
    community: i64,
    new: &NewMember,
    by: &str,
    now: Millis,
) -> store::Result<Added> {
    match for_change(tx, community, &new.address).await? {
        None => join(tx, community, new, by, now).await,
        Some(member) => merge(tx, member, new, by, now).await,
    }
}

async fn join(
    tx: &mut Tx,
    community: i64,
    new: &NewMember,
    by: &str,
    now: Millis,
) -> store::Result<Added> {
    let or = |text: &str, default: &str| {
        if text.is_empty() {
            default.to_owned()
        } else {
            text.to_owned()
        }
    };
    let mut member = Member {
        id: 0,
        community_id: community,
        person_id: members::person_of(tx, &new.address, &new.name, now).await?,
        address: new.address.clone(),
        name: new.name.clone(),
        roles: or(&new.role, "member"),
        delivery: or(
            &new.delivery,
            standard_delivery(tx, community).await?.as_str(),
        ),
        paused_until: None,
        org: new.org.clone(),
        tz: new.tz.clone(),
        state: "active".to_owned(),
        joined_at: now,
        left_at: None,
        own: 1,
        copies: 0,
        topics: String::new(),
        digest_form: "page".to_owned(),
        digested_to: 0,
        agreed: 0,
        exempt: new.exempt,
    };
    member.id = members::insert(tx, &member).await?;
    digest::changed(tx, None, &member).await?;
    sync_roster(tx, &member).await?;
    invitations::of_somebody(tx, community, now).await?;
    record(tx, &member, now, "joined", by).await?;
    welcome_sponsor(tx, &member, false, now).await?;
    Ok(Added::Joined)
}

/// The act that tells a new sponsor what they will read.
pub const SPONSOR_START: &str = "sponsor-start";

/// Plans that, where somebody is a sponsor now and was none: once each time they become one.
///
/// # Errors
/// Where the database refuses.
pub async fn welcome_sponsor(
    tx: &mut Tx,
    member: &Member,
    was_sponsor: bool,
    now: Millis,
) -> store::Result<()> {
    if was_sponsor || !member.has_role("sponsor") {
        return Ok(());
    }
    let about = member.id.to_string();
    acts::insert(tx, member.community_id, SPONSOR_START, &about, now).await
}

/// How posts reach a new member who has not said.
async fn standard_delivery(tx: &mut Tx, community: i64) -> store::Result<Delivery> {
    let charter = communities::by_id(tx, community).await?.charter;
    let read = Charter::parse(&charter, "");
    Ok(read.map_or(Delivery::Each, |charter| charter.list.delivery))
}

async fn merge(
    tx: &mut Tx,
    mut member: Member,
    new: &NewMember,
    by: &str,
    now: Millis,
) -> store::Result<Added> {
    let before = format!("{member:?}");
    let was_sponsor = member.has_role("sponsor") && member.state != "left";
    let back = member.state == "left" || member.state == "pending";
    if back {
        member.roles.clear();
        (member.state, member.joined_at, member.left_at) = ("active".to_owned(), now, None);
        member.address.clone_from(&new.address);
        (member.agreed, member.exempt) = (0, false);
    }
    let role = if new.role.is_empty() && member.roles.is_empty() {
        "member"
    } else {
        &new.role
    };
    add_role(&mut member, role);
    let set = |target: &mut String, said: &str| {
        if !said.is_empty() {
            said.clone_into(target);
        }
    };
    set(&mut member.name, &new.name);
    set(&mut member.delivery, &new.delivery);
    set(&mut member.org, &new.org);
    set(&mut member.tz, &new.tz);
    member.exempt |= new.exempt;
    if before == format!("{member:?}") {
        return Ok(Added::Unchanged);
    }
    save(tx, &member).await?;
    invitations::of_somebody(tx, member.community_id, now).await?;
    record(
        tx,
        &member,
        now,
        if back { "joined" } else { "changed" },
        by,
    )
    .await?;
    welcome_sponsor(tx, &member, was_sponsor, now).await?;
    Ok(if back { Added::Joined } else { Added::Changed })
}

/// Adds a role to those a member holds. A listener who becomes a member stops
/// being a listener, and the other way about.
pub fn add_role(member: &mut Member, role: &str) {
    if role.is_empty() || member.has_role(role) {
        return;
    }
    let opposite = match role {
        "member" => "listener",
        "listener" => "member",
        _ => "",
    };
    let mut roles: Vec<&str> = member.roles().filter(|held| *held != opposite).collect();
    roles.push(role);
    roles.sort_by_key(|role| ROLES.iter().position(|known| known == role));
    member.roles = roles.join(",");
}

/// Writes a changed member (read with [`for_change`]) and what follows for the roster and for
/// the next digest; a pause with an end falls due then.
///
/// # Errors
/// Where the database refuses.
pub async fn save(tx: &mut Tx, member: &Member) -> store::Result<()> {
    let before = members::by_id(tx, member.id).await?;
    members::update(tx, member).await?;
    digest::changed(tx, before.as_ref(), member).await?;
    if let (Some(until), "paused") = (member.paused_until, member.state.as_str()) {
        acts::insert(
            tx,
            member.community_id,
            super::resume::NAME,
            &member.address,
            until,
        )
        .await?;
    }
    sync_roster(tx, member).await
}

/// Ends a membership (read with [`for_change`]). What still waits to be sent to them is dropped.
///
/// # Errors
/// Where the database refuses.
pub async fn leave(tx: &mut Tx, mut member: Member, by: &str, now: Millis) -> store::Result<()> {
    (member.state, member.left_at, member.paused_until) = ("left".to_owned(), Some(now), None);
    save(tx, &member).await?;
    invitations::of_somebody(tx, member.community_id, now).await?;
    // Whoever comes back later gets another feed.
    feeds::rotate(tx, member.id).await?;
    outbox::drop_posts_of(tx, member.id, "has left the community", now).await?;
    record(tx, &member, now, "left", by).await
}

/// Opens or ends the period in which the member gets posts, where that changed.
async fn sync_roster(tx: &mut Tx, member: &Member) -> store::Result<()> {
    let open = roster::open(tx, member.id).await?;
    let wanted = member.receives_each().then(|| member.address.clone());
    if open == wanted {
        return Ok(());
    }
    let version = communities::bump_roster(tx, member.community_id).await?;
    if open.is_some() {
        roster::end(tx, member.id, version).await?;
    }
    match wanted {
        Some(address) => roster::begin(tx, member.community_id, member.id, &address, version).await,
        None => Ok(()),
    }
}

async fn record(
    tx: &mut Tx,
    member: &Member,
    now: Millis,
    verdict: &str,
    by: &str,
) -> store::Result<()> {
    let step = Step::of_person(Some(member.community_id), &member.address, now);
    step.record(tx, "membership", verdict, by).await
}
