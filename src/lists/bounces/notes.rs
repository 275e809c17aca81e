//! What is said of an address, in mails and by `why`.

use serde_json::{Value, json};

use super::{count, score};
use crate::clock::rfc3339;
use crate::lists::home::Home;
use crate::store::failing::{self, Failing};
use crate::store::{self, Millis, Tx, communities, members, suppressed};
use crate::templates::mails::DeliveryWarning;

pub(super) use crate::store::failing::closed;

/// What a person is told of their address.
pub(super) async fn warning(
    tx: &mut Tx,
    home: &Home<'_>,
    failing: &Failing,
) -> store::Result<DeliveryWarning> {
    let mut names = Vec::new();
    for member in members::of_address(tx, &failing.address).await? {
        if member.address == failing.address && member.on_list() {
            names.push(communities::by_id(tx, member.community_id).await?.name);
        }
    }
    Ok(DeliveryWarning {
        community: home.community.name.clone(),
        address: failing.address.clone(),
        since: home.day(failing.since),
        diagnostic: failing.diagnostic.clone(),
        communities: names,
        owner_address: home.address("owner"),
        ..DeliveryWarning::default()
    })
}

/// The member of a community whose mail goes to that address.
pub(super) async fn member_at(
    tx: &mut Tx,
    community: i64,
    address: &str,
) -> store::Result<Option<i64>> {
    let member = members::by_address(tx, community, address).await?;
    Ok(member
        .filter(|member| member.address == address)
        .map(|member| member.id))
}

/// What is known of mail to an address, for `why` and for an export.
pub struct DeliveryState {
    /// A sentence each.
    pub lines: Vec<String>,
    /// The same for programs.
    pub value: Value,
}

/// What is known of mail to an address; `None` where nothing ever failed.
///
/// # Errors
/// Where the database refuses.
pub async fn known(
    tx: &mut Tx,
    address: &str,
    now: Millis,
) -> store::Result<Option<DeliveryState>> {
    let failing = failing::of(tx, address).await?;
    let suppressed = suppressed::of(tx, address).await?;
    if failing.is_none() && suppressed.is_none() {
        return Ok(None);
    }
    let mut lines = Vec::new();
    let mut value = json!({ "address": address });
    if let Some(failing) = &failing {
        lines.extend(failing_lines(failing, now));
        value["points"] = json!(score::now(failing, now) as f64 / 1_000.0);
        value["since"] = json!(rfc3339(failing.since));
        value["stopped_at"] = json!(failing.stopped_at.map(rfc3339));
        value["warnings"] = json!(failing.warnings);
        value["diagnostic"] = json!(failing.diagnostic);
    }
    if let Some(suppressed) = &suppressed {
        let at = rfc3339(suppressed.at);
        lines.push(format!(
            "{at}  suppressed {}: until they ask for mail",
            suppressed.reason
        ));
        value["suppressed_at"] = json!(at);
        value["suppressed_by"] = json!(suppressed.reason);
    }
    Ok(Some(DeliveryState { lines, value }))
}

fn failing_lines(failing: &Failing, now: Millis) -> Vec<String> {
    let points = count::shown(score::now(failing, now));
    let mut lines = vec![format!(
        "{}  failing    {points}; last: {}",
        rfc3339(failing.since),
        failing.diagnostic
    )];
    if let Some(at) = failing.stopped_at {
        lines.push(format!(
            "{}  stopped    nothing goes there; {} mails have tried it since",
            rfc3339(at),
            failing.warnings
        ));
    }
    lines
}
