//! The configuration file of a story's node.

use super::Node;
use crate::support::Sink;

impl Node<'_> {
    pub(super) fn configuration(&self, sink: &Sink) -> String {
        let (lmtp, smtp, http, relay) = (self.lmtp, self.smtp, self.http, sink.address());
        let database = self.database.url();
        format!(
            r#"domain   = "lists.example.org"
base_url = "https://lists.example.org"
data_dir = "data"
charters = "communities"

[database]
url = "{database}"

[listen]
lmtp = "{lmtp}"
smtp = "{smtp}"
http = "{http}"

[relay]
url = "smtp://{relay}"
connections = 4

[authentication]
dns = []

[limits]
message_size = "1MiB"
"#
        )
    }
}
