"""``python -m evals.fit_probe FOLDER… --json rag/probe.json``: the linear probe behind the signal ``stated``.

For questions of each set, the passages that the search finds are given to the model, and what one of its layers makes
of "do the passages state the answer?" is kept, with whether they do: that is, whether they hold an alias of each group
of answers, and come from a gold article. Passages that hold the words in another article count for nothing, since
nobody knows whether they state it there. A logistic regression tells the one from the other; how well it does so on a
set that it has not seen, in translation neither, is measured, beside what the model says when it is asked for yes or
no.

What ``evals.answers`` asks of a sample of these sets, and of those that are only ``--measured``, is left out
(``--leave``, and ``--leave-of`` for a small set), since confidence is then fitted and judged on it. What was kept goes
to ``--states``, from where another run goes on. Ctrl-C ends the asking, and fits what there is.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import math
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import track

from evals.cases import Case, add_arguments, read_cases
from evals.families import family
from evals.machine import library_versions
from evals.pipeline import Pipeline
from evals.runner import EXIT_ERROR
from evals.scoring import auroc
from evals.tables import left_out_table
from index import atomic
from index.errors import PullquoteError
from rag import probe, prompt
from rag.engine import open_model
from rag.engine.port import Introspective, LanguageModel
from rag.settings import Settings

KIND = "probe"
LAYER = 21
"""Of the 28 layers of the default model, unless another is asked for; how good others are: docs/decisions/0023."""
STRENGTH = 0.0003
"""The inverse of how much weights are held back: there are more of them than questions."""
SAID_EVERY = 4
"""One question in so many is also asked for yes or no, which only a line is fitted to."""
_KEPT_EVERY = 25
_DIGITS = 5
Floats = npt.NDArray[np.float64]
Row = tuple[str, str, npt.NDArray[np.float32], float, bool]


@dataclass(frozen=True, slots=True)
class Rows:
    """What is fitted: one row a question and the passages read.

    Attributes:
        keys: Of the rows, to find them again.
        sets: The set of each.
        states: What the layer gave, shape ``(rows, width)``.
        said: Log-odds of yes against no, as the model said them; not a number where it was not asked.
        holds: Whether the passages state the answer.
    """

    keys: npt.NDArray[np.str_]
    sets: npt.NDArray[np.str_]
    states: npt.NDArray[np.float32]
    said: Floats
    holds: npt.NDArray[np.bool_]


def collect(
    cases: Sequence[Case],
    model: LanguageModel,
    known: Rows | None,
    keep: Callable[[Rows], None],
    layer: int = LAYER,
) -> Rows:
    """The rows of all cases; those that are known are not asked again.

    Raises:
        PullquoteError: the model does not let its inside be seen, or there is nothing to tell apart.
    """
    if not isinstance(model, Introspective):
        raise PullquoteError("This model does not let its inside be seen.", "Take a GGUF file that runs here.")
    keys = {f"{one.key} {layer}": one for one in cases}
    rows = [row for row in _each(known) if row[0] in keys] if known is not None else []
    made = {key for key, *_ in rows}
    never = threading.Event()
    with contextlib.suppress(KeyboardInterrupt):
        left = [item for item in keys.items() if item[0] not in made]
        for key, one in track(left, "Asking", console=Console(stderr=True)):
            check = prompt.check(one.question.question, one.hits)
            state = model.state(check, layer)
            said = probe.says(model, check, never) if crc32(key.encode()) % SAID_EVERY == 0 else None
            if state is not None:
                rows.append((key, one.set, state, math.nan if said is None else said, one.holds))
                if len(rows) % _KEPT_EVERY == 0:
                    keep(_rows(rows))
    if len({stating for *_, stating in rows}) < 2:  # nothing to tell apart
        raise PullquoteError(
            f"Of {len(rows)} questions none, or every one, is answered by its passages.",
            "Name sets with both kinds, or raise --limit above --leave.",
        )
    made_rows = _rows(rows)
    keep(made_rows)
    return made_rows


def worth(rows: Rows) -> Floats:
    """What each row weighs, shape ``(rows,)``: in each set as much is stated as is not.

    Where a set's passages nearly always state the answer, and another set's hardly ever, the probe would else learn
    which set a question is from: by its language, say.
    """
    weights = np.zeros(len(rows.holds))
    for name in set(rows.sets):
        for stating in (True, False):
            these = (rows.sets == name) & (rows.holds == stating)
            if these.any():
                weights[these] = (rows.sets == name).sum() / 2 / these.sum()
    return weights


def fit(rows: Rows, among: npt.NDArray[np.bool_]) -> tuple[Floats, float]:
    """Weights and bias over what the layer gives, fitted to some of the rows."""
    from sklearn.linear_model import LogisticRegression

    states = rows.states[among].astype(np.float64)
    means, scales = states.mean(axis=0), states.std(axis=0)
    scales[scales < 1e-9] = 1.0
    regression = LogisticRegression(C=STRENGTH, max_iter=1000)
    regression.fit((states - means) / scales, rows.holds[among], sample_weight=worth(rows)[among])
    weights = regression.coef_[0] / scales
    return weights, float(regression.intercept_[0] - weights @ means)


def left_out(rows: Rows) -> dict[str, dict[str, float | int | None]]:
    """For each set, how well a probe fitted on all others tells passages that state the answer from others.

    Sets about the same articles are none of the others: a translation has seen what it is about.
    """
    figures: dict[str, dict[str, float | int | None]] = {}
    for name in sorted(set(rows.sets)):
        mine, others = rows.sets == name, ~np.isin(rows.sets, list(family(str(name))))
        if len(set(rows.holds[others])) < 2:
            continue
        weights, bias = fit(rows, others)
        seen = rows.states[mine] @ weights + bias
        told = np.isfinite(rows.said[mine])
        figures[str(name)] = {
            "n": int(mine.sum()),
            "stating": int(rows.holds[mine].sum()),
            "auroc_probe": _area(seen, rows.holds[mine]),
            "n_said": int(told.sum()),
            "auroc_said": _area(rows.said[mine][told], rows.holds[mine][told]),
        }
    return figures


def content(rows: Rows, model: str, command: Sequence[str], layer: int = LAYER) -> dict[str, Any]:
    """The file: the probe, where it comes from, and how good it is."""
    weights, bias = fit(rows, np.ones(len(rows.holds), dtype=bool))
    seen = rows.states @ weights + bias
    told = np.isfinite(rows.said)
    slope, offset = np.polyfit(rows.said[told], seen[told], 1) if told.any() and np.ptp(rows.said[told]) else (1.0, 0.0)
    return {
        "model": model,
        "layer": layer,
        "bias": round(bias, _DIGITS),
        "slope": round(float(slope), _DIGITS),
        "offset": round(float(offset), _DIGITS),
        "weights": [float(f"{weight:.4g}") for weight in weights],
        "provenance": {
            "kind": KIND,
            "command": list(command),
            "libraries": library_versions(),
            "rows": {str(name): int((rows.sets == name).sum()) for name in sorted(set(rows.sets))},
            "left_out": left_out(rows),
        },
    }


def load(path: Path) -> Rows | None:
    """The rows that an earlier run kept, if it did."""
    if not path.exists():
        return None
    with np.load(path) as kept:
        return Rows(**{name: kept[name] for name in Rows.__dataclass_fields__})


def save(path: Path, rows: Rows) -> None:
    """Keep rows, whole or not at all."""
    content = io.BytesIO()
    np.savez_compressed(content, **{name: getattr(rows, name) for name in Rows.__dataclass_fields__})
    atomic.write(path, content.getbuffer())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status is 0, or 1 for an error that is said in one sentence."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    parser = argparse.ArgumentParser(prog="python -m evals.fit_probe", description="Fit the probe of what is stated.")
    add_arguments(parser)
    parser.add_argument("--json", required=True, type=Path, metavar="OUT", help="such as rag/probe.json")
    parser.add_argument("--states", required=True, type=Path, metavar="FILE", help="an .npz file of what was read")
    parser.add_argument("--layer", type=int, default=LAYER, metavar="N", help=f"counted from 0 (default: {LAYER})")
    options = parser.parse_args(given)
    console = Console(stderr=True)
    try:
        settings = Settings.load()
        model = open_model(settings)
        cases = read_cases(options, Pipeline(settings, options.work, console, model=model))
        keep = partial(save, options.states)
        rows = collect(cases, model, load(options.states), keep, options.layer)
        identity = model.identity if isinstance(model, Introspective) else ""
        made = content(rows, identity, ["python", "-m", "evals.fit_probe", *given], options.layer)
    except PullquoteError as error:
        console.print(f"{error.message} {error.hint}", markup=False)
        return EXIT_ERROR
    options.json.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    Console().print(left_out_table(made["provenance"]["left_out"], "n", "stating", "ROC probe", "asked", "ROC yes/no"))
    return 0


def _each(rows: Rows) -> Iterator[Row]:
    columns = rows.keys.tolist(), rows.sets.tolist(), rows.states, rows.said.tolist(), rows.holds.tolist()
    return zip(*columns, strict=True)


def _rows(rows: Sequence[Row]) -> Rows:
    keys, sets, states, said, stating = zip(*rows, strict=True)
    return Rows(np.array(keys), np.array(sets), np.stack(states), np.array(said), np.array(stating))


def _area(scores: Floats, stating: npt.NDArray[np.bool_]) -> float | None:
    area = auroc(list(scores[stating]), list(scores[~stating]))
    return None if area is None else round(area, 4)


if __name__ == "__main__":
    sys.exit(main())
