//! The node's own relay connection, without a node: what it could deliver at most.

use std::time::Duration;

use anyhow::{Context, ensure};
use folkmoot::relay::{address::RelayAddress, connection::Connection, verdict::Verdict};

use super::sender::Mail;

const PATIENCE: Duration = Duration::from_secs(30);

/// Sends all mails over so many connections, each taking every n-th.
pub fn send(port: u16, connections: usize, mails: &[Mail]) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let address: RelayAddress = format!("smtp://127.0.0.1:{port}").parse()?;
    let tasks: Vec<_> = (0..connections)
        .map(|first| {
            let own: Vec<Mail> = mails
                .iter()
                .skip(first)
                .step_by(connections)
                .cloned()
                .collect();
            runtime.spawn(send_all(address.clone(), own))
        })
        .collect();
    tasks
        .into_iter()
        .try_for_each(|task| runtime.block_on(task)?)
}

async fn send_all(address: RelayAddress, mails: Vec<Mail>) -> anyhow::Result<()> {
    let mut connection = Connection::open(&address, "bench.example", PATIENCE).await?;
    for mail in mails {
        // The connection adds the final dot itself.
        let content = mail
            .content
            .strip_suffix(b".\r\n")
            .context("a mail ends with a dot")?;
        let early = connection
            .envelope(&mail.from, &mail.to, content.len(), false)
            .await?;
        ensure!(early.is_none(), "the sink refused: {early:?}");
        let verdict = connection.body(&[content]).await?;
        ensure!(
            matches!(verdict, Verdict::Sent { .. }),
            "the sink refused: {verdict:?}"
        );
    }
    connection.quit().await;
    Ok(())
}
