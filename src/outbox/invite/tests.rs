//! What a client finds in the mail, by another parser.
