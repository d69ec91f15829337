"""``python -m evals.fit_verdicts FOLDER… [--pairs FILE…] --json OUT``: weights for verdicts from judged claims.

A logistic regression over the signals of :mod:`rag.verdicts.verdict`, strongly held back (C = 0.003): with a thousand
claims more freedom learns what is peculiar to their sources. The figures in ``OUT`` are for sources that the fit has
not seen, each left out in turn. Folders are those of ``evals.citations``; further pairs of premise and hypothesis only
train.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import track

from evals.citations import Claim, as_sources, auc, language_of, macro_f1, read_claims
from evals.machine import git_facts
from evals.runner import EXIT_ERROR
from index.embed import open_embedder
from index.errors import PullquoteError
from rag.attribute import Attributor
from rag.settings import Settings
from rag.verdicts.verdict import NAMES, SUPPORTED, values

Numbers = npt.NDArray[np.float64]
STRENGTH = 0.003
"""The inverse of how much weights are held back; on sources left out .01 does worse, and .03 worse still."""
_PAIRS = 500  # of each file: no more than there are claims
_SEED = 0


@dataclass(frozen=True, slots=True)
class Rows:
    """Signals of some claims, shape ``(n, len(NAMES))``, their labels, and where each comes from."""

    signals: Numbers
    labels: npt.NDArray[np.bool_]
    sources: npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Fit:
    """A logistic regression over standardised signals."""

    mean: Numbers
    spread: Numbers
    weight: Numbers
    bias: float

    def probabilities(self, signals: Numbers) -> Numbers:
        """Shape ``(n, len(NAMES))`` → ``(n,)``."""
        standard = (signals - self.mean) / self.spread
        return np.asarray(1.0 / (1.0 + np.exp(-(standard @ self.weight + self.bias))))

    def to_dict(self) -> dict[str, Any]:
        """As ``rag/verdicts.json`` holds it."""
        rows = zip(NAMES, self.mean, self.spread, self.weight, strict=True)
        return {
            "bias": round(self.bias, 6),
            "signals": {
                name: {
                    "mean": round(float(mean), 6),
                    "spread": round(float(spread), 6),
                    "weight": round(float(weight), 6),
                }
                for name, mean, spread, weight in rows
            },
        }


def fitted(rows: Rows) -> Fit:
    """The regression for some claims."""
    from sklearn.linear_model import LogisticRegression  # evals only: inference needs none of it

    mean, spread = rows.signals.mean(axis=0), rows.signals.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    model = LogisticRegression(C=STRENGTH, max_iter=2000).fit((rows.signals - mean) / spread, rows.labels)
    return Fit(mean, spread, np.asarray(model.coef_[0]), float(model.intercept_[0]))


def left_out(rows: Rows, further: Rows) -> dict[str, Any]:
    """Figures when each source is judged by a fit to the others, all together and one by one."""
    scores = np.zeros(len(rows.labels))
    for source in np.unique(rows.sources):
        mine = rows.sources == source
        scores[mine] = fitted(_joined(_part(rows, ~mine), further)).probabilities(rows.signals[mine])

    def figures(mine: npt.NDArray[np.bool_]) -> dict[str, Any]:
        labels = [bool(label) for label in rows.labels[mine]]
        verdicts = [bool(score >= SUPPORTED) for score in scores[mine]]
        return {
            "n": len(labels),
            "macro_f1": round(macro_f1(labels, verdicts), 4),
            "auc": auc(labels, list(scores[mine])),
        }

    by_source = {str(source): figures(rows.sources == source) for source in np.unique(rows.sources)}
    return {**figures(np.ones(len(scores), dtype=bool)), "sources": by_source}


def _part(rows: Rows, mine: npt.NDArray[np.bool_]) -> Rows:
    return Rows(rows.signals[mine], rows.labels[mine], rows.sources[mine])


def _joined(one: Rows, other: Rows) -> Rows:
    return Rows(
        np.concatenate([one.signals, other.signals]),
        np.concatenate([one.labels, other.labels]),
        np.concatenate([one.sources, other.sources]),
    )


def measured(claims: Sequence[Claim], attributor: Attributor, description: str, console: Console) -> Rows:
    """The signals of claims; those without a reference to compare are left out."""
    signals, kept = [], []
    for claim in track(claims, description, console=console, transient=True):
        spoken = language_of(claim)
        found = attributor.signals(claim.question, claim.claim, spoken, as_sources(claim, spoken))
        if found is not None:
            signals.append(values(found))
            kept.append(claim)
    return Rows(
        np.array(signals, dtype=np.float64).reshape(-1, len(NAMES)),
        np.array([claim.attributable for claim in kept], dtype=bool),
        np.array([claim.source for claim in kept], dtype=np.str_),
    )


def read_pairs(path: Path, most: int = _PAIRS) -> list[Claim]:
    """A sample of a file of ``id, premise, hypothesis, label``; what is not an entailment is not attributable."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    random.Random(_SEED).shuffle(rows)  # noqa: S311  a reproducible sample, not a secret
    return [
        Claim(row["id"], row["hypothesis"], (row["premise"],), row["label"] == "entailment", source=path.parent.name)
        for row in rows[:most]
    ]


def build_parser() -> argparse.ArgumentParser:
    """The command line of ``python -m evals.fit_verdicts``."""
    parser = argparse.ArgumentParser(prog="python -m evals.fit_verdicts", description="Fit the weights of verdicts.")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="holds claims.jsonl")
    parser.add_argument("--pairs", nargs="+", type=Path, default=[], metavar="FILE", help="premises and hypotheses")
    parser.add_argument("--json", required=True, type=Path, metavar="OUT", help="the file to write: rag/verdicts.json")
    return parser


def main(arguments: Sequence[str] | None = None, attributor: Attributor | None = None) -> int:
    """Run the command; ``attributor`` takes the place of the real one. Returns the exit status."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = build_parser().parse_args(given)
    console = Console(stderr=True)
    try:
        settings = Settings.load()
        sets = [read_claims(folder) for folder in options.folders]
        attributor = attributor or Attributor(open_embedder(settings))
        rows = _all([measured(one.claims, attributor, one.name, console) for one in sets])
        further = _all([measured(read_pairs(path), attributor, path.parent.name, console) for path in options.pairs])
    except PullquoteError as error:
        console.print(f"{error.message} {error.hint}".strip(), markup=False)
        return EXIT_ERROR
    content = {
        "command": ["python", "-m", "evals.fit_verdicts", *given],
        "embedder": settings.embedder,
        "sets": {one.name: {"digest": one.digest, "n": len(one.claims)} for one in sets},
        "pairs": {
            path.parent.name: {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()} for path in options.pairs
        },
        "versions": {name: metadata.version(name) for name in ("numpy", "scikit-learn")},
        **git_facts(),
        "source_left_out": left_out(rows, further),
        **fitted(_joined(rows, further)).to_dict(),
    }
    options.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    console.print_json(data=content["source_left_out"])
    return 0


def _all(several: Sequence[Rows]) -> Rows:
    joined = Rows(np.zeros((0, len(NAMES))), np.zeros(0, dtype=bool), np.zeros(0, dtype=np.str_))
    for rows in several:
        joined = _joined(joined, rows)
    return joined


if __name__ == "__main__":
    sys.exit(main())
