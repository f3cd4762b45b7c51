"""Transition systems and the obligations that make a set of formulas an inductive invariant.

Every model of this folder is a `System`: state variables, an initial state, actions (one shared access each),
an invariant given as named formulas, and theorems.  `System.obligations` turns it into first-order questions.
If every one of them is answered `unsat`, the invariant holds in every reachable state and so do the theorems,
for any number of threads, nodes, versions, positions and operations.

The same objects are executed on small concrete instances by `concrete.py`: there is one text of each action.
"""
from dataclasses import dataclass, field, replace

import z3


class State:
    """One copy of the state variables.  A signature maps a name to its sorts: arguments, then result."""

    def __init__(self, signature, suffix=""):
        self.signature = signature
        for name, sorts in signature.items():
            symbol = name + suffix
            setattr(self, name, z3.Const(symbol, *sorts) if len(sorts) == 1 else z3.Function(symbol, *sorts))

    def arguments(self, name):
        """Fresh constants, one for each argument of the variable `name`."""
        return [z3.Const(f"arg{i}_{name}", sort) for i, sort in enumerate(self.signature[name][:-1])]

    def is_(self, name, value):
        """The variable `name` has this value here (a term, or a Python function of its arguments)."""
        variable, args = getattr(self, name), self.arguments(name)
        return z3.ForAll(args, variable(*args) == value(*args)) if args else variable == value


def put(function, key, value):
    """The function that differs from `function` only at `key` (a term, or a tuple of terms)."""
    keys = key if isinstance(key, tuple) else (key,)
    return lambda *args: z3.If(z3.And(*[a == k for a, k in zip(args, keys)]), value, function(*args))


def at(state, thread, *places):
    """The thread is at one of these places of its operation."""
    return z3.Or(*[state.place(thread) == place for place in places])


class Action:
    """One atomic step: a guard over the old state and the new values of the variables that change.

    `step` names the access of the Rust source it stands for ("step: ring.push.claim").  `params` are the free
    constants of the action: the thread that moves, the values it may choose.
    """

    def __init__(self, step, params, guard, **updates):
        if not step.startswith("step: "):
            raise ValueError(f"an action must say which step it stands for, not {step!r}")
        self.step, self.params, self.guard, self.updates = step, params, guard, updates

    def but(self, step=None, params=None, guard=None, **updates):
        """A variant of this action, for mutants."""
        return Action(
            step or self.step,
            params or self.params,
            self.guard if guard is None else guard,
            **{**self.updates, **updates},
        )


@dataclass
class Theorem:
    """`goal` holds in every reachable state, or, with `at`, whenever that action may be taken."""

    name: str
    goal: z3.BoolRef
    at: str = None


@dataclass
class Mutant:
    """A broken variant.  It must not be provable at each obligation of `unproved`, and the explorer must
    reach a concrete violation of the theorem `breaks`."""

    name: str
    story: str
    edit: object  # a function from the actions of the model to the changed ones
    unproved: list
    breaks: str


@dataclass
class Obligation:
    name: str
    hypotheses: list
    goal: z3.BoolRef


@dataclass
class System:
    name: str
    state: State  # the old state, over which everything below is written
    initial: dict  # values of the state variables; a variable not listed may be anything
    actions: dict
    invariant: object  # a function from a State to named formulas
    theorems: list
    instances: list  # concrete.Instance: where the model is executed
    axioms: dict = field(default_factory=dict)  # facts on constants that never change
    hints: dict = field(default_factory=dict)  # action -> instances of axioms that a solver needs to be shown
    mutants: list = field(default_factory=list)

    def mutate(self, mutant):
        return replace(self, actions={**self.actions, **mutant.edit(self.actions)})

    def changes(self, action, new):
        """The updates of the action, and the frame: every other variable keeps its value."""
        old = self.state
        return [new.is_(name, action.updates.get(name, getattr(old, name))) for name in old.signature]

    def obligations(self):
        old, new = self.state, State(self.state.signature, "_new")
        holds, holds_after = self.invariant(old), self.invariant(new)
        axioms = list(self.axioms.values())
        start = [old.is_(name, value) for name, value in self.initial.items()]
        for name, formula in holds.items():
            yield Obligation(f"init/{name}", axioms + start, formula)
        known = axioms + list(holds.values())
        for label, action in self.actions.items():
            moved = known + self.hints.get(label, []) + [action.guard] + self.changes(action, new)
            for name, formula in holds_after.items():
                yield Obligation(f"{label}/{name}", moved, formula)
        for theorem in self.theorems:
            here = [self.actions[theorem.at].guard] + self.hints.get(theorem.at, []) if theorem.at else []
            yield Obligation(f"theorem/{theorem.name}", known + here, theorem.goal)


def instance_of(axiom, *terms):
    """The axiom `ForAll x...: body` with the terms put for its variables: true whenever the axiom is."""
    return z3.substitute_vars(axiom.body(), *reversed(terms))
