//! Who speaks, and how surely: tokens and a person's addresses.
