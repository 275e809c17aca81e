//! A digest of whole mails (RFC 2046, section 5.1.5): contents first, as RFC 1153
//! has them, and each post as it went to the list.

/// What stands around one attached mail, in octets.
const AROUND: usize = 120;

/// Puts posts into mails of at most `largest` octets: the places of the first
/// post of each mail and of the first that is not in it any more. A post that is
/// larger alone has a mail to itself.
pub(super) fn split(sizes: &[usize], largest: usize) -> Vec<(usize, usize)> {
    let mut mails = Vec::new();
    let (mut from, mut filled) = (0, 0);
    for (place, size) in sizes.iter().enumerate() {
        if place > from && filled + size + AROUND > largest {
            mails.push((from, place));
            (from, filled) = (place, 0);
        }
        filled += size + AROUND;
    }
    if from < sizes.len() {
        mails.push((from, sizes.len()));
    }
    mails
}

/// A mail of ours with posts behind its text. `composed` is a whole mail with
/// CRLF line ends; its own body becomes the first part. `mark` makes the
/// boundaries, which occur in no post.
pub(super) fn attach(composed: &[u8], posts: &[Vec<u8>], mark: &str) -> Vec<u8> {
    let inner = boundary(composed, posts, &format!("{mark}-posts"));
    let eight_bit = posts.iter().any(|post| !post.is_ascii());
    let mut digest = multipart("digest", &inner, eight_bit).into_bytes();
    for post in posts {
        let encoding = if post.is_ascii() { "7bit" } else { "8bit" };
        digest.extend(format!("\r\n--{inner}\r\nContent-Type: message/rfc822\r\n").bytes());
        digest.extend(format!("Content-Transfer-Encoding: {encoding}\r\n\r\n").bytes());
        digest.extend(post);
    }
    digest.extend(format!("\r\n--{inner}--\r\n").bytes());
    enclose(composed, &[digest], mark)
}

/// A mail with these entities, each with its header, behind its own body.
pub(super) fn enclose(composed: &[u8], entities: &[Vec<u8>], mark: &str) -> Vec<u8> {
    let (head, body) = halves(composed);
    let (own, others): (Vec<&[u8]>, Vec<&[u8]>) = fields(head)
        .into_iter()
        .partition(|field| is_content(field));
    let outer = boundary(composed, entities, &format!("{mark}-outer"));
    let eight_bit = entities.iter().any(|entity| !entity.is_ascii());
    let mut out: Vec<u8> = others.concat();
    out.extend(multipart("mixed", &outer, eight_bit).bytes());
    out.extend(format!("\r\n--{outer}\r\n").bytes());
    out.extend(own.concat());
    out.extend(b"\r\n");
    out.extend(body);
    for entity in entities {
        out.extend(format!("\r\n--{outer}\r\n").bytes());
        out.extend(entity);
    }
    out.extend(format!("\r\n--{outer}--\r\n").bytes());
    out
}

fn multipart(kind: &str, boundary: &str, eight_bit: bool) -> String {
    let encoding = if eight_bit { "8bit" } else { "7bit" };
    format!(
        "Content-Type: multipart/{kind};\r\n boundary=\"{boundary}\"\r\n\
         Content-Transfer-Encoding: {encoding}\r\n"
    )
}

/// A boundary that stands nowhere in what it shall part (RFC 2046, section 5.1.1).
fn boundary(composed: &[u8], posts: &[Vec<u8>], mark: &str) -> String {
    let stands_in = |bytes: &[u8], name: &str| {
        bytes
            .windows(name.len())
            .any(|window| window == name.as_bytes())
    };
    let free = |name: &String| {
        !stands_in(composed, name) && !posts.iter().any(|post| stands_in(post, name))
    };
    let names = (0..100).map(|n| format!("{mark}-{n}"));
    names
        .into_iter()
        .find(free)
        .unwrap_or_else(|| mark.to_owned())
}

/// The header with the end of its last line, and the body.
fn halves(mail: &[u8]) -> (&[u8], &[u8]) {
    let end = mail.windows(4).position(|window| window == b"\r\n\r\n");
    let end = end.unwrap_or(mail.len().saturating_sub(2));
    let head = mail.get(..end + 2).unwrap_or(mail);
    (head, mail.get(end + 4..).unwrap_or_default())
}

/// The fields of a header, each with its folded lines.
fn fields(head: &[u8]) -> Vec<&[u8]> {
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([head.len()]);
    let pairs = starts.iter().zip(ends);
    pairs.filter_map(|(from, to)| head.get(*from..to)).collect()
}

/// Whether a field speaks of the body, and not of the mail.
fn is_content(field: &[u8]) -> bool {
    let name = field.get(..8).unwrap_or_default();
    name.eq_ignore_ascii_case(b"content-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posts_are_split_by_size() {
        assert_eq!(split(&[10, 10, 10], 300), [(0, 2), (2, 3)]);
        assert_eq!(split(&[900, 10, 900], 500), [(0, 1), (1, 2), (2, 3)]);
        assert_eq!(split(&[], 500), []);
    }

    #[test]
    fn a_digest_is_read_as_mails_in_a_mail() {
        let composed =
            b"Subject: Digest\r\nContent-Type: text/plain;\r\n charset=utf-8\r\n\r\nContents\r\n";
        let posts = [
            b"Subject: One\r\n\r\nx-outer-0 x-posts-0\r\n".to_vec(),
            "Subject: Two\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nö\r\n".into(),
        ];
        let whole = attach(composed, &posts, "x");
        let read = mail_parser::MessageParser::default().parse(&whole).unwrap();
        assert_eq!(read.subject(), Some("Digest"));
        assert_eq!(read.body_text(0).as_deref(), Some("Contents\r\n"));
        let inner: Vec<_> = read
            .parts
            .iter()
            .filter_map(|part| part.message())
            .collect();
        let subjects: Vec<_> = inner.iter().filter_map(|one| one.subject()).collect();
        assert_eq!(subjects, ["One", "Two"]);
        assert_eq!(inner[1].body_text(0).as_deref(), Some("ö\r\n"));
    }
}
