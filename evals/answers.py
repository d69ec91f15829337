"""``python -m evals.answers FOLDER… --json OUT``: ask every question, judge by rules, never by a model.

The part that asks is an :class:`Asker`, which ``rag.chatbot.Chatbot`` is; :mod:`evals.pipeline` opens the real one.
Several engines, the plain pipeline of :mod:`evals.plain` among them, are asked the same questions in one run.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from evals.machine import machine_facts, settings_facts
from evals.modes import MODES, in_mode
from evals.record import Record
from evals.scoring import QuestionScore, aggregate, holds_each_group, score_question
from evals.sets import EvalSet, Question, SetError, read_set
from index.errors import PullquoteError
from rag.settings import Settings
from rag.types import Answer, Opinion, Turn

KIND = "answers"
EXIT_ERROR = 1
EXIT_INTERRUPTED = 130
PLAIN_WIDTH = 200  # columns of a table that goes to a file

RATES: Mapping[str, str] = {
    "accuracy": "right",
    "refused_unanswerable": "refused rightly",
    "false_refusals": "refused wrongly",
    "quote_precision": "quote precision",
    "quote_recall": "quote recall",
    "verbatim": "verbatim",
    "gold_found": "gold found",
    "believed_false": "believed a false document",
    "disputed": "said that articles disagree",
}
SECONDS: Mapping[str, str] = {
    "seconds_to_first_token": "s to first token",
    "seconds_to_verdicts": "s to verdicts",
    "seconds_total": "s in all",
}
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

    Adds to the record's content: ``sets`` (those of the first engine), ``engines`` (of each), ``questions``, and
    ``complete``, which is true only at the end.
    """
    content = record.content
    content.update(complete=False, sets={}, engines={engine: {"sets": {}} for engine in openers}, questions=[])
    content["sets"] = content["engines"][next(iter(openers))]["sets"]
    try:
        for eval_set in sets:
            for engine, opener in openers.items():
                with opener(eval_set) as asker:
                    for score, row in _asked(eval_set, engine, asker, texts=texts):
                        content["questions"].append(row)
                        content["engines"][engine]["sets"][eval_set.name] = aggregate(score)
                        record.touch()
                        if on_score:
                            on_score(eval_set, score[-1])
        content["complete"] = True
    finally:
        record.flush()


def _asked(
    eval_set: EvalSet, engine: str, asker: Asker, *, texts: bool
) -> Iterator[tuple[list[QuestionScore], dict[str, Any]]]:
    """After each question of a set: all scores so far, and the row of the last."""
    known, scores = eval_set.texts, list[QuestionScore]()
    for question in eval_set.questions:
        asked = ask_one(asker, question, known)
        scores.append(asked.score)
        yield scores, asked.to_dict(eval_set.name, engine, texts=texts)


def results_table(sets: Mapping[str, Mapping[str, Any]], engine: str = "default") -> Table:
    """The figures, one to a row, of every set, one to a column; each rate with its 95 % interval below it."""
    title = "Answers, judged by rules; 95 % intervals" + ("" if engine == "default" else f"; engine {engine}")
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for name in sets:
        table.add_column(name, justify="right", overflow="fold")
    table.add_row("n", *(str(figures["n"]) for figures in sets.values()))
    table.add_row("area under ROC", *(_plain_cell(figures["auroc"]) for figures in sets.values()))
    for key, heading in RATES.items():
        table.add_row(heading, *(rate_cell(figures, key) for figures in sets.values()))
    for key, heading in SECONDS.items():
        table.add_row(heading, *(seconds_cell(figures[key]) for figures in sets.values()))
    return table


def _plain_cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def rate_cell(figures: Mapping[str, Any], key: str) -> str:
    """A rate and its interval, such as ``.83`` over ``.61–.94``; a dash where nothing was tried."""
    if figures[key] is None:
        return "–"
    low, high = figures[f"{key}_95"]
    return f"{figures[key]:.2f}\n{low:.2f}–{high:.2f}"


def seconds_cell(seconds: float | None) -> str:
    """Seconds with two decimals, or a dash."""
    return "–" if seconds is None else f"{seconds:.2f}"


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


def default_work() -> Path:
    """The folder below the system's temporary one where this user's libraries of sets are kept between runs."""
    return Path(tempfile.gettempdir()) / f"pullquote-evals-{os.getuid()}"


def build_parser() -> argparse.ArgumentParser:
    """The command line of ``python -m evals.answers``."""
    parser = argparse.ArgumentParser(prog="python -m evals.answers", description="Measure answers on evaluation sets.")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="holds articles.jsonl, questions.jsonl")
    parser.add_argument("--json", required=True, type=Path, metavar="OUT", help="the file of results to write")
    parser.add_argument("--limit", type=int, metavar="N", help="ask a sample of N questions of each set")
    parser.add_argument("--mode", choices=list(MODES), default="given", help="which articles to answer from")
    parser.add_argument(
        "--engine",
        type=_engines,
        default=["default"],
        metavar="NAME,…",
        help=f"ask each of these in one run: {', '.join(ENGINES)}",
    )
    parser.add_argument("--seed", type=int, default=0, help="which sample (default: 0)")
    parser.add_argument(
        "--work", type=Path, default=default_work(), metavar="DIR", help="keep the sets' libraries here"
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
    folders: Sequence[Path], limit: int | None, seed: int, console: Console, mode: str = "given"
) -> list[EvalSet]:
    """Read the folders, once each, in a mode, and take samples, saying so.

    Raises:
        SetError: a folder that cannot be used, or two of the same name.
    """
    sets: list[EvalSet] = []
    names: set[str] = set()
    for folder in dict.fromkeys(path.resolve() for path in folders):
        whole = in_mode(read_set(folder), mode)
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


def main(arguments: Sequence[str] | None = None, opener: Opener | None = None) -> int:
    """Run the command; ``opener`` takes the place of the real pipeline. Returns the exit status: 0, 1 or 130."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = build_parser().parse_intermixed_args(given)
    errors = Console(stderr=True)
    out = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    try:
        settings = Settings.load()
        sets = read_sets(options.folders, options.limit, options.seed, errors, options.mode)
        openers = _openers(options.engine, settings, options.work, errors) if opener is None else {"given": opener}
        record = Record(
            options.json,
            {
                "kind": KIND,
                "command": ["python", "-m", "evals.answers", *given],
                "machine": machine_facts(),
                "settings": settings_facts(settings),
            },
        )
        with progress_line(sets, len(openers), errors) as on_score:
            evaluate(sets, openers, record, texts=not options.without_texts, on_score=on_score)
    except PullquoteError as error:
        errors.print(f"{error.message} {error.hint}".strip(), markup=False)
        return EXIT_ERROR
    except KeyboardInterrupt:
        errors.print(f"Interrupted; what was asked so far is in {options.json}.", markup=False)
        return EXIT_INTERRUPTED
    for engine, results in record.content["engines"].items():
        out.print(results_table(results["sets"], engine))
    return 0


def _openers(names: Sequence[str], settings: Settings, work: Path, console: Console) -> dict[str, Opener]:
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
