//! The calls of a part, arranged for the search.
//!
//! A call that must have happened (it was answered) is a *must*; one that may have is *loose*. The musts lie in
//! *lanes*: within a lane each call comes after the one before it. So the musts that have happened are a
//! beginning of each lane, and only the heads of lanes can come next. There are as few lanes as calls overlap at
//! once, or one for each thread where threads matter.
//!
//! All orders but the given one are orders of intervals: a call comes before another if its interval ends
//! before the other's begins. Real time has the calls' times, program order has phases, quiescent consistency
//! counts the quiet moments.

use super::limits::Clock;
use crate::check::history::{Call, History, Order};
use crate::check::spec::{Foresight, Seen, Spec, Urgency};

/// No lane, no call.
pub(super) const NONE: u32 = u32::MAX;

/// Until when things are to be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until<'a> {
    /// To the end.
    End,
    /// Calls that ended before this moment must have happened, and these; others that had begun may have.
    Moment(u64, &'a [u32]),
}

/// A call in the plan.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// Which call of the history.
    pub call: u32,
    pub start: u64,
    /// `u64::MAX` if it is loose.
    pub end: u64,
    pub urgency: Urgency,
    /// Of a must: its lane. Of a loose call: the lane that must have come to its end, as the call is the last of its
    /// thread.
    pub lane: u32,
}

/// The calls of a part.
pub(super) struct Plan {
    /// The musts lane by lane, then the loose calls in the order of their beginnings.
    pub items: Vec<Item>,
    /// Where each lane begins; the last number is where the loose calls do.
    pub lanes: Vec<u32>,
    /// The given order: for each call of the history, those before it.
    pub before: Option<Vec<u64>>,
    /// The second intervals of items, if something was foreseen.
    pub second: Vec<(u64, u64)>,
    /// The order is one of intervals, and of nothing else.
    pub is_of_intervals: bool,
    /// An explanation that was foreseen: items.
    pub order: Option<Vec<u32>>,
    /// It was foreseen that there is no explanation.
    pub impossible: bool,
}

/// The interval of each call of a history, as an order sees it.
pub(super) fn intervals<Op, Ret>(history: &History<Op, Ret>, order: Order) -> Vec<(u64, u64)> {
    let open = |call: &Call<Op, Ret>, end: u64| if call.ret.is_some() { end } else { u64::MAX };
    match order {
        Order::RealTime => history.calls().iter().map(|c| (c.start, open(c, c.end))).collect(),
        Order::Program | Order::PerKey => {
            history.calls().iter().map(|c| (u64::from(c.phase), open(c, u64::from(c.phase)))).collect()
        }
        Order::Given => history.calls().iter().map(|c| (0, open(c, 0))).collect(),
        Order::Quiescent => quiet(history.calls()),
    }
}

/// For each call, how many quiet moments came before it, twice: as its beginning and as its end.
fn quiet<Op, Ret>(calls: &[Call<Op, Ret>]) -> Vec<(u64, u64)> {
    let mut order: Vec<usize> = (0..calls.len()).collect();
    order.sort_by_key(|&call| calls[call].start);
    let mut intervals = vec![(0, 0); calls.len()];
    let (mut period, mut busy) = (0, 0);
    for call in order {
        let Call { start, end, ret, .. } = &calls[call];
        period += u64::from(*start > busy);
        let (last, until) = if ret.is_some() { (period, *end) } else { (u64::MAX, u64::MAX) };
        intervals[call] = (period, last);
        busy = busy.max(until);
    }
    intervals
}

impl Plan {
    /// Arranges these calls of the history; `intervals` are those of all calls of the history.
    pub(super) fn new<S: Spec>(
        spec: &S,
        history: &History<S::Op, S::Ret>,
        order: Order,
        intervals: &[(u64, u64)],
        which: &[u32],
        until: Until<'_>,
    ) -> Plan {
        let calls = history.calls();
        let (mut musts, mut loose) = (Vec::with_capacity(which.len()), Vec::new());
        for &call in which {
            let (start, end) = intervals[call as usize];
            let Call { op, ret, .. } = &calls[call as usize];
            let item = Item { call, start, end, urgency: spec.urgency(op, ret.as_ref()), lane: NONE };
            match until {
                Until::Moment(moment, _) if start > moment => {}
                Until::Moment(moment, also) if end >= moment && !also.contains(&call) => {
                    loose.push(Item { end: u64::MAX, ..item });
                }
                _ if ret.is_none() => loose.push(item),
                _ => musts.push(item),
            }
        }
        loose.sort_by_key(|item| item.start);
        let threads = matches!(order, Order::Program | Order::PerKey | Order::Given);
        let thread = |item: &Item| calls[item.call as usize].thread;
        let lanes = if threads { by_thread(&mut musts, thread) } else { packed(&mut musts) };
        for lane in 1..lanes.len() {
            let own = lanes[lane - 1] as usize..lanes[lane] as usize;
            musts[own].iter_mut().for_each(|item| item.lane = lane as u32 - 1);
        }
        if threads {
            for item in &mut loose {
                let own = |lane: &[u32]| thread(&musts[lane[0] as usize]) == thread(item);
                item.lane = lanes.windows(2).position(own).map_or(NONE, |lane| lane as u32);
            }
        }
        let mut items = musts;
        items.append(&mut loose);
        let before = (order == Order::Given).then(|| history.before().to_vec());
        let is_of_intervals = !threads;
        let second = Vec::new();
        Plan { items, lanes, before, second, is_of_intervals, order: None, impossible: false }
    }

    /// The same, with what is foreseen.
    ///
    /// That is concluded from the intervals. With threads there is more to the order than these, and where it is impossible
    /// no longest beginning could be told by them.
    pub(super) fn foreseen<S: Spec>(
        mut self,
        spec: &S,
        history: &History<S::Op, S::Ret>,
        clock: &Clock,
    ) -> Plan {
        if self.is_of_intervals {
            self.foresee(spec, history, clock);
        }
        self
    }

    fn foresee<S: Spec>(&mut self, spec: &S, history: &History<S::Op, S::Ret>, clock: &Clock) {
        let musts = self.musts();
        let seen = self.items.iter().enumerate().map(|(number, item)| {
            let Call { op, ret, .. } = &history.calls()[item.call as usize];
            let (start, end, must) = (item.start, item.end, number < musts);
            Seen { op, ret: ret.as_ref(), start, end, must }
        });
        let mut watch = clock.watch();
        let mut may = |bytes| watch.limit(|| bytes).is_none();
        match spec.foresee(&seen.collect::<Vec<_>>(), &mut may) {
            Foresight::Nothing => {}
            Foresight::Impossible => self.impossible = true,
            Foresight::Intervals(second) => {
                assert_eq!(second.len(), self.items.len(), "a second interval for each call");
                self.second = second;
            }
            Foresight::Order(order) => self.order = Some(order.into_iter().map(|item| item as u32).collect()),
        }
    }

    /// How many calls must have happened: they come first among the items.
    pub(super) fn musts(&self) -> usize {
        *self.lanes.last().expect("there is a last number") as usize
    }

    /// Whether something was foreseen, so that the search does not see every beginning.
    pub(super) fn has_foresight(&self) -> bool {
        self.impossible || !self.second.is_empty() || self.order.is_some()
    }
}

/// A lane for each thread; within it the calls are in their order already.
fn by_thread(musts: &mut [Item], thread: impl Fn(&Item) -> usize) -> Vec<u32> {
    musts.sort_by_key(&thread);
    let mut lanes: Vec<u32> = (0..musts.len())
        .filter(|&at| at == 0 || thread(&musts[at]) != thread(&musts[at - 1]))
        .map(|at| at as u32)
        .collect();
    lanes.push(musts.len() as u32);
    lanes
}

/// Lanes of calls of which each ends before the next begins: the first lane that is free takes the next call.
/// That is the least number of lanes (an interval graph is perfect).
fn packed(musts: &mut Vec<Item>) -> Vec<u32> {
    musts.sort_by_key(|item| (item.start, item.end));
    let mut free: Vec<u64> = Vec::new();
    let mut sizes: Vec<u32> = Vec::new();
    let mut lane_of: Vec<u32> = Vec::with_capacity(musts.len());
    for item in musts.iter() {
        let lane = free.iter().position(|&end| end < item.start).unwrap_or_else(|| {
            free.push(0);
            sizes.push(0);
            free.len() - 1
        });
        free[lane] = item.end;
        sizes[lane] += 1;
        lane_of.push(lane as u32);
    }
    let mut lanes = vec![0];
    for size in sizes {
        lanes.push(lanes[lanes.len() - 1] + size);
    }
    let mut numbered: Vec<(u32, Item)> = lane_of.into_iter().zip(musts.drain(..)).collect();
    // Sorting is stable: within a lane calls stay in their order.
    numbered.sort_by_key(|(lane, _)| *lane);
    musts.extend(numbered.into_iter().map(|(_, item)| item));
    lanes
}
