//! Complaints that providers pass on (RFC 5965, the abuse reporting format).

/// `content_type` is the field of the whole mail, lower-cased.
pub(super) fn is_one(content_type: &str) -> bool {
    content_type.starts_with("multipart/report") && content_type.contains("feedback-report")
}
