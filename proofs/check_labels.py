"""Compares the steps of the models with the steps of the Rust source.

Each shared access in the source carries a comment `// step: label`, each action of a model names the label it
stands for.  Demanded, for every model of labels.toml: what the model claims is in the source, what the source
has under the model's prefix is claimed or listed as abstracted with a reason, and no label stands at two
places of the source.

Usage: check_labels.py [--root FOLDER] [--self-test]     (FOLDER contains `src`; by default the parent folder)
"""
import argparse
import pathlib
import re
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
LABEL = r"step: ([a-z0-9_]+(?:\.[a-z0-9_]+)+)"
IN_RUST = re.compile(
    r"^(?:(?!//).)*//\s*" + LABEL
)  # a plain comment; documentation may mention labels freely
NO_SOURCE = "none yet"


def source_labels(files):
    """label -> the places (file:line) where it stands; `files` maps a name to its text."""
    places = {}
    for name, text in files.items():
        for number, line in enumerate(text.split("\n"), 1):
            for label in IN_RUST.findall(line):
                places.setdefault(label, []).append(f"{name}:{number}")
    return places


def abstracted(model, label):
    return any(
        label == entry or (entry.endswith(".") and label.startswith(entry))
        for entry in model.get("abstracted", {})
    )


def compare(model, text, places):
    """The complaints about one model, given its text and the labels of the source."""
    prefix, claims = model["prefix"], set(re.findall(LABEL, text))
    present = {label for label in places if label.startswith(prefix)}
    complaints = [
        f"claims {label}, which is not under {prefix}" for label in claims if not label.startswith(prefix)
    ]
    if not claims:
        complaints.append("claims no label")
    if any(not reason.strip() for reason in model.get("abstracted", {}).values()):
        complaints.append("abstracts something without a reason")
    complaints += [f"both claims and abstracts {label}" for label in claims if abstracted(model, label)]
    if model["source"] == NO_SOURCE:
        complaints += [
            f"says it has no source yet, but {label} is at {places[label][0]}" for label in present
        ]
        return sorted(complaints)
    complaints += [f"claims {label}, which the source does not have" for label in claims - present]
    complaints += [
        f"does not know {label} at {places[label][0]}"
        for label in present - claims
        if not abstracted(model, label)
    ]
    complaints += [
        f"{label} stands at {' and '.join(places[label])}" for label in present if len(places[label]) > 1
    ]
    return sorted(complaints)


def run(report, root):
    """Checks every model against the tree under `root`."""
    models = tomllib.loads((HERE / "labels.toml").read_text())["model"]
    if not (root / "src").is_dir():
        report.check(
            False, "the Rust source is there", "no folder `src` beside `proofs`, nothing to compare with"
        )
        return
    files = {str(path.relative_to(root)): path.read_text() for path in sorted((root / "src").rglob("*.rs"))}
    places = source_labels(files)
    for model in models:
        text = "\n".join((HERE / name).read_text() for name in model["files"])
        complaints = compare(model, text, places)
        if model["source"] != NO_SOURCE and not (root / model["source"]).is_dir():
            complaints.insert(0, f"its source {model['source']} does not exist")
        claims = len(set(re.findall(LABEL, text)))
        state = (
            "no Rust source yet, nothing to compare"
            if model["source"] == NO_SOURCE
            else f"all found in {model['source']}"
        )
        name = f"{model['files'][0]} claims {claims} steps"
        report.check(not complaints, name, "; ".join(complaints) or state)
    prefixes = tuple(model["prefix"] for model in models)
    rest = sorted(label for label in places if not label.startswith(prefixes))
    if rest:
        report.say(f"       in the source and in no model: {', '.join(rest)}")


def self_test(report):
    """Each rule must be able to complain, and a tree that keeps them all must pass."""
    good = {
        "src/ring/push.rs": "x.load(A); // step: ring.push.load\n// step: ring.push.claim\nx.cas();\n",
        "src/ring/len.rs": "/// what `// step: ring.push.load` means\nx.load(R); // step: ring.len.load\n",
    }
    model = {"prefix": "ring.", "source": "src/ring", "abstracted": {"ring.len.": "an estimate"}}
    text = 'Action("step: ring.push.load")\n(* step: ring.push.claim *)'
    extra, again = {"src/ring/a.rs": "// step: ring.push.extra"}, {"src/ring/a.rs": "// step: ring.push.load"}
    broken = {  # what is wrong -> (model, its text, source files, the complaint expected)
        "a claim without source": (
            model,
            text + "\n// step: ring.push.ghost",
            good,
            "the source does not have",
        ),
        "a source label without claim": (model, text, good | extra, "does not know ring.push.extra"),
        "a label at two places": (model, text, good | again, "stands at"),
        "a claim of another prefix": (model, text + "\n// step: stack.pop.load", good, "not under ring."),
        "a label claimed and abstracted": (
            model | {"abstracted": {"ring.": "all"}},
            text,
            good,
            "both claims and",
        ),
        "an abstraction without reason": (
            model | {"abstracted": {"ring.len.": " "}},
            text,
            good,
            "without a reason",
        ),
        "a source that came meanwhile": (model | {"source": NO_SOURCE}, text, good, "says it has no source"),
        "a model without labels": (model | {"abstracted": {"ring.": "all"}}, "", good, "claims no label"),
    }
    complaints = compare(model, text, source_labels(good))
    report.check(not complaints, "labels self-test: a good tree passes", "; ".join(complaints))
    for name, (variant, words, files, expected) in broken.items():
        complaints = compare(variant, words, source_labels(files))
        found = any(expected in complaint for complaint in complaints)
        report.check(
            found, f"labels self-test: {name} is found", complaints[0] if complaints else "no complaint"
        )


def main():
    from harness.report import Report

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", type=pathlib.Path, default=HERE.parent)
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    report = Report()
    if options.self_test:
        self_test(report)
    else:
        run(report, options.root.resolve())
    report.finish()


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    main()
