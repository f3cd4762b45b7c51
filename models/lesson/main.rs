#![cfg(any(loom, shuttle))]
