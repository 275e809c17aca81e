//! Mailboxes in mboxrd form, read by other code than the product's.

/// The messages of a mailbox, line ends as LF, quoted From lines restored.
pub fn split(mbox: &[u8]) -> Vec<Vec<u8>> {
    let mut messages: Vec<Vec<u8>> = Vec::new();
    for line in mbox.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b"From ") {
            messages.push(Vec::new());
        } else if let Some(message) = messages.last_mut() {
            let quoted = line.iter().skip_while(|byte| **byte == b'>').copied();
            let is_quoted = line.starts_with(b">") && quoted.take(5).eq(*b"From ");
            message.extend_from_slice(if is_quoted { &line[1..] } else { line });
        }
    }
    messages.into_iter().map(|message| unix(&message)).collect()
}

/// CRLF as LF, and no empty lines at the end: what a mailbox cannot tell apart.
pub fn unix(message: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(message.len());
    for byte in message {
        if *byte == b'\n' && out.last() == Some(&b'\r') {
            out.pop();
        }
        out.push(*byte);
    }
    let end = out
        .iter()
        .rposition(|byte| *byte != b'\n')
        .map_or(0, |at| at + 1);
    out.truncate(end);
    out
}
