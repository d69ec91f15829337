"""How often the language of a question is told right: ``python -m evals.languages FOLDER… [--lingua]``.

With ``--lingua``, lingua-language-detector is measured beside ours in the same run, if it is installed (it is no
dependency: ``pip install lingua-language-detector``).
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from evals import sets
from index import language

Detect = Callable[[str], str]


def accuracy(detect: Detect, questions: Sequence[sets.Question]) -> dict[str, tuple[int, int]]:
    """Right answers and questions by language: ``{"sv": (278, 300)}``; nb and nn count as no."""
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for question in questions:
        asked[question.language] += 1
        right[question.language] += detect(question.question) == question.language
    return {code: (right[code], asked[code]) for code in asked}


def lingua() -> Detect:
    """Lingua with all its languages."""
    from lingua import LanguageDetectorBuilder

    detector = LanguageDetectorBuilder.from_all_languages().build()

    def detect(text: str) -> str:
        found = detector.detect_language_of(text)
        code = found.iso_code_639_1.name.lower() if found else language.UNKNOWN
        return "no" if code in {"nb", "nn"} else code

    return detect


def main() -> None:
    """Print a line for each detector and set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--lingua", action="store_true", help="measure lingua-language-detector as well")
    chosen = parser.parse_args()
    for name, opened in {"py3langid": lambda: language.detect, **({"lingua": lingua} if chosen.lingua else {})}.items():
        began = time.perf_counter()
        detect = opened()
        detect("What is this?")
        print(f"{name}: ready after {time.perf_counter() - began:.1f} s")
        for folder in chosen.folders:
            told = accuracy(detect, sets.read_set(folder).questions)
            print(f"  {folder.name}: " + ", ".join(f"{code} {right}/{n}" for code, (right, n) in told.items()))


if __name__ == "__main__":
    main()
