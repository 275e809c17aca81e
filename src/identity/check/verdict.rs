//! What follows from the results of one run: what they prove of the author, what the
//! author's domain asks for, and how all of it is written down.

use mail_auth::dmarc::Policy as Published;
use mail_auth::{ArcOutput, DkimResult, DmarcOutput, DmarcResult, SpfResult};

use super::Handed;
use super::results::Results;
use super::signatures::Field;
use crate::identity::{Policy, Strength, strength};
use crate::message::address::is_within;
use crate::message::authentication;

/// The results of one run.
pub(super) struct Verdict<'a> {
    /// The author's domain, where there is exactly one author.
    pub author: Option<&'a str>,
    /// SPF and the domain that it is about, where it was checked.
    pub spf: Option<(SpfResult, &'a str)>,
    /// The signatures.
    pub fields: Vec<Field>,
    /// DMARC.
    pub dmarc: DmarcOutput,
    /// ARC.
    pub arc: ArcOutput<'a>,
    /// The places of the author's own passing signatures.
    pub own: Vec<usize>,
}

impl Verdict<'_> {
    /// Whether a domain speaks for the author's where no DMARC record says how.
    pub(super) fn speaks(&self, signer: &str) -> bool {
        self.author
            .is_some_and(|author| strength::speaks_for(signer, author))
    }

    /// Whether a domain that DMARC takes for aligned can be.
    pub(super) fn is_kin(&self, signer: &str) -> bool {
        self.author
            .is_some_and(|author| strength::can_be_kin(signer, author))
    }

    /// Whether anything could not be found out because a question failed.
    pub(super) fn is_open(&self) -> bool {
        self.is_dmarc_open()
            || self.fields.iter().any(|field| field.result == "temperror")
            || matches!(self.spf, Some((SpfResult::TempError, _)))
            || matches!(self.arc.result(), DkimResult::TempError(_))
    }

    fn is_dmarc_open(&self) -> bool {
        matches!(self.dmarc.result(), DmarcResult::TempError(_))
    }

    /// What the author's domain asks for.
    pub(super) fn policy(&self) -> Policy {
        if self.author.is_none() {
            return Policy::None;
        }
        match self.dmarc.dmarc_record() {
            None if self.is_dmarc_open() => Policy::Unknown,
            None => Policy::None,
            Some(_) => match self.dmarc.policy() {
                Published::Reject => Policy::Reject,
                Published::Quarantine => Policy::Quarantine,
                Published::None | Published::Unspecified => Policy::None,
            },
        }
    }

    /// What is proven of the author.
    pub(super) fn strength(&self, trusted_sealers: &[String]) -> Strength {
        let Some(author) = self.author else {
            return Strength::Bare;
        };
        let is_aligned = match self.dmarc.dmarc_record() {
            Some(_) => self.is_aligned_by_record(),
            None => !self.is_dmarc_open() && self.is_aligned_without_record(),
        };
        match is_aligned {
            true => Strength::Aligned,
            false if self.was_aligned(author, trusted_sealers) => Strength::Relayed,
            false => Strength::Bare,
        }
    }

    fn is_aligned_by_record(&self) -> bool {
        let spf_passes = *self.dmarc.spf_result() == DmarcResult::Pass;
        let by_spf = spf_passes && self.spf.as_ref().is_some_and(|(_, from)| self.is_kin(from));
        by_spf || !self.own.is_empty()
    }

    fn is_aligned_without_record(&self) -> bool {
        let by_spf = matches!(self.spf, Some((SpfResult::Pass, domain)) if self.speaks(domain));
        by_spf || !self.own.is_empty()
    }

    /// Whether a sealer that we trust says that it was aligned before. Earlier sealers are
    /// believed as far back as all after them are trusted: they vouch for the chain.
    fn was_aligned(&self, author: &str, trusted: &[String]) -> bool {
        if *self.arc.result() != DkimResult::Pass {
            return false;
        }
        let is_trusted = |sealer: &str| {
            let sealer = sealer.trim_end_matches('.').to_lowercase();
            trusted.iter().any(|name| is_within(&sealer, name))
        };
        let sets = self.arc.sets().iter().rev();
        let mut believed = sets.take_while(|set| is_trusted(&set.seal.header.d));
        believed.any(|set| {
            let said = authentication::of_sealer(set.results.value);
            let said: Vec<_> = said.iter().filter(|one| one.method != "spf").collect();
            strength::proves(&said, author)
        })
    }

    /// All results as Authentication-Results has them.
    pub(super) fn results(&self, handed: Handed<'_>) -> String {
        let mut results = Results::default();
        if let Some((result, domain)) = &self.spf {
            let result = result.to_string().to_lowercase();
            // Without the local part, which would be kept in the trail.
            let property = match handed.envelope_from.is_empty() {
                true => "smtp.helo",
                false => "smtp.mailfrom",
            };
            results.add(("spf", &result), "", &[(property, domain)]);
        }
        for field in &self.fields {
            let named = [("header.d", &*field.domain), ("header.s", &*field.selector)];
            results.add(("dkim", field.result), field.why, &named);
        }
        if self.fields.is_empty() {
            results.add(("dkim", "none"), "", &[]);
        }
        self.add_arc(&mut results);
        self.add_dmarc(&mut results);
        results.text()
    }

    fn add_arc(&self, results: &mut Results) {
        let result = match self.arc.result() {
            DkimResult::Pass => "pass",
            DkimResult::None => return,
            DkimResult::TempError(_) => "temperror",
            _ => "fail",
        };
        let sealer = self.arc.sets().last().map_or("", |set| &set.seal.header.d);
        results.add(("arc", result), "", &[("header.d", sealer)]);
    }

    fn add_dmarc(&self, results: &mut Results) {
        let result = match self.dmarc.result() {
            DmarcResult::Pass => "pass",
            DmarcResult::Fail(_) => "fail",
            DmarcResult::TempError(_) => "temperror",
            DmarcResult::PermError(_) => "permerror",
            DmarcResult::None => "none",
        };
        let why = match (self.author, self.policy()) {
            (None, _) => "not exactly one author",
            (_, Policy::Reject) => "p=reject",
            (_, Policy::Quarantine) => "p=quarantine",
            (_, Policy::Unknown) => "the policy could not be looked up",
            _ => "",
        };
        let from = [("header.from", self.author.unwrap_or_default())];
        results.add(("dmarc", result), why, &from);
    }
}
