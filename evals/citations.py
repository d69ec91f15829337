"""``python -m evals.citations FOLDER… --json OUT``: are claims that are stated told from those that are not.

A set is a folder with ``claims.jsonl``. Each claim is judged against its references exactly as a sentence of an answer
is against its sources: by :meth:`rag.attribute.Attributor.weigh`. The labels are people's.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pydantic
from rich.console import Console
from rich.progress import track
from rich.table import Table

from evals import runner
from evals.record import Record
from evals.runner import Run, parser_of
from evals.scoring import auroc
from evals.sets import FORMAT_HINT, SetError, read_rows
from evals.tables import markdown_table, provenance
from index import language
from index.embed import open_embedder
from index.errors import EmptyArticle
from index.load import make_article
from index.types import Article, Hit, Passage
from rag.attribute import Attributor
from rag.types import Citation, Source

KIND = "citations"
CLAIMS_FILE = "claims.jsonl"


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim, what it is said to rest on, and whether that states it, as people judged.

    Attributes:
        id: Unique within the set.
        claim: A sentence, or a few.
        references: Texts, one of which or all together may state it.
        attributable: Whether they do.
        question: What the claim answers; may be empty.
        source: Where in a mixed set it comes from.
    """

    id: str
    claim: str
    references: tuple[str, ...]
    attributable: bool
    question: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim and what the attributor made of it."""

    claim: Claim
    citation: Citation
    seconds: float

    @property
    def supported(self) -> bool:
        """The verdict, as one of two: partly is not."""
        return self.citation.verdict == "supported"

    def to_dict(self, set_name: str) -> dict[str, Any]:
        """One row of ``claims``: ids and figures, no words."""
        return {
            "set": set_name,
            "id": self.claim.id,
            "source": self.claim.source,
            "attributable": self.claim.attributable,
            "verdict": self.citation.verdict,
            "support": round(self.citation.support, 4),
            "seconds": round(self.seconds, 4),
        }


@dataclass(frozen=True, slots=True)
class ClaimSet:
    """The claims of a folder, in the order of their file."""

    name: str
    claims: tuple[Claim, ...]

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of claims, references and labels; neither ids nor order count."""
        rows = sorted(json.dumps([c.question, c.claim, c.references, c.attributable]) for c in self.claims)
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


Judge = Callable[[Claim], Citation]
_CLAIM: pydantic.TypeAdapter[Claim] = pydantic.TypeAdapter(Claim)


def read_claims(folder: Path) -> ClaimSet:
    """Read ``claims.jsonl`` of a folder; the folder's name becomes the set's.

    Raises:
        SetError: a file or a row that cannot be used, with its file and line.
    """
    claims: dict[str, Claim] = {}
    for place, claim in read_rows(folder / CLAIMS_FILE, _CLAIM):
        if not claim.claim.strip():
            raise SetError(f"{place}: the claim {claim.id!r} is empty.", FORMAT_HINT)
        if claims.setdefault(claim.id, claim) != claim:
            raise SetError(f"{place}: the id {claim.id!r} already names another claim.", "Make the ids unique.")
    return ClaimSet(folder.resolve().name, tuple(claims.values()))


class Attribution:
    """Judges claims by an attributor, their references standing in for articles."""

    def __init__(self, attributor: Attributor) -> None:
        self._attributor = attributor

    def __call__(self, claim: Claim) -> Citation:
        """The claim as the attributor sees it; its language is told with the help of its references."""
        spoken = language_of(claim)
        return self._attributor.weigh(claim.question, claim.claim, spoken, as_sources(claim, spoken))


def language_of(claim: Claim) -> str:
    """The language of a claim and its references: of short ones together, since one sentence may not tell."""
    return language.detect(" ".join([claim.claim, *claim.references]))


def as_sources(claim: Claim, spoken: str) -> list[Source]:
    """The references as sources, each an article whose only passage is all of it; empty ones are left out."""
    return [Source(place, Hit(whole(article), article, 1.0, place)) for place, article in _articles(claim, spoken)]


def whole(article: Article) -> Passage:
    """All of an article as one passage."""
    return Passage(article.id, 0, len(article.text), article.text, len(article.text.split()))


def _articles(claim: Claim, spoken: str) -> Iterator[tuple[int, Article]]:
    for place, text in enumerate(claim.references, start=1):
        try:
            yield place, make_article(text, id=f"{claim.id}/{place}", title="", language=spoken)
        except EmptyArticle:
            continue


def evaluate(sets: Sequence[ClaimSet], judge: Judge, record: Record, console: Console | None = None) -> None:
    """Judge every claim of every set.

    Adds to the record's content: ``sets``, ``claims``, and ``complete``, which is true only at the end.
    """
    content = record.content
    content.update(complete=False, sets={}, claims=[])
    try:
        for one in sets:
            judged: list[Judged] = []
            for claim in track(one.claims, one.name, console=console, disable=console is None, transient=True):
                began = time.perf_counter()
                citation = judge(claim)
                judged.append(Judged(claim, citation, time.perf_counter() - began))
                record.touch()
            content["claims"] += [row.to_dict(one.name) for row in judged]
            content["sets"][one.name] = {"digest": one.digest, **figures(judged)}
        content["complete"] = True
    finally:
        record.flush()


def figures(judged: Sequence[Judged]) -> dict[str, Any]:
    """The figures of one set, as JSON types, with those of each source where there are several."""
    labels = [row.claim.attributable for row in judged]
    verdicts = [row.supported for row in judged]
    found: dict[str, Any] = {
        "n": len(judged),
        "n_attributable": sum(labels),
        "macro_f1": round(macro_f1(labels, verdicts), 4),
        "auc": auc(labels, [row.citation.support for row in judged]),
        "accuracy": round(sum(a == b for a, b in zip(labels, verdicts, strict=True)) / len(judged), 4),
        "quoted": sum(bool(row.citation.quotes) for row in judged),
        "seconds": round(median(row.seconds for row in judged), 4),
    }
    by_source: dict[str, list[Judged]] = {}
    for row in judged:
        by_source.setdefault(row.claim.source, []).append(row)
    if len(by_source) > 1:
        found["sources"] = {source: figures(rows) for source, rows in by_source.items()}
    return found


def macro_f1(labels: Sequence[bool], verdicts: Sequence[bool]) -> float:
    """The mean of the two classes' F1; a class that neither occurs nor is given counts as 0, as in scikit-learn."""
    scores = []
    for which in (True, False):
        hits = sum(a == which == b for a, b in zip(labels, verdicts, strict=True))
        mentioned = sum(a == which for a in labels) + sum(b == which for b in verdicts)
        scores.append(2 * hits / mentioned if mentioned else 0.0)
    return sum(scores) / 2


def auc(labels: Sequence[bool], scores: Sequence[float]) -> float | None:
    """How often an attributable claim scores above another one, ties half: the area under the ROC curve."""
    pairs = list(zip(labels, scores, strict=True))
    area = auroc([score for label, score in pairs if label], [score for label, score in pairs if not label])
    return None if area is None else round(area, 4)


def results_table(sets: Mapping[str, Mapping[str, Any]]) -> Table:
    """A row for each set, and one for each of its sources."""
    table = Table(title="Claims: supported or not, against people's judgement", title_justify="left")
    for heading in ("set", "source"):
        table.add_column(heading)
    for heading in ("n", "macro-F1", "AUC", "accuracy", "s a claim"):
        table.add_column(heading, justify="right")
    for name, found in sets.items():
        for source, row in [("all", found), *found.get("sources", {}).items()]:
            area = "–" if row["auc"] is None else f"{row['auc']:.3f}"
            cells = (str(row["n"]), f"{row['macro_f1']:.3f}", area, f"{row['accuracy']:.3f}", f"{row['seconds']:.3f}")
            table.add_row(name, source, *cells)
    return table


def citations_section(results: Mapping[str, Any]) -> str:
    """One results file as Markdown, for ``evals.report``: a row for each set, and one for each of its sources."""
    headings = ["set", "source", "n", "macro-F1", "area under ROC", "accuracy", "with a quote", "s a claim"]
    rows = []
    for name, found in results["sets"].items():
        for source, row in [("all", found), *found.get("sources", {}).items()]:
            area = "–" if row["auc"] is None else f"{row['auc']:.3f}"
            shares = [f"{row['macro_f1']:.3f}", area, f"{row['accuracy']:.3f}", f"{row['quoted'] / row['n']:.3f}"]
            rows.append([name, source, str(row["n"]), *shares, f"{row['seconds']:.3f}"])
    lines = [provenance(results), "", *markdown_table(headings, rows, left=2)]
    if not results["complete"]:
        lines += ["", "**The run was interrupted; sets are missing.**"]
    return "\n".join(lines)


def build_parser() -> argparse.ArgumentParser:
    """The command line of ``python -m evals.citations``."""
    parser = parser_of("citations", "Measure verdicts on claims.", resume=True)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help=f"holds {CLAIMS_FILE}")
    return parser


def main(arguments: Sequence[str] | None = None, judge: Judge | None = None) -> int:
    """Run the command; ``judge`` takes the place of the real attributor. Returns the exit status: 0, 1 or 130."""

    def measure(run: Run) -> Table:
        sets = [read_claims(folder) for folder in dict.fromkeys(path.resolve() for path in run.options.folders)]
        record = run.record(claims={one.name: one.digest for one in sets})
        if not record.finished():
            evaluate(sets, judge or Attribution(Attributor(open_embedder(run.settings))), record, run.console)
        return results_table(record.content["sets"])

    return runner.run(build_parser(), arguments, KIND, measure)


if __name__ == "__main__":
    sys.exit(main())
