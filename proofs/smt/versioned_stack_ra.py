"""The versioned Treiber stack when loads may be stale: release/acquire instead of sequential consistency.

A location is the set of the messages ever written to it.  A load of the head may return any of them, however
old; a CAS reads and extends the newest (as read-modify-writes do).  `view(v, x, y)` says: a thread that
acquired the head of version v may read y in the link of x.  A link that a thread writes may be read by anyone
at once, whatever they acquired; the release CAS that publishes the node makes it the only link that its
readers can see.

Theorem: the version makes stale reads harmless.  A pop that succeeds took the true top and left the true
rest. An answer Empty may be stale here (it was true at some time), so nothing is claimed about it.
"""
from z3 import And, Consts, Exists, ForAll, If, Implies, Not, Or

from abstract_stack import (
    EMPTY, LOOKED, SIGNATURE, Bool, Node, T, Version, X, adds_top, arena_actions, idle, links, looks, me,
    null, order, ownership, pop_head, pop_next, push_head, push_linked, push_owns, removes_top,
    stack_theorems, unchanged)
from concrete import Instance
from transition import Action, Mutant, State, System, Theorem, at, put

s = State(dict(SIGNATURE, past=(Version, Node, Bool),            # every message of the head
               view=(Version, Node, Node, Bool)))                # links readable after acquiring that version
y, h = Consts("y h", Node)
v, new, W = Consts("v new W", Version)


def invariant(s):
    return {
        **order(s), **ownership(s),
        # who acquired the newest version sees, in the link of a node inside, its successor and nothing else
        **links(s, lambda x, y: s.view(s.version, x, y)),
        "newest": ForAll([X], s.past(s.version, X) == (X == s.head)),
        "seen is past": ForAll([T], Implies(at(s, T, *LOOKED), s.past(s.seen_version(T), s.seen(T)))),
        "not null": ForAll([T], Implies(at(s, T, pop_head, pop_next), s.seen(T) != null)),
        "same link": ForAll([T], Implies(And(at(s, T, pop_next), s.seen_version(T) == s.version),
                                         s.view(s.version, s.seen(T), s.seen_next(T)))),
    }


initial = dict(EMPTY, past=lambda w, a: And(w == s.version, a == null), view=lambda w, a, b: False)
mine, top, same, fresh = s.node(me), s.seen(me), unchanged(s), ForAll([X], Not(s.past(new, X)))


def writes_head(node, view):
    """A new message; `view` gives what one can read after acquiring it."""
    return dict(head=node, version=new, past=lambda w, a: Or(s.past(w, a), And(w == new, a == node)),
                view=lambda w, a, b: If(w == new, view(a, b), s.view(w, a, b)))


def known(a, b):
    """What the writer of the newest head has acquired."""
    return s.view(s.version, a, b)


def published(a, b):
    """The same, and the link of the node that is published is the one its owner wrote last."""
    return If(a == mine, b == top, known(a, b))


actions = {
    **arena_actions(s),
    "pop_empty": Action("step: vstack.pop.head_load", [me, v], And(at(s, me, idle), s.past(v, null))),
    "pop_head": Action("step: vstack.pop.head_load", [me, v, h],                      # acquire
                       And(at(s, me, idle), s.past(v, h), h != null), **looks(s, h, v, pop_head)),
    "pop_next": Action("step: vstack.pop.next_load", [me, y],                         # relaxed
                       And(at(s, me, pop_head), s.view(s.seen_version(me), top, y)),
                       seen_next=put(s.seen_next, me, y), place=put(s.place, me, pop_next)),
    "pop_unlink": Action("step: vstack.pop.unlink", [me, new],                        # acquire and release
                         And(at(s, me, pop_next), same, fresh),
                         **writes_head(s.seen_next(me), known), **removes_top(s)),
    "pop_retry": Action("step: vstack.pop.unlink", [me], at(s, me, pop_next),         # may fail for no reason
                        place=put(s.place, me, idle)),
    "push_head": Action("step: vstack.push.head_load", [me, v, h],                    # relaxed
                        And(at(s, me, push_owns), s.past(v, h)), **looks(s, h, v, push_head)),
    "push_link": Action("step: vstack.push.link", [me], at(s, me, push_head),         # relaxed
                        view=lambda w, a, b: Or(s.view(w, a, b), And(a == mine, b == top)),
                        place=put(s.place, me, push_linked)),
    "push_publish": Action("step: vstack.push.publish", [me, new],                    # acquire and release
                           And(at(s, me, push_linked), same, fresh),
                           **writes_head(mine, published), **adds_top(s)),
    "push_retry": Action("step: vstack.push.publish", [me], at(s, me, push_linked),   # may fail for no reason
                         place=put(s.place, me, push_owns)),
}

theorems = stack_theorems(s) + [
    Theorem("push keeps the rest", And(Not(s.inside(mine)), top == s.head), at="push_publish")]

mutants = [
    Mutant("no release", "push publishes its node without release: readers may still see an older link of it",
           lambda a: {"push_publish": a["push_publish"].but(**writes_head(mine, known))},
           unproved=["push_publish/link below"], breaks="pop leaves the rest"),
    Mutant("no acquire", "pop reads the link with the view of any version, as after a relaxed head load",
           lambda a: {"pop_next": a["pop_next"].but(guard=And(at(s, me, pop_head),
                                                              Exists([W], s.view(W, top, y))))},
           unproved=["pop_next/same link"], breaks="pop leaves the rest"),
    Mutant("no version", "the CAS compares the node only: a stale head that came back passes for the newest",
           lambda a: {"pop_unlink": a["pop_unlink"].but(guard=And(at(s, me, pop_next), s.head == top,
                                                                  fresh))},
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
    Instance("2 nodes, 2 threads, a node reused", SIZES, rigid=RIGID, least=("new",), limit=1000,
             prefix=REUSED),
    Instance("2 nodes, 2 threads", SIZES, rigid=RIGID, least=("new",), limit=1000)])
