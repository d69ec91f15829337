"""``python -m evals.ways --json OUT [--data FOLDER]``: ways to tell a follow-up, and to make it whole, side by side.

Ours goes by rules, and by the articles where the rules do not tell (:mod:`rag.followup`). Beside it: never, always, the
cosine between a question and the turn before it, the language model asked yes or no, and the language model asked to
word the question anew. The threshold of the cosine is the best one for the open half of the dialogues; all ways are
judged on the held-out half, as ``evals.dialogues`` judges.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table

from evals import dialogues, runner
from evals.dialogues import SETS, Dialogue, Resolve, add_data, figures, judge, read_dialogues, results_table
from evals.runner import Run, parser_of
from evals.sets import read_set
from evals.shelf import Shelves
from index.embed import Embedder, open_embedder
from rag import followup
from rag.engine import open_model
from rag.engine.port import LanguageModel, Prompt, Sampling
from rag.followup import Asked, Search, along
from rag.types import Turn

_TOLD = "You are given a conversation and a new question. "
_DECIDE = f"{_TOLD}Can the new question be understood without the conversation? Answer yes or no."
_REWORD = (
    f"{_TOLD}Write the new question so that it can be understood without the conversation, in the same language. If it "
    "can be already, repeat it. Write nothing but the question."
)
_LONGEST = 60  # tokens of a question


def never(question: str, history: Sequence[Turn], search: Search) -> Asked:  # noqa: ARG001 -- it looks at nothing
    """The question as it stands."""
    return Asked(question, question, follows=False, last=question)


def by_cosine(embedder: Embedder, threshold: float) -> Resolve:
    """A question is a follow-up if it is about as like the turn before it as that."""

    def resolve(question: str, history: Sequence[Turn], search: Search) -> Asked:
        near = likeness(embedder, question, history) >= threshold
        return (along if near else never)(question, history, search)

    return resolve


def likeness(embedder: Embedder, question: str, history: Sequence[Turn]) -> float:
    """Cosine of a question and the turn before it."""
    before = f"{history[-1].question} {history[-1].answer}"
    return float(embedder.query(question) @ embedder.query(before))


def best_threshold(pairs: Sequence[tuple[float, bool]]) -> float:
    """The cosine from which on to call a question a follow-up, with the most right decisions.

    Args:
        pairs: The cosine of a turn, and whether it is a follow-up; at least one.
    """
    return max(
        (cosine for cosine, _ in pairs), key=lambda t: sum((cosine >= t) == follows for cosine, follows in pairs)
    )


def by_model(model: LanguageModel) -> Resolve:
    """The language model says whether a question needs its history."""

    def resolve(question: str, history: Sequence[Turn], search: Search) -> Asked:
        said = _said(model, _DECIDE, question, history, 3)
        return (never if said.casefold().startswith("yes") else along)(question, history, search)

    return resolve


def reworded(model: LanguageModel) -> Resolve:
    """The language model words the question anew; it was a follow-up if that is another one."""

    def resolve(question: str, history: Sequence[Turn], search: Search) -> Asked:  # noqa: ARG001 -- it needs none
        said = _said(model, _REWORD, question, history, _LONGEST) or question
        return Asked(said, said, follows=said != question, last=question)

    return resolve


def _said(model: LanguageModel, system: str, question: str, history: Sequence[Turn], longest: int) -> str:
    turns = "".join(f"Question: {turn.question}\nAnswer: {turn.answer}\n" for turn in history)
    prompt = Prompt(system, (), f"Conversation:\n{turns}\nNew question: {question}")
    pieces = model.stream(prompt, Sampling(max_tokens=longest, stop=("\n",), adapted=False))
    return "".join(piece.text for piece in pieces).strip()


def open_pairs(found: Iterable[Dialogue], embedder: Embedder) -> list[tuple[float, bool]]:
    """Cosine and kind of each turn of the open half that has a turn before it."""
    return [
        (likeness(embedder, turn.question, one.history(place)), turn.kind == "follow")
        for one in found
        if not one.held_out
        for place, turn in enumerate(one.turns)
        if place
    ]


def compared(
    found: Sequence[Dialogue], search: Search, embedder: Embedder, model: LanguageModel
) -> dict[str, Mapping[str, Any]]:
    """The figures of each way, over the held-out half."""
    threshold = best_threshold(open_pairs(found, embedder))
    ways: dict[str, Resolve] = {
        "rules, then the articles (ours)": followup.resolve,
        "rules alone": lambda question, history, _: followup.resolve(question, history),
        "never": never,
        "always": along,
        f"cosine with the turn before ≥ {threshold:.3f}": by_cosine(embedder, threshold),
        "the model says yes or no": by_model(model),
        "the model words it anew": reworded(model),
    }
    held_out = [one for one in found if one.held_out]
    return {
        name: figures([turn for one in held_out for turn in judge(one, search, resolve)])
        for name, resolve in ways.items()
    }


def measure(run: Run) -> Table:
    """Judge every way over one library of the three sets.

    Raises:
        SetError: a set is not there.
    """
    own, *others = [read_set(run.options.data / name) for name in SETS]
    found = read_dialogues()
    record = run.record(half="held-out", articles={one.name: one.digest for one in (own, *others)})
    embedder, model = open_embedder(run.settings), open_model(run.settings)
    with Shelves(run.settings, run.options.work, run.console)(own, others) as shelf, shelf.vectors.view():
        groups = compared(found, shelf.searcher.search, embedder, model)
    record.content.update(dialogues=sum(one.held_out for one in found), groups=groups, complete=True)
    record.flush()
    return results_table(groups)


def build_parser() -> argparse.ArgumentParser:
    """The command line of ``python -m evals.ways``."""
    parser = parser_of("ways", "Compare ways to make a follow-up whole.", work=True)
    add_data(parser)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Returns the exit status: 0, 1 or 130."""
    return runner.run(build_parser(), arguments, dialogues.KIND, measure)


if __name__ == "__main__":
    sys.exit(main())
