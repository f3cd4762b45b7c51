"""The versioned Treiber stack over an arena whose nodes are reused, sequentially consistent.

The head is one word: (node, version), and every successful CAS gives it a version it never had.  A node goes back
to the arena as soon as its value was taken, so a thread may hold a node that was popped and pushed again meanwhile
(the ABA problem).  Theorem: the version makes that harmless, for any number of threads, nodes and operations.

Everything is relational, so the obligations lie in a decidable fragment (effectively propositional logic): a mutant
gets a definite `sat`.
"""
from z3 import (And, BoolSort, Const, Consts, DeclareSort, EnumSort, ForAll, If, Implies, Not, Or)

from concrete import Instance
from transition import Action, Mutant, State, System, Theorem, put

Node, Thread, Version, Bool = DeclareSort("Node"), DeclareSort("Thread"), DeclareSort("Version"), BoolSort()
# pop: saw the head, saw its link, owns the node; push: owns a node, saw the head, wrote the link
Place, PLACES = EnumSort("Place", ["idle", "pop_head", "pop_next", "pop_owns", "push_owns", "push_head", "push_linked"])
idle, pop_head, pop_next, pop_owns, push_owns, push_head, push_linked = PLACES

s = State(dict(
    head=(Node,), version=(Version,), used=(Version, Bool),    # `used`: the versions the head ever had
    link=(Node, Node, Bool),                                   # link(x, y): the link field of x holds y
    inside=(Node, Bool), above=(Node, Node, Bool),             # the abstract stack: its nodes and their order
    owns=(Thread, Node, Bool), place=(Thread, Place),
    node=(Thread, Node),                                       # the node a thread owns
    seen=(Thread, Node), seen_version=(Thread, Version), seen_next=(Thread, Node)))
null = Const("null", Node)
me, n, y, v = Const("me", Thread), Const("n", Node), Const("y", Node), Const("v", Version)
X, Y, Z, T, U = *Consts("X Y Z", Node), *Consts("T U", Thread)


def at(state, thread, *places):
    return Or(*[state.place(thread) == p for p in places])


def invariant(s):
    looked = (pop_head, pop_next, push_head, push_linked)
    return {
        "head version used": And(s.used(s.version), Not(s.inside(null)), ForAll([T], Not(s.owns(T, null)))),
        "seen version used": ForAll([T], Implies(at(s, T, *looked), s.used(s.seen_version(T)))),
        "one link": ForAll([X, Y, Z], Implies(And(s.link(X, Y), s.link(X, Z)), Y == Z)),
        # the abstract stack is a finite total order whose top is the head
        "order inside": ForAll([X, Y], Implies(s.above(X, Y), And(s.inside(X), s.inside(Y)))),
        "transitive": ForAll([X, Y, Z], Implies(And(s.above(X, Y), s.above(Y, Z)), s.above(X, Z))),
        "irreflexive": ForAll([X], Not(s.above(X, X))),
        "total": ForAll([X, Y], Implies(And(s.inside(X), s.inside(Y)), Or(X == Y, s.above(X, Y), s.above(Y, X)))),
        "empty": ForAll([X], Implies(s.head == null, Not(s.inside(X)))),
        "head inside": Implies(s.head != null, s.inside(s.head)),
        "head on top": ForAll([X], Implies(s.inside(X), Or(X == s.head, s.above(s.head, X)))),
        # the link of a node inside is its successor in that order
        "link below": ForAll([X, Y], Implies(And(s.inside(X), s.link(X, Y), Y != null), s.above(X, Y))),
        "link next": ForAll([X, Y, Z], Implies(And(s.inside(X), s.link(X, Y), s.above(X, Z)),
                                               Or(Z == Y, s.above(Y, Z)))),
        "link last": ForAll([X, Z], Implies(And(s.inside(X), s.link(X, null)), Not(s.above(X, Z)))),
        # ownership
        "owned outside": ForAll([T, X], Implies(s.owns(T, X), Not(s.inside(X)))),
        "one owner": ForAll([T, U, X], Implies(And(s.owns(T, X), s.owns(U, X)), T == U)),
        "owns its node": ForAll([T], Implies(at(s, T, push_owns, push_head, push_linked, pop_owns),
                                             s.owns(T, s.node(T)))),
        "linked": ForAll([T, Y], Implies(And(at(s, T, push_linked), s.link(s.node(T), Y)), Y == s.seen(T))),
        # the version argument: while the version is the one that was read, nothing has changed since the read
        "same version": ForAll([T], Implies(And(at(s, T, *looked), s.seen_version(T) == s.version),
                                            s.seen(T) == s.head)),
        "not null": ForAll([T], Implies(And(at(s, T, pop_head, pop_next), s.seen_version(T) == s.version),
                                        s.seen(T) != null)),
        "same link": ForAll([T], Implies(And(at(s, T, pop_next), s.seen_version(T) == s.version),
                                         s.link(s.seen(T), s.seen_next(T)))),
    }


initial = dict(head=null, used=lambda w: w == s.version, link=lambda a, b: False, inside=lambda a: False,
               above=lambda a, b: False, owns=lambda t, a: False, place=lambda t: idle)

unchanged = And(s.head == s.seen(me), s.version == s.seen_version(me))


def looks(place):
    return dict(seen=put(s.seen, me, s.head), seen_version=put(s.seen_version, me, s.version),
                place=put(s.place, me, place))


new_version = dict(version=v, used=lambda w: Or(s.used(w), w == v))
mine, top = s.node(me), s.seen(me)
actions = {
    "pop_empty": Action("step: vstack.pop.head_load", [me], And(at(s, me, idle), s.head == null)),
    "pop_head": Action("step: vstack.pop.head_load", [me], And(at(s, me, idle), s.head != null), **looks(pop_head)),
    "pop_next": Action("step: vstack.pop.next_load", [me, y], And(at(s, me, pop_head), s.link(top, y)),
                       seen_next=put(s.seen_next, me, y), place=put(s.place, me, pop_next)),
    "pop_unlink": Action(
        "step: vstack.pop.unlink", [me, v], And(at(s, me, pop_next), unchanged, Not(s.used(v))),
        head=s.seen_next(me), **new_version, inside=lambda a: And(s.inside(a), a != top),
        above=lambda a, b: And(s.above(a, b), a != top, b != top),
        owns=lambda t, a: Or(s.owns(t, a), And(t == me, a == top)), node=put(s.node, me, top),
        place=put(s.place, me, pop_owns)),
    "pop_retry": Action("step: vstack.pop.unlink", [me], And(at(s, me, pop_next), Not(unchanged)),
                        place=put(s.place, me, idle)),
    "pop_take": Action("step: vstack.pop.take", [me], at(s, me, pop_owns),     # the node goes back to the arena
                       owns=lambda t, a: And(s.owns(t, a), Not(And(t == me, a == mine))),
                       place=put(s.place, me, idle)),
    "push_alloc": Action("step: vstack.push.alloc", [me, n],
                         And(at(s, me, idle), n != null, Not(s.inside(n)), ForAll([T], Not(s.owns(T, n)))),
                         owns=lambda t, a: Or(s.owns(t, a), And(t == me, a == n)),
                         node=put(s.node, me, n), place=put(s.place, me, push_owns)),
    "push_head": Action("step: vstack.push.head_load", [me], at(s, me, push_owns), **looks(push_head)),
    "push_link": Action("step: vstack.push.link", [me], at(s, me, push_head),
                        link=lambda a, b: If(a == mine, b == top, s.link(a, b)),
                        place=put(s.place, me, push_linked)),
    "push_publish": Action(
        "step: vstack.push.publish", [me, v], And(at(s, me, push_linked), unchanged, Not(s.used(v))),
        head=mine, **new_version, inside=lambda a: Or(s.inside(a), a == mine),
        above=lambda a, b: Or(s.above(a, b), And(a == mine, s.inside(b))),
        owns=lambda t, a: And(s.owns(t, a), Not(And(t == me, a == mine))), place=put(s.place, me, idle)),
    "push_retry": Action("step: vstack.push.publish", [me], And(at(s, me, push_linked), Not(unchanged)),
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
    Theorem("push keeps the rest", And(Not(s.inside(mine)), ForAll([Y], Implies(s.link(mine, Y), Y == s.head))),
            at="push_publish"),
    Theorem("empty is empty", ForAll([X], Not(s.inside(X))), at="pop_empty"),
    Theorem("value is read by one thread", And(Not(s.inside(mine)),
                                               ForAll([T], Implies(s.owns(T, mine), T == me))), at="pop_take"),
]

mutants = [
    Mutant("no version", "the CAS compares the node only: ABA",
           lambda a: {"pop_unlink": a["pop_unlink"].but(guard=And(at(s, me, pop_next), s.head == top, Not(s.used(v))))},
           unproved=["theorem/pop leaves the rest"], breaks="pop leaves the rest"),
    Mutant("link once", "push writes its link once, outside the retry loop: what was pushed in between is lost",
           lambda a: {"push_retry": a["push_retry"].but(**looks(push_linked))},
           unproved=["push_retry/linked"], breaks="push keeps the rest"),
    Mutant("keep next", "pop looks at the head again after a failed CAS but keeps the old link",
           lambda a: {"pop_retry": a["pop_retry"].but(guard=And(a["pop_retry"].guard, s.head != null),
                                                      **looks(pop_next))},
           unproved=["pop_retry/same link"], breaks="pop leaves the rest"),
    Mutant("blind unlink", "pop stores the new head without comparing",
           lambda a: {"pop_unlink": a["pop_unlink"].but(guard=And(at(s, me, pop_next), Not(s.used(v))))},
           unproved=["theorem/pop takes the top"], breaks="pop takes the top"),
    Mutant("shared node", "the arena hands out a node that a thread still owns",
           lambda a: {"push_alloc": a["push_alloc"].but(guard=And(at(s, me, idle), n != null, Not(s.inside(n))))},
           unproved=["push_alloc/one owner"], breaks="value is read by one thread"),
]

SYSTEM = System("versioned_stack", s, initial, actions, invariant, theorems, mutants=mutants,
                instances=[Instance("2 nodes, 2 threads", dict(Node=3, Thread=2, Version=8), rigid=dict(null=0),
                                    least=("v",), limit=5000)])
