"""``python -m evals.fit_reader FOLDER… --adapter OUT.gguf``: an adapter with which the model reads questions.

For questions of each set, the model is given the passages that the search finds, in the prompt that answers are
written with, and learns to answer, or to say that the passages hold no answer. Half of what it learns is one, half the
other. Where only another article has the answer's words, nobody knows what is right: nothing is learnt.

An answer is what the model itself says, kept from refusing, if it is right, and otherwise what it says once it has been
told what is right. So it learns when to answer, and what, but not to say it in the few words that a set has it in.

What ``evals.answers`` asks of a sample of these sets, and of those that are only ``--measured``, is left out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from evals.cases import Case, add_arguments, read_cases
from evals.lora import Course, Lesson, Progress, Weights, balanced, load, train, write
from evals.machine import library_versions
from evals.pipeline import Pipeline
from evals.runner import EXIT_ERROR
from evals.scoring import holds, holds_each_group
from index import atomic, language, weights
from index.errors import PullquoteError
from index.identity import identity, sha256
from rag import prompt, reading
from rag.engine.llama import LlamaModel
from rag.engine.port import LanguageModel, Prompt, Sampling
from rag.facts import claims
from rag.settings import Settings

KIND = "reader"
READ = (1, 1, 1, 2, 2, 3)
"""How many of the best passages are read; see :data:`evals.cases.READ`."""
ARCHITECTURE = "qwen2"
"""Of the models whose adapters can be written: those of others order what they have otherwise."""
_KEPT_EVERY = 10  # steps
_TOLD = "The right answer is:"
_INSISTING = Sampling(max_tokens=96, adapted=False, openings=((prompt.REFUSAL,),), reluctance=reading.INSISTS)


def answer_to(case: Case) -> str | None:
    """What is right, as the set has it; None if nobody knows.

    That is the refusal, or of each group of answers an alias: one that the passages hold or, to a question in another
    language, one that they do not, which is a translation.
    """
    if not case.holds:
        return prompt.REFUSAL
    read = "\n".join(hit.passage.text for hit in case.hits)
    native = claims.comparable(case.question.language, case.hits[0].article.language)
    said = []
    for group in case.question.answers:
        held = [alias for alias in group if holds(read, alias)]
        if not held:
            return None
        said.append(next((alias for alias in group if not native and alias not in held), held[0]))
    return ", ".join(said)


def in_own_words(right: str, case: Case, model: LanguageModel) -> str | None:
    """The right answer as the model says it, without or with being told what it is; None if it says another."""
    asked = _prompt(case)
    told = replace(asked, question=f"{_TOLD} {right}\n{asked.question}")
    for one in (asked, told):
        said = "".join(piece.text for piece in model.stream(one, _INSISTING)).strip()
        if _TOLD not in said and not prompt.is_refusal(said) and holds_each_group(said, case.question.answers):
            return said
    return None


def _prompt(case: Case) -> Prompt:
    asked, written = case.question.language, case.hits[0].article.language
    return prompt.build(case.question.question, case.hits, written if asked == language.UNKNOWN else asked)


def lesson(case: Case, model: LlamaModel) -> Lesson | None:
    """A case as tokens; None if nobody knows what should be said, or the model can't say it."""
    said = answer_to(case)
    if said is not None and case.holds:
        said = in_own_words(said, case, model)
    if said is None:
        return None
    head, passages, tail = model.parts(_prompt(case))
    return Lesson(
        head, passages, tail, [*model.native.tokenise(said, control=False), model.native.last_token], not case.holds
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status is 0, or 1 for an error that is said in one sentence."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    parser = argparse.ArgumentParser(prog="python -m evals.fit_reader", description="Train an adapter to read with.")
    add_arguments(parser)
    parser.add_argument(
        "--adapter",
        required=True,
        type=Path,
        metavar="OUT",
        help="the GGUF file to write; beside it a JSON file of the same name says where it comes from",
    )
    parser.add_argument("--lessons", type=int, default=1000, metavar="N", help="at most so many (default: 1000)")
    parser.add_argument("--rank", type=int, default=Course().rank, metavar="N", help="of its matrices")
    parser.add_argument("--rate", type=float, default=Course().rate, metavar="R", help="the learning rate")
    options = parser.parse_args(given)
    console = Console(stderr=True)
    course = Course(rank=options.rank, rate=options.rate)
    try:
        settings = Settings.load()
        path = weights.language_model(settings.llm, settings.models_dir)
        made = _lessons(options, settings, path, console)
        lessons = _enough(balanced([one for _, one in made], options.lessons, course.seed), course)
        taught = load(path, ARCHITECTURE)
    except PullquoteError as error:
        console.print(f"{error.message} {error.hint}", markup=False)
        return EXIT_ERROR
    provenance: dict[str, Any] = {
        "kind": KIND,
        "command": ["python", "-m", "evals.fit_reader", *given],
        "libraries": library_versions(),
        "course": asdict(course),
        "found": dict(Counter(case.set for case, _ in made)),
    }
    model = identity(path, settings.cache_dir)

    def told(progress: Progress, matrices: Callable[[], Weights]) -> None:
        console.print(
            f"step {progress.step} of {progress.steps}, {progress.seconds:.0f} s: loss of answers "
            f"{progress.answering:.3f}, of refusals {progress.refusing:.3f}",
            markup=False,
        )
        if progress.step % _KEPT_EVERY == 0 or progress.step == progress.steps:
            provenance["lessons"] = progress.step * course.batch
            new = options.adapter.with_suffix(".new")
            write(new, matrices(), alpha=course.alpha, architecture=ARCHITECTURE)
            said = {"model": model, "sha256": sha256(new), "provenance": provenance}
            new.replace(options.adapter)
            atomic.write(options.adapter.with_suffix(".json"), f"{json.dumps(said, indent=1)}\n".encode())

    train(taught, lessons, course, told)
    return 0


def _lessons(
    options: argparse.Namespace, settings: Settings, path: Path, console: Console
) -> list[tuple[Case, Lesson]]:
    """All cases of a command line with what they teach."""
    model = LlamaModel(path, name=settings.llm, context=settings.context, threads=settings.cores)
    try:
        cases = read_cases(options, Pipeline(settings, options.work, console, model=model), READ)
        return [(case, one) for case in cases if (one := lesson(case, model)) is not None]
    finally:
        model.close()


def _enough(lessons: list[Lesson], course: Course) -> list[Lesson]:
    if len(lessons) < course.batch:
        raise PullquoteError(
            f"{len(lessons)} lessons, half of them refusals, are too few.",
            "Name sets with both kinds of questions, or raise --limit above --leave.",
        )
    return lessons


if __name__ == "__main__":
    sys.exit(main())
