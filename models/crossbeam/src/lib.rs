//! No library: see `tests/epoch.rs`.
