//! A stack for one thread, with a bug. It has the library's methods, as far as the target calls them.

use super::{Bug, bug};
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering::Relaxed};

pub struct Stack<T, R> {
    head: AtomicPtr<Node<T>>,
    bug: Bug,
    reclaim: PhantomData<R>,
}

struct Node<T> {
    value: ManuallyDrop<T>,
    next: *mut Node<T>,
}

impl<T, R> Default for Stack<T, R> {
    fn default() -> Self {
        Stack { head: AtomicPtr::new(ptr::null_mut()), bug: bug(Bug::Freed), reclaim: PhantomData }
    }
}

impl<T, R> Stack<T, R> {
    pub fn push(&self, value: T) {
        let node = Node { value: ManuallyDrop::new(value), next: self.head.load(Relaxed) };
        self.head.store(Box::into_raw(Box::new(node)), Relaxed);
    }

    pub fn pop(&self) -> Option<T> {
        let head = self.head.load(Relaxed);
        if head.is_null() {
            return None;
        }
        if self.bug == Bug::Freed {
            // SAFETY: none, on purpose: the node is freed, and then read. Only a fuzz target calls this.
            unsafe {
                drop(Box::from_raw(head));
                let node = ptr::read(head);
                self.head.store(node.next, Relaxed);
                return Some(ManuallyDrop::into_inner(node.value));
            }
        }
        // SAFETY: from `push`, linked until now, and nobody else is here.
        let node = unsafe { Box::from_raw(head) };
        self.head.store(node.next, Relaxed);
        if self.bug == Bug::Leaked {
            let node = Box::leak(node);
            // SAFETY: the node is unlinked and lost, and its value is taken once.
            return Some(unsafe { ManuallyDrop::take(&mut node.value) });
        }
        Some(ManuallyDrop::into_inner(node.value))
    }

    pub fn pop_all(&self) -> impl Iterator<Item = T> + use<T, R> {
        let mut values: Vec<T> = std::iter::from_fn(|| self.pop()).collect();
        if self.bug == Bug::Order {
            values.reverse();
        }
        values.into_iter()
    }

    pub fn is_empty(&self) -> bool {
        self.head.load(Relaxed).is_null()
    }
}

impl<T, R> Drop for Stack<T, R> {
    fn drop(&mut self) {
        if self.bug != Bug::Kept {
            while self.pop().is_some() {}
        }
    }
}
