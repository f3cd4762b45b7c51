"""Two independent solvers for one obligation: z3 through its library, cvc5 through an SMT-LIB file."""
import subprocess

import z3

PROOF_SECONDS = 60  # far more than any proved obligation needs: a slow machine must not make a proof fail
REFUTE_SECONDS = 1  # for the obligations of mutants: z3 often leaves them open instead of answering `sat`


def _solver(obligation, seconds):
    solver = z3.Solver()
    solver.set("timeout", 1000 * seconds)
    solver.add(*obligation.hypotheses, z3.Not(obligation.goal))
    return solver


def ask_z3(obligation, seconds=PROOF_SECONDS):
    """'unsat' means proved; 'sat' refuted; 'unknown' that z3 found no proof."""
    return str(_solver(obligation, seconds).check())


def ask_cvc5(obligation, folder, seconds=PROOF_SECONDS):
    """The same question in a file of its own, kept for the reader under the build folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (obligation.name.replace("/", "__").replace(" ", "_") + ".smt2")
    path.write_text("(set-logic ALL)\n" + _solver(obligation, seconds).to_smt2())
    answer = subprocess.run(["cvc5", f"--tlimit={1000 * seconds}", str(path)], capture_output=True, text=True)
    first = answer.stdout.split("\n")[0].strip()
    return first if first in ("sat", "unsat", "unknown") else "no answer"
