//! The octets of a message while it comes: a little in memory, the rest in a file.
//!
//! What a client has sent so far costs memory as long as the client likes: a thousand of
//! them would have a thousand times the largest message. So all but the beginning waits in
//! a file without a name, which the system takes away with the connection.

use std::fs::File;
use std::io::{self, Read, Seek, Write};

/// So much of an unfinished message is in memory, in octets; most messages are smaller.
const MOST_IN_MEMORY: usize = 262_144;

/// Octets in their order.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// The last ones; all of them where there is no file.
    near: Vec<u8>,
    far: Option<File>,
    length: u64,
}

impl Kept {
    /// How many there are.
    pub(super) fn len(&self) -> u64 {
        self.length
    }

    /// Appends octets.
    ///
    /// # Errors
    /// Where the file cannot be made or written: no room, most likely.
    pub(super) fn push(&mut self, octets: &[u8]) -> io::Result<()> {
        if !self.near.is_empty() && self.near.len() + octets.len() > MOST_IN_MEMORY {
            self.put_away()?;
        }
        self.near.extend_from_slice(octets);
        self.length += octets.len() as u64;
        Ok(())
    }

    /// All of them, in memory.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub(super) fn finish(self) -> io::Result<Vec<u8>> {
        let Some(mut far) = self.far else {
            return Ok(self.near);
        };
        let length = usize::try_from(self.length).unwrap_or_default();
        let mut all = Vec::with_capacity(length);
        far.rewind()?;
        far.read_to_end(&mut all)?;
        all.extend_from_slice(&self.near);
        Ok(all)
    }

    /// How much memory they take, in octets.
    #[cfg(test)]
    pub(super) fn in_memory(&self) -> usize {
        self.near.capacity()
    }

    fn put_away(&mut self) -> io::Result<()> {
        let far = match &mut self.far {
            Some(far) => far,
            none => none.insert(tempfile::tempfile()?),
        };
        far.write_all(&self.near)?;
        self.near.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_pieces_all_comes_back_in_order() {
        for (piece, count) in [(1, 10), (997, 1_000), (MOST_IN_MEMORY, 3), (1 << 20, 2)] {
            let (mut kept, mut expected) = (Kept::default(), Vec::new());
            for number in 0..count {
                let octets = vec![u8::try_from(number % 251).unwrap(); piece];
                kept.push(&octets).unwrap();
                expected.extend_from_slice(&octets);
                assert!(kept.in_memory() <= piece.max(MOST_IN_MEMORY) * 2);
            }
            assert_eq!(kept.len(), expected.len() as u64);
            assert!(kept.finish().unwrap() == expected, "{piece} x {count}");
        }
        assert_eq!(Kept::default().finish().unwrap(), b"");
    }
}
