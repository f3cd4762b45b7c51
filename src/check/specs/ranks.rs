//! Whether a queue without a bound can have answered so: rank by rank, and not moment by moment.
//!
//! What is put first is taken first: the *n*-th put and the *n*-th take have the same value. So an explanation is an
//! order of the puts, one of the takes, and for each call that found the queue empty how many values had been taken by then
//! (as many as had been put). It exists if these do not contradict the order in time:
//!
//! Call the relation "is said to come before": earlier puts before later ones, earlier takes before later ones, the *n*-th put
//! before the *n*-th take, and a call that found nothing after all that is counted for it and before all the rest. There is an
//! order of all calls that respects it and the intervals if there is no circle of both. In an order of intervals two steps of time in
//! a circle can be replaced by one: if `a` ended before `b` began, and `c` before `d`, then `a` ended before `d` began or `c` before
//! `b`. So a shortest circle has one such step: it is enough that of any two calls of which one is said to come before the
//! other, that other did not end before it began. And that can be told of what was taken and what is left:
//!
//! * the next put begins before any put, take or empty answer that is left has ended;
//! * the next take begins before any take or empty answer that is left has ended;
//! * an empty answer comes where all that happened began before anything that is left has ended, itself included. Where it can
//!   come at all it comes at once: it only keeps apart what is apart there already.
//!
//! So what has happened is how many calls of each lane of puts, of takes and of empty answers have. The contents of the queue are
//! no part of it, and with as many calls at once as there are clients the number of configurations grows with the length
//! of the history alone.
//!
//! A call that may have happened is made use of where one that must have needs it, the first of its kind first: it puts a value that was
//! taken, or takes one that has to be out of the way. With fewer of them used a configuration is no worse.

use hashbrown::HashMap;

/// What a call did, with the number of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Put(u32),
    Take(u32),
    /// It took something, who knows what.
    TakeAny,
    Empty,
}

/// A call that must have happened, or can be made use of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ranked {
    /// Its number among all calls.
    pub call: usize,
    pub deed: Deed,
    pub start: u64,
    /// `u64::MAX` if it need not have happened.
    pub end: u64,
    pub must: bool,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ranks {
    /// The calls in an order that explains them.
    Explained(Vec<usize>),
    Impossible,
    /// It would have taken too long, or too much.
    GivenUp,
}

/// Puts, takes and empty answers are told apart by these.
const PUT: usize = 0;
const TAKE: usize = 1;
const EMPTY: usize = 2;

fn kind(deed: Deed) -> usize {
    match deed {
        Deed::Put(_) => PUT,
        Deed::Take(_) | Deed::TakeAny => TAKE,
        Deed::Empty => EMPTY,
    }
}

/// Calls of one kind of which each comes before the next: by time, or, if they need not have happened, because they
/// are alike and it began first.
struct Lane {
    kind: usize,
    must: bool,
    calls: Vec<Ranked>,
}

/// A put and a take of the same rank, by their lanes.
type Pair = (u32, u32);

struct Search {
    /// Those of calls that must have happened come first.
    lanes: Vec<Lane>,
    musts: usize,
    /// How many calls of each lane have happened.
    done: Vec<u32>,
    /// How many takes and empty answers are left that must have happened.
    left: usize,
    /// From what has happened there is no way on: the lanes of musts, and those of others.
    dead: HashMap<Box<[u32]>, Vec<Box<[u32]>>>,
    /// The lanes of the calls that have happened, in their order.
    path: Vec<u32>,
}

/// What was tried at a configuration: how many calls had happened when it was come to, and where its pairs begin among all.
struct Node {
    came: usize,
    pairs: usize,
}

/// See the [module](self). `may` says whether it may go on, with so many bytes.
pub(super) fn judged(calls: &[Ranked], may: &mut dyn FnMut(usize) -> bool) -> Ranks {
    let lanes = lanes(calls);
    let musts = lanes.iter().filter(|lane| lane.must).count();
    let left = calls.iter().filter(|call| call.must && kind(call.deed) != PUT).count();
    let done = vec![0; lanes.len()];
    Search { lanes, musts, done, left, dead: HashMap::new(), path: Vec::new() }.run(may)
}

fn lanes(calls: &[Ranked]) -> Vec<Lane> {
    let mut sorted = calls.to_vec();
    sorted.sort_by_key(|call| (call.start, call.end));
    let mut lanes: Vec<Lane> = Vec::new();
    for call in sorted {
        let own = kind(call.deed);
        let lane = lanes.iter().position(|lane| {
            let last = &lane.calls[lane.calls.len() - 1];
            let follows = if call.must { last.end < call.start } else { last.deed == call.deed };
            lane.kind == own && lane.must == call.must && follows
        });
        match lane {
            Some(lane) => lanes[lane].calls.push(call),
            None => lanes.push(Lane { kind: own, must: call.must, calls: vec![call] }),
        }
    }
    lanes.sort_by_key(|lane| !lane.must);
    lanes
}

impl Search {
    fn run(mut self, may: &mut dyn FnMut(usize) -> bool) -> Ranks {
        let mut nodes: Vec<Node> = Vec::new();
        let mut pairs: Vec<Pair> = Vec::new();
        let mut came = 0;
        loop {
            self.take_empty();
            if self.left == 0 {
                return Ranks::Explained(self.order());
            }
            if !may(self.bytes()) {
                return Ranks::GivenUp;
            }
            nodes.push(Node { came, pairs: pairs.len() });
            if !self.is_dead() {
                self.pairs(&mut pairs);
            }
            // On with the next pair, of the last configuration that has one left.
            loop {
                let Some(node) = nodes.last() else { return Ranks::Impossible };
                if pairs.len() > node.pairs {
                    break;
                }
                let came = node.came;
                nodes.pop();
                self.bury();
                self.back_to(came);
            }
            let (put, take) = pairs.pop().expect("one is left");
            came = self.path.len();
            self.happens(put as usize);
            self.happens(take as usize);
        }
    }

    fn next(&self, lane: usize) -> Option<&Ranked> {
        self.lanes[lane].calls.get(self.done[lane] as usize)
    }

    fn happens(&mut self, lane: usize) {
        self.done[lane] += 1;
        self.path.push(lane as u32);
        let Lane { kind, must, .. } = self.lanes[lane];
        self.left -= usize::from(must && kind != PUT);
    }

    fn back_to(&mut self, came: usize) {
        for lane in self.path.drain(came..) {
            self.done[lane as usize] -= 1;
            let Lane { kind, must, .. } = self.lanes[lane as usize];
            self.left += usize::from(must && kind != PUT);
        }
    }

    /// The first end among the calls of each kind that are left.
    fn bounds(&self) -> [u64; 3] {
        let mut bounds = [u64::MAX; 3];
        for lane in 0..self.musts {
            if let Some(call) = self.next(lane) {
                let bound = &mut bounds[self.lanes[lane].kind];
                *bound = call.end.min(*bound);
            }
        }
        bounds
    }

    /// The last beginning among the calls that have happened.
    fn begun(&self) -> u64 {
        let last = |(lane, done): (&Lane, &u32)| {
            let last = done.checked_sub(1)?;
            Some(lane.calls[last as usize].start)
        };
        self.lanes.iter().zip(&self.done).filter_map(last).max().unwrap_or(0)
    }

    /// All empty answers that can come here come here.
    fn take_empty(&mut self) {
        let is_left =
            |lane: &usize, search: &Self| search.lanes[*lane].kind == EMPTY && search.next(*lane).is_some();
        while (0..self.musts).any(|lane| is_left(&lane, self)) {
            let bound = self.bounds().into_iter().min().unwrap_or(u64::MAX);
            let fits = |lane: &usize| self.next(*lane).is_some_and(|call| call.start <= bound);
            if self.begun() > bound {
                return;
            }
            let Some(lane) = (0..self.musts).filter(|lane| is_left(lane, self)).find(fits) else { return };
            self.happens(lane);
        }
    }

    /// The puts and takes that can have the next rank, with what is best tried first last.
    fn pairs(&self, pairs: &mut Vec<Pair>) {
        let first = pairs.len();
        let [puts, takes, empty] = self.bounds();
        let all = || (0..self.lanes.len()).filter_map(|lane| Some((lane, self.next(lane)?)));
        for (put, putting) in all() {
            let Deed::Put(value) = putting.deed else { continue };
            if putting.start > puts.min(takes).min(empty) {
                continue;
            }
            for (take, taking) in all() {
                let fits = match taking.deed {
                    Deed::Take(other) => other == value,
                    Deed::TakeAny => true,
                    Deed::Put(_) | Deed::Empty => false,
                };
                // Two calls that need not have happened may as well not have.
                if fits && taking.start <= takes.min(empty) && (putting.must || taking.must) {
                    pairs.push((put as u32, take as u32));
                }
            }
        }
        // Who needs no other's help comes first, then who ended first.
        let end = |lane: u32| self.next(lane as usize).map_or(0, |call| call.end);
        pairs[first..]
            .sort_by_key(|&(put, take)| std::cmp::Reverse((end(put).max(end(take)), end(put), end(take))));
    }

    fn is_dead(&self) -> bool {
        let (musts, others) = self.done.split_at(self.musts);
        let no_more = |dead: &[u32]| dead.iter().zip(others).all(|(dead, here)| dead <= here);
        self.dead.get(musts).is_some_and(|dead| dead.iter().any(|dead| no_more(dead)))
    }

    fn bury(&mut self) {
        if !self.is_dead() {
            let (musts, others) = self.done.split_at(self.musts);
            self.dead.entry(musts.into()).or_default().push(others.into());
        }
    }

    fn bytes(&self) -> usize {
        let each = size_of::<(Box<[u32]>, Vec<Box<[u32]>>)>() + size_of::<Box<[u32]>>();
        self.dead.allocation_size() + self.dead.len() * (each + size_of_val(&*self.done))
    }

    /// One order of all calls: that of the ranks, and of the puts that were never taken; of those who can come next who began
    /// before any that is left has ended.
    fn order(&self) -> Vec<usize> {
        let mut done = vec![0; self.lanes.len()];
        let mut ranked: Vec<Ranked> = Vec::with_capacity(self.path.len());
        for &lane in &self.path {
            ranked.push(self.lanes[lane as usize].calls[done[lane as usize]]);
            done[lane as usize] += 1;
        }
        let left = (0..self.musts).flat_map(|lane| &self.lanes[lane].calls[done[lane]..]);
        let mut left: Vec<Ranked> = left.copied().collect();
        left.sort_by_key(|call| call.end);
        ranked.append(&mut left);
        let of = |wanted: usize| -> Vec<Ranked> {
            ranked.iter().copied().filter(|call| kind(call.deed) == wanted).collect()
        };
        let (puts, takes) = (of(PUT), of(TAKE));
        // Before each empty answer so many values were taken.
        let mut taken = 0;
        let mut empty: Vec<(usize, Ranked)> = Vec::new();
        for call in &ranked {
            match kind(call.deed) {
                TAKE => taken += 1,
                EMPTY => empty.push((taken, *call)),
                _ => {}
            }
        }
        let (put_ends, take_ends) = (first_ends(&puts), first_ends(&takes));
        let empty_ends = first_ends(&empty.iter().map(|(_, call)| *call).collect::<Vec<_>>());
        let mut order = Vec::with_capacity(ranked.len());
        let (mut put, mut take, mut found) = (0, 0, 0);
        while order.len() < ranked.len() {
            let bound = put_ends[put].min(take_ends[take]).min(empty_ends[found]);
            let stop = empty.get(found).map_or(usize::MAX, |(rank, _)| *rank);
            let next_put = puts.get(put).filter(|call| put < stop && call.start <= bound);
            let next_take = takes.get(take).filter(|call| take < stop.min(put) && call.start <= bound);
            let (counter, call) = match (next_take, next_put) {
                (Some(call), _) => (&mut take, call),
                (None, Some(call)) => (&mut put, call),
                (None, None) => match empty.get(found).filter(|_| put == stop && take == stop) {
                    Some((_, call)) => (&mut found, call),
                    // No order: who is told will see it.
                    None => return order,
                },
            };
            *counter += 1;
            order.push(call.call);
        }
        order
    }
}

/// For each place the first end from there on.
fn first_ends(calls: &[Ranked]) -> Vec<u64> {
    let mut ends = vec![u64::MAX; calls.len() + 1];
    for place in (0..calls.len()).rev() {
        ends[place] = ends[place + 1].min(calls[place].end);
    }
    ends
}
