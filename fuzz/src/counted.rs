//! Values that are counted when they are made and when they are dropped.

use std::cell::RefCell;

thread_local! {
    /// How often each value was dropped since the last [`audit`].
    static DROPS: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

/// A byte on the heap, and a number in the ledger.
///
/// The sanitizer watches the byte, the ledger watches the drops, and the seal tells a value from memory that
/// holds none.
#[derive(Debug)]
pub struct Counted {
    number: usize,
    seal: usize,
    /// An option, so that zeroed memory may be looked at as a value at all.
    byte: Option<Box<u8>>,
}

impl Counted {
    fn check(&self) {
        assert!(self.seal == !self.number, "what was read is not a value: uninitialised memory");
    }
}

impl From<u8> for Counted {
    fn from(byte: u8) -> Self {
        let number = DROPS.with_borrow_mut(|drops| {
            drops.push(0);
            drops.len() - 1
        });
        Counted { number, seal: !number, byte: Some(Box::new(byte)) }
    }
}

impl From<Counted> for u8 {
    fn from(value: Counted) -> u8 {
        value.check();
        **value.byte.as_ref().expect("every value has its byte")
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.check();
        // The second drop is told before it can free the byte again.
        let drops = DROPS.with_borrow_mut(|drops| {
            drops[self.number] += 1;
            drops[self.number]
        });
        assert!(drops == 1, "value {} was dropped twice", self.number);
    }
}

/// Every value must have been dropped by now. Begins a new ledger.
///
/// # Panics
/// If a value was not dropped.
pub fn audit() {
    let drops = DROPS.take();
    if let Some(number) = drops.iter().position(|drops| *drops == 0) {
        panic!("value {number} of {} was never dropped", drops.len());
    }
}
