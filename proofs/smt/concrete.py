"""Executes a transition system on a small concrete instance, from the very terms that are given to the
solvers.

A proof about a system that cannot move says nothing.  So every model is also run: each action must fire from
a reachable state, and the axioms, the invariant and the theorems must hold there (so the hypotheses of the
proof obligations are consistent).  For a mutant the run must reach a violation: it is broken, not merely
unproved.

Terms are compiled to Python: an uninterpreted sort becomes range(size), Int becomes range(ints) where a
quantifier or a table needs a bound, a state variable becomes a value or a flat table.
"""
from collections import deque
from dataclasses import dataclass, field
from itertools import product

import z3


class Outside(Exception):
    """The run left the bounds of the instance (an integer too large for a table)."""


@dataclass
class Instance:
    name: str
    sizes: dict  # elements of each uninterpreted sort, by name
    ints: int = 0  # Int tables and quantifiers range over 0 .. ints-1
    rigid: dict = field(default_factory=dict)  # meaning of the constants and functions that never change
    least: tuple = ()  # parameters for which only the least possible value is tried
    prefix: tuple = ()  # steps (label, parameters...) to make before exploring
    limit: int = 20000  # states


@dataclass
class Run:
    states: int
    fired: set
    violation: str = None  # the theorem or invariant that failed
    trace: tuple = ()  # the steps that lead to it


def look_up(table, index):
    if 0 <= index < len(table):
        return table[index]
    raise Outside


INFIX = {
    z3.Z3_OP_EQ: "==",
    z3.Z3_OP_LE: "<=",
    z3.Z3_OP_LT: "<",
    z3.Z3_OP_GE: ">=",
    z3.Z3_OP_GT: ">",
    z3.Z3_OP_ADD: "+",
    z3.Z3_OP_SUB: "-",
    z3.Z3_OP_MUL: "*",
    z3.Z3_OP_AND: "and",
    z3.Z3_OP_OR: "or",
    z3.Z3_OP_DISTINCT: "!=",  # of two terms only
}


class Machine:
    def __init__(self, system, instance):
        self.system, self.instance = system, instance
        self.names = list(system.state.signature)
        self.scope = {
            "look_up": look_up,
            **{f"rigid_{name}": value for name, value in instance.rigid.items()},
        }
        self.actions = {label: self._action(action) for label, action in system.actions.items()}

    # --- from z3 terms to Python source -------------------------------------------------------------------

    def size(self, sort):
        if sort.kind() == z3.Z3_INT_SORT:
            return self.instance.ints
        if sort.kind() == z3.Z3_DATATYPE_SORT:
            return sort.num_constructors()
        return 2 if sort.kind() == z3.Z3_BOOL_SORT else self.instance.sizes[sort.name()]

    def source(self, term, bound=()):
        if z3.is_var(term):
            return bound[-1 - z3.get_var_index(term)]
        if z3.is_quantifier(term):
            new = tuple(f"q{len(bound) + i}" for i in range(term.num_vars()))
            loops = " ".join(f"for {v} in range({self.size(term.var_sort(i))})" for i, v in enumerate(new))
            every = "all" if term.is_forall() else "any"
            return f"{every}({self.source(term.body(), bound + new)} {loops})"
        kind, args = term.decl().kind(), [self.source(a, bound) for a in term.children()]
        if z3.is_int_value(term):
            return str(term.as_long())
        if kind in (z3.Z3_OP_TRUE, z3.Z3_OP_FALSE):
            return str(kind == z3.Z3_OP_TRUE)
        if kind in INFIX:
            assert kind != z3.Z3_OP_DISTINCT or len(args) == 2
            empty = "True" if kind == z3.Z3_OP_AND else "False"
            return "(" + (f" {INFIX[kind]} ".join(args) or empty) + ")"
        if kind == z3.Z3_OP_NOT:
            return f"(not {args[0]})"
        if kind == z3.Z3_OP_UMINUS:
            return f"(-{args[0]})"
        if kind == z3.Z3_OP_IMPLIES:
            return f"(not {args[0]} or {args[1]})"
        if kind == z3.Z3_OP_ITE:
            return f"({args[1]} if {args[0]} else {args[2]})"
        if kind == z3.Z3_OP_DT_CONSTRUCTOR:
            sort = term.sort()
            return str(
                [sort.constructor(i).name() for i in range(sort.num_constructors())].index(term.decl().name())
            )
        return self.symbol(term, args)

    def symbol(self, term, args):
        """A state variable, a rigid symbol, or a parameter of the action (a Python variable)."""
        name = term.decl().name()
        if name in self.names:
            variable = f"state[{self.names.index(name)}]"
            if not args:
                return variable
            flat = args[0]
            for i, arg in enumerate(args[1:], 1):
                flat = f"({flat})*{self.size(term.decl().domain(i))}+{arg}"
            return f"look_up({variable}, {flat})"
        if name in self.instance.rigid:
            return f"rigid_{name}({', '.join(args)})" if args else f"rigid_{name}"
        return name

    def function(self, params, term):
        """The Python function (state, *params) -> value of the term."""
        names = "".join(f", {p.decl().name()}" for p in params)
        return eval(f"lambda state{names}: {self.source(term)}", self.scope)

    def domain(self, name):
        return product(*[range(self.size(sort)) for sort in self.system.state.signature[name][:-1]])

    def value(self, name, params, update):
        """The Python function (state, *params) -> new value, or whole new table, of a state variable."""
        args = self.system.state.arguments(name)
        sort = self.system.state.signature[name][-1]
        if not args:
            return self.function(params, sort.cast(update))
        entry = self.function([*params, *args], sort.cast(update(*args)))
        return lambda state, *chosen: tuple(entry(state, *chosen, *at) for at in self.domain(name))

    def _action(self, action):
        params = list(action.params)
        updates = {self.names.index(n): self.value(n, params, u) for n, u in action.updates.items()}
        return params, self.function(params, action.guard), updates

    # --- running ------------------------------------------------------------------------------------------

    def start(self):
        """The initial state; a variable that may be anything starts with the first element of its sort."""
        blank = []
        for name in self.names:
            cells, boolean = (
                len(list(self.domain(name))),
                self.system.state.signature[name][-1] == z3.BoolSort(),
            )
            zero = False if boolean else 0
            blank.append((zero,) * cells if self.system.state.arguments(name) else zero)
        first = list(blank)
        for name, value in self.system.initial.items():
            first[self.names.index(name)] = self.value(name, [], value)(tuple(blank))
        return tuple(first)

    def moves(self, state):
        """Every (label, chosen parameters, new state) possible here; no new state if it leaves the bounds."""
        for label, (params, guard, updates) in self.actions.items():
            tried = set()
            for chosen in product(*[range(self.size(p.sort())) for p in params]):
                group = tuple(c for p, c in zip(params, chosen) if p.decl().name() not in self.instance.least)
                try:
                    if group in tried or not guard(state, *chosen):
                        continue
                except Outside:
                    continue
                if len(group) < len(chosen):
                    tried.add(group)
                try:
                    new = list(state)
                    for index, update in updates.items():
                        new[index] = update(state, *chosen)
                    yield label, chosen, tuple(new)
                except Outside:
                    yield label, chosen, None

    def checks(self, only=None):
        """What must hold: at each state (under None) and before each action."""
        table = {}
        if only is None:
            for name, formula in self.system.invariant(self.system.state).items():
                table.setdefault(None, []).append((f"invariant {name}", self.function([], formula)))
        for theorem in self.system.theorems:
            if only in (None, theorem.name):
                params = self.system.actions[theorem.at].params if theorem.at else []
                table.setdefault(theorem.at, []).append((theorem.name, self.function(params, theorem.goal)))
        return table

    def explore(self, only=None):
        """Breadth first until `limit` states or the first violation (of the theorem `only`, if given)."""
        checks, came, fired = self.checks(only), {self.start(): None}, set()
        queue = deque([self.after_prefix(came)])

        def failed(key, state, chosen=()):
            for name, check in checks.get(key, []):
                try:
                    if not check(state, *chosen):
                        return name
                except Outside:
                    continue
            return None

        while queue:
            state = queue.popleft()
            wrong = failed(None, state)
            if wrong:
                return Run(len(came), fired, wrong, self.path(came, state))
            for label, chosen, new in self.moves(state):
                fired.add(label)
                wrong = failed(label, state, chosen)
                if wrong:
                    return Run(len(came), fired, wrong, self.path(came, state) + ((label, chosen),))
                if new is not None and new not in came and len(came) < self.instance.limit:
                    came[new] = (state, label, chosen)
                    queue.append(new)
        return Run(len(came), fired)

    def after_prefix(self, came):
        state = next(iter(came))
        for label, *chosen in self.instance.prefix:
            params, guard, updates = self.actions[label]
            if not guard(state, *chosen):
                raise ValueError(f"{self.system.name}: the prefix cannot take {label}{tuple(chosen)}")
            new = tuple(updates[i](state, *chosen) if i in updates else old for i, old in enumerate(state))
            came.setdefault(new, (state, label, tuple(chosen)))
            state = new
        return state

    def path(self, came, state):
        steps = []
        while came[state]:
            state, label, chosen = came[state]
            steps.append((label, chosen))
        return tuple(reversed(steps))

    def broken_axioms(self):
        """The axioms that this instance does not satisfy: there must be none."""
        return [name for name, axiom in self.system.axioms.items() if not self.function([], axiom)(())]
