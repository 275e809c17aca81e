//! What a story asks of its node by the command line.

use serde_json::Value;

use super::Node;

impl Node<'_> {
    /// Steps the test clock on; on return nothing is due, and every outgoing
    /// mail has been sent or tried.
    #[track_caller]
    pub fn advance(&self, duration: &str) {
        self.run(&["clock", "advance", duration]).ok();
    }

    /// Waits until all that the present moment asks for is done.
    #[track_caller]
    pub fn settle(&self) {
        self.advance("1s");
    }

    /// The state of each recipient of a message, as `why` has it.
    #[track_caller]
    pub fn states(&self, message_id: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        collect_states(&self.json(&["why", message_id]), &mut found);
        found.sort();
        found
    }

    /// The state of one recipient of a message; empty where `why` lists none.
    #[track_caller]
    pub fn state(&self, message_id: &str, recipient: &str) -> String {
        let states = self.states(message_id);
        states
            .into_iter()
            .find(|(address, _)| address == recipient)
            .map(|(_, state)| state)
            .unwrap_or_default()
    }

    /// The member of `pumps` with that address, as `member list` has it; null
    /// where there is none.
    #[track_caller]
    pub fn member(&self, address: &str) -> Value {
        let list = self.json(&["member", "list", "pumps"]);
        let found = list
            .as_array()
            .into_iter()
            .flatten()
            .find(|one| one["address"] == address);
        found.cloned().unwrap_or_default()
    }
}

// Every object with an address and a state, wherever it stands.
fn collect_states(value: &Value, found: &mut Vec<(String, String)>) {
    if let (Some(address), Some(state)) = (value["address"].as_str(), value["state"].as_str()) {
        found.push((address.to_owned(), state.to_owned()));
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_states(item, found)),
        Value::Object(fields) => fields.values().for_each(|item| collect_states(item, found)),
        _ => {}
    }
}
