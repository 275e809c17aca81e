//! Questions to DNS, each with an end.

use std::net::IpAddr;

use mail_auth::MessageAuthenticator;
use mail_auth::hickory_resolver::net::{DnsError, NetError};
use mail_auth::hickory_resolver::proto::rr::{Name, RData, RecordType};
use tokio::time::timeout;

use super::{Finding, PATIENCE, fail, warn};
use crate::config::Settings;
use crate::config::settings::Resolvers;
use crate::identity::resolver;

/// A resolver that answers.
pub(super) struct Ask {
    pub(super) resolver: MessageAuthenticator,
}

impl Ask {
    /// The resolver that the settings name, or the system's; an error where nobody is
    /// to be asked, or nobody answers: then the rest need not wait for it.
    pub(super) async fn new(settings: &Settings) -> Result<Ask, Finding> {
        let dns = &settings.authentication.dns;
        let Some(resolver) = resolver::unkept(dns) else {
            return Err(warn(
                "DNS is not looked at: [authentication] dns is []",
                "leave `dns` out to ask the system's resolver",
            ));
        };
        let ask = Ask { resolver };
        match ask.records(&settings.domain, RecordType::MX).await {
            Ok(_) => Ok(ask),
            Err(why) => {
                let who = match dns {
                    Resolvers::Named(_) => "[authentication] dns",
                    Resolvers::System | Resolvers::Off => "/etc/resolv.conf",
                };
                let what = format!(
                    "the resolver of {who} does not answer for {}: {why}",
                    settings.domain
                );
                Err(fail(
                    what,
                    "correct it, or start the resolver; nothing of DNS was looked at",
                ))
            }
        }
    }

    /// All records of a type; none where there are none. A name that cannot be asked
    /// for has none.
    ///
    /// # Errors
    /// Why there is no answer.
    pub(super) async fn records(&self, name: &str, kind: RecordType) -> Result<Vec<RData>, String> {
        let Ok(mut name) = Name::from_str_relaxed(name) else {
            return Ok(Vec::new());
        };
        name.set_fqdn(true);
        match timeout(PATIENCE, self.resolver.resolver().lookup(name, kind)).await {
            Err(_) => Err(format!("nothing came within {PATIENCE:?}")),
            Ok(Ok(found)) => {
                let all = found
                    .answers()
                    .iter()
                    .filter(|one| one.record_type() == kind);
                Ok(all.map(|one| one.data.clone()).collect())
            }
            Ok(Err(NetError::Dns(DnsError::NoRecordsFound(_)))) => Ok(Vec::new()),
            Ok(Err(error)) => Err(error.to_string()),
        }
    }

    /// The TXT records of a name, each joined of its strings.
    ///
    /// # Errors
    /// Why there is no answer.
    pub(super) async fn texts(&self, name: &str) -> Result<Vec<String>, String> {
        let text = |data: RData| match data {
            RData::TXT(txt) => {
                let joined: Vec<u8> = txt.txt_data.iter().flat_map(|part| part.to_vec()).collect();
                Some(String::from_utf8_lossy(&joined).into_owned())
            }
            _ => None,
        };
        let records = self.records(name, RecordType::TXT).await?;
        Ok(records.into_iter().filter_map(text).collect())
    }

    /// The addresses of a host.
    ///
    /// # Errors
    /// Why there is no answer.
    pub(super) async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, String> {
        if let Ok(address) = host.parse() {
            return Ok(vec![address]);
        }
        let mut all = self.records(host, RecordType::A).await?;
        all.extend(self.records(host, RecordType::AAAA).await?);
        let address = |data: RData| match data {
            RData::A(a) => Some(IpAddr::V4(a.0)),
            RData::AAAA(aaaa) => Some(IpAddr::V6(aaaa.0)),
            _ => None,
        };
        Ok(all.into_iter().filter_map(address).collect())
    }
}
