//! The octets of a message: where they end, and how many are kept.

use super::kept::Kept;
use super::reply::Reply;

/// The longest header section, in octets. Whatever is longer is made to hurt a parser.
pub(super) const HEADER_OCTETS: usize = 262_144;

/// Finds the end of data and takes the stuffed dots out (RFC 5321, 4.5.2).
///
/// A line begins only after CRLF. A bare CR or LF is content, so that no
/// server in front of us can see one message where we see two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Unstuff {
    #[default]
    LineStart,
    Dot,
    DotCr,
    Text,
    Cr,
    End,
}

impl Unstuff {
    /// Takes octets up to the end of data; returns how many it used, and whether that was the end.
    pub(super) fn feed(&mut self, octets: &[u8], body: &mut Body) -> (usize, bool) {
        let mut used = 0;
        while let Some(rest) = octets.get(used..).filter(|rest| !rest.is_empty()) {
            used += self.step(rest, body);
            if *self == Self::End {
                return (used, true);
            }
        }
        (used, false)
    }

    /// Takes at least one octet of `rest`, which has one.
    fn step(&mut self, rest: &[u8], body: &mut Body) -> usize {
        let next = rest.first().copied().unwrap_or_default();
        match (*self, next) {
            (Self::LineStart, b'.') => *self = Self::Dot,
            (Self::Dot, b'\r') => *self = Self::DotCr,
            (Self::DotCr, b'\n') => *self = Self::End,
            (Self::DotCr, _) => {
                // The CR was content after all; this octet is looked at again behind it.
                body.push(b"\r");
                *self = Self::Cr;
                return 0;
            }
            (Self::Cr, b'\n') => {
                body.push(b"\n");
                *self = Self::LineStart;
            }
            (_, b'\r') => {
                body.push(b"\r");
                *self = Self::Cr;
            }
            _ => {
                let run = rest
                    .iter()
                    .position(|octet| *octet == b'\r')
                    .unwrap_or(rest.len());
                body.push(rest.get(..run).unwrap_or_default());
                *self = Self::Text;
                return run;
            }
        }
        1
    }
}

/// Why a message cannot be kept, known before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// More octets than the limit given here.
    TooBig(u64),
    /// No empty line within [`HEADER_OCTETS`].
    HeaderTooLong,
    /// No room to keep it while it comes.
    NoRoom,
}

impl Fault {
    /// The answer after the end of data.
    pub(super) fn reply(self) -> Reply {
        match self {
            Self::TooBig(limit) => Reply::too_big(limit),
            Self::HeaderTooLong => Reply::bad_message(format!(
                "header section over {HEADER_OCTETS} octets; an empty line must end it earlier"
            )),
            Self::NoRoom => Reply::no_room(),
        }
    }
}

/// What is kept of a message. Once it has a fault nothing is kept, and octets fall through.
#[derive(Debug)]
pub(super) struct Body {
    kept: Kept,
    limit: u64,
    fault: Option<Fault>,
    header_ended: bool,
    line_is_blank: bool,
}

impl Body {
    /// A body of at most `limit` octets.
    pub(super) fn new(limit: u64) -> Self {
        Self {
            kept: Kept::default(),
            limit,
            fault: None,
            header_ended: false,
            line_is_blank: true,
        }
    }

    /// Appends octets, or throws them away once there is a fault.
    pub(super) fn push(&mut self, octets: &[u8]) {
        if self.fault.is_some() {
            return;
        }
        if self.kept.len() + octets.len() as u64 > self.limit {
            return self.fail(Fault::TooBig(self.limit));
        }
        self.watch_header(octets);
        if self.fault.is_none()
            && let Err(error) = self.kept.push(octets)
        {
            tracing::warn!(%error, "intake.message_not_kept");
            self.fail(Fault::NoRoom);
        }
    }

    /// The fault so far.
    pub(super) fn fault(&self) -> Option<Fault> {
        self.fault
    }

    /// The message, or why it was not kept.
    pub(super) fn finish(self) -> Result<Vec<u8>, Fault> {
        match self.fault {
            Some(fault) => Err(fault),
            None => self.kept.finish().map_err(|_| Fault::NoRoom),
        }
    }

    fn fail(&mut self, fault: Fault) {
        self.fault = Some(fault);
        self.kept = Kept::default();
    }

    /// Looks for the first empty line, as lenient about its end as readers of mail are.
    fn watch_header(&mut self, octets: &[u8]) {
        if self.header_ended {
            return;
        }
        let so_far = usize::try_from(self.kept.len()).unwrap_or(usize::MAX);
        let room = HEADER_OCTETS.saturating_sub(so_far);
        for octet in octets.iter().take(room) {
            match octet {
                b'\n' if self.line_is_blank => self.header_ended = true,
                b'\n' => self.line_is_blank = true,
                b'\r' => {}
                _ => self.line_is_blank = false,
            }
            if self.header_ended {
                return;
            }
        }
        if octets.len() > room {
            self.fail(Fault::HeaderTooLong);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Feeds `wire` in pieces; returns the message and what was left behind its end.
    fn take(pieces: &[&[u8]]) -> Option<(Vec<u8>, Vec<u8>)> {
        let (mut state, mut body, mut left, mut ended) =
            (Unstuff::default(), Body::new(1 << 20), Vec::new(), false);
        for piece in pieces {
            let (used, end) = if ended {
                (0, true)
            } else {
                state.feed(piece, &mut body)
            };
            ended = end;
            left.extend_from_slice(&piece[used..]);
        }
        ended.then(|| (body.finish().unwrap(), left))
    }

    /// The client's side: CRLF lines, each leading dot doubled, then the lone dot.
    fn stuff(body: &[u8]) -> Vec<u8> {
        let mut wire = Vec::new();
        let mut line_start = true;
        for (at, octet) in body.iter().enumerate() {
            if line_start && *octet == b'.' {
                wire.push(b'.');
            }
            wire.push(*octet);
            line_start = *octet == b'\n' && at > 0 && body[at - 1] == b'\r';
        }
        wire.extend_from_slice(b".\r\n");
        wire
    }

    #[test]
    fn dots_are_unstuffed_exactly() {
        let cases: [(&[u8], &[u8]); 9] = [
            (b".\r\n", b""),
            (b"\r\n.\r\n", b"\r\n"),
            (b"..\r\n.\r\n", b".\r\n"),
            (b"..first\r\n.\r\n", b".first\r\n"),
            (b"a\r\n..b\r\n...\r\n.\r\n", b"a\r\n.b\r\n..\r\n"),
            (b".a\r\n.\r\n", b"a\r\n"),
            (b"a\r\n.\rb\r\n.\r\n", b"a\r\n\rb\r\n"),
            (b".\r\r\n.\r\n", b"\r\r\n"),
            (b".\r.\r\n.\r\n", b"\r.\r\n"),
        ];
        for (wire, expected) in cases {
            assert_eq!(
                take(&[wire]),
                Some((expected.to_vec(), Vec::new())),
                "{:?}",
                wire.escape_ascii().to_string()
            );
        }
    }

    #[test]
    fn memory_stays_small_and_is_given_back() {
        let limit = 50_000_000;
        let mut body = Body::new(limit);
        let line = [b'x'; 998];
        body.push(b"\r\n");
        let mut highest = 0;
        for _ in 0..100_000 {
            body.push(&line);
            highest = highest.max(body.kept.in_memory());
        }
        assert!(highest <= 1 << 19, "{highest}");
        assert_eq!(body.kept.in_memory(), 0);
        assert_eq!(body.finish(), Err(Fault::TooBig(limit)));
    }

    #[test]
    fn a_header_must_end_within_its_limit() {
        let cases = [
            (HEADER_OCTETS - 4, "\r\n\r\nbody", true),
            (HEADER_OCTETS - 3, "\r\n\r\nbody", false),
            (HEADER_OCTETS - 2, "\n\nbody", true),
            (HEADER_OCTETS - 1, "\n\nbody", false),
            (HEADER_OCTETS, "", true),
            (HEADER_OCTETS + 1, "", false),
        ];
        for (length, tail, fits) in cases {
            for piece in [1, 7, 1 << 20] {
                let mut body = Body::new(1 << 20);
                let whole = [vec![b'a'; length], tail.as_bytes().to_vec()].concat();
                whole.chunks(piece).for_each(|octets| body.push(octets));
                assert_eq!(body.finish().is_ok(), fits, "{length} {tail:?} {piece}");
            }
        }
        let mut empty_first = Body::new(1 << 20);
        empty_first.push(b"\r\n");
        empty_first.push(&vec![b'a'; HEADER_OCTETS + 1]);
        assert!(empty_first.finish().is_ok());
    }

    proptest! {
        #[test]
        fn any_stuffed_body_arrives_as_it_was(
            lines in proptest::collection::vec("[.\r\nab]{0,6}", 0..20),
            cuts in proptest::collection::vec(1_usize..9, 1..20),
        ) {
            let body = lines.iter().map(|line| format!("{line}\r\n")).collect::<String>().into_bytes();
            let wire = [stuff(&body), b"NOOP\r\n".to_vec()].concat();
            let mut pieces: Vec<&[u8]> = Vec::new();
            let mut rest = wire.as_slice();
            for cut in cuts.iter().cycle() {
                if rest.is_empty() { break; }
                let (piece, tail) = rest.split_at((*cut).min(rest.len()));
                pieces.push(piece);
                rest = tail;
            }
            prop_assert_eq!(take(&pieces), Some((body, b"NOOP\r\n".to_vec())));
        }
    }
}
