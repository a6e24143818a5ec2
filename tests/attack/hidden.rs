//! Printing values that are nobody's business.
