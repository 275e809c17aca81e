//! Several mails of the programme in one, for somebody who would get all of them at once.

use serde::Serialize;

use super::Mail;

/// A digest of mails of our own, to one person.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Bundle {
    /// The community in whose name it comes.
    pub community: String,
    /// What it brings, in order.
    pub sections: Vec<BundleSection>,
    /// Where questions go.
    pub owner_address: String,
}

/// One of the mails.
#[derive(Debug, Clone, Default, Serialize)]
pub struct BundleSection {
    /// By which a reply names it.
    pub number: usize,
    /// The mail's subject.
    pub subject: String,
    /// Its community, where that is another one than the bundle's; or empty.
    pub community: String,
    /// Where alone it can be answered, where that is not with the others; or empty.
    pub answers_to: String,
    /// Its text, line by line.
    pub lines: Vec<String>,
}

impl Mail for Bundle {
    const NAME: &'static str = "digest";
    const TEMPLATE: &'static str = "bundle";

    fn samples() -> Vec<Bundle> {
        let section = |number, community: &str| BundleSection {
            number,
            subject: "Does our charter still hold?".into(),
            community: community.into(),
            answers_to: String::new(),
            lines: vec![
                "It is time to look at what Pumps community is for.".into(),
                String::new(),
                "Reply with what you would change.".into(),
            ],
        };
        let survey = BundleSection {
            number: 2,
            subject: "Health check: seven digits".into(),
            answers_to: "pumps-survey+5f2a@lists.example".into(),
            lines: vec!["Seven digits, in order: 1 = no, 5 = yes.".into()],
            ..BundleSection::default()
        };
        let bundle = |sections| Bundle {
            community: "Pumps community".into(),
            sections,
            owner_address: "pumps-owner@lists.example".into(),
        };
        vec![
            bundle(vec![section(1, ""), section(2, "Seals and bearings")]),
            bundle(vec![section(1, ""), survey]),
        ]
    }
}
