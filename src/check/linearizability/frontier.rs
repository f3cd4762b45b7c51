//! What has happened, and what can come next.

use super::plan::{NONE, Plan};
use hashbrown::HashMap;

/// How far the search has come, without the state.
pub(super) struct Frontier<'p> {
    plan: &'p Plan,
    /// The next item of each lane.
    heads: Vec<u32>,
    /// The loose calls that have happened, bit by bit.
    used: Vec<u64>,
    /// A hash of `heads`.
    hash: u64,
    /// How many musts are left.
    left: usize,
    /// With a given order: the calls of the history that are musts and left.
    rest: u64,
    foreseen: Foreseen,
}

/// The last candidate that was tried: candidates are tried in the order of their ends.
pub(super) type Cursor = Option<(u64, u32)>;

impl<'p> Frontier<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        let musts = plan.musts();
        let rest = match plan.before {
            Some(_) => plan.items[..musts].iter().fold(0, |set, item| set | 1 << item.call),
            None => 0,
        };
        Frontier {
            plan,
            heads: plan.lanes[..plan.lanes.len() - 1].to_vec(),
            used: vec![0; (plan.items.len() - musts).div_ceil(64)],
            hash: 0,
            left: musts,
            rest,
            foreseen: Foreseen::new(&plan.second),
        }
    }

    /// Where these calls have happened, in this order.
    ///
    /// # Panics
    /// If one of them is not of the plan.
    pub(super) fn after(plan: &'p Plan, calls: &[usize]) -> Self {
        let items = plan.items.iter().enumerate().map(|(item, known)| (known.call as usize, item as u32));
        let items: HashMap<usize, u32> = items.collect();
        let mut frontier = Frontier::new(plan);
        calls.iter().for_each(|call| frontier.take(items[call]));
        frontier
    }

    pub(super) fn heads(&self) -> &[u32] {
        &self.heads
    }

    pub(super) fn used(&self) -> &[u64] {
        &self.used
    }

    pub(super) fn hash(&self) -> u64 {
        self.hash
    }

    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// The first end among the musts that are left: what begins later cannot come next.
    ///
    /// It is found among the heads, since ends grow within a lane.
    pub(super) fn bound(&self) -> u64 {
        let mut bound = u64::MAX;
        for (lane, &head) in self.heads.iter().enumerate() {
            if head < self.plan.lanes[lane + 1] {
                bound = bound.min(self.plan.items[head as usize].end);
            }
        }
        bound
    }

    /// Whether an item is the next of its lane, or a loose one that has not happened.
    pub(super) fn is_next(&self, item: u32) -> bool {
        match (item as usize).checked_sub(self.plan.musts()) {
            Some(number) => self.used[number / 64] >> (number % 64) & 1 == 0,
            None => self.heads[self.plan.items[item as usize].lane as usize] == item,
        }
    }

    /// Whether a call that is left, and the next of its lane, can come next.
    pub(super) fn is_free(&self, item: u32, bound: u64) -> bool {
        let Plan { items, before, second, .. } = self.plan;
        let call = &items[item as usize];
        call.start <= bound
            && before
                .as_ref()
                .is_none_or(|before| before.get(call.call as usize).is_none_or(|b| b & self.rest == 0))
            && second.get(item as usize).is_none_or(|(start, _)| self.foreseen.bound(second) >= *start)
    }

    /// The musts that can come next, in no order.
    pub(super) fn musts(&self, bound: u64) -> impl Iterator<Item = u32> {
        let heads = self.heads.iter().enumerate();
        let left = heads.filter(|(lane, head)| **head < self.plan.lanes[lane + 1]).map(|(_, head)| *head);
        left.filter(move |&head| self.is_free(head, bound))
    }

    /// The candidate after this one, if there is one: musts by their ends, then loose calls by their beginnings.
    pub(super) fn next(&self, bound: u64, cursor: Cursor) -> Option<(u64, u32)> {
        let end = |item: u32| self.plan.items[item as usize].end;
        let musts = self.musts(bound).map(|item| (end(item), item));
        let next = musts.filter(|&candidate| Some(candidate) > cursor).min();
        next.or_else(|| {
            let first = self.plan.musts() as u32;
            let from = cursor.map_or(first, |(_, item)| first.max(item + 1));
            (from..self.plan.items.len() as u32)
                .find(|&item| self.is_loose(item, bound))
                .map(|item| (u64::MAX, item))
        })
    }

    /// The loose calls that can come next, in the order of their beginnings.
    pub(super) fn loose(&self, bound: u64) -> impl Iterator<Item = u32> {
        (self.plan.musts() as u32..self.plan.items.len() as u32)
            .filter(move |&item| self.is_loose(item, bound))
    }

    /// Whether a loose call can come next.
    fn is_loose(&self, item: u32, bound: u64) -> bool {
        let number = item as usize - self.plan.musts();
        let lane = self.plan.items[item as usize].lane;
        let ended = |lane: usize| self.heads[lane] == self.plan.lanes[lane + 1];
        self.used[number / 64] >> (number % 64) & 1 == 0
            && (lane == NONE || ended(lane as usize))
            && self.is_free(item, bound)
    }

    /// Whether another call of this one's class can come before it.
    pub(super) fn has_rival(&self, item: u32, class: u64) -> bool {
        let Plan { items, lanes, .. } = self.plan;
        let end = items[item as usize].end;
        let rival = |&other: &u32| other != item && items[other as usize].urgency.class() == Some(class);
        let in_lane = |(lane, &head): (usize, &u32)| {
            let left = (head..lanes[lane + 1]).take_while(|&other| items[other as usize].start <= end);
            left.into_iter().any(|other| rival(&other))
        };
        self.heads.iter().enumerate().any(in_lane)
            || (lanes[lanes.len() - 1]..items.len() as u32).any(|other| rival(&other))
    }

    /// The item happens.
    pub(super) fn take(&mut self, item: u32) {
        self.toggle(item, true);
    }

    /// The item, which was the last to happen, has not.
    pub(super) fn put_back(&mut self, item: u32) {
        self.toggle(item, false);
    }

    fn toggle(&mut self, item: u32, happens: bool) {
        let musts = self.plan.musts();
        let number = item as usize;
        let call = &self.plan.items[number];
        if number >= musts {
            self.used[(number - musts) / 64] ^= 1 << ((number - musts) % 64);
        } else {
            self.hash ^= mixed(item);
            if self.plan.before.is_some() {
                self.rest ^= 1 << call.call;
            }
            let head = &mut self.heads[call.lane as usize];
            (*head, self.left) =
                if happens { (*head + 1, self.left - 1) } else { (*head - 1, self.left + 1) };
        }
        self.foreseen.toggle(number, happens);
    }
}

/// A number's hash (the finish of splitmix64). The exclusive or of those of all items that have happened is kept up
/// to date in a step (Zobrist).
fn mixed(item: u32) -> u64 {
    let mut z = (u64::from(item) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The items that are left in the order of the ends of their second intervals: a list from which any can be
/// taken, and put back if those that were taken later are back (Knuth's dancing links).
struct Foreseen {
    /// For each item, and for the list as a whole at the end, the one before and the one after.
    links: Vec<(u32, u32)>,
}

impl Foreseen {
    fn new(second: &[(u64, u64)]) -> Self {
        if second.is_empty() {
            return Foreseen { links: Vec::new() };
        }
        let whole = second.len() as u32;
        let mut ring: Vec<u32> = (0..whole).filter(|&item| second[item as usize].1 != u64::MAX).collect();
        ring.sort_by_key(|&item| second[item as usize].1);
        ring.push(whole);
        let mut links = vec![(NONE, NONE); second.len() + 1];
        for (place, &item) in ring.iter().enumerate() {
            let (before, after) =
                (ring[(place + ring.len() - 1) % ring.len()], ring[(place + 1) % ring.len()]);
            links[item as usize] = (before, after);
        }
        Foreseen { links }
    }

    /// The first end of a second interval of an item that is left.
    fn bound(&self, second: &[(u64, u64)]) -> u64 {
        let (_, first) = self.links[second.len()];
        second.get(first as usize).map_or(u64::MAX, |(_, end)| *end)
    }

    fn toggle(&mut self, item: usize, happens: bool) {
        let Some(&(before, after)) = self.links.get(item).filter(|(before, _)| *before != NONE) else {
            return;
        };
        let (next, last) = if happens { (after, before) } else { (item as u32, item as u32) };
        self.links[before as usize].1 = next;
        self.links[after as usize].0 = last;
    }
}
