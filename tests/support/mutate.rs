//! Breaks mails in the same ways every time.

/// The longest input, in octets: long enough for any limit that is worth reaching.
const LONGEST: usize = 64 * 1_024;

/// What mail is made of, and what it is broken with.
const PIECES: [&[u8]; 24] = [
    b"\0",
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b"\r\n.\r\n",
    b"--",
    b"-- \n",
    b"> ",
    b"\"",
    b"<",
    b">",
    b"@",
    b"=?utf-8?q?=00?=",
    b"=\r\n",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"On Mon, 5 Jan 2026, Ann wrote:\n",
    b"REJECT ",
    b"set topics ",
    b"\xff\xfe",
    "\u{202e}".as_bytes(),
    "\u{2028}ﷺ".as_bytes(),
    b"pumps-reply+aaaaaaaaaaaaaaaaaaaaaaaaaa@lists.example",
    &[b'x'; 1_200],
];

/// Numbers that look random and are the same in every run (Knuth's generator).
pub struct Numbers(pub u64);

impl Numbers {
    /// Below `limit`; 0 where that is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let (by, more) = (6_364_136_223_846_793_005, 1_442_695_040_888_963_407);
        self.0 = self.0.wrapping_mul(by).wrapping_add(more);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit.max(1)
    }
}

/// One input changed in up to eight places.
pub fn mutated(seeds: &[Vec<u8>], numbers: &mut Numbers) -> Vec<u8> {
    let mut input = seeds[numbers.below(seeds.len())].clone();
    for _ in 0..=numbers.below(8) {
        let at = numbers.below(input.len() + 1);
        let gone = numbers.below(9).min(input.len() - at);
        match numbers.below(5) {
            0 if at < input.len() => input[at] ^= 1 << numbers.below(8),
            1 => drop(input.drain(at..at + gone)),
            2 => {
                let from = numbers.below(input.len() + 1);
                let end = (from + numbers.below(200)).min(input.len());
                let copy = input[from..end].to_vec();
                input.splice(at..at, copy);
            }
            3 => {
                let other = &seeds[numbers.below(seeds.len())];
                let from = numbers.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            _ => {
                let piece = PIECES[numbers.below(PIECES.len())];
                input.splice(at..at + gone, piece.iter().copied());
            }
        }
    }
    input.truncate(LONGEST);
    input
}
