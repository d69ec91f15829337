"""What our models are fitted on: questions of sets, the passages found for them, and whether these state the answer.

What ``evals.answers`` asks of a sample of a set is left out, since answers are judged on it; so are the same question
in another set or in translation, and whatever else is asked about the same articles. Corpora that readers are trained
on (:mod:`evals.corpora`) have no such sample.
"""

from __future__ import annotations

import argparse
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import Path
from zlib import crc32

from evals.corpora import is_corpus, read_corpus
from evals.modes import in_mode
from evals.pipeline import Pipeline
from evals.runner import SET_HELP, default_work
from evals.scoring import holds_each_group
from evals.sets import EvalSet, Question, SetError, read_set
from index.library import Library
from index.types import Hit

READ = (1, 1, 1, 2)
"""How many of the best passages are read: by the id of the question, so that it is the same in every run."""
_TRANSLATED = re.compile(r"-[a-z]{2}$")


@dataclass(frozen=True, slots=True)
class Case:
    """A question and passages to read.

    Attributes:
        key: Tells it, with what is read, from all others.
        set: The name of the set.
        question: What is asked.
        hits: The passages, best first; at least one.
        holds: Whether they state the answer.
    """

    key: str
    set: str
    question: Question
    hits: tuple[Hit, ...]
    holds: bool


def holds(question: Question, hits: Sequence[Hit]) -> bool | None:
    """Whether passages state the answer to a question; None if nobody knows."""
    if not question.answers:
        return False
    holding = [hit.article.id in question.gold for hit in hits if holds_each_group(hit.passage.text, question.answers)]
    if any(holding):
        return True
    return None if holding else False


def cases_of(eval_set: EvalSet, mode: str, library: Library, read: Sequence[int] = READ) -> Iterator[Case]:
    """What a set asks in a mode, with what is found; in an order that has nothing to do with that of its file.

    Args:
        eval_set: The set.
        mode: Part of the keys.
        library: Holds its articles.
        read: How many passages are read, one number after the other.
    """
    for number, question in sorted(((crc32(one.id.encode()), one) for one in eval_set.questions), key=itemgetter(0)):
        hits = library.search(question.question, read[number % len(read)], within=question.context)
        known = holds(question, hits)
        if hits and known is not None:
            texts = crc32("\n".join(hit.passage.text for hit in hits).encode())
            key = f"{eval_set.name} {mode} {question.id} {len(hits)} {texts:08x}"
            yield Case(key, eval_set.name, question, tuple(hits), known)


def in_modes(eval_set: EvalSet) -> Iterator[tuple[str, EvalSet]]:
    """A set as it is, or, if its questions come with noise, mixed with noise and from nothing but noise."""
    noisy = any(question.noise for question in eval_set.questions)
    for mode in ("mixed", "noise") if noisy else ("given",):
        yield mode, in_mode(eval_set, mode)


def sampled(sets: Sequence[EvalSet], limit: int, limits: Mapping[str, int] | None = None) -> frozenset[str]:
    """What marks the questions that ``evals.answers`` asks of a sample of each set, with all that is left out for them.

    Args:
        sets: Those that are measured.
        limit: Questions in the sample of each; 0 means none.
        limits: The same for single sets, by name.

    Raises:
        SetError: there is no set of a name in ``limits``.
    """
    if unknown := sorted(set(limits or {}) - {eval_set.name for eval_set in sets}):
        raise SetError(f"No set is called {unknown[0]}.", "Name in --leave-of what is a FOLDER, or --measured.")
    marked: set[str] = set()
    for eval_set in sets:
        size = (limits or {}).get(eval_set.name, limit)
        for _, every in in_modes(eval_set) if size else ():
            marked.update(*(marks(eval_set, question) for question in every.sample(size).questions))
    # What has one of these marks has others, which mark the same question or article in another set.
    each = [marks(eval_set, question) for eval_set in sets for question in eval_set.questions]
    known = -1
    while known < len(marked):
        known = len(marked)
        marked.update(*[own for own in each if own & marked])
    return frozenset(marked)


def marks(eval_set: EvalSet, question: Question) -> set[str]:
    """What two questions share that are the same or about the same: words, id up to a language's code, articles.

    Articles are the same if their words are: corpora have some of a set's under other ids.
    """
    texts = eval_set.texts if question.gold else {}
    words = [texts.get(article_id, f"{eval_set.name} {article_id}").split() for article_id in question.gold]
    about = {f"about {crc32(' '.join(one).encode()):08x}" for one in words}
    return {question.question.casefold(), f"{eval_set.name} {_TRANSLATED.sub('', question.id)}", *about}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that :func:`read_cases` takes."""
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help=SET_HELP)
    parser.add_argument(
        "--leave", type=int, default=150, metavar="N", help="leave out what evals.answers --limit N asks (default: 150)"
    )
    parser.add_argument(
        "--leave-of", nargs="*", type=_leave_of, default=[], metavar="SET=N", help="another --leave for single sets"
    )
    parser.add_argument("--limit", type=int, default=150, metavar="N", help="questions of each set and mode")
    parser.add_argument(
        "--measured", nargs="*", type=Path, default=[], metavar="FOLDER", help="sets to leave a sample of out as well"
    )
    parser.add_argument("--corpus-limit", type=int, default=500, metavar="N", help="questions of each corpus")
    parser.add_argument(
        "--work", type=Path, default=default_work(), metavar="DIR", help="keep the sets' libraries here"
    )


def read_cases(options: argparse.Namespace, pipeline: Pipeline, read: Sequence[int] = READ) -> list[Case]:
    """The cases of all sets of a command line, in turn, so that a run that is cut short has as much of each.

    Raises:
        PullquoteError: a set cannot be used.
    """
    corpora = [is_corpus(folder) for folder in options.folders]
    sets = [
        read_corpus(folder, options.corpus_limit) if corpus else read_set(folder)
        for folder, corpus in zip(options.folders, corpora, strict=True)
    ]
    judged = [one for one, corpus in zip(sets, corpora, strict=True) if not corpus]
    left = sampled([*judged, *map(read_set, options.measured)], options.leave, dict(options.leave_of))
    of_each: list[Sequence[Case]] = []
    for eval_set in sets:
        for mode, every in in_modes(eval_set):
            sample = every.sample(options.limit)
            fitted = tuple(one for one in sample.questions if not left & marks(eval_set, one))
            with pipeline.library(sample) as library:
                of_each.append(list(cases_of(replace(sample, questions=fitted), mode, library, read)))
    return [one for row in itertools.zip_longest(*of_each) for one in row if one is not None]


def _leave_of(text: str) -> tuple[str, int]:
    name, _, number = text.rpartition("=")
    if not name or not number.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is not of the form SET=N, such as rgb-en=40")
    return name, int(number)
