"""The bounded multi-producer multi-consumer ring with two-phase stamps, sequentially consistent, any capacity
C >= 1.

Position p lives in slot(p) = p mod C.  The stamp of that slot is 2p while it is free for position p, 2p+1
while it holds the element of position p, and 2(p+C), "free for the next lap", once that element was taken.
With one stamp value a phase (p, p+1, p+C) "holds p" and "free for p+1" would be the same number when C = 1:
see the mutant.

Each shared access is a step of its own.  A claim that fails (it may do so for no reason) has read the index
anew. The cell is not atomic, so the theorem "one thread at a cell" is also the absence of data races on it.
The abstract queue is `content(head .. tail-1)`: push takes effect when it claims the tail, pop when it claims
the head, the answers Full and Empty where the other index is read.
"""
from z3 import And, Const, Consts, DeclareSort, EnumSort, ForAll, Function, Implies, Int, IntSort, Not, Or

from concrete import Instance
from transition import Action, Mutant, State, System, Theorem, at, instance_of, put

Thread, Slot, Item, I = DeclareSort("Thread"), DeclareSort("Slot"), DeclareSort("Item"), IntSort()
# how far an operation has come: it knows the tail; the stamp says free; the stamp is late; fenced; must load
# the tail again; owns the slot; has written the cell.  Pop alike.
Place, PLACES = EnumSort("Place", [
    "idle",
    "push_tail", "push_free", "push_late", "push_fenced", "push_again", "push_owns", "push_written",
    "pop_head", "pop_full", "pop_late", "pop_fenced", "pop_again", "pop_owns", "pop_read"])
(idle, push_tail, push_free, push_late, push_fenced, push_again, push_owns, push_written,
 pop_head, pop_full, pop_late, pop_fenced, pop_again, pop_owns, pop_read) = PLACES

C = Int("C")
slot = Function("slot", I, Slot)       # p mod C, of which only the facts below are used
first = Function("first", Slot, I)     # the position of a slot in the first lap
P = Int("P")
J, T, U = Const("J", Slot), *Consts("T U", Thread)
axioms = {
    "capacity": C >= 1,
    "laps": ForAll([P], slot(P + C) == slot(P), patterns=[slot(P)]),
    "first lap": ForAll([J], And(0 <= first(J), first(J) < C, slot(first(J)) == J)),
    "every slot": ForAll([P], Implies(And(0 <= P, P < C), first(slot(P)) == P), patterns=[slot(P)]),
}

s = State(dict(
    head=(I,), tail=(I,), stamp=(Slot, I), cell=(Slot, Item),
    place=(Thread, Place), pos=(Thread, I), item=(Thread, Item),
    # ghosts: the position of each slot that lies in [head, head+C); what was pushed at a position; who
    # claimed a slot
    here=(Slot, I), content=(I, Item), owner=(Slot, Thread)))
me, d = Const("me", Thread), Const("d", Item)


def invariant(s):
    def pushing(t): return at(s, t, push_owns, push_written)
    def popping(t): return at(s, t, pop_owns, pop_read)
    def my(t): return slot(s.pos(t))
    claimed = s.here(J) < s.tail         # the position of the slot lies in [head, tail)
    return {
        "range": And(s.head <= s.tail, s.tail <= s.head + C),
        "here": ForAll([J], And(s.head <= s.here(J), s.here(J) < s.head + C, slot(s.here(J)) == J)),
        "here once": ForAll([P], Implies(And(s.head <= P, P < s.head + C), s.here(slot(P)) == P),
                            patterns=[slot(P)]),
        "stamp in": ForAll([J], Implies(claimed, Or(s.stamp(J) == 2 * s.here(J),
                                                    s.stamp(J) == 2 * s.here(J) + 1))),
        "stamp out": ForAll([J], Implies(Not(claimed), Or(s.stamp(J) == 2 * s.here(J),
                                                          s.stamp(J) == 2 * (s.here(J) - C) + 1))),
        "writer": ForAll([T], Implies(pushing(T), And(s.head <= s.pos(T), s.pos(T) < s.tail,
                                                      s.stamp(my(T)) == 2 * s.pos(T)))),
        "reader": ForAll([T], Implies(popping(T), And(s.tail - C <= s.pos(T), s.pos(T) < s.head,
                                                      s.stamp(my(T)) == 2 * s.pos(T) + 1,
                                                      s.here(my(T)) == s.pos(T) + C))),
        "owned once": ForAll([T], Implies(Or(pushing(T), popping(T)), s.owner(my(T)) == T)),
        # a slot that is neither free nor holding has an owner on its way: nobody waits for nothing
        "writer comes": ForAll([J], Implies(And(claimed, s.stamp(J) == 2 * s.here(J)), And(
            pushing(s.owner(J)), s.pos(s.owner(J)) == s.here(J)))),
        "reader leaves": ForAll([J], Implies(And(Not(claimed), s.stamp(J) != 2 * s.here(J)), And(
            popping(s.owner(J)), s.pos(s.owner(J)) == s.here(J) - C))),
        # contents
        "held": ForAll([J], Implies(And(claimed, s.stamp(J) == 2 * s.here(J) + 1),
                                    s.cell(J) == s.content(s.here(J)))),
        "writing": ForAll([T], Implies(pushing(T), s.item(T) == s.content(s.pos(T)))),
        "written": ForAll([T], Implies(at(s, T, push_written), s.cell(my(T)) == s.content(s.pos(T)))),
        "reading": ForAll([T], Implies(at(s, T, pop_owns), s.cell(my(T)) == s.content(s.pos(T)))),
        "read": ForAll([T], Implies(at(s, T, pop_read), s.item(T) == s.content(s.pos(T)))),
        # what was read of an index stays a lower bound of it
        "tail grows": ForAll([T], Implies(at(s, T, push_tail, push_free, push_late, push_fenced),
                                          s.pos(T) <= s.tail)),
        "head grows": ForAll([T], Implies(at(s, T, pop_head, pop_full, pop_late, pop_fenced),
                                          s.pos(T) <= s.head)),
        "still free": ForAll([T], Implies(And(at(s, T, push_free), s.pos(T) == s.tail),
                                          s.stamp(my(T)) == 2 * s.pos(T))),
        "still full": ForAll([T], Implies(And(at(s, T, pop_full), s.pos(T) == s.head),
                                          s.stamp(my(T)) == 2 * s.pos(T) + 1)),
    }


initial = dict(head=0, tail=0, stamp=lambda j: 2 * first(j), here=first, place=lambda t: idle)
p = s.pos(me)
mine = slot(p)


def go(place):
    return put(s.place, me, place)


def step(label, where, guard, then, **updates):
    return Action(label, [me], And(at(s, me, where), guard), place=go(then), **updates)


actions = {
    "push_tail": Action("step: ring.push.tail_load", [me, d], at(s, me, idle), place=go(push_tail),
                        pos=put(s.pos, me, s.tail), item=put(s.item, me, d)),
    "push_free": step("step: ring.push.stamp_load", push_tail, s.stamp(mine) == 2 * p, push_free),
    "push_late": step("step: ring.push.stamp_load", push_tail, s.stamp(mine) < 2 * p, push_late),
    "push_stale": step("step: ring.push.stamp_load", push_tail, s.stamp(mine) > 2 * p, push_again),
    "push_fence": step("step: ring.push.full_fence", push_late, True, push_fenced),
    "push_full": step("step: ring.push.full_head_load", push_fenced, s.head + C == p, idle),
    "push_wait": step("step: ring.push.full_head_load", push_fenced, s.head + C != p, push_again),
    "push_reload": step("step: ring.push.tail_reload", push_again, True, push_tail,
                        pos=put(s.pos, me, s.tail)),
    "push_claim": step("step: ring.push.claim", push_free, s.tail == p, push_owns, tail=s.tail + 1,
                       content=put(s.content, p, s.item(me)), owner=put(s.owner, mine, me)),
    "push_lost": step("step: ring.push.claim", push_free, True, push_tail, pos=put(s.pos, me, s.tail)),
    "push_write": step("step: ring.push.write", push_owns, True, push_written,
                       cell=put(s.cell, mine, s.item(me))),
    "push_publish": step("step: ring.push.publish", push_written, True, idle,
                         stamp=put(s.stamp, mine, 2 * p + 1)),
    "pop_head": step("step: ring.pop.head_load", idle, True, pop_head, pos=put(s.pos, me, s.head)),
    "pop_full": step("step: ring.pop.stamp_load", pop_head, s.stamp(mine) == 2 * p + 1, pop_full),
    "pop_late": step("step: ring.pop.stamp_load", pop_head, s.stamp(mine) < 2 * p + 1, pop_late),
    "pop_stale": step("step: ring.pop.stamp_load", pop_head, s.stamp(mine) > 2 * p + 1, pop_again),
    "pop_fence": step("step: ring.pop.empty_fence", pop_late, True, pop_fenced),
    "pop_empty": step("step: ring.pop.empty_tail_load", pop_fenced, s.tail == p, idle),
    "pop_wait": step("step: ring.pop.empty_tail_load", pop_fenced, s.tail != p, pop_again),
    "pop_reload": step("step: ring.pop.head_reload", pop_again, True, pop_head,
                       pos=put(s.pos, me, s.head)),
    "pop_claim": step("step: ring.pop.claim", pop_full, s.head == p, pop_owns, head=s.head + 1,
                      here=put(s.here, mine, s.here(mine) + C), owner=put(s.owner, mine, me)),
    "pop_lost": step("step: ring.pop.claim", pop_full, True, pop_head, pos=put(s.pos, me, s.head)),
    "pop_read": step("step: ring.pop.read", pop_owns, True, pop_read, item=put(s.item, me, s.cell(mine))),
    "pop_release": step("step: ring.pop.release", pop_read, True, idle,
                        stamp=put(s.stamp, mine, 2 * (p + C))),
}
# the claim of p must not overtake position p-C, which lives in the same slot
hints = {"push_claim": [instance_of(axioms["laps"], p - C)]}

owning = (push_owns, push_written, pop_owns, pop_read)
theorems = [
    Theorem("never over capacity", And(s.head <= s.tail, s.tail <= s.head + C)),
    Theorem("one thread at a cell", ForAll([T, U], Implies(
        And(at(s, T, *owning), at(s, U, *owning), slot(s.pos(T)) == slot(s.pos(U))), T == U))),
    Theorem("claims a free place", s.tail - s.head < C, at="push_claim"),
    Theorem("claims an element", s.head < s.tail, at="pop_claim"),
    Theorem("first in first out", s.item(me) == s.content(p), at="pop_release"),
    Theorem("full is full", s.tail - s.head == C, at="push_full"),
    Theorem("empty is empty", s.tail == s.head, at="pop_empty"),
    # the next slot is neither free nor full only because of an operation between its claim and its last step
    Theorem("push waits for a pop", Implies(
        And(s.tail - s.head < C, s.stamp(slot(s.tail)) != 2 * s.tail),
        And(at(s, s.owner(slot(s.tail)), pop_owns, pop_read), s.pos(s.owner(slot(s.tail))) == s.tail - C))),
    Theorem("pop waits for a push", Implies(
        And(s.head < s.tail, s.stamp(slot(s.head)) != 2 * s.head + 1),
        And(at(s, s.owner(slot(s.head)), push_owns, push_written), s.pos(s.owner(slot(s.head))) == s.head))),
]


def one_value_a_phase(a):
    """The stamps p, p+1, p+C."""
    return {
        "push_free": a["push_free"].but(guard=And(at(s, me, push_tail), s.stamp(mine) == p)),
        "push_late": a["push_late"].but(guard=And(at(s, me, push_tail), s.stamp(mine) < p)),
        "push_publish": a["push_publish"].but(stamp=put(s.stamp, mine, p + 1)),
        "pop_full": a["pop_full"].but(guard=And(at(s, me, pop_head), s.stamp(mine) == p + 1)),
        "pop_late": a["pop_late"].but(guard=And(at(s, me, pop_head), s.stamp(mine) < p + 1)),
        "pop_release": a["pop_release"].but(stamp=put(s.stamp, mine, p + C)),
    }


def instance(capacity):
    rigid = dict(C=capacity, slot=lambda q: q % capacity, first=lambda j: j)
    return Instance(f"capacity {capacity}", dict(Thread=2, Slot=capacity, Item=2), ints=4, rigid=rigid,
                    limit=2500)


mutants = [
    Mutant("no stamp check", "push claims a slot whatever its stamp says",
           lambda a: {"push_free": a["push_free"].but(guard=at(s, me, push_tail))},
           unproved=["push_free/still free"], breaks="never over capacity"),
    Mutant("one value a phase", "stamps p, p+1, p+C: with capacity 1 a full slot looks free",
           one_value_a_phase, unproved=["push_publish/stamp in", "push_free/still free"],
           breaks="never over capacity"),
    Mutant("blind claim", "push advances the tail without comparing",
           lambda a: {"push_claim": a["push_claim"].but(guard=at(s, me, push_free))},
           unproved=["theorem/claims a free place"], breaks="one thread at a cell"),
    Mutant("full by stamp", "push answers Full when the stamp is late, without looking at the head",
           lambda a: {"push_full": a["push_full"].but(guard=at(s, me, push_fenced))},
           unproved=["theorem/full is full"], breaks="full is full"),
    Mutant("empty by stamp", "pop answers Empty when the stamp is late, without looking at the tail",
           lambda a: {"pop_empty": a["pop_empty"].but(guard=at(s, me, pop_fenced))},
           unproved=["theorem/empty is empty"], breaks="empty is empty"),
    Mutant("publish before write", "the stamp says 'holds' while the cell is still to be written",
           lambda a: {"push_publish": a["push_publish"].but(guard=at(s, me, push_owns))},
           unproved=["push_publish/held"], breaks="first in first out"),
    Mutant("release before read", "the slot is given back before the element was read",
           lambda a: {"pop_claim": a["pop_claim"].but(stamp=put(s.stamp, mine, 2 * (p + C)))},
           unproved=["pop_claim/reader"], breaks="one thread at a cell"),
    Mutant("no release", "pop leaves the slot as it is: safe, and the ring is dead after one lap",
           lambda a: {"pop_release": a["pop_release"].but(stamp=s.stamp)},
           unproved=["pop_release/reader leaves"], breaks="push waits for a pop"),
]

SYSTEM = System("ring", s, initial, actions, invariant, theorems, axioms=axioms, hints=hints, mutants=mutants,
                instances=[instance(1), instance(2)])
