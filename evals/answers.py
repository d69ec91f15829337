"""``python -m evals.answers FOLDER… --json OUT``: ask every question, judge by rules, never by a model.

The part that asks is an :class:`Asker`, which ``rag.chatbot.Chatbot`` is; :mod:`evals.pipeline` opens the real one.
Several engines, the plain pipeline of :mod:`evals.plain` among them, are asked the same questions in one run.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from evals import runner
from evals.modes import MODES, in_mode
from evals.record import Record
from evals.runner import SET_HELP, Run, parser_of
from evals.scoring import QuestionScore, QuoteScore, aggregate, holds_each_group, score_question
from evals.sets import EvalSet, Question, SetError, read_set
from evals.tables import results_table
from index.errors import PullquoteError
from rag.settings import Settings
from rag.types import Answer, Opinion, Turn

KIND = "answers"
ENGINES: Mapping[str, Mapping[str, Any]] = {
    "default": {},
    "full": {"passage_cache": False},
    "spliced": {"passage_cache": True},
    "plain": {"passage_cache": False},
}
"""Engine → the settings that it changes; ``plain`` is another pipeline altogether."""


class Asker(Protocol):
    """Whatever answers a question from articles it already holds."""

    def ask(self, question: str, history: Sequence[Turn] = (), *, within: Collection[str] | None = None) -> Answer:
        """The answer, from the articles of those ids only if any are given."""
        ...


Opener = Callable[[EvalSet], AbstractContextManager[Asker]]
OnScore = Callable[[EvalSet, QuestionScore], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, its judgement, and the answer it rests on; ``answer`` is None when asking failed with ``error``."""

    score: QuestionScore
    answer: Answer | None
    error: str = ""

    def to_dict(self, set_name: str, engine: str, *, texts: bool) -> dict[str, Any]:
        """One row of ``questions`` as JSON types; without ``texts``, only ids and figures."""
        question, score, answer = self.score.question, self.score, self.answer
        row: dict[str, Any] = {
            "set": set_name,
            "engine": engine,
            "id": question.id,
            "key": question.key,
            "question": question.question,
            "language": question.language,
            "answerable": question.answerable,
            "answers": [list(group) for group in question.answers],
            "gold": list(question.gold),
            "context": None if question.context is None else list(question.context),
            "answer": answer.text if answer else "",
            "status": score.status,
            "right": score.right,
            "quotes": [
                {
                    "article_id": quote.article_id,
                    "start": quote.start,
                    "end": quote.end,
                    "text": quote.text,
                    "good": quote.good,
                    "verbatim": quote.verbatim,
                }
                for quote in score.quotes
            ],
            "sources": [[s.article.id, s.hit.passage.start, s.hit.passage.end] for s in answer.sources]
            if answer
            else [],
            "gold_found": score.gold_found,
            "confidence": answer.confidence if answer else None,
            "signals": {name: round(value, 5) for name, value in answer.signals.items()} if answer else {},
            "opinions": [_judged(question, opinion) for opinion in answer.opinions] if answer else [],
            "disputed": score.disputed,
            "said_in": score.said_in,
            "believed_false": score.believed_false,
            "grounded": answer.grounded if answer else None,
            "model": answer.model if answer else "",
            "seconds": round(score.seconds, 4),
            "timings": {name: round(value, 4) for name, value in answer.timings.items()} if answer else {},
            "error": self.error,
        }
        return row if texts else without_texts(row)


def _judged(question: Question, opinion: Opinion) -> dict[str, Any]:
    """What the model said in one round, without its words."""
    right = question.answerable and not opinion.refused and holds_each_group(opinion.text, question.answers)
    return {
        "read": opinion.read,
        "refused": opinion.refused,
        "right": right,
        "confidence": round(opinion.confidence, 5),
        "signals": {name: round(value, 5) for name, value in opinion.signals.items()},
    }


def without_texts(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of ``questions`` without the words of questions, answers and articles, which may not be ours to publish."""
    kept = {name: value for name, value in row.items() if name not in {"question", "answer", "answers"}}
    kept["quotes"] = [{name: value for name, value in quote.items() if name != "text"} for quote in row["quotes"]]
    return kept


def restored(question: Question, row: Mapping[str, Any]) -> QuestionScore:
    """The judgement that a row of ``questions`` was made of; of quotes, the words may be missing."""
    named = ("article_id", "start", "end", "verbatim", "good")
    return QuestionScore(
        question=question,
        status=row["status"],
        right=row["right"],
        quotes=tuple(
            QuoteScore(text=quote.get("text", ""), **{name: quote[name] for name in named}) for quote in row["quotes"]
        ),
        gold_found=row["gold_found"],
        seconds=row["seconds"],
        first_token=row["timings"].get("first_token"),
        verdict_seconds=row["timings"].get("attribute"),
        confidence=row["confidence"],
        believed_false=row["believed_false"],
        disputed=row["disputed"],
        said_in=row.get("said_in", ""),
    )


def ask_one(
    asker: Asker, question: Question, texts: Mapping[str, str], clock: Callable[[], float] = time.perf_counter
) -> Asked:
    """Ask and judge one question; an error of ours is recorded as such and counts as wrong."""
    began = clock()
    try:
        answer = asker.ask(question.question, within=question.context)
    except PullquoteError as error:
        failed = QuestionScore(question=question, status="error", right=False, seconds=clock() - began)
        return Asked(failed, None, error.message)
    return Asked(score_question(question, answer, texts, clock() - began), answer)


def evaluate(
    sets: Sequence[EvalSet],
    openers: Mapping[str, Opener],
    record: Record,
    *,
    texts: bool = True,
    on_score: OnScore | None = None,
) -> None:
    """Ask every question of every set, each engine in turn, keeping ``record`` up to date; also when interrupted.

    What the record has of an earlier run is not asked again, unless it went wrong.

    Adds to the record's content: ``sets`` (those of the first engine), ``engines`` (of each), ``questions``,
    ``articles`` (their digests), and ``complete``, which is true only at the end.
    """
    asking = _Asking(sets, openers, record, texts, on_score or (lambda _set, _score: None))
    try:
        for eval_set in sets:
            for engine in openers:
                asking.ask_all(eval_set, engine)
        record.content["complete"] = True
    finally:
        record.flush()


class _Asking:
    """The rows of a run, those of an earlier one from the start, in the order of sets, engines and questions."""

    def __init__(
        self,
        sets: Sequence[EvalSet],
        openers: Mapping[str, Opener],
        record: Record,
        texts: bool,
        on_score: OnScore,
    ) -> None:
        self._openers, self._record, self._texts, self._on_score = openers, record, texts, on_score
        self._rows: dict[tuple[str, str, str], dict[str, Any] | None] = {
            (one.name, engine, question.id): None for one in sets for engine in openers for question in one.questions
        }
        content = record.content
        content.update(complete=False, sets={}, engines={engine: {"sets": {}} for engine in openers}, questions=[])
        content["sets"] = content["engines"][next(iter(openers))]["sets"]
        content["articles"] = {one.name: one.digest for one in sets}
        self._restore(sets)
        content["questions"] = [row for row in self._rows.values() if row]

    def ask_all(self, eval_set: EvalSet, engine: str) -> None:
        """Ask what has not been asked; the library is opened only if there is something."""
        known, scores = eval_set.texts, list[QuestionScore]()
        with ExitStack() as stack:
            asker: Asker | None = None
            for question in eval_set.questions:
                place = (eval_set.name, engine, question.id)
                if row := self._rows[place]:
                    scores.append(restored(question, row))
                else:
                    asker = asker or stack.enter_context(self._openers[engine](eval_set))
                    asked = ask_one(asker, question, known)
                    scores.append(asked.score)
                    self._rows[place] = asked.to_dict(eval_set.name, engine, texts=self._texts)
                self._publish(eval_set.name, engine, scores)
                self._on_score(eval_set, scores[-1])

    def _restore(self, sets: Sequence[EvalSet]) -> None:
        """Take over the rows of the earlier run whose question and articles are as they were."""
        old = self._record.earlier
        same = {one.name: one for one in sets if old.get("articles", {}).get(one.name) == one.digest}
        keys = {(name, question.id): question.key for name, one in same.items() for question in one.questions}
        for row in old.get("questions", []):
            place = (row["set"], row["engine"], row["id"])
            if place in self._rows and keys.get((row["set"], row["id"])) == row["key"] and not row["error"]:
                self._rows[place] = row

    def _publish(self, name: str, engine: str, scores: Sequence[QuestionScore]) -> None:
        self._record.content["questions"] = [row for row in self._rows.values() if row]
        self._record.content["engines"][engine]["sets"][name] = aggregate(scores)
        self._record.touch()


@contextmanager
def progress_line(sets: Sequence[EvalSet], engines: int, console: Console) -> Iterator[OnScore]:
    """A line on ``console`` that shows the set, how many questions are done, and how many of them are right."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    right = dict.fromkeys((eval_set.name for eval_set in sets), 0)
    with Progress(*columns, console=console) as progress:
        tasks = {
            eval_set.name: progress.add_task(eval_set.name, total=engines * len(eval_set.questions), start=False)
            for eval_set in sets
        }

        def on_score(eval_set: EvalSet, score: QuestionScore) -> None:
            name = eval_set.name
            right[name] += score.right
            progress.start_task(tasks[name])
            progress.update(tasks[name], advance=1, description=f"{name}: {right[name]} right")

        yield on_score


def build_parser() -> argparse.ArgumentParser:
    """The command line of ``python -m evals.answers``."""
    parser = parser_of("answers", "Measure answers on evaluation sets.", sample=True, work=True, resume=True)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help=SET_HELP)
    parser.add_argument(
        "--questions",
        type=Path,
        metavar="FILE",
        help="ask these about the articles of the one FOLDER instead of its own",
    )
    parser.add_argument("--mode", choices=list(MODES), default="given", help="which articles to answer from")
    parser.add_argument(
        "--engine",
        type=_engines,
        default=["default"],
        metavar="NAME,…",
        help=f"ask each of these in one run: {', '.join(ENGINES)}",
    )
    parser.add_argument(
        "--without-texts", action="store_true", help="leave out the words of questions, answers and quotes"
    )
    return parser


def _engines(text: str) -> list[str]:
    names = list(dict.fromkeys(text.split(",")))
    if unknown := [name for name in names if name not in ENGINES]:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is not one of {', '.join(ENGINES)}")
    return names


def read_sets(
    folders: Sequence[Path],
    limit: int | None,
    seed: int,
    console: Console,
    mode: str = "given",
    *,
    questions: Path | None = None,
) -> list[EvalSet]:
    """Read the folders, once each, in a mode, and take samples, saying so; or one, with other questions.

    Raises:
        SetError: a folder that cannot be used, two of the same name, or other questions about several folders.
    """
    if questions is not None and len(folders) > 1:
        raise SetError("Other questions are about the articles of one folder.", "Name one FOLDER with --questions.")
    sets: list[EvalSet] = []
    names: set[str] = set()
    for folder in dict.fromkeys(path.resolve() for path in folders):
        whole = in_mode(read_set(folder, questions), mode)
        if whole.name in names:
            raise SetError(
                f"Two folders are called {whole.name!r}.", "Results are named by folder: rename one of them."
            )
        names.add(whole.name)
        taken = whole if limit is None else whole.sample(limit, seed)
        if len(taken.questions) < len(whole.questions):
            answerable = sum(question.answerable for question in taken.questions)
            console.print(
                f"{whole.name}: a sample of {len(taken.questions)} of {len(whole.questions)} questions, "
                f"{answerable} of them answerable (seed {seed})"
            )
        sets.append(taken)
    return sets


def measured(run: Run, sets: Sequence[EvalSet], openers: Mapping[str, Opener], mode: str, *, texts: bool) -> Record:
    """Ask the sets, which are in that mode, with a line of progress; the record is there also after an interruption.

    Raises:
        Interrupted: with the record of what was asked until then.
    """
    record = run.record(texts=texts)
    record.content["mode"] = mode
    try:
        with progress_line(sets, len(openers), run.console) as on_score:
            evaluate(sets, openers, record, texts=texts, on_score=on_score)
    except KeyboardInterrupt as error:
        raise Interrupted(record) from error
    return record


class Interrupted(KeyboardInterrupt):
    """Somebody pressed Ctrl-C; ``record`` has what was asked until then."""

    def __init__(self, record: Record) -> None:
        super().__init__()
        self.record = record


def main(arguments: Sequence[str] | None = None, opener: Opener | None = None) -> int:
    """Run the command; ``opener`` takes the place of the real pipeline. Returns the exit status: 0, 1 or 130."""

    def measure(run: Run) -> RenderableType:
        options = run.options
        sets = read_sets(
            options.folders, options.limit, options.seed, run.console, options.mode, questions=options.questions
        )
        openers = {"given": opener} if opener else real_openers(options.engine, run.settings, options.work, run.console)
        record = measured(run, sets, openers, options.mode, texts=not options.without_texts)
        return Group(*(results_table(of["sets"], engine) for engine, of in record.content["engines"].items()))

    return runner.run(build_parser(), arguments, KIND, measure)


def real_openers(names: Sequence[str], settings: Settings, work: Path, console: Console) -> dict[str, Opener]:
    """The real pipelines of these names; imported here, so that --help and a wrong folder need no models."""
    from evals.pipeline import Pipeline
    from evals.plain import PlainPipeline

    openers: dict[str, Opener] = {}
    for name in names:
        chosen = settings.model_copy(update=dict(ENGINES[name]))
        openers[name] = PlainPipeline(chosen, console) if name == "plain" else Pipeline(chosen, work, console)
    return openers


if __name__ == "__main__":
    sys.exit(main())
