"""``python -m evals.engine FOLDER… --json OUT``: how soon the first word comes, and how fast the others follow.

For each question in turn, so that a busy machine slows all alike: ours with no passage computed, ours with all of them
on disk, the same without drafts, and llama-cpp-python's ``create_chat_completion``; same file, same text. Then each
question once more as a wish for the sentences that answer it, word for word: the long answers that drafts are for.
Medians.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from evals import runner
from evals.chat_completion import ChatCompletion
from evals.pipeline import Pipeline
from evals.runner import SET_HELP, Run, parser_of
from evals.sets import EvalSet, read_set
from index import weights
from index.identity import identity
from rag import prompt
from rag.chatbot import Chatbot
from rag.engine.llama import LlamaModel
from rag.engine.passage_cache import PassageCache
from rag.engine.port import Prompt, Sampling, Work
from rag.engine.thread import computing

KIND = "engine"
GROWTH = (1, 2, 4, 8, 16)
"""Passages of the prompts that growth is measured with."""
LONG_ANSWER = 30
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Spoken:
    """One answer of ours: seconds to the first word, its text, and what the engine says it took."""

    first: float
    text: str
    work: Work

    @property
    def rate(self) -> float:
        """Tokens a second after the first."""
        return (self.work.answer_tokens - 1) / self.work.wrote if self.work.answer_tokens > 1 else 0.0


def speak(model: LlamaModel, asked: Prompt, most: int, *, drafts: bool = True) -> Spoken:
    """Ask ours, greedily."""
    told: list[Work] = []
    began = time.perf_counter()
    first, text = 0.0, ""
    for piece in model.stream(asked, Sampling(max_tokens=most, drafts=drafts), told=told.append):
        first = first or time.perf_counter() - began
        text += piece.text
    return Spoken(first, text, told[0])


def compare(model: LlamaModel, cache: PassageCache, theirs: ChatCompletion, asked: Prompt, most: int) -> dict[str, Any]:
    """One question, all ways; the row has figures only, no text."""
    cache.clear()
    cold = speak(model, asked, most, drafts=False)
    cache.forget_memory()
    warm = speak(model, asked, most)
    plain = speak(model, asked, most, drafts=False)
    other = computing().submit(theirs.ask, asked, most).result()  # in the same thread, so with the same OpenMP team
    return {
        "prompt_tokens": warm.work.prompt_tokens,
        "computed_tokens": warm.work.computed_tokens,
        "answer_tokens": plain.work.answer_tokens,
        "cold_first": cold.first,
        "warm_first": warm.first,
        "their_first": other.first,
        "drafted_rate": warm.rate,
        "plain_rate": plain.rate,
        "their_rate": (other.pieces - 1) / (other.total - other.first) if other.pieces > 1 else 0.0,
        "drafted": warm.work.drafted,
        "accepted": warm.work.accepted,
        "same": warm.text == plain.text == cold.text,
        "quotes": quotes(asked, plain.text),
    }


def quoting(model: LlamaModel, asked: Prompt, most: int) -> dict[str, Any]:
    """One question as a wish for the sentences that answer it, with drafts and without; figures only."""
    question = asked.question.rpartition("\n")[0]
    wish = replace(asked, question=f"{question}\nCopy, word for word, the sentences above that answer this:")
    drafted = speak(model, wish, most)
    plain = speak(model, wish, most, drafts=False)
    return {
        "answer_tokens": plain.work.answer_tokens,
        "drafted_rate": drafted.rate,
        "plain_rate": plain.rate,
        "drafted": drafted.work.drafted,
        "accepted": drafted.work.accepted,
        "same": drafted.text == plain.text,
        "quotes": quotes(wish, plain.text),
    }


def quotes(asked: Prompt, text: str) -> bool:
    """Whether an answer has eight words in a row from the passages."""
    words, read = text.casefold().split(), f" {' '.join(''.join(asked.passages).casefold().split())} "
    return any(f" {' '.join(words[i : i + 8])} " in read for i in range(len(words) - 7))


def grow(model: LlamaModel, cache: PassageCache, asked: Prompt) -> Iterator[dict[str, Any]]:
    """Seconds to the first word with ever more passages: none known, and all on disk."""
    for count in GROWTH:
        part = replace(asked, passages=asked.passages[-count:])
        cache.clear()
        cold = speak(model, part, 1)
        cache.forget_memory()
        warm = speak(model, part, 1)
        yield {
            "passages": len(part.passages),
            "prompt_tokens": warm.work.prompt_tokens,
            "cold": cold.first,
            "warm": warm.first,
        }


def figures(rows: Sequence[Mapping[str, Any]], wishes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Medians over questions, and of the ratios within a question; ``wishes`` are the rows of :func:`quoting`."""
    spoken = [row for row in rows if row["answer_tokens"] > 1]
    long = [row for row in [*rows, *wishes] if row["answer_tokens"] >= LONG_ANSWER and row["quotes"]]
    median = statistics.median
    return {
        "questions": len(rows),
        "prompt_tokens": median(row["prompt_tokens"] for row in rows),
        "answer_tokens": median(row["answer_tokens"] for row in rows),
        "cold_first": median(row["cold_first"] for row in rows),
        "warm_first": median(row["warm_first"] for row in rows),
        "their_first": median(row["their_first"] for row in rows),
        "warm_times_faster": median(row["their_first"] / row["warm_first"] for row in rows),
        "cold_to_theirs": median(row["cold_first"] / row["their_first"] for row in rows),
        "plain_rate": median(row["plain_rate"] for row in spoken),
        "their_rate": median(row["their_rate"] for row in spoken if row["their_rate"]),
        "drafted_to_plain": median(row["drafted_rate"] / row["plain_rate"] for row in spoken),
        "drafted_to_plain_least": min(row["drafted_rate"] / row["plain_rate"] for row in spoken),
        "long_answers": len(long),
        "long_drafted_to_plain": median(row["drafted_rate"] / row["plain_rate"] for row in long) if long else None,
        "long_drafted_to_plain_least": min((row["drafted_rate"] / row["plain_rate"] for row in long), default=None),
        "drafted": sum(row["drafted"] for row in [*rows, *wishes]),
        "accepted": sum(row["accepted"] for row in [*rows, *wishes]),
        "same": sum(row["same"] for row in [*rows, *wishes]),
        "compared": len(rows) + len(wishes),
    }


def prompts(bot: Chatbot, eval_set: EvalSet, many: int) -> Iterator[tuple[Prompt, Prompt]]:
    """For each question the prompt it gets, and one with as many passages as growth needs."""
    for question in eval_set.questions[:many]:
        hits = bot.library.search(question.question, max(GROWTH))
        if hits:
            few = hits[: bot.settings.sources]
            code = question.language
            yield prompt.build(question.question, few, code), prompt.build(question.question, hits, code)


def fewer(eval_set: EvalSet, questions: int) -> EvalSet:
    """The first answerable questions, and of the articles those that their contexts name, or all."""
    chosen = tuple(question for question in eval_set.questions if question.answerable)[:questions]
    named = {name for question in chosen for name in question.context or ()}
    articles = tuple(article for article in eval_set.articles if article.id in named) or eval_set.articles
    return replace(eval_set, articles=articles, questions=chosen)


def measure(run: Run) -> str:
    """Measure and write, question after question; what to do with the figures."""
    settings, options = run.settings, run.options
    path = weights.language_model(settings.llm, settings.models_dir)
    record = run.record()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cache = PassageCache(folder, memory_bytes=512 * MEGABYTE, disk_bytes=2000 * MEGABYTE)
        model = LlamaModel(
            path,
            name=settings.llm,
            context=settings.context,
            threads=settings.cores,
            identity=identity(path, settings.cache_dir),
            cache=cache,
        )
        stack.callback(model.close)
        pipeline = Pipeline(settings, options.work, run.console, model=model)
        asked: list[tuple[Prompt, Prompt]] = []
        for name in options.folders:
            eval_set = fewer(read_set(name), options.questions)
            with pipeline(eval_set) as bot:
                asked += prompts(cast(Chatbot, bot), eval_set, options.questions)
        record.content["growth"] = [list(grow(model, cache, many)) for _, many in asked[-options.repeat :]]
        stored = [file.stat().st_size for file in folder.glob("*/*")]
        record.content["mb_on_disk_for_1000_passages"] = sum(stored) / len(stored) * 1000 / MEGABYTE
        record.content["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE
        record.flush()
        theirs = ChatCompletion(path, settings.context, settings.cores)
        stack.callback(theirs.close)
        rows = record.content["rows"] = []
        wishes = record.content["quoting"] = []
        for place, (few, _) in enumerate(asked, 1):
            rows.append(compare(model, cache, theirs, few, options.max_tokens))
            wishes.append(quoting(model, few, options.max_tokens))
            record.content["figures"] = figures(rows, wishes)
            record.touch()
            run.say(f"{place} of {len(asked)}")
    record.content["complete"] = True
    record.flush()
    return "Write docs/performance.md from it: python -m evals.performance"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Returns the exit status: 0, 1 or 130."""
    parser = parser_of("engine", "Measure the language model's engine.", work=True)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help=SET_HELP)
    parser.add_argument("--questions", type=int, default=32, help="at most so many of each set")
    parser.add_argument("--repeat", type=int, default=3, help="with how many questions growth is measured")
    parser.add_argument("--max-tokens", type=int, default=64, help="longest answer")
    return runner.run(parser, arguments, KIND, measure)


if __name__ == "__main__":
    sys.exit(main())
