//! Words with their places as PostgreSQL keeps them, in the form in which it sends and takes
//! them: twice as quick to write and to read as its notation for people, and half as long.
//!
//! The form is that of `tsvectorsend` and `tsvectorrecv` (PostgreSQL,
//! `src/backend/utils/adt/tsvector.c`), all numbers big-endian: how many words there are (32
//! bits); then of each word its text, a zero octet, how many places it has (16 bits), and each
//! of these in 16 bits, of which the upper two are the weight and the others the place.

use std::fmt;

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, Postgres};
use sqlx::{Encode, Type};

/// The type's number in every PostgreSQL (`src/include/catalog/pg_type.dat`).
const TSVECTOR: Oid = Oid(3614);

/// Bits that a place has.
const PLACE_BITS: u32 = 14;

/// In which part of a post a word stands; the letters are PostgreSQL's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Weight {
    /// Of the least weight, which is not written.
    D = 0,
    /// The third.
    C = 1,
    /// The second.
    B = 2,
    /// Of the greatest.
    A = 3,
}

impl Weight {
    fn of(place: u16) -> Weight {
        match place >> PLACE_BITS {
            0 => Weight::D,
            1 => Weight::C,
            2 => Weight::B,
            _ => Weight::A,
        }
    }
}

/// A tsvector. It is bound as such, and read as the octets that `tsvectorsend` gives.
///
/// Whatever has one among its parameters or columns must be `persistent`: sqlx 0.9 asks the
/// database once about a type that it does not know, and where the statement has no name that
/// question takes its place (sqlx issue 4305).
#[derive(Clone, PartialEq, Eq)]
pub struct TsVector(Vec<u8>);

impl Default for TsVector {
    fn default() -> TsVector {
        TsVector(vec![0; 4])
    }
}

impl TsVector {
    /// Of words, each once and in the order of their octets, each with its places in order
    /// (1 to 16,383; at most 255). PostgreSQL refuses any other.
    pub fn of<'a, P>(words: impl IntoIterator<Item = (&'a str, P)>) -> TsVector
    where
        P: IntoIterator<Item = (u16, Weight)>,
    {
        let mut octets = vec![0; 4];
        let mut count: u32 = 0;
        for (word, places) in words {
            octets.extend_from_slice(word.as_bytes());
            octets.extend_from_slice(&[0; 3]);
            let at = octets.len() - 2;
            let mut placed: u16 = 0;
            for (place, weight) in places {
                let written = place | (u16::from(weight as u8) << PLACE_BITS);
                octets.extend_from_slice(&written.to_be_bytes());
                placed += 1;
            }
            octets[at..at + 2].copy_from_slice(&placed.to_be_bytes());
            count += 1;
        }
        octets[..4].copy_from_slice(&count.to_be_bytes());
        TsVector(octets)
    }

    /// From what `tsvectorsend` gave.
    pub fn received(octets: Vec<u8>) -> TsVector {
        TsVector(octets)
    }

    /// Its words in order, each with its places; as far as it can be read.
    pub fn words(&self) -> impl Iterator<Item = (&str, Places<'_>)> {
        let mut rest = self.0.get(4..).unwrap_or_default();
        std::iter::from_fn(move || {
            let end = rest.iter().position(|octet| *octet == 0)?;
            let (word, behind) = rest.split_at_checked(end)?;
            let (count, behind) = behind.get(1..)?.split_first_chunk::<2>()?;
            let size = usize::from(u16::from_be_bytes(*count)) * 2;
            let (places, behind) = behind.split_at_checked(size)?;
            rest = behind;
            Some((std::str::from_utf8(word).ok()?, Places(places)))
        })
    }
}

/// The places of a word, in order.
#[derive(Clone, Debug)]
pub struct Places<'a>(&'a [u8]);

impl Iterator for Places<'_> {
    type Item = (u16, Weight);

    fn next(&mut self) -> Option<(u16, Weight)> {
        let (first, rest) = self.0.split_first_chunk::<2>()?;
        self.0 = rest;
        let place = u16::from_be_bytes(*first);
        Some((place & ((1 << PLACE_BITS) - 1), Weight::of(place)))
    }
}

/// `'pump':1A,7C 'seal':2`, as PostgreSQL writes it for people.
impl fmt::Display for TsVector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (word, places)) in self.words().enumerate() {
            let space = if number == 0 { "" } else { " " };
            write!(f, "{space}'{}'", word.replace('\'', "''"))?;
            for (number, (place, weight)) in places.enumerate() {
                let sign = if number == 0 { ':' } else { ',' };
                write!(f, "{sign}{place}")?;
                if weight != Weight::D {
                    write!(f, "{weight:?}")?;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for TsVector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TsVector({self})")
    }
}

impl Type<Postgres> for TsVector {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(TSVECTOR)
    }
}

impl Encode<'_, Postgres> for TsVector {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }

    fn size_hint(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_written_as_postgresql_writes_it() {
        let written = TsVector::of([
            ("pump", vec![(1, Weight::A), (7, Weight::C)]),
            ("seal", vec![(2, Weight::D)]),
            ("_c7", vec![]),
        ]);
        assert_eq!(written.to_string(), "'pump':1A,7C 'seal':2 '_c7'");
        // SELECT tsvectorsend('''pump'':1A,7C') in psql.
        let sent = TsVector::of([("pump", [(1, Weight::A), (7, Weight::C)])]);
        assert_eq!(sent.0, b"\0\0\0\x01pump\0\0\x02\xc0\x01\x40\x07");
    }

    proptest! {
        #[test]
        fn any_octets_are_read_to_their_end(octets in prop::collection::vec(any::<u8>(), 0..200)) {
            let read = TsVector(octets.clone());
            let places: usize = read.words().map(|(_, places)| places.count()).sum();
            prop_assert!(places <= octets.len());
        }

        #[test]
        fn what_is_written_is_read(
            words in prop::collection::btree_map(
                "[a-zé語']{1,9}",
                prop::collection::btree_map(1_u16..=16_383, 0_u16..4, 0..9),
                0..20,
            )
        ) {
            let placed = |places: &std::collections::BTreeMap<u16, u16>| -> Vec<(u16, Weight)> {
                let weight = |weight: u16| Weight::of(weight << PLACE_BITS);
                places.iter().map(|(place, of)| (*place, weight(*of))).collect()
            };
            let words: Vec<(String, Vec<(u16, Weight)>)> =
                words.iter().map(|(word, places)| (word.clone(), placed(places))).collect();
            let vector = TsVector::of(words.iter().map(|(word, places)| (word.as_str(), places.clone())));
            let read: Vec<(String, Vec<(u16, Weight)>)> =
                vector.words().map(|(word, places)| (word.to_owned(), places.collect())).collect();
            prop_assert_eq!(read, words);
        }
    }
}
