//! Random small histories, and the comparison.

use crate::brute::Brute;
use selvedge::check::{Call, History, Judgement, Order, Spec};

/// Numbers that are always the same (splitmix64).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

/// All orders.
pub const ORDERS: [Order; 5] =
    [Order::RealTime, Order::Program, Order::PerKey, Order::Quiescent, Order::Given];

/// A call, and the moment at which it happens.
type Timed<S> = (u64, Call<<S as Spec>::Op, <S as Spec>::Ret>);

/// Makes histories of a specification.
pub struct Maker<'a, S: Spec> {
    pub spec: &'a S,
    /// A random operation, of a thread.
    pub operation: fn(&mut Numbers, usize) -> S::Op,
}

impl<S: Spec> Maker<'_, S> {
    /// Two to four threads with up to three calls each, answered as if each call happened at one moment of its time,
    /// and of some threads the last answer is withheld. If it is to be spoiled, there are more calls, they are short, and
    /// most answers are as in other states.
    pub fn history(&self, numbers: &mut Numbers, order: Order, spoiled: bool) -> History<S::Op, S::Ret> {
        let mut calls = Vec::new();
        let threads = 2 + usize::from(!spoiled && numbers.below(2) == 0) + usize::from(numbers.below(8) == 0);
        for thread in 0..threads {
            let mut time = numbers.below(4);
            for _ in 0..1 + numbers.below(2) + u64::from(spoiled || numbers.below(4) == 0) {
                let start = time;
                let end = start + numbers.below(if spoiled { 3 } else { 7 });
                let phase = u32::from(start >= 6);
                let op = (self.operation)(numbers, thread);
                let moment = start + numbers.below(end - start + 1);
                calls.push((moment, Call { thread, op, ret: None, start, end, phase }));
                time = end + 1 + numbers.below(2);
            }
        }
        self.answer(&mut calls, numbers, spoiled);
        let mut history = History::new();
        let mut dead = vec![false; threads];
        for (_, call) in calls {
            // An operation that could not happen is without an answer, and its thread goes on no further.
            let thread = call.thread;
            if !dead[thread] {
                dead[thread] = call.ret.is_none();
                history.push(call);
            }
        }
        if order == Order::Given { ordered(history, numbers) } else { history }
    }

    fn answer(&self, calls: &mut [Timed<S>], numbers: &mut Numbers, spoiled: bool) {
        let mut line: Vec<usize> = (0..calls.len()).collect();
        line.sort_by_key(|&call| calls[call].0);
        let mut states = vec![self.spec.initial()];
        for &call in &line {
            let outcomes = self.spec.outcomes(&states[states.len() - 1], &calls[call].1.op);
            if outcomes.is_empty() {
                continue;
            }
            let chosen = numbers.below(outcomes.len() as u64) as usize;
            let (ret, after) = outcomes.into_iter().nth(chosen).expect("one of them");
            calls[call].1.ret = Some(ret);
            states.push(after);
        }
        for (_, call) in calls.iter_mut() {
            if spoiled && call.ret.is_some() && numbers.below(3) != 0 {
                // As in a state that there was, or that might have been.
                let mut state = states[numbers.below(states.len() as u64) as usize].clone();
                for _ in 0..numbers.below(3) {
                    let op = (self.operation)(numbers, call.thread);
                    state = self.spec.outcomes(&state, &op).pop().map_or(state, |(_, after)| after);
                }
                let outcomes = self.spec.outcomes(&state, &call.op);
                call.ret = outcomes.into_iter().next_back().map(|(ret, _)| ret).or(call.ret.take());
            }
        }
        for place in 0..calls.len() {
            let last = calls.get(place + 1).is_none_or(|(_, next)| next.thread != calls[place].1.thread);
            if last && numbers.below(6) == 0 {
                calls[place].1.ret = None;
            }
        }
    }
}

/// The history with an order: that of each thread, and more between threads, as chance has it, without a circle.
fn ordered<Op, Ret>(history: History<Op, Ret>, numbers: &mut Numbers) -> History<Op, Ret> {
    let calls = history.calls();
    // The calls in a line, each thread's in their order; what comes later in it may be after what comes earlier.
    let mut left: Vec<usize> = (0..calls.len()).collect();
    let mut line = Vec::new();
    while !left.is_empty() {
        let thread = calls[left[numbers.below(left.len() as u64) as usize]].thread;
        let first = left.iter().position(|&call| calls[call].thread == thread).expect("one is left");
        line.push(left.remove(first));
    }
    let mut before = vec![0_u64; calls.len()];
    for (place, &then) in line.iter().enumerate() {
        for &first in &line[..place] {
            if calls[first].thread == calls[then].thread || numbers.below(3) == 0 {
                before[then] |= before[first] | 1 << first;
            }
        }
    }
    history.ordered(before)
}

/// What a comparison has seen.
pub struct Compared {
    /// Histories in all, and those that can be explained.
    pub all: u64,
    pub explained: u64,
    /// What was wrong first.
    pub complaint: Option<String>,
}

/// Judges so many histories, until something is wrong. As long as more than half can be explained, they are spoiled.
pub fn compare<S: Spec>(
    maker: &Maker<'_, S>,
    order: Order,
    histories: u64,
    judge: impl Fn(&History<S::Op, S::Ret>, Order) -> Judgement,
) -> Compared {
    let mut numbers = Numbers(histories ^ order as u64);
    let mut compared = Compared { all: 0, explained: 0, complaint: None };
    while compared.all < histories && compared.complaint.is_none() {
        let history = maker.history(&mut numbers, order, 2 * compared.explained > compared.all);
        let judgement = judge(&history, order);
        compared.complaint = Brute::new(maker.spec, &history, order).complaint(&judgement);
        compared.explained += u64::from(judgement.is_explained());
        compared.all += 1;
    }
    compared
}
