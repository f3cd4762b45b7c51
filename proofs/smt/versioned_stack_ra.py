"""The versioned Treiber stack when loads may be stale: release/acquire instead of sequential consistency.

A location is the set of the messages ever written to it.  A load of the head may return any of them, however old;
a CAS reads and extends the newest (as read-modify-writes do).  `view(v, x, y)` says: a thread that acquired the head
of version v may read y in the link of x.  A link that a thread writes may be read by anyone at once, whatever they
acquired; the release CAS that publishes the node makes it the only link that its readers can see.

Theorem: the version makes stale reads harmless.  A pop that succeeds took the true top and left the true rest.
An answer Empty may be stale here (it was true at some time), so nothing is claimed about it.
"""
from z3 import (And, BoolSort, Const, Consts, DeclareSort, EnumSort, Exists, ForAll, If, Implies, Not, Or)

from concrete import Instance
from transition import Action, Mutant, State, System, Theorem, put

Node, Thread, Version, Bool = DeclareSort("Node"), DeclareSort("Thread"), DeclareSort("Version"), BoolSort()
Place, PLACES = EnumSort("Place", ["idle", "pop_head", "pop_next", "pop_owns", "push_owns", "push_head", "push_linked"])
idle, pop_head, pop_next, pop_owns, push_owns, push_head, push_linked = PLACES

s = State(dict(
    head=(Node,), version=(Version,),                          # the newest message of the head
    past=(Version, Node, Bool),                                # every message of the head
    view=(Version, Node, Node, Bool),                          # links readable after acquiring that version
    inside=(Node, Bool), above=(Node, Node, Bool),             # the abstract stack
    owns=(Thread, Node, Bool), place=(Thread, Place), node=(Thread, Node),
    seen=(Thread, Node), seen_version=(Thread, Version), seen_next=(Thread, Node)))
null = Const("null", Node)
me, n, y, h = Const("me", Thread), *Consts("n y h", Node)
v, new, W = Consts("v new W", Version)
X, Y, Z, T, U = *Consts("X Y Z", Node), *Consts("T U", Thread)


def at(state, thread, *places):
    return Or(*[state.place(thread) == p for p in places])


def invariant(s):
    looked = (pop_head, pop_next, push_head, push_linked)
    return {
        "newest": ForAll([X], s.past(s.version, X) == (X == s.head)),
        "null": And(Not(s.inside(null)), ForAll([T], Not(s.owns(T, null)))),
        "seen is past": ForAll([T], Implies(at(s, T, *looked), s.past(s.seen_version(T), s.seen(T)))),
        "not null": ForAll([T], Implies(at(s, T, pop_head, pop_next), s.seen(T) != null)),
        "order inside": ForAll([X, Y], Implies(s.above(X, Y), And(s.inside(X), s.inside(Y)))),
        "transitive": ForAll([X, Y, Z], Implies(And(s.above(X, Y), s.above(Y, Z)), s.above(X, Z))),
        "irreflexive": ForAll([X], Not(s.above(X, X))),
        "total": ForAll([X, Y], Implies(And(s.inside(X), s.inside(Y)), Or(X == Y, s.above(X, Y), s.above(Y, X)))),
        "empty": ForAll([X], Implies(s.head == null, Not(s.inside(X)))),
        "head inside": Implies(s.head != null, s.inside(s.head)),
        "head on top": ForAll([X], Implies(s.inside(X), Or(X == s.head, s.above(s.head, X)))),
        # who acquired the newest version sees, in the link of a node inside, its true successor and nothing else
        "view below": ForAll([X, Y], Implies(And(s.inside(X), s.view(s.version, X, Y), Y != null), s.above(X, Y))),
        "view next": ForAll([X, Y, Z], Implies(And(s.inside(X), s.view(s.version, X, Y), s.above(X, Z)),
                                               Or(Z == Y, s.above(Y, Z)))),
        "view last": ForAll([X, Z], Implies(And(s.inside(X), s.view(s.version, X, null)), Not(s.above(X, Z)))),
        "owned outside": ForAll([T, X], Implies(s.owns(T, X), Not(s.inside(X)))),
        "one owner": ForAll([T, U, X], Implies(And(s.owns(T, X), s.owns(U, X)), T == U)),
        "owns its node": ForAll([T], Implies(at(s, T, push_owns, push_head, push_linked, pop_owns),
                                             s.owns(T, s.node(T)))),
        "same link": ForAll([T], Implies(And(at(s, T, pop_next), s.seen_version(T) == s.version),
                                         s.view(s.version, s.seen(T), s.seen_next(T)))),
    }


initial = dict(head=null, past=lambda w, a: And(w == s.version, a == null), view=lambda w, a, b: False,
               inside=lambda a: False, above=lambda a, b: False, owns=lambda t, a: False, place=lambda t: idle)

unchanged = And(s.head == s.seen(me), s.version == s.seen_version(me))
fresh = ForAll([X], Not(s.past(new, X)))
mine, top = s.node(me), s.seen(me)


def looks(place):
    return dict(seen=put(s.seen, me, h), seen_version=put(s.seen_version, me, v), place=put(s.place, me, place))


def writes_head(node):
    return dict(head=node, version=new, past=lambda w, a: Or(s.past(w, a), And(w == new, a == node)))


actions = {
    "pop_empty": Action("step: vstack.pop.head_load", [me, v], And(at(s, me, idle), s.past(v, null))),
    "pop_head": Action("step: vstack.pop.head_load", [me, v, h],          # acquire
                       And(at(s, me, idle), s.past(v, h), h != null), **looks(pop_head)),
    "pop_next": Action("step: vstack.pop.next_load", [me, y],             # relaxed
                       And(at(s, me, pop_head), s.view(s.seen_version(me), top, y)),
                       seen_next=put(s.seen_next, me, y), place=put(s.place, me, pop_next)),
    "pop_unlink": Action(                                                 # acquire and release
        "step: vstack.pop.unlink", [me, new], And(at(s, me, pop_next), unchanged, fresh),
        **writes_head(s.seen_next(me)), view=lambda w, a, b: If(w == new, s.view(s.version, a, b), s.view(w, a, b)),
        inside=lambda a: And(s.inside(a), a != top), above=lambda a, b: And(s.above(a, b), a != top, b != top),
        owns=lambda t, a: Or(s.owns(t, a), And(t == me, a == top)), node=put(s.node, me, top),
        place=put(s.place, me, pop_owns)),
    "pop_retry": Action("step: vstack.pop.unlink", [me], at(s, me, pop_next), place=put(s.place, me, idle)),
    "pop_take": Action("step: vstack.pop.take", [me], at(s, me, pop_owns),
                       owns=lambda t, a: And(s.owns(t, a), Not(And(t == me, a == mine))),
                       place=put(s.place, me, idle)),
    "push_alloc": Action("step: vstack.push.alloc", [me, n],
                         And(at(s, me, idle), n != null, Not(s.inside(n)), ForAll([T], Not(s.owns(T, n)))),
                         owns=lambda t, a: Or(s.owns(t, a), And(t == me, a == n)),
                         node=put(s.node, me, n), place=put(s.place, me, push_owns)),
    "push_head": Action("step: vstack.push.head_load", [me, v, h],        # relaxed
                        And(at(s, me, push_owns), s.past(v, h)), **looks(push_head)),
    "push_link": Action("step: vstack.push.link", [me], at(s, me, push_head),    # relaxed: readable by anyone
                        view=lambda w, a, b: Or(s.view(w, a, b), And(a == mine, b == top)),
                        place=put(s.place, me, push_linked)),
    "push_publish": Action(                                               # acquire and release
        "step: vstack.push.publish", [me, new], And(at(s, me, push_linked), unchanged, fresh),
        **writes_head(mine),
        view=lambda w, a, b: If(w == new, If(a == mine, b == top, s.view(s.version, a, b)), s.view(w, a, b)),
        inside=lambda a: Or(s.inside(a), a == mine), above=lambda a, b: Or(s.above(a, b), And(a == mine, s.inside(b))),
        owns=lambda t, a: And(s.owns(t, a), Not(And(t == me, a == mine))), place=put(s.place, me, idle)),
    "push_retry": Action("step: vstack.push.publish", [me], at(s, me, push_linked),   # may fail spuriously
                         place=put(s.place, me, push_owns)),
}

second = s.seen_next(me)
theorems = [
    Theorem("pop takes the top", And(s.inside(top), ForAll([X], Implies(And(s.inside(X), X != top), s.above(top, X)))),
            at="pop_unlink"),
    Theorem("pop leaves the rest", And(
        Implies(second == null, ForAll([X], Implies(s.inside(X), X == top))),
        Implies(second != null, And(s.inside(second), second != top, ForAll([X], Implies(
            And(s.inside(X), X != top, X != second), s.above(second, X)))))), at="pop_unlink"),
    Theorem("push keeps the rest", And(Not(s.inside(mine)), top == s.head), at="push_publish"),
    Theorem("value is read by one thread", And(Not(s.inside(mine)),
                                               ForAll([T], Implies(s.owns(T, mine), T == me))), at="pop_take"),
]

mutants = [
    Mutant("no release", "push publishes its node without release: readers may still see an older link of it",
           lambda a: {"push_publish": a["push_publish"].but(
               view=lambda w, a, b: If(w == new, s.view(s.version, a, b), s.view(w, a, b)))},
           unproved=["push_publish/view below"], breaks="pop leaves the rest"),
    Mutant("no acquire", "pop reads the link with the view of any older version, as after a relaxed load of the head",
           lambda a: {"pop_next": a["pop_next"].but(guard=And(at(s, me, pop_head), Exists([W], s.view(W, top, y))))},
           unproved=["pop_next/same link"], breaks="pop leaves the rest"),
    Mutant("no version", "the CAS compares the node only: a stale head that came back is taken for the newest",
           lambda a: {"pop_unlink": a["pop_unlink"].but(guard=And(at(s, me, pop_next), s.head == top, fresh))},
           unproved=["theorem/pop leaves the rest"], breaks="pop leaves the rest"),
    Mutant("store instead of CAS", "push writes the head from a stale read of it",
           lambda a: {"push_publish": a["push_publish"].but(guard=And(at(s, me, push_linked), fresh))},
           unproved=["theorem/push keeps the rest"], breaks="push keeps the rest"),
]

# thread 0: push node 1, pop it, push node 2, push node 1 again; versions 0 to 4
REUSED = (
    ("push_alloc", 0, 1), ("push_head", 0, 0, 0), ("push_link", 0), ("push_publish", 0, 1),
    ("pop_head", 0, 1, 1), ("pop_next", 0, 0), ("pop_unlink", 0, 2), ("pop_take", 0),
    ("push_alloc", 0, 2), ("push_head", 0, 2, 0), ("push_link", 0), ("push_publish", 0, 3),
    ("push_alloc", 0, 1), ("push_head", 0, 3, 2), ("push_link", 0), ("push_publish", 0, 4))
RIGID, SIZES = dict(null=0), dict(Node=3, Thread=2, Version=8)

SYSTEM = System("versioned_stack_ra", s, initial, actions, invariant, theorems, mutants=mutants, instances=[
    Instance("2 nodes, 2 threads", SIZES, rigid=RIGID, least=("new",), limit=1200),
    Instance("2 nodes, 2 threads, a node reused", SIZES, rigid=RIGID, least=("new",), limit=1200, prefix=REUSED)])
