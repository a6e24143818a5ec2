//! What the operating system refuses a run.
