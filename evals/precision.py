"""``python -m evals.precision FOLDER… --json OUT``: how small token vectors can be kept, and what that costs.

The candidates of each question, the nearest passages by cosine, are put in order by late interaction alone, over token
vectors in one format after the other. :class:`index.late.Space` keeps the one that this chose.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evals import runner
from evals.pipeline import as_article
from evals.ranking import Found, figures, judge, judged, pair_of, unit_of
from evals.runner import SET_HELP, Run, parser_of
from evals.sets import EvalSet, read_set
from index import late, passages
from index.embed import Embedder, Encoded, open_embedder
from index.ingest import embedded_text
from index.late import Floats, Space
from index.tokens import CALIBRATION
from index.types import Passage

KIND = "precision"
CANDIDATES = 50
"""Passages of a question that are put in order."""
SHOWN = ("recall@1", "recall@5")


@dataclass(frozen=True, slots=True)
class Format:
    """A way to keep vectors: what is left of projected ones, and bytes of a vector of a given length."""

    kept: Callable[[Space, Floats], Floats]
    width: Callable[[int], int]


def _int8(projected: Floats) -> Floats:
    scale = np.abs(projected).max(axis=1, keepdims=True, initial=0.0) / np.float32(127.0)
    return np.asarray(np.rint(projected / np.maximum(scale, 1e-12)) * scale, dtype=np.float32)


def _two_bits(space: Space, tokens: Floats) -> Floats:
    # Cosines with the axes are the components.
    return space.similarities(space.pack(tokens), np.eye(space.dimension, dtype=np.float32))


def _signs(projected: Floats) -> Floats:
    return np.asarray(np.sign(projected) / np.sqrt(projected.shape[1]), dtype=np.float32)


FORMATS: Mapping[str, Format] = {
    "float16": Format(lambda s, t: s.project(t).astype(np.float16).astype(np.float32), lambda d: 2 * d),
    "int8": Format(lambda s, t: _int8(s.project(t)), lambda d: d + 2),
    "2 bits": Format(_two_bits, lambda d: -(-d // 4) + 2),
    "sign bits": Format(lambda s, t: _signs(s.project(t)), lambda d: -(-d // 8)),
}
"""Each with a scale in two bytes where it needs one."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The passages of a set, encoded."""

    passages: list[Passage]
    encoded: Encoded


def cut(eval_set: EvalSet, embedder: Embedder, target: int) -> Cut:
    """All articles of a set in passages of about ``target`` tokens, as a library would have them."""
    texts: list[str] = []
    found: list[Passage] = []
    for article in map(as_article, eval_set.articles):
        pieces = passages.split(article, embedder.count_tokens, target)
        found += pieces
        texts += [embedded_text(article, piece) for piece in pieces]
    return Cut(found, embedder.encode_passages(texts))


def measure(eval_set: EvalSet, embedder: Embedder, target: int) -> dict[str, Any]:
    """Bytes of a passage, and recall by language pair, of each format.

    Returns:
        For each format ``bytes_a_passage``, the mean, and by pair :func:`evals.ranking.figures`.
    """
    held = cut(eval_set, embedder, target)
    space = Space.around(embedder.encode_passages(CALIBRATION).tokens)
    sizes: dict[str, int] = {}
    for passage in held.passages:
        sizes[passage.article_id] = sizes.get(passage.article_id, 0) + 1
    unit = unit_of(len(held.passages), len(sizes))
    languages = {article.id: article.language for article in eval_set.articles}
    asked = [(question, embedder.encode_query(question.question)) for question in judged(eval_set)]
    nearest = [_nearest(held.encoded, query) for _, query in asked]
    result: dict[str, Any] = {}
    for name, form in FORMATS.items():
        kept = [form.kept(space, tokens) for tokens in held.encoded.tokens]
        ranked: dict[str, list[Any]] = {}
        for (question, query), candidates in zip(asked, nearest, strict=True):
            order = _ordered(space, kept, query, candidates)
            found = [Found(held.passages[i].article_id, held.passages[i].text) for i in order]
            ranked.setdefault(pair_of(question, languages), []).append(judge(question, found, unit, sizes))
        tokens = sum(map(len, kept))
        result[name] = {pair: figures(some) for pair, some in ranked.items()}
        result[name]["bytes_a_passage"] = round(form.width(space.dimension) * tokens / max(1, len(kept)))
    return result


def _nearest(held: Encoded, query: Encoded) -> list[int]:
    cosines = held.vectors @ query.vectors[0]
    return [int(i) for i in np.argsort(-cosines, kind="stable")[:CANDIDATES] if len(held.tokens[i])]


def _ordered(space: Space, kept: Sequence[Floats], query: Encoded, candidates: Sequence[int]) -> list[int]:
    if not candidates or not len(query.tokens[0]):
        return list(candidates)
    question = space.project(query.tokens[0])
    similarities = np.concatenate([kept[i] for i in candidates]) @ question.T
    lengths = np.array([len(kept[i]) for i in candidates])
    scores = late.score(similarities, lengths, late.token_weights(query.token_ids[0]))
    return [candidates[place] for place in np.argsort(-scores, kind="stable")]


def precision_section(results: Mapping[str, Any]) -> str:
    """One results file as Markdown, for ``evals.report``: a row for each format, columns for each set and pair."""
    machine = results["machine"]
    commit = (machine["commit"] or "unknown")[:12] + (" with uncommitted changes" if machine["modified"] else "")
    columns = [
        (name, pair) for name, formats in results["sets"].items() for pair in formats["2 bits"] if "bytes" not in pair
    ]
    lines = [
        f"Measured {machine['measured'][:10]} on {machine['cpu']}; embedder `{results['settings']['embedder']}`; "
        f"commit {commit}. Late interaction alone, {' / '.join(SHOWN)}. Command: `{' '.join(results['command'])}`",
        "",
        f"| token vectors in | bytes a passage | {' | '.join(f'{name}, {pair}' for name, pair in columns)} |",
        "|---|---:|" + "---:|" * len(columns),
    ]
    for form in FORMATS:
        sizes = [formats[form]["bytes_a_passage"] for formats in results["sets"].values()]
        cells = [
            " / ".join(f"{results['sets'][name][form][pair][figure]:.3f}" for figure in SHOWN) for name, pair in columns
        ]
        lines.append(f"| {form} | {round(sum(sizes) / len(sizes)):,} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None, embedder: Embedder | None = None) -> int:
    """Run the command; ``embedder`` takes the place of the one that the settings name. Returns the exit status."""
    parser = parser_of("precision", "Measure how small token vectors can be kept.")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help=SET_HELP)

    def rank(run: Run) -> str:
        sets = [read_set(folder) for folder in run.options.folders]
        record = run.record()
        content = record.content
        content["sets"] = {}
        encoder = embedder or open_embedder(run.settings)
        for one in sets:
            content["sets"][one.name] = measure(one, encoder, run.settings.passage_tokens)
            record.flush()
        content["complete"] = True
        record.flush()
        return precision_section(content)

    return runner.run(parser, arguments, KIND, rank)


if __name__ == "__main__":
    sys.exit(main())
