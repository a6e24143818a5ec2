//! The project's own files: integrations, documentation, releases.
