"""What the two models of the versioned stack share: the abstract stack, ownership of nodes, and the theorems.

The abstract stack is the set of the nodes `inside` it and the order `above` on them.  A thread owns a node
from the moment it gets it from the arena until it published it, and again from the CAS that unlinks it until
it has taken the value out.
"""
from z3 import And, BoolSort, Const, Consts, DeclareSort, EnumSort, ForAll, Implies, Not, Or

from transition import Action, Theorem, at, put

Node, Thread, Version, Bool = DeclareSort("Node"), DeclareSort("Thread"), DeclareSort("Version"), BoolSort()
# pop: saw the head, saw its link, owns the node; push: owns a node, saw the head, wrote the link
Place, PLACES = EnumSort(
    "Place", ["idle", "pop_head", "pop_next", "pop_owns", "push_owns", "push_head", "push_linked"])
idle, pop_head, pop_next, pop_owns, push_owns, push_head, push_linked = PLACES
LOOKED = (pop_head, pop_next, push_head, push_linked)       # has read the head

SIGNATURE = dict(
    head=(Node,), version=(Version,),                       # one word; each CAS brings a new version
    inside=(Node, Bool), above=(Node, Node, Bool),
    owns=(Thread, Node, Bool), place=(Thread, Place),
    node=(Thread, Node),                                    # the node a thread owns
    seen=(Thread, Node), seen_version=(Thread, Version), seen_next=(Thread, Node))
null, me, n = Const("null", Node), Const("me", Thread), Const("n", Node)
X, Y, Z, T, U = *Consts("X Y Z", Node), *Consts("T U", Thread)

EMPTY = dict(head=null, inside=lambda a: False, above=lambda a, b: False, owns=lambda t, a: False,
             place=lambda t: idle)


def order(s):
    """The abstract stack is a total order whose top is the head."""
    return {
        "null outside": And(Not(s.inside(null)), ForAll([T], Not(s.owns(T, null)))),
        "order inside": ForAll([X, Y], Implies(s.above(X, Y), And(s.inside(X), s.inside(Y)))),
        "transitive": ForAll([X, Y, Z], Implies(And(s.above(X, Y), s.above(Y, Z)), s.above(X, Z))),
        "irreflexive": ForAll([X], Not(s.above(X, X))),
        "total": ForAll([X, Y], Implies(And(s.inside(X), s.inside(Y)),
                                        Or(X == Y, s.above(X, Y), s.above(Y, X)))),
        "empty": ForAll([X], Implies(s.head == null, Not(s.inside(X)))),
        "head inside": Implies(s.head != null, s.inside(s.head)),
        "head on top": ForAll([X], Implies(s.inside(X), Or(X == s.head, s.above(s.head, X)))),
    }


def links(s, readable):
    """A `readable` link of a node inside leads to its successor, or nowhere if it is the last."""
    return {
        "link below": ForAll([X, Y], Implies(And(s.inside(X), readable(X, Y), Y != null), s.above(X, Y))),
        "link next": ForAll([X, Y, Z], Implies(And(s.inside(X), readable(X, Y), s.above(X, Z)),
                                               Or(Z == Y, s.above(Y, Z)))),
        "link last": ForAll([X, Z], Implies(And(s.inside(X), readable(X, null)), Not(s.above(X, Z)))),
    }


def ownership(s):
    return {
        "owned outside": ForAll([T, X], Implies(s.owns(T, X), Not(s.inside(X)))),
        "one owner": ForAll([T, U, X], Implies(And(s.owns(T, X), s.owns(U, X)), T == U)),
        "owns its node": ForAll([T], Implies(at(s, T, push_owns, push_head, push_linked, pop_owns),
                                             s.owns(T, s.node(T)))),
    }


# --- what the steps do to it; `me` is the thread that moves ---


def unchanged(s):
    """The comparison of the CAS: node and version are those that were read."""
    return And(s.head == s.seen(me), s.version == s.seen_version(me))


def looks(s, node, version, place):
    return dict(seen=put(s.seen, me, node), seen_version=put(s.seen_version, me, version),
                place=put(s.place, me, place))


def gets(s, node):
    return dict(owns=lambda t, a: Or(s.owns(t, a), And(t == me, a == node)), node=put(s.node, me, node))


def gives_up(s):
    return dict(owns=lambda t, a: And(s.owns(t, a), Not(And(t == me, a == s.node(me)))))


def removes_top(s):
    top = s.seen(me)
    return dict(inside=lambda a: And(s.inside(a), a != top),
                above=lambda a, b: And(s.above(a, b), a != top, b != top),
                place=put(s.place, me, pop_owns), **gets(s, top))


def adds_top(s):
    mine = s.node(me)
    return dict(inside=lambda a: Or(s.inside(a), a == mine),
                above=lambda a, b: Or(s.above(a, b), And(a == mine, s.inside(b))),
                place=put(s.place, me, idle), **gives_up(s))


def arena_actions(s):
    free = And(n != null, Not(s.inside(n)), ForAll([T], Not(s.owns(T, n))))
    return {
        "pop_take": Action("step: vstack.pop.take", [me], at(s, me, pop_owns),    # the node is free again
                           place=put(s.place, me, idle), **gives_up(s)),
        "push_alloc": Action("step: vstack.push.alloc", [me, n], And(at(s, me, idle), free),
                             place=put(s.place, me, push_owns), **gets(s, n)),
    }


def stack_theorems(s):
    top, second, mine = s.seen(me), s.seen_next(me), s.node(me)
    others = ForAll([X], Implies(And(s.inside(X), X != top, X != second), s.above(second, X)))
    return [
        Theorem("pop takes the top", And(s.inside(top), ForAll([X], Implies(
            And(s.inside(X), X != top), s.above(top, X)))), at="pop_unlink"),
        Theorem("pop leaves the rest", And(
            Implies(second == null, ForAll([X], Implies(s.inside(X), X == top))),
            Implies(second != null, And(s.inside(second), second != top, others))), at="pop_unlink"),
        Theorem("value is read by one thread", And(Not(s.inside(mine)), ForAll([T], Implies(
            s.owns(T, mine), T == me))), at="pop_take"),
    ]
