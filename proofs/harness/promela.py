"""Checks a SPIN model: its properties hold in the runs listed, and fail in the broken variants."""
import re
import subprocess
import tomllib

from harness.report import Clock, Report

DEPTH = 1_000_000


def build(model, defines, folder):
    """Generates and compiles the verifier; answers an error message or nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / model.name
    copy.write_text(model.read_text())
    for command in (
        ["spin", *[f"-D{d}" for d in defines], "-a", model.name],
        ["gcc", "-O2", "-w", "-DNFAIR=3", "-o", "pan", "pan.c"],
    ):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if done.returncode:
            return done.stdout + done.stderr
    return ""


def verify(folder, claim, fair):
    """Searches all states for an execution that violates the claim; answers what the verifier printed."""
    command = ["./pan", "-a", *(["-f"] if fair else []), "-N", claim, f"-m{DEPTH}"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True).stdout


def verdict(output):
    """'holds', 'violated', or the reason why the search says nothing."""
    errors = re.search(r"errors: (\d+)", output)
    if not errors:
        return "no result: " + output.strip()[-200:]
    if int(errors.group(1)):
        return "violated"
    if "max search depth too small" in output or "out of memory" in output:
        return "incomplete"
    return "holds"


def unreached(output):
    """The statements of the processes that no execution reached; that a worker has no end is intended."""
    blocks = re.findall(r"unreached in proctype (\w+)\n((?:\t.*\n)*)", output)
    return [
        f"{name}: {line.strip()}"
        for name, lines in blocks
        for line in lines.split("\n")
        if line.strip() and "-end-" not in line and not line.strip().startswith("(")
    ]


def check_run(report, model, claims, run, folder, expected):
    """One configuration: every claim must get the expected verdict (a mutant: at least one)."""
    clock, fair = Clock(), run.get("fair", True)
    name = f"{model.name}, {'mutant ' if expected == 'violated' else ''}'{run['name']}'"
    trouble = build(model, run["defines"], folder)
    if trouble:
        report.check(False, f"{name} builds", trouble)
        return
    outputs = {claim: verify(folder, claim, fair) for claim in claims}
    verdicts = {claim: verdict(output) for claim, output in outputs.items()}
    states = max(
        [int(float(n)) for o in outputs.values() for n in re.findall(r"([\d.e+]+) states, stored", o)] + [0]
    )
    said = ", ".join(f"{claim} {v}" for claim, v in verdicts.items()) + f", {states} states, {clock}"
    if expected == "violated":
        report.check("violated" in verdicts.values(), f"{name} is killed", said)
        return
    report.check(all(v == "holds" for v in verdicts.values()), name, said)
    dead = sorted({line for output in outputs.values() for line in unreached(output)})
    report.check(not dead, f"{name} reaches every statement", "; ".join(dead))


def run(report, folder, scratch):
    runs = tomllib.loads((folder / "runs.toml").read_text())
    for model in sorted(folder.glob("*.pml")):
        report.section(f"{folder.name}/{model.name}")
        claims = re.findall(r"^ltl (\w+)", model.read_text(), re.M)
        for kind, expected in (("run", "holds"), ("mutant", "violated")):
            for entry in runs[kind]:
                check_run(report, model, claims, entry, scratch / entry["name"].replace(" ", "_"), expected)


def self_test(report, folder, scratch):
    """A correct run given as a mutant, a broken one as correct, a statement out of reach."""
    model = folder / "pool.pml"
    right = dict(name="self test", defines=["W=2", "S=1", "T=2"])
    broken = dict(right, defines=right["defines"] + ["NO_UNPARK"])
    dead = scratch / "dead.pml"
    scratch.mkdir(parents=True, exist_ok=True)
    dead.write_text(
        "byte x;\nactive proctype p() { x = 1; if :: x == 2 -> x = 3 :: else -> skip fi }\n"
        "ltl one { <> (x == 1) }\n"
    )
    for name, which, entry, claims, expected in (
        ("a surviving mutant", model, right, ["all_done"], "violated"),
        ("a violated claim", model, broken, ["all_done"], "holds"),
        ("a statement out of reach", dead, dict(right, defines=[]), ["one"], "holds"),
    ):
        inner = Report(quiet=True)
        check_run(inner, which, claims, entry, scratch / name.replace(" ", "_"), expected)
        report.check(inner.failures, f"spin check can fail: {name}")
