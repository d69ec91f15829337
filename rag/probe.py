"""How surely passages answer a question, by a linear probe: read off what a layer of the model makes of the prompt.

A small model knows more of this than it says. ``probe.json`` holds a logistic regression over what one layer of the
default model gives at the last token of :func:`rag.prompt.check`, fitted by ``python -m evals.fit_probe`` on public
sets; the file says on which. Other models are asked to say yes or no, and what they say is put on the same scale.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from index.types import Hit
from rag import prompt
from rag.engine.port import Introspective, LanguageModel, Prompt, Sampling, Work

_YES, _NO = ("Yes", "yes", "YES"), ("No", "no", "NO")


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A logistic regression over the inside of one model.

    Attributes:
        model: Identity of the model; see :func:`index.identity.identity`.
        layer: Which of its layers is read, counted from 0.
        weights: Of what the layer gives, shape ``(width,)``.
        bias: What the weighted sum starts from.
        slope, offset: What turns log-odds of yes against no, as any model says them, into those of the probe.
    """

    model: str
    layer: int
    weights: npt.NDArray[np.float32]
    bias: float
    slope: float
    offset: float

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Probe:
        """The probe in a file such as ``probe.json``."""
        return cls(
            model=str(content["model"]),
            layer=int(content["layer"]),
            weights=np.asarray(content["weights"], dtype=np.float32),
            bias=float(content["bias"]),
            slope=float(content["slope"]),
            offset=float(content["offset"]),
        )

    def log_odds(self, state: npt.NDArray[np.float32]) -> float:
        """Of the passages answering the question, by what the layer gave."""
        return float(self.weights @ state) + self.bias

    def said(self, log_odds: float) -> float:
        """Log-odds of yes against no, on the scale of the probe."""
        return self.slope * log_odds + self.offset


@cache
def fitted() -> Probe:
    """The probe that ships with Pullquote."""
    return Probe.of(json.loads((resources.files("rag") / "probe.json").read_text(encoding="utf-8")))


def stated(model: LanguageModel, question: str, hits: Sequence[Hit], cancel: threading.Event) -> float | None:
    """How surely passages answer a question, as log-odds.

    It costs the reading of the question once more, by most of the model. None where nothing can be told, and when
    ``cancel`` was set.
    """
    asked, probe = prompt.check(question, hits), fitted()
    if isinstance(model, Introspective) and model.identity == probe.model:
        state = model.state(asked, probe.layer, cancel)
        if state is not None:
            return probe.log_odds(state)
    said = says(model, asked, cancel)
    return None if said is None else probe.said(said)


def says(model: LanguageModel, asked: Prompt, cancel: threading.Event) -> float | None:
    """Log-odds with which the model begins its answer to a question with yes and not with no, if it can tell."""
    works: list[Work] = []
    sampling = Sampling(max_tokens=1, openings=(_YES, _NO), adapted=False)  # an adapter knows only how to answer
    for _ in model.stream(asked, sampling, cancel, works.append):
        pass
    yes, no = works[-1].openings or (None, None)
    return None if yes is None or no is None else yes - no
