//! The fixture of `cargo xtask audit`: one ordering that is needed, and one that is not. The audit must tell them apart,
//! or it would call every ordering needed, or none.

use selvedge::check::Model;
use selvedge::sync::Arc;
use selvedge::sync::atomic::{
    AtomicBool, AtomicU32,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};
use selvedge::sync::thread;

#[derive(Default)]
struct Mailbox {
    letter: AtomicU32,
    posted: AtomicBool,
    visits: AtomicU32,
}

impl Mailbox {
    fn post(&self) {
        self.letter.store(1, Relaxed); // step: fixture.post.letter
        // Release: pairs with `fixture.look.posted`.
        self.posted.store(true, Release); // step: fixture.post.posted
        // Stronger than anybody needs, on purpose.
        self.visits.fetch_add(1, AcqRel); // step: fixture.post.visits
    }

    fn look(&self) {
        // Acquire: pairs with `fixture.post.posted`.
        // step: fixture.look.posted
        if self.posted.load(Acquire) {
            // step: fixture.look.letter
            assert_eq!(self.letter.load(Relaxed), 1, "posted, and no letter there");
        }
    }
}

fn post_and_look() {
    let mailbox = Arc::new(Mailbox::default());
    let other = Arc::clone(&mailbox);
    let poster = thread::spawn(move || other.post());
    mailbox.look();
    poster.join().expect("it does not panic");
    assert_eq!(mailbox.visits.load(Relaxed), 1); // step: fixture.visits
}

selvedge::model!(one_posts_and_one_looks, {
    Model::program("Mailbox", "an ordering too strong", post_and_look)
});
