//! Sessions by mail.
