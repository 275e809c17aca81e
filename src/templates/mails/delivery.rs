//! Mail that does not arrive.

use serde::Serialize;

use super::Mail;

/// To somebody whose mail comes back: at that address, to try it, or at another one.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DeliveryWarning {
    /// The name of the community whose mail came back last.
    pub community: String,
    /// The address to which mail fails.
    pub address: String,
    /// The day of the first failure, as people write it.
    pub since: String,
    /// What the other server said; may be empty.
    pub diagnostic: String,
    /// The names of the communities whose mail goes there.
    pub communities: Vec<String>,
    /// Whether nothing is sent there any more.
    pub is_stopped: bool,
    /// Whether no other mail will try the address.
    pub is_last: bool,
    /// Whether this goes to another address of the person.
    pub is_elsewhere: bool,
    /// Where a person answers questions.
    pub owner_address: String,
}

impl Mail for DeliveryWarning {
    const NAME: &'static str = "delivery-warning";

    fn samples() -> Vec<DeliveryWarning> {
        let test = DeliveryWarning {
            community: "Pumps community".into(),
            address: "bo@plant.example".into(),
            since: "5 January 2026".into(),
            diagnostic: "550 5.2.1 The account is disabled".into(),
            communities: vec!["Pumps community".into(), "Valves".into()],
            owner_address: "pumps-owner@lists.example".into(),
            ..DeliveryWarning::default()
        };
        let stopped = DeliveryWarning {
            is_stopped: true,
            ..test.clone()
        };
        let last = DeliveryWarning {
            is_last: true,
            diagnostic: String::new(),
            ..stopped.clone()
        };
        let elsewhere = DeliveryWarning {
            is_elsewhere: true,
            ..test.clone()
        };
        vec![test, stopped, last, elsewhere]
    }
}

/// One member whom mail does not reach.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Unreached {
    /// Their address.
    pub address: String,
    /// Their name; may be empty.
    pub name: String,
    /// The day of the first failure, as people write it.
    pub since: String,
    /// What the other server said; may be empty.
    pub diagnostic: String,
    /// Whether no other mail will try the address.
    pub is_given_up: bool,
}

/// To facilitators: whom mail does not reach.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DeliveryTrouble {
    /// The community's name.
    pub community: String,
    /// The members, none of them twice.
    pub members: Vec<Unreached>,
    /// How many more there are than are named.
    pub more: i64,
    /// How many members complained to their provider.
    pub complaints: i64,
    /// Whether so many did that the community's programme mail has stopped.
    pub is_braked: bool,
}

impl Mail for DeliveryTrouble {
    const NAME: &'static str = "delivery-trouble";

    fn samples() -> Vec<DeliveryTrouble> {
        let bo = Unreached {
            address: "bo@plant.example".into(),
            name: "Bo Ek".into(),
            since: "5 January 2026".into(),
            diagnostic: "550 5.2.1 The account is disabled".into(),
            is_given_up: false,
        };
        let other = Unreached {
            address: "cleo@a-rather-long-name-of-a-company.example".into(),
            name: String::new(),
            diagnostic: String::new(),
            is_given_up: true,
            ..bo.clone()
        };
        let all = DeliveryTrouble {
            community: "Pumps community".into(),
            members: vec![bo, other],
            more: 3,
            complaints: 2,
            is_braked: true,
        };
        let members = DeliveryTrouble {
            more: 0,
            complaints: 0,
            is_braked: false,
            ..all.clone()
        };
        let complaints = DeliveryTrouble {
            members: vec![],
            more: 0,
            ..all.clone()
        };
        vec![all, members, complaints]
    }
}
