"""Runs the suites named on the command line and ends with `N passed, M failed`; see the Makefile."""
import importlib.util
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "smt")]
sys.dont_write_bytecode = True  # nothing is written but .build/

import check_labels  # noqa: E402
from harness import promela, proofscripts  # noqa: E402
from harness.report import Report  # noqa: E402

SCRATCH = HERE / ".build"


def smt(report):
    ready = report.tool("cvc5", "cvc5")
    if importlib.util.find_spec("z3") is None:
        ready = report.check(
            False,
            "python module z3",
            "not found, install the Debian package python3-z3 (and run with the Python it belongs to)",
        )
    if ready:
        import suite

        suite.run(report, SCRATCH)
        suite.self_test(report, SCRATCH)


def coq(report):
    if report.tool("coqc", "coq"):
        proofscripts.run(report, HERE / "coq", SCRATCH / "coq")
        proofscripts.self_test(report, HERE / "coq", SCRATCH / "coq" / "self_test")


def iris(report):
    if report.tool("coqc", "coq") and proofscripts.library(
        report, "iris.heap_lang.proofmode", "libcoq-iris", SCRATCH
    ):
        proofscripts.run(report, HERE / "iris", SCRATCH / "iris")


def spin(report):
    if report.tool("spin", "spin") and report.tool("gcc", "gcc"):
        promela.run(report, HERE / "spin", SCRATCH / "spin")
        promela.self_test(report, HERE / "spin", SCRATCH / "spin" / "self_test")


def labels(report):
    report.section("check_labels.py")
    check_labels.self_test(report)
    check_labels.run(report, HERE.parent)


SUITES = {"smt": smt, "coq": coq, "iris": iris, "spin": spin, "labels": labels}


def main():
    chosen = sys.argv[1:] or list(SUITES)
    unknown = set(chosen) - set(SUITES)
    if unknown:
        sys.exit(f"unknown suite {', '.join(unknown)}; there are {', '.join(SUITES)}")
    SCRATCH.mkdir(exist_ok=True)
    report = Report()
    for name in chosen:
        SUITES[name](report)
    report.finish()


if __name__ == "__main__":
    main()
