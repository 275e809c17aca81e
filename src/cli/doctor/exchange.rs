//! Where mail for the domain goes, and the names of the addresses it comes from.

use std::net::IpAddr;

use mail_auth::hickory_resolver::proto::rr::{RData, RecordType};

use super::ask::Ask;
use super::{Finding, fail, ok, warn};
use crate::config::Settings;

/// So many hosts and addresses are looked at.
const MOST: usize = 8;

/// An address from which our mail may reach the world.
pub(super) struct Outlet {
    pub(super) address: IpAddr,
    /// Whose it is.
    pub(super) host: String,
}

/// MX, and the addresses from which mail probably goes out: the relay's, or, where
/// that is on this machine or a network of its own, those of the MX hosts.
pub(super) async fn look(settings: &Settings, ask: &Ask) -> (Vec<Finding>, Vec<Outlet>) {
    let (mut found, mut outlets) = (Vec::new(), Vec::new());
    let hosts = exchangers(settings, ask, &mut found).await;
    for host in hosts.iter().take(MOST) {
        match ask.addresses(host).await {
            Ok(all) if all.is_empty() => found.push(fail(
                format!("MX: {host} has no address"),
                "give it an A or AAAA record",
            )),
            Ok(all) => outlets.extend(all.into_iter().map(|address| outlet(address, host))),
            Err(why) => found.push(fail(
                format!("MX: {host} cannot be looked up: {why}"),
                "try again",
            )),
        }
    }
    let relay = &settings.relay.host;
    let of_relay = ask.addresses(relay).await.unwrap_or_default();
    let public: Vec<_> = of_relay.into_iter().filter(is_public).collect();
    if !public.is_empty() {
        outlets = public
            .into_iter()
            .map(|address| outlet(address, relay))
            .collect();
    }
    outlets.truncate(MOST);
    (found, outlets)
}

fn outlet(address: IpAddr, host: &str) -> Outlet {
    Outlet {
        address,
        host: host.to_owned(),
    }
}

async fn exchangers(settings: &Settings, ask: &Ask, found: &mut Vec<Finding>) -> Vec<String> {
    let domain = &settings.domain;
    let records = match ask.records(domain, RecordType::MX).await {
        Ok(records) => records,
        Err(why) => {
            found.push(fail(
                format!("MX: {domain} cannot be looked up: {why}"),
                "try again",
            ));
            return Vec::new();
        }
    };
    let mx = |data: &RData| match data {
        RData::MX(mx) => Some((
            mx.preference,
            mx.exchange.to_ascii().trim_end_matches('.').to_owned(),
        )),
        _ => None,
    };
    let mut all: Vec<_> = records.iter().filter_map(mx).collect();
    all.sort();
    let hosts: Vec<_> = all.into_iter().map(|(_, host)| host).collect();
    if hosts.iter().any(String::is_empty) {
        found.push(fail(
            format!("MX: {domain} says that it takes no mail (RFC 7505)"),
            "name the mail server in front of folkmoot instead",
        ));
        return Vec::new();
    }
    found.push(match hosts.as_slice() {
        [] => fail(
            format!("MX: nobody takes mail for {domain}"),
            format!(
                "publish: {domain}. IN MX 10 and the name of the mail server in front of folkmoot"
            ),
        ),
        hosts => ok(format!(
            "MX: mail for {domain} goes to {}",
            hosts.join(", ")
        )),
    });
    hosts
}

fn is_public(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            !(v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_unspecified())
        }
        IpAddr::V6(v6) => {
            !(v6.is_loopback()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
                || v6.is_unspecified())
        }
    }
}

/// Whether each address has a name that leads back to it: many receivers refuse mail
/// from one that has not.
pub(super) async fn names(ask: &Ask, outlets: &[Outlet]) -> Vec<Finding> {
    let mut found = Vec::new();
    for outlet in outlets {
        found.push(name(ask, outlet).await);
    }
    found
}

async fn name(ask: &Ask, Outlet { address, host }: &Outlet) -> Finding {
    let instead = format!("have the provider of {address} name it {host}");
    let reverse = mail_auth::hickory_resolver::proto::rr::Name::from(*address).to_ascii();
    let names = match ask.records(&reverse, RecordType::PTR).await {
        Ok(names) => names,
        Err(why) => {
            return warn(
                format!("PTR: {address} ({host}) cannot be looked up: {why}"),
                "try again",
            );
        }
    };
    for data in names.iter().take(MOST) {
        if let RData::PTR(ptr) = data {
            let name = ptr.0.to_ascii().trim_end_matches('.').to_owned();
            let back = ask.addresses(&name).await.unwrap_or_default();
            if back.contains(address) {
                return ok(format!("PTR: {address} is {name}, and back"));
            }
        }
    }
    match names.is_empty() {
        true => warn(format!("PTR: {address} ({host}) has no name"), instead),
        false => warn(
            format!("PTR: the name of {address} ({host}) does not lead back to it"),
            instead,
        ),
    }
}
