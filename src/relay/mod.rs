//! Claimed rows to the SMTP relay; verdicts; retries.
