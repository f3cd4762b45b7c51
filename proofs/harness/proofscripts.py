"""Checks a folder of Coq files: they compile, use no axiom, and every mutant fails in its place."""
import re
import subprocess
import tomllib

from harness.report import Clock, Report

DECLARED = re.compile(
    r"^\s*(?:Local\s+|Global\s+)*(?:Lemma|Theorem|Definition|Fixpoint|Instance|Inductive|Record)\s+(\w+)"
)
CLOSED = "Closed under the global context"


def compile_text(text, folder, name):
    """Compiles the text as `name`; answers (exit code, standard output, standard error)."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    done = subprocess.run(["coqc", "-q", name], cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def library(report, module, package, scratch):
    """Demands an installed Coq library."""
    code, _, _ = compile_text(
        f"From {module.split('.')[0]} Require {module.split('.', 1)[1]}.\n", scratch / "probe", "probe.v"
    )
    return code == 0 or report.check(
        False, f"coq library {module}", f"not found, install the Debian package {package}"
    )


def place_of_error(text, errors):
    """The declaration that contains the line of the last error."""
    lines = re.findall(r"line (\d+), characters", errors)
    if not lines:
        return None
    names = [found.group(1) for line in text.split("\n")[: int(lines[-1])] if (found := DECLARED.match(line))]
    return names[-1] if names else None


def prove(report, path, scratch):
    """The file as it is, with the question for axioms appended for each of its theorems."""
    clock, text = Clock(), path.read_text()
    theorems = re.findall(r"^\s*Theorem\s+(\w+)", text, re.M)
    questions = "".join(f"Print Assumptions {name}.\n" for name in theorems)
    code, output, errors = compile_text(f"{text}\n{questions}", scratch, path.name)
    closed = output.count(CLOSED)
    report.check(code == 0, f"{path.name} compiles", str(clock) if code == 0 else errors.strip())
    report.check(
        theorems and closed == len(theorems),
        f"{path.name}: its {len(theorems)} theorems use no axiom",
        ", ".join(theorems) if closed == len(theorems) else f"only {closed}: {output.strip()}",
    )


def refute(report, path, mutant, scratch):
    """The mutant applies, fails to compile, and does so in the lemma stated beside it."""
    clock, text = Clock(), path.read_text()
    name = f"{path.name}, mutant '{mutant['name']}'"
    if text.count(mutant["find"]) != 1:
        report.check(
            False, f"{name} applies once", f"the text to replace occurs {text.count(mutant['find'])} times"
        )
        return
    broken = text.replace(mutant["find"], mutant["replace"])
    code, _, errors = compile_text(broken, scratch / mutant["name"].replace(" ", "_"), path.name)
    place = place_of_error(broken, errors)
    report.check(
        code != 0 and place == mutant["fails_in"],
        f"{name} is killed",
        f"survives, {clock}" if code == 0 else f"fails in {place}, expected in {mutant['fails_in']}, {clock}",
    )


def run(report, folder, scratch):
    mutants = tomllib.loads((folder / "mutants.toml").read_text())["mutant"]
    for path in sorted(folder.glob("*.v")):
        report.section(f"{folder.name}/{path.name}")
        prove(report, path, scratch)
        for mutant in mutants:
            if mutant["file"] == path.name:
                refute(report, path, mutant, scratch)
    strays = {m["file"] for m in mutants} - {p.name for p in folder.glob("*.v")}
    report.check(not strays, f"{folder.name}: every mutant has its file", ", ".join(strays))


def self_test(report, folder, scratch):
    """An edit that changes nothing must be reported as a survivor, one that does not apply as an error."""
    path = folder / "hierarchy.v"
    same = dict(
        name="self test, nothing changed",
        find="Definition protocol",
        replace="Definition protocol",
        fails_in="ordered_kept",
    )
    absent = dict(same, name="self test, does not apply", find="no such text")
    elsewhere = dict(
        same, name="self test, fails elsewhere", find="exists l, l; auto", replace="exists l, m; auto"
    )
    for mutant in (same, absent, elsewhere):
        inner = Report(quiet=True)
        refute(inner, path, mutant, scratch)
        report.check(inner.failures, f"coq check can fail: {mutant['name']}")
    inner = Report(quiet=True)
    assumed = scratch / "assumed.v"
    assumed.write_text("Axiom cheat : False.\nTheorem cheated : False.\nProof. exact cheat. Qed.\n")
    prove(inner, assumed, scratch / "self_test")
    report.check(len(inner.failures) == 1, "coq check can fail: a theorem that rests on an axiom")
