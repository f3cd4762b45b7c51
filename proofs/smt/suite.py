"""Checks every model of this folder: the proof by two solvers, the run on small instances, the mutants."""
import importlib
from dataclasses import replace

from concrete import Machine
from harness.report import Clock, Report
from solvers import REFUTE_SECONDS, ask_cvc5, ask_z3
from transition import Action, Mutant

MODELS = ["versioned_stack", "versioned_stack_ra", "ring", "helping_ring", "chase_lev"]


def run(report, scratch):
    for model in MODELS:
        clock = Clock()
        report.section(f"smt/{model}.py")
        system = importlib.import_module(model).SYSTEM
        folder = scratch / "smt" / system.name
        prove(report, system, folder)
        execute(report, system)
        for mutant in system.mutants:
            refute(report, system, mutant, folder)
        report.say(f"       {clock}")


def prove(report, system, folder):
    """Every obligation by both solvers."""
    obligations = list(system.obligations())
    open_z3 = [o.name for o in obligations if ask_z3(o) != "unsat"]
    report.check(not open_z3, f"{system.name}: z3 proves {len(obligations)} obligations", "; ".join(open_z3))
    open_cvc5 = [o.name for o in obligations if ask_cvc5(o, folder) != "unsat"]
    report.check(
        not open_cvc5, f"{system.name}: cvc5 proves the same {len(obligations)}", "; ".join(open_cvc5)
    )


def execute(report, system):
    """Every action fires on some small instance, and everything claimed holds there."""
    idle = set(system.actions)
    for instance in system.instances:
        machine = Machine(system, instance)
        broken = machine.broken_axioms()
        found = machine.explore()
        idle -= found.fired
        report.check(
            not broken and not found.violation,
            f"{system.name} runs, {instance.name}",
            f"{found.states} states, "
            + (
                f"BROKEN: {broken or found.violation} after {found.trace}"
                if broken or found.violation
                else "all claims hold"
            ),
        )
    report.check(
        not idle, f"{system.name}: each of the {len(system.actions)} actions fires", ", ".join(sorted(idle))
    )


def refute(report, system, mutant, folder):
    """The mutant has no proof where its defect is, and a concrete run violates the theorem it breaks."""
    broken = system.mutate(mutant)
    obligations = {o.name: o for o in broken.obligations()}
    answers = {name: ask_z3(obligations[name], REFUTE_SECONDS) for name in mutant.unproved}
    second = ask_cvc5(obligations[mutant.unproved[0]], folder / f"mutant {mutant.name}", REFUTE_SECONDS)
    for instance in system.instances:
        found = Machine(broken, instance).explore(only=mutant.breaks)
        if found.violation:
            break
    killed = "unsat" not in answers.values() and second != "unsat" and found.violation
    report.check(
        killed,
        f"{system.name}, mutant '{mutant.name}' is killed",
        ", ".join(f"{name} {answer}" for name, answer in answers.items())
        + f" (cvc5 {second}); "
        + (
            f"'{mutant.breaks}' violated in {len(found.trace)} steps, {instance.name}"
            if found.violation
            else f"no violation of '{mutant.breaks}' found"
        ),
    )
    if found.violation:
        lines = [f"{mutant.name}: {mutant.story}", f"violates: {mutant.breaks} ({instance.name})"]
        lines += [f"{i:3} {label}{chosen}" for i, (label, chosen) in enumerate(found.trace, 1)]
        (folder / f"{mutant.name.replace(' ', '_')}.trace").write_text("\n".join(lines) + "\n")


def self_test(report, scratch):
    """Each of the three checks must be able to complain."""
    system = importlib.import_module("chase_lev").SYSTEM
    folder = scratch / "smt" / "self_test"

    def complains(name, check):
        inner = Report(quiet=True)
        check(inner)
        report.check(inner.failures, f"smt check can fail: {name}", ", ".join(inner.failures))

    def weaker(state):
        return {name: formula for name, formula in system.invariant(state).items() if name != "still live"}

    report.section("smt self-test")
    complains(
        "an invariant that is not inductive", lambda r: prove(r, replace(system, invariant=weaker), folder)
    )
    stuck = system.actions | {
        "never": Action("step: deque.never", [], system.state.bottom < system.state.top - 9)
    }
    complains("an action that never fires", lambda r: execute(r, replace(system, actions=stuck)))
    harmless = Mutant(
        "nothing changed", "", lambda actions: {}, ["theorem/nothing is lost"], "nothing is lost"
    )
    complains("a mutant that survives", lambda r: refute(r, system, harmless, folder))
