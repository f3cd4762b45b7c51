"""The Chase-Lev work-stealing deque, sequentially consistent, unbounded buffer, any number of thieves.

The owner pushes and takes at `bottom`, thieves take at `top` with a CAS; only the last element needs the
owner to use the CAS too.  Theorems: a claimed element was pushed and is claimed for the first time; no pushed
element gets lost; thieves take the oldest, the owner the youngest; an answer Empty is given only when nothing
is left to claim (for a thief: nothing but the element its owner is already taking).
"""
from z3 import And, BoolSort, Const, DeclareSort, EnumSort, ForAll, Implies, Ints, IntSort, Not, Or

from concrete import Instance
from transition import Action, Mutant, State, System, Theorem, put

Thief, Item, I, Bool = DeclareSort("Thief"), DeclareSort("Item"), IntSort(), BoolSort()
# the owner: wrote the cell; lowered bottom; saw one element left; has only bottom to restore.  `looked` is
# used by a mutant only.
Owner, OWNER = EnumSort("Owner", ["idle", "wrote", "lowered", "last", "restores", "looked"])
idle, wrote, lowered, last, restores, looked = OWNER
# a thief: outside; saw top; saw bottom above it; read the cell
Place, PLACES = EnumSort("Place", ["outside", "saw_top", "saw_bottom", "read"])
outside, saw_top, saw_bottom, read = PLACES

s = State(dict(
    top=(I,), bottom=(I,), cell=(I, Item),
    owner=(Owner,), my_bottom=(I,), my_top=(I,), my_item=(Item,),
    place=(Thief, Place), seen_top=(Thief, I), seen_item=(Thief, Item),
    pushed=(Item, Bool), claimed=(Item, Bool), index=(Item, I)))    # ghosts; items are distinct
me, new = Const("me", Thief), Const("new", Item)
X, Y, T, D = *Ints("X Y"), Const("T", Thief), Const("D", Item)


def live(s, x):
    """The element at x is still to be claimed.  A taking owner has lowered bottom, but owns nothing yet."""
    return And(s.top <= x, Or(x < s.bottom, And(x == s.bottom, Or(s.owner == lowered, s.owner == last))))


def invariant(s):
    def current(t): return s.seen_top(t) == s.top     # nobody has moved top since the thief read it
    return {
        "resting": Implies(Or(s.owner == idle, s.owner == wrote), s.top <= s.bottom),
        "lowered": Implies(s.owner == lowered, And(s.my_bottom == s.bottom, s.top <= s.bottom + 1)),
        "last": Implies(s.owner == last, And(s.my_bottom == s.bottom, s.my_top == s.my_bottom,
                                             s.my_bottom <= s.top, s.top <= s.my_bottom + 1)),
        "restores": Implies(s.owner == restores, And(s.my_bottom == s.bottom, s.top == s.my_bottom + 1)),
        "not looked": s.owner != looked,
        "wrote": Implies(s.owner == wrote, And(s.cell(s.bottom) == s.my_item, Not(s.pushed(s.my_item)))),
        "live": ForAll([X], Implies(live(s, X), And(s.pushed(s.cell(X)), Not(s.claimed(s.cell(X)))))),
        "distinct": ForAll([X, Y], Implies(And(live(s, X), live(s, Y), s.cell(X) == s.cell(Y)), X == Y)),
        "pushed first": ForAll([D], Implies(s.claimed(D), s.pushed(D))),
        "kept": ForAll([D], Implies(And(s.pushed(D), Not(s.claimed(D))),
                                    And(live(s, s.index(D)), s.cell(s.index(D)) == D))),
        "top grows": ForAll([T], Implies(s.place(T) != outside, s.seen_top(T) <= s.top)),
        "still live": ForAll([T], Implies(And(Or(s.place(T) == saw_bottom, s.place(T) == read), current(T)),
                                          live(s, s.seen_top(T)))),
        "still there": ForAll([T], Implies(And(s.place(T) == read, current(T)),
                                           s.seen_item(T) == s.cell(s.seen_top(T)))),
    }


initial = dict(top=0, bottom=0, owner=idle, place=lambda t: outside, pushed=lambda d: False,
               claimed=lambda d: False)


def claims(item):
    return lambda d: Or(s.claimed(d), d == item)


def owns(label, guard, **updates):
    return Action(label, [], guard, **updates)


def steals(label, guard, place, **updates):
    return Action(label, [me], guard, place=put(s.place, me, place), **updates)


bottom_item, seen, seen_item = s.cell(s.my_bottom), s.seen_top(me), s.seen_item(me)
actions = {
    "push_write": Action("step: deque.push.write", [new], And(s.owner == idle, Not(s.pushed(new))),
                         cell=put(s.cell, s.bottom, new), my_item=new, owner=wrote),
    "push_publish": owns("step: deque.push.publish", s.owner == wrote, bottom=s.bottom + 1, owner=idle,
                         pushed=put(s.pushed, s.my_item, True), index=put(s.index, s.my_item, s.bottom)),
    "take_lower": owns("step: deque.take.lower", s.owner == idle, owner=lowered,
                       my_bottom=s.bottom - 1, bottom=s.bottom - 1),
    "take_empty": owns("step: deque.take.top_load", And(s.owner == lowered, s.top > s.my_bottom),
                       owner=restores),
    "take_plain": owns("step: deque.take.top_load", And(s.owner == lowered, s.top < s.my_bottom),
                       claimed=claims(bottom_item), owner=idle),
    "take_last": owns("step: deque.take.top_load", And(s.owner == lowered, s.top == s.my_bottom),
                      my_top=s.top, owner=last),
    "take_won": owns("step: deque.take.claim", And(s.owner == last, s.top == s.my_top), top=s.my_top + 1,
                     claimed=claims(bottom_item), owner=restores),
    "take_lost": owns("step: deque.take.claim", And(s.owner == last, s.top != s.my_top), owner=restores),
    "take_restore": owns("step: deque.take.restore", s.owner == restores, bottom=s.my_bottom + 1, owner=idle),
    "steal_top": steals("step: deque.steal.top_load", s.place(me) == outside, saw_top,
                        seen_top=put(s.seen_top, me, s.top)),
    "steal_bottom": steals("step: deque.steal.bottom_load", And(s.place(me) == saw_top, seen < s.bottom),
                           saw_bottom),
    "steal_empty": steals("step: deque.steal.bottom_load", And(s.place(me) == saw_top, seen >= s.bottom),
                          outside),
    "steal_read": steals("step: deque.steal.read", s.place(me) == saw_bottom, read,
                         seen_item=put(s.seen_item, me, s.cell(seen))),
    "steal_won": steals("step: deque.steal.claim", And(s.place(me) == read, s.top == seen), outside,
                        top=seen + 1, claimed=claims(seen_item)),
    "steal_lost": steals("step: deque.steal.claim", And(s.place(me) == read, s.top != seen), outside),
}

claim_of = {"take_plain": bottom_item, "take_won": bottom_item, "steal_won": seen_item}
theorems = [Theorem(f"{action} claims once", And(s.pushed(item), Not(s.claimed(item))), at=action)
            for action, item in claim_of.items()] + [
    Theorem("nothing is lost", ForAll([D], Implies(And(s.pushed(D), Not(s.claimed(D))),
                                                   And(live(s, s.index(D)), s.cell(s.index(D)) == D)))),
    Theorem("thieves take the oldest", And(seen_item == s.cell(s.top), ForAll([X], Implies(
        live(s, X), s.top <= X))), at="steal_won"),
    Theorem("owner takes the youngest", ForAll([X], Implies(live(s, X), X <= s.my_bottom)), at="take_plain"),
    Theorem("owner's empty is empty", ForAll([X], Not(live(s, X))), at="take_empty"),
    Theorem("owner lost the last", ForAll([X], Not(live(s, X))), at="take_lost"),
    Theorem("thief's empty is empty", ForAll([X], Implies(live(s, X), And(X == s.bottom, s.owner != idle))),
            at="steal_empty"),
]


def look_first(a):
    """The owner reads top in a step before it lowers bottom: what a missing fence in take allows."""
    return {
        "take_look": owns("step: deque.take.top_load", s.owner == idle, my_top=s.top, owner=looked),
        "take_lower": a["take_lower"].but(guard=s.owner == looked),
        "take_plain": a["take_plain"].but(guard=And(s.owner == lowered, s.my_top < s.my_bottom)),
    }


def early_read(a):
    return {
        "steal_read": a["steal_read"].but(guard=s.place(me) == saw_top, place=put(s.place, me, saw_bottom)),
        "steal_bottom": a["steal_bottom"].but(guard=And(s.place(me) == saw_bottom, seen < s.bottom),
                                              place=put(s.place, me, read)),
        "steal_empty": a["steal_empty"].but(guard=And(s.place(me) == saw_bottom, seen >= s.bottom)),
    }


mutants = [
    Mutant("no race for the last", "the owner takes the last element without the CAS",
           lambda a: {"take_plain": a["take_plain"].but(guard=And(s.owner == lowered, s.top <= s.my_bottom))},
           unproved=["take_plain/still live"], breaks="steal_won claims once"),
    Mutant("no bottom check", "a thief does not compare top with bottom",
           lambda a: {"steal_bottom": a["steal_bottom"].but(guard=s.place(me) == saw_top)},
           unproved=["steal_bottom/still live"], breaks="steal_won claims once"),
    Mutant("blind steal", "a thief stores top + 1 without comparing",
           lambda a: {"steal_won": a["steal_won"].but(guard=s.place(me) == read)},
           unproved=["theorem/steal_won claims once"], breaks="steal_won claims once"),
    Mutant("early read", "a thief reads the cell before it compares top with bottom",
           early_read, unproved=["steal_read/still live"], breaks="steal_won claims once"),
    Mutant("no restore", "a take that got nothing leaves bottom lowered: the next push is out of reach",
           lambda a: {"take_restore": a["take_restore"].but(bottom=s.bottom)},
           unproved=["take_restore/resting"], breaks="nothing is lost"),
    Mutant("look first", "the owner reads top before it lowers bottom", look_first,
           unproved=["take_plain/still live"], breaks="steal_won claims once"),
]

SYSTEM = System("chase_lev", s, initial, actions, invariant, theorems, mutants=mutants, instances=[
    Instance("3 items, 2 thieves", dict(Thief=2, Item=3), ints=4, least=("new",), limit=8000)])
