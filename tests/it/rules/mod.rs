//! Rules and the examples on their pages.

mod examples;
