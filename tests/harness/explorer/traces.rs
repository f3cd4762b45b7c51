//! What a trace says of a stale read: whose store it took, and where that stands.

use super::write_twice;
use crate::panic_of;
use selvedge::check::Model;
use selvedge::sync::atomic::{AtomicU64, Ordering::Relaxed};
use selvedge::sync::thread;
use std::sync::Arc;

fn write_here(data: &AtomicU64) {
    data.store(1, Relaxed);
    data.store(2, Relaxed);
}

/// The failure of a reader that is told that the data is there, and may read the first of two stores all the same.
fn told(test: &str, write: fn(&AtomicU64)) -> String {
    let program = move || {
        let shared = Arc::new((AtomicU64::new(0), AtomicU64::new(0)));
        let writer = Arc::clone(&shared);
        let writer = thread::spawn(move || {
            write(&writer.0);
            writer.1.store(1, Relaxed);
        });
        let (data, written) = &*shared;
        if written.load(Relaxed) == 1 {
            assert_ne!(data.load(Relaxed), 1, "half of it");
        }
        writer.join().expect("no panic");
    };
    let said = panic_of(|| {
        Model::program("data", "all or nothing", program)
            .check(&format!("harness::explorer::traces::{test}"));
    });
    assert!(!said.contains("explorer SC, execution "), "no read is stale: {said}");
    said
}

#[test]
fn a_stale_read_names_the_store_that_it_took() {
    let said = told("a_stale_read_names_the_store_that_it_took", write_here);
    assert!(said.contains(" = 1 (stale: thread 1's at line 11; the newest is 2)"), "{said}");
}

#[test]
fn and_the_file_if_it_is_another_one() {
    let said = told("and_the_file_if_it_is_another_one", write_twice);
    assert!(said.contains(" = 1 (stale: thread 1's at tests/harness/explorer/mod.rs:"), "{said}");
}
