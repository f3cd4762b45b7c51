//! What was asked and answered, and when.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt::{self, Debug};
use std::hash::{DefaultHasher, Hasher};

/// One operation of one thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call<Op, Ret> {
    /// Which thread. The calls of one thread do not overlap.
    pub thread: usize,
    /// What was asked.
    pub op: Op,
    /// What was answered; `None` if there was no answer (yet): the operation may have happened or not.
    pub ret: Option<Ret>,
    /// When it began. It happened not before.
    pub start: u64,
    /// When it ended. It happened not after. Without an answer: whenever.
    pub end: u64,
    /// The period between two barriers that all threads passed. What [`Order::Program`] knows of time.
    pub phase: u32,
}

/// Which order of calls an explanation must respect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// A call that ended before another began comes first: linearizability.
    RealTime,
    /// Each thread's calls come in their order, and calls of an earlier phase come before those of a later
    /// one: all that can be asked when reads may be stale and happens-before is not known. With all calls in
    /// one phase it is sequential consistency.
    Program,
    /// [`Program`](Self::Program), asked of each part of the structure by itself ([`Spec::partition`]): what is
    /// called coherence of the cells of a memory. Without parts it is the same.
    ///
    /// [`Spec::partition`]: super::Spec::partition
    PerKey,
    /// Calls between which there was a moment without any call come in their order, and nothing is asked of
    /// others, not even of the same thread: quiescent consistency. After a call without an answer there is no
    /// such moment any more.
    Quiescent,
    /// The order that the history was given ([`History::ordered`]).
    Given,
}

/// Why a call cannot be the next one of its thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HistoryError {
    /// It ends before it begins.
    #[error("a call of thread {thread} ends before it begins")]
    Backwards {
        /// Whose call it is.
        thread: usize,
    },
    /// The last call of the thread has no answer: the thread can do nothing more.
    #[error("thread {thread} went on without an answer")]
    Unanswered {
        /// Whose call it is.
        thread: usize,
    },
    /// Its phase is before that of the last call of the thread.
    #[error("thread {thread} goes back to an earlier phase")]
    Phase {
        /// Whose call it is.
        thread: usize,
    },
    /// It begins before the last call of the thread has ended, or in the same moment.
    #[error("calls of thread {thread} overlap")]
    Overlap {
        /// Whose call it is.
        thread: usize,
    },
}

/// The calls of one execution, each thread's in their order.
#[derive(Clone, PartialEq, Eq)]
pub struct History<Op, Ret> {
    calls: Vec<Call<Op, Ret>>,
    /// Each thread's last call, sorted by threads: they are few, or come one after the other.
    last: Vec<(usize, usize)>,
    /// For each call, those before it: [`Order::Given`].
    before: Vec<Calls>,
}

/// A set of calls, by their numbers in a history.
pub type Calls = u64;

impl<Op, Ret> Default for History<Op, Ret> {
    fn default() -> Self {
        Self { calls: Vec::new(), last: Vec::new(), before: Vec::new() }
    }
}

impl<Op, Ret> History<Op, Ret> {
    /// No calls yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a call. Each thread's calls are added in their order.
    ///
    /// # Panics
    /// If [`try_push`](Self::try_push) would refuse it.
    pub fn push(&mut self, call: Call<Op, Ret>) {
        self.try_push(call).unwrap_or_else(|error| panic!("{error}"));
    }

    /// Adds a call. It takes the logarithm of the number of threads; the first call of a thread is moved in front of
    /// those of threads with greater numbers.
    ///
    /// # Errors
    /// If the call ends before it begins, or does not begin after the end of the last one of its thread, or if
    /// that one has no answer or a later phase. The history is as it was.
    pub fn try_push(&mut self, call: Call<Op, Ret>) -> Result<(), HistoryError> {
        let thread = call.thread;
        if call.start > call.end {
            return Err(HistoryError::Backwards { thread });
        }
        let number = self.calls.len();
        match self.last.binary_search_by_key(&thread, |(thread, _)| *thread) {
            Err(place) => self.last.insert(place, (thread, number)),
            Ok(place) => {
                let last = &self.calls[self.last[place].1];
                if last.ret.is_none() {
                    return Err(HistoryError::Unanswered { thread });
                }
                // Nor do they touch: then each thread's order is part of real time, and parts can be judged apart.
                if last.end >= call.start {
                    return Err(HistoryError::Overlap { thread });
                }
                if last.phase > call.phase {
                    return Err(HistoryError::Phase { thread });
                }
                self.last[place].1 = number;
            }
        }
        self.calls.push(call);
        Ok(())
    }

    /// The history with an order: for each call, those that come before it (bit by bit; at most 64 calls). The
    /// order must be transitive, and have each thread's calls in their order.
    ///
    /// # Panics
    /// If an order is given for more than 64 calls.
    #[must_use]
    pub fn ordered(self, before: Vec<Calls>) -> Self {
        assert!(self.calls.len() <= 64 || before.is_empty(), "only up to 64 calls can be given an order");
        Self { before, ..self }
    }

    /// Whether `first` comes before `then` in the given order.
    #[must_use]
    pub fn is_before(&self, first: usize, then: usize) -> bool {
        self.before.get(then).is_some_and(|before| before >> first & 1 == 1)
    }

    /// For each call, those before it; less if there is no given order.
    pub(super) fn before(&self) -> &[Calls] {
        &self.before
    }

    /// The calls.
    #[must_use]
    pub fn calls(&self) -> &[Call<Op, Ret>] {
        &self.calls
    }

    /// Whether any two calls of different threads overlap.
    #[must_use]
    pub fn overlaps(&self) -> bool {
        let together =
            |a: &Call<Op, Ret>, b: &Call<Op, Ret>| a.thread != b.thread && a.start < b.end && b.start < a.end;
        self.calls.iter().enumerate().any(|(i, a)| self.calls[..i].iter().any(|b| together(a, b)))
    }
}

impl<Op: Clone, Ret: Clone> History<Op, Ret> {
    /// What was known at `moment`: the calls that had begun, and the answers that had been given.
    pub(super) fn until(&self, moment: u64) -> Self {
        let kept: Vec<usize> =
            (0..self.calls.len()).filter(|&call| self.calls[call].start <= moment).collect();
        let known = kept.iter().map(|&call| {
            let ret = self.calls[call].ret.clone().filter(|_| self.calls[call].end <= moment);
            Call { ret, ..self.calls[call].clone() }
        });
        let before = |then: &usize| {
            let first = kept.iter().enumerate().filter(|(_, first)| self.is_before(**first, *then));
            first.fold(0, |set: Calls, (place, _)| set | 1 << place)
        };
        let before = if self.before.is_empty() { Vec::new() } else { kept.iter().map(before).collect() };
        known.collect::<Self>().ordered(before)
    }
}

impl<Op: Debug, Ret: Debug> History<Op, Ret> {
    /// A hash of what was asked and answered, thread by thread, without times.
    pub(super) fn answers(&self) -> u64 {
        let mut calls: Vec<_> = self.calls.iter().collect();
        // Sorting is stable: within a thread, calls stay in their order.
        calls.sort_by_key(|call| call.thread);
        let mut text = Text(DefaultHasher::new());
        for call in calls {
            // Writing into a hasher cannot fail.
            let _ = fmt::write(&mut text, format_args!("{:?}{:?};", call.op, call.ret));
        }
        text.0.finish()
    }
}

/// Hashes a text without ever holding it.
struct Text(DefaultHasher);

impl fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

/// Names each thread that goes on after a call without an answer as another one: nobody waits for that answer, and a
/// history has nothing after it. Each thread's calls must be in their order.
pub(super) fn go_on<Op, Ret>(
    calls: impl IntoIterator<Item = Call<Op, Ret>>,
) -> impl Iterator<Item = Call<Op, Ret>> {
    /// Threads of a scenario are fewer.
    const NEXT: usize = 100;
    let mut names = HashMap::new();
    calls.into_iter().map(move |mut call| {
        let name = names.entry(call.thread).or_insert(call.thread);
        call.thread = *name;
        if call.ret.is_none() {
            (call.end, *name) = (u64::MAX, *name + NEXT);
        }
        call
    })
}

impl<Op, Ret> FromIterator<Call<Op, Ret>> for History<Op, Ret> {
    fn from_iter<I: IntoIterator<Item = Call<Op, Ret>>>(calls: I) -> Self {
        let mut history = Self::new();
        calls.into_iter().for_each(|call| history.push(call));
        history
    }
}

impl<Op: Debug, Ret: Debug> fmt::Debug for History<Op, Ret> {
    /// A line per call, in the order of their beginnings.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut calls: Vec<_> = self.calls.iter().collect();
        calls.sort_by_key(|call| (call.start, call.thread));
        for call in calls {
            let end = if call.end == u64::MAX { "     ".into() } else { format!("{:>5}", call.end) };
            write!(f, "  thread {} [{:>5} {end}]  {:?}", call.thread, call.start, call.op)?;
            match &call.ret {
                Some(ret) => writeln!(f, " -> {ret:?}")?,
                None => writeln!(f, " -> (no answer)")?,
            }
        }
        Ok(())
    }
}
