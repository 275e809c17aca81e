//! Founding, charter and its review.
