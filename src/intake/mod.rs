//! LMTP, SMTP and the command line: bytes to one durable row, then 250.
