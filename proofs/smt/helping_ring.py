"""The bounded multi-producer multi-consumer ring whose threads help each other, sequentially consistent, any
capacity C >= 1.

Position p lives in slot(p) = p mod C.  The word of that slot says 2p while it is free for position p, 2p+1 while
it holds the element of p, and 2(p+C) once that was taken; in the source the turn of its lap says the same.  One
exchange of the word puts an element in, or takes it out.  The counters `tail` and `head` follow, moved on by
whoever finds them behind.

Each shared access is a step of its own.  An exchange may fail for no reason.  The abstract queue is
`content(popped .. pushed-1)`: push and pop take effect at their exchange of the word, close at the seal, the
answers where the word is read for the last time.
"""
from z3 import And, BoolSort, Const, Consts, DeclareSort, EnumSort, ForAll, Function, If, Implies, Int, IntSort, Not, Or

from concrete import Instance
from transition import Action, Mutant, State, System, Theorem, at, instance_of, put

Thread, Slot, Item, I, Bool = DeclareSort("Thread"), DeclareSort("Slot"), DeclareSort("Item"), IntSort(), BoolSort()
# how far an operation has come: it knows the counter; has seen the word; is fenced, to look once more; has made
# its exchange; must load the counter again
Place, PLACES = EnumSort("Place", [
    "idle",
    "push_tail", "push_seen", "push_fenced", "push_filled", "push_again",
    "pop_head", "pop_seen", "pop_fenced", "pop_taken", "pop_again",
    "close_tail", "close_seen"])
(idle, push_tail, push_seen, push_fenced, push_filled, push_again,
 pop_head, pop_seen, pop_fenced, pop_taken, pop_again, close_tail, close_seen) = PLACES

C = Int("C")
slot = Function("slot", I, Slot)       # p mod C, of which only the facts below are used
first = Function("first", Slot, I)     # the position of a slot in the first lap
P = Int("P")
J, T = Const("J", Slot), Const("T", Thread)
axioms = {
    "capacity": C >= 1,
    "laps": ForAll([P], slot(P + C) == slot(P), patterns=[slot(P)]),
    "first lap": ForAll([J], And(0 <= first(J), first(J) < C, slot(first(J)) == J)),
    "every slot": ForAll([P], Implies(And(0 <= P, P < C), first(slot(P)) == P), patterns=[slot(P)]),
}

s = State(dict(
    head=(I,), tail=(I,), word=(Slot, I), sealed=(Slot, Bool), held=(Slot, Item),
    place=(Thread, Place), pos=(Thread, I), item=(Thread, Item), seen=(Thread, I), seen_seal=(Thread, Bool),
    # ghosts: how many exchanges there were; the position of each slot that lies in [popped, popped+C); what was
    # pushed at a position; whether the ring is closed
    pushed=(I,), popped=(I,), here=(Slot, I), content=(I, Item), closed=(Bool,)))
me, d = Const("me", Thread), Const("d", Item)


def open_tail(t):
    """The word that was seen says that the position is still to be pushed: free, or full of the lap before."""
    return Or(s.seen(t) == 2 * s.pos(t), s.seen(t) == 2 * (s.pos(t) - C) + 1)


def open_head(t):
    return Or(s.seen(t) == 2 * s.pos(t), s.seen(t) == 2 * s.pos(t) + 1)


def invariant(s):
    def open_tail(t): return Or(s.seen(t) == 2 * s.pos(t), s.seen(t) == 2 * (s.pos(t) - C) + 1)
    def open_head(t): return Or(s.seen(t) == 2 * s.pos(t), s.seen(t) == 2 * s.pos(t) + 1)
    return {
        "range": And(0 <= s.popped, s.popped <= s.pushed, s.pushed <= s.popped + C),
        "tail behind": s.tail <= s.pushed,
        "head behind": s.head <= s.popped,
        "here": ForAll([J], And(s.popped <= s.here(J), s.here(J) < s.popped + C, slot(s.here(J)) == J)),
        "here once": ForAll([P], Implies(And(s.popped <= P, P < s.popped + C), s.here(slot(P)) == P),
                            patterns=[slot(P)]),
        "word": ForAll([J], s.word(J) == If(s.here(J) < s.pushed, 2 * s.here(J) + 1, 2 * s.here(J))),
        "held": ForAll([J], Implies(s.here(J) < s.pushed, s.held(J) == s.content(s.here(J)))),
        "seal": ForAll([J], s.sealed(J) == And(s.closed, J == slot(s.pushed))),
        # what was read of a counter stays a lower bound
        "tail grows": ForAll([T], Implies(
            at(s, T, push_tail, push_seen, push_fenced, close_tail, close_seen), s.pos(T) <= s.pushed)),
        "head grows": ForAll([T], Implies(at(s, T, pop_head, pop_seen, pop_fenced), s.pos(T) <= s.popped)),
        # what is moved on is done
        "filled": ForAll([T], Implies(at(s, T, push_filled), s.pos(T) < s.pushed)),
        "taken": ForAll([T], Implies(at(s, T, pop_taken), s.pos(T) < s.popped)),
        "pushed past": ForAll([T], Implies(And(at(s, T, push_seen, close_seen), Not(open_tail(T))),
                                           s.pos(T) < s.pushed)),
        "popped past": ForAll([T], Implies(And(at(s, T, pop_seen), Not(open_head(T))),
                                           s.pos(T) < s.popped)),
        "fenced full": ForAll([T], Implies(at(s, T, push_fenced), And(
            s.seen(T) == 2 * (s.pos(T) - C) + 1, Not(s.seen_seal(T))))),
        "fenced empty": ForAll([T], Implies(at(s, T, pop_fenced), And(
            s.seen(T) == 2 * s.pos(T), Not(s.seen_seal(T))))),
        # a seal is seen of a slot whose position is still to come, and then it is the last
        "seen closed": ForAll([T], Implies(And(at(s, T, push_seen, pop_seen, close_seen), s.seen_seal(T)),
                                           s.closed)),
        "seen at the end": ForAll([T], Implies(
            And(at(s, T, pop_seen), s.seen_seal(T), s.seen(T) == 2 * s.pos(T)), s.pos(T) == s.pushed)),
    }


initial = dict(head=0, tail=0, word=lambda j: 2 * first(j), here=first, place=lambda t: idle, pushed=0, popped=0,
               sealed=lambda j: False, closed=False)
p = s.pos(me)
mine = slot(p)
same = And(s.word(mine) == s.seen(me), s.sealed(mine) == s.seen_seal(me))   # the comparison of an exchange


def go(place):
    return put(s.place, me, place)


def step(label, where, guard, then, **updates):
    return Action(label, [me], And(at(s, me, where), guard), place=go(then), **updates)


def moved(counter):
    return If(counter == p, p + 1, counter)


SEES = dict(seen=put(s.seen, me, s.word(mine)), seen_seal=put(s.seen_seal, me, s.sealed(mine)))
full, empty = s.seen(me) == 2 * (p - C) + 1, s.seen(me) == 2 * p
closes = dict(sealed=put(s.sealed, mine, True), closed=True)

actions = {
    "push_tail": Action("step: helping.push.tail_load", [me, d], at(s, me, idle), place=go(push_tail),
                        pos=put(s.pos, me, s.tail), item=put(s.item, me, d)),
    "push_retry": step("step: helping.push.tail_load", push_again, True, push_tail, pos=put(s.pos, me, s.tail)),
    "push_see": step("step: helping.push.slot_load", push_tail, True, push_seen, **SEES),
    "push_fill": step("step: helping.push.fill", push_seen, And(empty, Not(s.seen_seal(me)), same), push_filled,
                      word=put(s.word, mine, 2 * p + 1), held=put(s.held, mine, s.item(me)),
                      pushed=s.pushed + 1, content=put(s.content, p, s.item(me))),
    "push_lost": step("step: helping.push.fill", push_seen, And(empty, Not(s.seen_seal(me))), push_again),
    "push_closed": step("step: helping.push.slot_load", push_seen, And(open_tail(me), s.seen_seal(me)), idle),
    "push_fence": step("step: helping.push.full_fence", push_seen, And(full, Not(s.seen_seal(me))), push_fenced),
    "push_full": step("step: helping.push.full_load", push_fenced, same, idle),
    "push_not_full": step("step: helping.push.full_load", push_fenced, Not(same), push_again),
    "push_help": step("step: helping.move_on", push_seen, Not(open_tail(me)), push_again, tail=moved(s.tail)),
    "push_move": step("step: helping.move_on", push_filled, True, idle, tail=moved(s.tail)),
    "pop_head": step("step: helping.pop.head_load", idle, True, pop_head, pos=put(s.pos, me, s.head)),
    "pop_retry": step("step: helping.pop.head_load", pop_again, True, pop_head, pos=put(s.pos, me, s.head)),
    "pop_see": step("step: helping.pop.slot_load", pop_head, True, pop_seen, **SEES),
    "pop_take": step("step: helping.pop.take", pop_seen, And(s.seen(me) == 2 * p + 1, same), pop_taken,
                     word=put(s.word, mine, 2 * (p + C)), item=put(s.item, me, s.held(mine)),
                     popped=s.popped + 1, here=put(s.here, mine, s.here(mine) + C)),
    "pop_lost": step("step: helping.pop.take", pop_seen, s.seen(me) == 2 * p + 1, pop_again),
    "pop_closed": step("step: helping.pop.slot_load", pop_seen, And(empty, s.seen_seal(me)), idle),
    "pop_fence": step("step: helping.pop.empty_fence", pop_seen, And(empty, Not(s.seen_seal(me))), pop_fenced),
    "pop_empty": step("step: helping.pop.empty_load", pop_fenced, same, idle),
    "pop_not_empty": step("step: helping.pop.empty_load", pop_fenced, Not(same), pop_again),
    "pop_help": step("step: helping.move_on", pop_seen, Not(open_head(me)), pop_again, head=moved(s.head)),
    "pop_move": step("step: helping.move_on", pop_taken, True, idle, head=moved(s.head)),
    "close_tail": step("step: helping.end.counter_load", idle, True, close_tail, pos=put(s.pos, me, s.tail)),
    "close_see": step("step: helping.end.slot_load", close_tail, True, close_seen, **SEES),
    "close_seal": step("step: helping.close.seal", close_seen, And(open_tail(me), Not(s.seen_seal(me)), same),
                       idle, **closes),
    "close_lost": step("step: helping.close.seal", close_seen, True, idle),
    "close_help": step("step: helping.move_on", close_seen, Not(open_tail(me)), idle, tail=moved(s.tail)),
}
# the slot of p is that of p - C, and of the next position
lap = [instance_of(axioms["laps"], p - C), instance_of(axioms["laps"], p)]
hints = {name: lap for name in ("push_see", "push_fill", "push_full", "pop_take", "pop_see", "close_see", "close_seal")}

theorems = [
    Theorem("never over capacity", And(0 <= s.pushed - s.popped, s.pushed - s.popped <= C)),
    Theorem("fills the next position", And(p == s.pushed, s.pushed - s.popped < C), at="push_fill"),
    Theorem("takes the oldest", And(p == s.popped, s.popped < s.pushed, s.held(mine) == s.content(p)), at="pop_take"),
    Theorem("full is full", s.pushed - s.popped == C, at="push_full"),
    Theorem("empty is empty", s.pushed == s.popped, at="pop_empty"),
    Theorem("nothing after closing", Not(s.closed), at="push_fill"),
    Theorem("closed is closed", s.closed, at="push_closed"),
    Theorem("closed and empty", And(s.closed, s.pushed == s.popped), at="pop_closed"),
    Theorem("closed once", Not(s.closed), at="close_seal"),
    # whoever finds a counter at an undone position can go on: nothing is waited for
    Theorem("counters are behind what is done", And(s.tail <= s.pushed, s.head <= s.popped)),
]


def instance(capacity, name="", prefix=()):
    rigid = dict(C=capacity, slot=lambda q: q % capacity, first=lambda j: j)
    return Instance(f"capacity {capacity}{name}", dict(Thread=2, Slot=capacity, Item=2), ints=4, rigid=rigid,
                    prefix=prefix, limit=2500)


# thread 0 pushes, and the ring of one is full
FILLED = (("push_tail", 0, 0), ("push_see", 0), ("push_fill", 0), ("push_move", 0))
# and thread 1 closes it
SEALED = FILLED + (("close_tail", 1), ("close_see", 1), ("close_seal", 1))

mutants = [
    Mutant("help unseen", "push moves the tail on whatever it has seen",
           lambda a: {"push_help": a["push_help"].but(guard=at(s, me, push_seen))},
           unproved=["push_help/tail behind"], breaks="counters are behind what is done"),
    Mutant("moved by addition", "the tail is moved on without comparing: twice, if two do it",
           lambda a: {"push_move": a["push_move"].but(tail=s.tail + 1)},
           unproved=["push_move/tail behind"], breaks="counters are behind what is done"),
    Mutant("blind fill", "push fills a slot that was free when it looked",
           lambda a: {"push_fill": a["push_fill"].but(guard=And(at(s, me, push_seen), empty,
                                                                Not(s.seen_seal(me))))},
           unproved=["theorem/fills the next position"], breaks="fills the next position"),
    Mutant("blind take", "pop takes an element that was there when it looked",
           lambda a: {"pop_take": a["pop_take"].but(guard=And(at(s, me, pop_seen), s.seen(me) == 2 * p + 1))},
           unproved=["theorem/takes the oldest"], breaks="takes the oldest"),
    Mutant("full unlooked", "push answers Full without looking once more after the fence",
           lambda a: {"push_full": a["push_full"].but(guard=at(s, me, push_fenced))},
           unproved=["theorem/full is full"], breaks="full is full"),
    Mutant("closed beside", "close sets a flag and seals no slot",
           lambda a: {"close_seal": a["close_seal"].but(sealed=s.sealed)},
           unproved=["close_seal/seal"], breaks="nothing after closing"),
    Mutant("seal lost", "pop takes the seal away with the element",
           lambda a: {"pop_take": a["pop_take"].but(sealed=put(s.sealed, mine, False))},
           unproved=["pop_take/seal"], breaks="nothing after closing"),
]

SYSTEM = System("helping_ring", s, initial, actions, invariant, theorems, axioms=axioms, hints=hints,
                mutants=mutants, instances=[instance(1), instance(2), instance(1, ", full", FILLED), instance(1, ", full and closed", SEALED)])
