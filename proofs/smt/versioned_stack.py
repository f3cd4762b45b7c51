"""The versioned Treiber stack over an arena whose nodes are reused, sequentially consistent.

The head is one word: (node, version), and every successful CAS gives it a version it never had.  A node goes
back to the arena as soon as its value was taken, so a thread may hold a node that was popped and pushed again
meanwhile (the ABA problem).  Theorem: the version makes that harmless, for any number of threads, nodes and
operations.

Everything is relational, so the obligations lie in a decidable fragment (effectively propositional logic): a
mutant gets a definite `sat`.
"""
from z3 import And, Const, ForAll, If, Implies, Not, Or

from abstract_stack import (
    EMPTY, LOOKED, SIGNATURE, Bool, Node, T, Version, X, Y, Z, adds_top, arena_actions, idle, links, looks,
    me, n, null, order, ownership, pop_head, pop_next, push_head, push_linked, push_owns, removes_top,
    stack_theorems, unchanged)
from concrete import Instance
from transition import Action, Mutant, State, System, Theorem, at, put

s = State(dict(SIGNATURE, used=(Version, Bool),       # the versions the head ever had
               link=(Node, Node, Bool)))              # link(x, y): the link field of x holds y
y, v = Const("y", Node), Const("v", Version)


def invariant(s):
    return {
        **order(s), **links(s, s.link), **ownership(s),
        "version used": s.used(s.version),
        "seen version used": ForAll([T], Implies(at(s, T, *LOOKED), s.used(s.seen_version(T)))),
        "one link": ForAll([X, Y, Z], Implies(And(s.link(X, Y), s.link(X, Z)), Y == Z)),
        "linked": ForAll([T, Y], Implies(And(at(s, T, push_linked), s.link(s.node(T), Y)), Y == s.seen(T))),
        # the version argument: while the version is the one that was read, nothing has changed since
        "same version": ForAll([T], Implies(And(at(s, T, *LOOKED), s.seen_version(T) == s.version),
                                            s.seen(T) == s.head)),
        "not null": ForAll([T], Implies(And(at(s, T, pop_head, pop_next), s.seen_version(T) == s.version),
                                        s.seen(T) != null)),
        "same link": ForAll([T], Implies(And(at(s, T, pop_next), s.seen_version(T) == s.version),
                                         s.link(s.seen(T), s.seen_next(T)))),
    }


initial = dict(EMPTY, used=lambda w: w == s.version, link=lambda a, b: False)
mine, top, same, fresh = s.node(me), s.seen(me), unchanged(s), Not(s.used(v))


def sees(place):
    return looks(s, s.head, s.version, place)


def writes_head(node):
    return dict(head=node, version=v, used=lambda w: Or(s.used(w), w == v))


actions = {
    **arena_actions(s),
    "pop_empty": Action("step: vstack.pop.head_load", [me], And(at(s, me, idle), s.head == null)),
    "pop_head": Action("step: vstack.pop.head_load", [me], And(at(s, me, idle), s.head != null),
                       **sees(pop_head)),
    "pop_next": Action("step: vstack.pop.next_load", [me, y], And(at(s, me, pop_head), s.link(top, y)),
                       seen_next=put(s.seen_next, me, y), place=put(s.place, me, pop_next)),
    "pop_unlink": Action("step: vstack.pop.unlink", [me, v], And(at(s, me, pop_next), same, fresh),
                         **writes_head(s.seen_next(me)), **removes_top(s)),
    "pop_retry": Action("step: vstack.pop.unlink", [me], And(at(s, me, pop_next), Not(same)),
                        place=put(s.place, me, idle)),
    "push_head": Action("step: vstack.push.head_load", [me], at(s, me, push_owns), **sees(push_head)),
    "push_link": Action("step: vstack.push.link", [me], at(s, me, push_head),
                        link=lambda a, b: If(a == mine, b == top, s.link(a, b)),
                        place=put(s.place, me, push_linked)),
    "push_publish": Action("step: vstack.push.publish", [me, v], And(at(s, me, push_linked), same, fresh),
                           **writes_head(mine), **adds_top(s)),
    "push_retry": Action("step: vstack.push.publish", [me], And(at(s, me, push_linked), Not(same)),
                         place=put(s.place, me, push_owns)),
}

theorems = stack_theorems(s) + [
    Theorem("push keeps the rest", And(Not(s.inside(mine)), ForAll([Y], Implies(
        s.link(mine, Y), Y == s.head))), at="push_publish"),
    Theorem("empty is empty", ForAll([X], Not(s.inside(X))), at="pop_empty"),
]

mutants = [
    Mutant("no version", "the CAS compares the node only: ABA",
           lambda a: {"pop_unlink": a["pop_unlink"].but(guard=And(at(s, me, pop_next), s.head == top,
                                                                  fresh))},
           unproved=["theorem/pop leaves the rest"], breaks="pop leaves the rest"),
    Mutant("link once", "push writes its link once, outside the retry loop: what came in between is lost",
           lambda a: {"push_retry": a["push_retry"].but(**sees(push_linked))},
           unproved=["push_retry/linked"], breaks="push keeps the rest"),
    Mutant("keep next", "pop looks at the head again after a failed CAS but keeps the old link",
           lambda a: {"pop_retry": a["pop_retry"].but(guard=And(a["pop_retry"].guard, s.head != null),
                                                      **sees(pop_next))},
           unproved=["pop_retry/same link"], breaks="pop leaves the rest"),
    Mutant("blind unlink", "pop stores the new head without comparing",
           lambda a: {"pop_unlink": a["pop_unlink"].but(guard=And(at(s, me, pop_next), fresh))},
           unproved=["theorem/pop takes the top"], breaks="pop takes the top"),
    Mutant("shared node", "the arena hands out a node that a thread still owns",
           lambda a: {"push_alloc": a["push_alloc"].but(guard=And(at(s, me, idle), n != null,
                                                                  Not(s.inside(n))))},
           unproved=["push_alloc/one owner"], breaks="value is read by one thread"),
]

SYSTEM = System("versioned_stack", s, initial, actions, invariant, theorems, mutants=mutants, instances=[
    Instance("2 nodes, 2 threads", dict(Node=3, Thread=2, Version=8), rigid=dict(null=0), least=("v",),
             limit=5000)])
