//! What members accept: the charter's elements and norms, by version. Where the
//! charter asks for acceptance, a new member may post once they have replied AGREE.
//! When it changes, members are asked once more and may post for 30 days meanwhile.

use super::home::Home;
use super::{membership, release, welcome};
use crate::cadence::{Outcome, Running};
use crate::config::Charter;
use crate::outbox::compose::{self, Letter};
use crate::store::communities::Community;
use crate::store::members::{self, Member};
use crate::store::{self, Millis, Tx, acts, communities};
use crate::templates::mails::AgreementChanged;
use crate::trail::Step;

/// The act that asks members once more.
pub const ASK: &str = "agreement-ask";

/// So long members may go on posting after a change, in days.
const GRACE: i64 = 30;

const DAY: Millis = 86_400_000;

/// Whether a member has accepted the charter as it stands, need not, or still has
/// time to.
pub fn has_agreed(member: &Member, community: &Community, now: Millis) -> bool {
    let has_time =
        member.joined_at < community.agreement_at && now < community.agreement_at + GRACE * DAY;
    member.exempt || member.agreed >= community.agreement || has_time
}

/// Whether a member is to be asked.
pub fn is_open(home: &Home<'_>, member: &Member) -> bool {
    home.charter.list.acceptance && !member.exempt && member.agreed < home.community.agreement
}

/// A member accepts the charter as it stands; posts that waited for it go out. False where they had already.
///
/// # Errors
/// Where the database refuses.
pub async fn agree(tx: &mut Tx, home: &Home<'_>, member: &Member) -> store::Result<bool> {
    communities::lock(tx, home.community.id).await?;
    let version = home.community.agreement;
    let found = members::by_id(tx, member.id).await?;
    let Some(mut member) = found.filter(|member| member.agreed < version) else {
        return Ok(false);
    };
    member.agreed = version;
    membership::save(tx, &member).await?;
    let step = Step::of_person(Some(home.community.id), &member.address, home.now());
    let reason = format!("version {version} of the charter");
    step.record(tx, "agreement", "agreed", &reason).await?;
    // What they wrote too early has waited for this alone.
    let by = "release_agreed";
    for address in members::addresses_of(tx, member.person_id).await? {
        release::posts_of(tx, home.ctx, home.community.id, &address, by).await?;
    }
    Ok(true)
}

/// A charter is applied over what the community had before. Where it changes what
/// members accept, or begins to ask for it, it is planned that they are asked.
///
/// # Errors
/// Where the database refuses.
pub async fn charter_changed(
    tx: &mut Tx,
    before: &Community,
    after: &Charter,
    now: Millis,
) -> store::Result<()> {
    let Ok(known) = Charter::parse(&before.charter, "") else {
        return Ok(());
    };
    let differs = accepted(&known) != accepted(after);
    let begins = after.list.acceptance && !known.list.acceptance;
    if !(differs || begins) {
        return Ok(());
    }
    let by = i64::from(differs);
    communities::bump_agreement(tx, before.id, by, now).await?;
    if after.list.acceptance {
        let about = format!("version {}", before.agreement + by);
        acts::insert(tx, before.id, ASK, &about, now).await?;
    }
    Ok(())
}

/// Members accept the elements and norms, not when they are reviewed.
fn accepted(charter: &Charter) -> (&str, &str, &str, &[String]) {
    let elements = &charter.charter;
    (
        &elements.domain,
        &elements.community,
        &elements.practice,
        &elements.norms,
    )
}

/// Asks every member who has not accepted the charter as it stands.
///
/// # Errors
/// Where the database refuses.
pub async fn ask_all(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let home = Home {
        ctx: act.ctx,
        community: act.community,
        charter: &act.charter,
    };
    let mut asked = 0;
    for member in members::of_community(tx, act.community.id).await? {
        if !(member.on_list() && is_open(&home, &member)) {
            continue;
        }
        match ask(tx, &home, &member).await {
            Ok(()) => asked += 1,
            Err(compose::Error::Store(error)) => return Err(error),
            Err(error) => return Ok(Outcome::Dropped(error.to_string())),
        }
    }
    Ok(Outcome::Done(format!(
        "{asked} members were asked to agree"
    )))
}

async fn ask(tx: &mut Tx, home: &Home<'_>, member: &Member) -> Result<(), compose::Error> {
    let elements = &home.charter.charter;
    let mail = AgreementChanged {
        community: home.community.name.clone(),
        about: elements.domain.clone(),
        people: elements.community.clone(),
        practice: elements.practice.clone(),
        norms: elements.norms.clone(),
        version: home.community.agreement.to_string(),
        days: GRACE as u32,
        owner_address: home.address("owner"),
    };
    let own = welcome::own_address(home, member);
    let letter = Letter {
        to: vec![(Some(member.id), member.address.clone())],
        from: own.clone(),
        reply_to: own,
        ..Letter::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    Ok(())
}
