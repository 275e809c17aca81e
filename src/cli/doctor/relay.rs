//! The relay: greeted, encrypted and logged in to as for a mail, and left again.

use super::{Finding, PATIENCE, fail, ok};
use crate::config::Settings;
use crate::context::relay_address;
use crate::relay::address::Scheme;
use crate::relay::connection::Connection;

pub(super) async fn look(settings: &Settings) -> Finding {
    let address = relay_address(settings);
    let (encrypted, known) = (address.scheme != Scheme::Smtp, address.user.is_some());
    match Connection::open(&address, &settings.domain, PATIENCE).await {
        Ok(connection) => {
            connection.quit().await;
            let tls = if encrypted { ", with TLS" } else { "" };
            let user = if known {
                ", and took user and password"
            } else {
                ""
            };
            ok(format!("the relay {address} answers{tls}{user}"))
        }
        Err(failure) => fail(
            failure.to_string(),
            "see whether it runs and whether [relay] says what it wants; until then mail waits here",
        ),
    }
}
