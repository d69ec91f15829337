"""``python -m evals.dialogues --json OUT [--data FOLDER]``: whether a conversation finds what its questions mean.

Every turn after the first of every dialogue in ``dialogues.jsonl`` is put to :mod:`rag.followup` with the turns before
it, and what it makes of the question is searched for among all articles of the three sets that the dialogues are about.
Beside it: the question as it was asked, and its standalone wording as a person wrote it, which is the mark to reach.

Half of the dialogues, chosen by a hash of their ids, are held out: no rule was written while looking at them.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any, Literal

import pydantic
from rich.table import Table

from evals import runner
from evals.machine import REPOSITORY
from evals.runner import Run, parser_of
from evals.sets import SetError, read_set
from evals.shelf import Shelves
from evals.tables import markdown_table, provenance
from rag import followup
from rag.types import Turn

KIND = "dialogues"
SETS = ("nato", "norquad-news", "squad2-sv")
"""The sets whose articles the dialogues are about; the first is the library's own, the others are put beside it."""
CUT = 5
"""The k of recall@k."""
DIALOGUES = Path(__file__).with_name("dialogues.jsonl")
WORDINGS = ("asked", "resolved", "standalone")
"""The three questions of a turn that are searched for: as it was asked, as we resolve it, as a person would word it."""


Resolve = Callable[[str, Sequence[Turn], followup.Search], followup.Asked]
"""What makes a question whole, from the turns before it and the articles."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One turn of a dialogue.

    Attributes:
        question: As it is asked.
        kind: The first of all; leaning on what was said before; of the same topic but standing alone; of a new topic.
        standalone: The question as it would be asked out of the blue.
        answer: What the next turns can lean on; may be empty in the last.
        gold: Articles that hold the answer, as ``set/id``.
    """

    question: str
    kind: Literal["opening", "follow", "alone", "new"]
    standalone: str
    answer: str
    gold: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A conversation of two to four turns, in one language."""

    id: str
    language: str
    turns: tuple[Spoken, ...]

    @property
    def held_out(self) -> bool:
        """Whether it is in the half that no rule was written for: the last bit of the SHA-256 of its id."""
        return bool(hashlib.sha256(self.id.encode()).digest()[-1] & 1)

    def history(self, place: int) -> list[Turn]:
        """What was said before the turn at ``place``."""
        return [Turn(turn.question, turn.answer) for turn in self.turns[:place]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A turn that is not the first, judged.

    Attributes:
        dialogue: The dialogue's id.
        language: Its language.
        kind: What the turn is.
        decided: Whether it was taken to lean on its history.
        resolved: What the question became.
        found: For each of ``WORDINGS``, whether a gold article is among the first ``CUT`` passages.
        seconds: What deciding and resolving took.
    """

    dialogue: str
    language: str
    kind: str
    decided: bool
    resolved: str
    found: Mapping[str, bool]
    seconds: float

    @property
    def right(self) -> bool:
        """Whether the decision was right."""
        return self.decided == (self.kind == "follow")


_DIALOGUE: pydantic.TypeAdapter[Dialogue] = pydantic.TypeAdapter(Dialogue)


def read_dialogues(path: Path = DIALOGUES) -> list[Dialogue]:
    """The dialogues of a file in JSON Lines, checked.

    Raises:
        SetError: a row that cannot be used, with its line.
    """
    dialogues: list[Dialogue] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            dialogue = _DIALOGUE.validate_json(line)
        except pydantic.ValidationError as error:
            raise SetError(f"{path.name}:{number} cannot be used: {error.errors()[0]['msg']}.") from error
        kinds = [turn.kind for turn in dialogue.turns]
        if kinds[:1] != ["opening"] or "opening" in kinds[1:]:
            raise SetError(f"{path.name}:{number}: only the first turn opens a dialogue.")
        dialogues.append(dialogue)
    return dialogues


def judge(dialogue: Dialogue, search: followup.Search, resolve: Resolve = followup.resolve) -> Iterator[Judged]:
    """Every turn but the first, made whole by ``resolve``."""
    for place, turn in enumerate(dialogue.turns):
        if turn.kind == "opening":
            continue
        history = dialogue.history(place)
        began = time.perf_counter()
        asked = resolve(turn.question, history, search)
        seconds = time.perf_counter() - began
        wordings = {"asked": turn.question, "resolved": asked.query, "standalone": turn.standalone}
        found = {
            name: any(hit.article.id in turn.gold for hit in search(words, CUT)) for name, words in wordings.items()
        }
        yield Judged(dialogue.id, dialogue.language, turn.kind, asked.follows, asked.question, found, seconds)


def figures(judged: Iterable[Judged]) -> dict[str, Any]:
    """What turns amount to; figures without turns are None.

    ``decision`` is the share of right decisions, over all turns and by kind. ``recall@5`` is the share of turns with a
    gold article among the first five passages, for follow-ups and for turns that stand alone (``alone`` and ``new``),
    each for the three wordings.
    """
    turns = list(judged)
    follow = [turn for turn in turns if turn.kind == "follow"]
    alone = [turn for turn in turns if turn.kind != "follow"]
    return {
        "n": len(turns),
        "decision": _share([turn.right for turn in turns]),
        "decision_by_kind": {
            kind: _share([turn.right for turn in turns if turn.kind == kind]) for kind in ("follow", "alone", "new")
        },
        f"recall@{CUT}": {
            name: {"n": len(some), **{w: _share([turn.found[w] for turn in some]) for w in WORDINGS}}
            for name, some in (("follow", follow), ("stands alone", alone))
        },
        "milliseconds": median(turn.seconds for turn in turns) * 1000 if turns else None,
    }


def by_group(judged: Sequence[Judged], held_out: Mapping[str, bool]) -> dict[str, dict[str, Any]]:
    """Figures of all turns, of each half, and of each language."""
    groups: dict[str, list[Judged]] = {
        "all": list(judged),
        "open half": [turn for turn in judged if not held_out[turn.dialogue]],
        "held-out half": [turn for turn in judged if held_out[turn.dialogue]],
    }
    for language in dict.fromkeys(turn.language for turn in judged):
        groups[language] = [turn for turn in judged if turn.language == language]
    return {name: figures(turns) for name, turns in groups.items() if turns}


def _share(right: Sequence[bool]) -> float | None:
    return fmean(right) if right else None


def results_table(groups: Mapping[str, Mapping[str, Any]]) -> Table:
    """A row for each group of turns."""
    table = Table(title="Conversation: decisions, and gold among the first five passages", title_justify="left")
    table.add_column("turns")
    for heading in COLUMNS:
        table.add_column(heading, justify="right")
    for name, row in groups.items():
        table.add_row(name, *_cells(row))
    return table


COLUMNS = (
    "n", "decided right", "follow", "alone", "new",
    "follow-ups: as asked", "resolved", "standalone", "the others: as asked", "resolved ", "ms",
)  # fmt: skip


def _cells(row: Mapping[str, Any]) -> list[str]:
    follow, alone = row[f"recall@{CUT}"]["follow"], row[f"recall@{CUT}"]["stands alone"]
    shares = [
        row["decision"],
        *row["decision_by_kind"].values(),
        *(follow[wording] for wording in WORDINGS),
        alone["asked"],
        alone["resolved"],
    ]
    return [str(row["n"]), *("–" if s is None else f"{s:.3f}" for s in shares), f"{row['milliseconds']:.2f}"]


def dialogues_section(results: Mapping[str, Any]) -> str:
    """One results file as Markdown, for ``evals.report``: a row for each group of turns."""
    rows = [[name, *_cells(row)] for name, row in results["groups"].items()]
    headings = ["turns", *(heading.strip() for heading in COLUMNS)]
    return "\n".join([provenance(results), "", *markdown_table(headings, rows)])


def add_data(parser: argparse.ArgumentParser) -> None:
    """The option that says where the sets are."""
    parser.add_argument(
        "--data",
        type=Path,
        default=REPOSITORY.parent / "shared" / "data",
        metavar="FOLDER",
        help=f"holds the sets {', '.join(SETS)}",
    )


def build_parser() -> argparse.ArgumentParser:
    """The command line of ``python -m evals.dialogues``."""
    parser = parser_of("dialogues", "Measure conversations.", work=True, resume=True)
    add_data(parser)
    parser.add_argument("--half", choices=("open", "held-out"), help="only this half of the dialogues")
    parser.add_argument("--show", action="store_true", help="say on stderr which turns of the open half went wrong")
    return parser


def chosen(dialogues: Sequence[Dialogue], half: str | None) -> list[Dialogue]:
    """The dialogues of a half, or all."""
    return [one for one in dialogues if half is None or one.held_out == (half == "held-out")]


def measure(run: Run) -> Table:
    """Judge all turns over one library of the three sets.

    Raises:
        SetError: a set is not there.
    """
    options = run.options
    own, *others = [read_set(options.data / name) for name in SETS]
    dialogues = chosen(read_dialogues(), options.half)
    record = run.record(half=options.half, articles={one.name: one.digest for one in (own, *others)})
    if not record.finished():
        with Shelves(run.settings, options.work, run.console)(own, others) as shelf, shelf.vectors.view():
            judged = [turn for dialogue in dialogues for turn in judge(dialogue, shelf.searcher.search)]
        groups = by_group(judged, {dialogue.id: dialogue.held_out for dialogue in dialogues})
        record.content.update(dialogues=len(dialogues), groups=groups, complete=True)
        record.flush()
        if options.show:
            _show_wrong(dialogues, judged, run)
    return results_table(record.content["groups"])


def _show_wrong(dialogues: Sequence[Dialogue], judged: Sequence[Judged], run: Run) -> None:
    open_half = {dialogue.id for dialogue in dialogues if not dialogue.held_out}
    for turn in judged:
        lost = turn.found["standalone"] and not turn.found["resolved"]
        if turn.dialogue in open_half and (lost or not turn.right):
            wrong = "decision" if not turn.right else "lost"
            run.say(f"{turn.dialogue} {turn.kind} {wrong}: {turn.resolved}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Returns the exit status: 0, 1 or 130."""
    return runner.run(build_parser(), arguments, KIND, measure)


if __name__ == "__main__":
    sys.exit(main())
