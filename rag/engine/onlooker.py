"""A second context of a loaded model, which reads a prompt only as far as one of its layers and tells what that gave.

Inside a model, well before its last layer, it shows whether a text answers a question more surely than in any word that
the model would say of it (docs/decisions/0023). llama.cpp shows what is inside to a callback, which it asks about every
step of a computation; so this is no business of the context that answers, which would be slowed by it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.engine.assembly import PROMPT
from rag.engine.native import Native
from rag.engine.passage_cache import Buffer

# Tokens of a prompt that there is room for, and of what is computed at a time: nothing but questions is.
_CONTEXT, _BATCH = 2048, 64


class Onlooker(Native):
    """A context beside another one, of the same weights.

    Args:
        other: What has the weights, and stays open as long as this.
        layer: Whose output is wanted, counted from 0.
        sequences: How many sequences there may be; the first is the prompt's, the others are each a part's.

    Attributes:
        layer: As given.
        width: Numbers that a layer gives for a token.

    Raises:
        ModelNotLoaded: there is not enough memory.
    """

    def __init__(self, other: Native, layer: int, *, sequences: int) -> None:
        self.layer = layer
        self._other = other
        self._name = f"l_out-{layer}".encode()
        self._seen: npt.NDArray[np.float32] | None = None
        self._looking = False
        self._callback = other.api.ggml_backend_sched_eval_callback(self._look)
        exact = other.exact_batch > 1
        super().__init__(other.path, context=_CONTEXT, threads=other.threads, sequences=sequences, exact=exact)
        self.width = int(self.api.llama_model_n_embd(self.model))

    def _load(self) -> Any:
        return self._other.model

    def _unload(self) -> None:
        """The weights are the other's."""

    def _parameters(self, sequences: int) -> Any:
        parameters = super()._parameters(sequences)
        parameters.n_ubatch = _BATCH
        parameters.cb_eval = self._callback
        return parameters

    def read(self, parts: Sequence[tuple[int, Buffer]], question: Sequence[int]) -> npt.NDArray[np.float32] | None:
        """What the layer gives at the last token of a prompt.

        Args:
            parts: How many tokens each part has, and its keys and values: the prefix, then each passage as it was
                computed behind the prefix.
            question: The tokens that follow the parts.

        Returns:
            Shape ``(width,)``; None if there is no room, if the computation was stopped, or if llama.cpp shows no such
            layer.
        """
        position = sum(tokens for tokens, _ in parts)
        if position + len(question) > self.context or not _sees():
            return None
        self.clear()
        (place, prefix), *passages = parts
        first = place
        if not self.load(prefix, PROMPT):
            return None
        for sequence, (tokens, data) in enumerate(passages, start=1):
            if not self.append(data, sequence, to=PROMPT, by=place - first):
                return None
            place += tokens
        self._seen = None
        self._looking = True
        try:
            done = self.decode([(PROMPT, position, question)], logits=0)
        finally:
            self._looking = False
        return self._seen if done else None

    def _look(self, tensor: int, ask: bool, _: Any) -> bool:
        """Asked before a step whether its result is wanted; once it is there, take it, and say not to go on."""
        wanted = self._looking and _ggml().ggml_get_name(tensor) == self._name
        if wanted and not ask:
            self._seen = self._last_row(tensor)
        return wanted if ask else not wanted

    def _last_row(self, tensor: int) -> npt.NDArray[np.float32]:
        """What the layer gave for the last of the tokens that were computed."""
        row = np.empty(self.width, dtype=np.float32)
        ggml = _ggml()
        ggml.ggml_backend_tensor_get(tensor, row.ctypes.data, ggml.ggml_nbytes(tensor) - row.nbytes, row.nbytes)
        return row


def _sees() -> bool:
    """Whether this build of the binding lets us look inside."""
    try:
        _ggml()
    except (ImportError, AttributeError):
        return False
    return True


@cache
def _ggml() -> Any:
    """The calls of ggml that read a tensor; the binding has no names for them."""
    from llama_cpp._ggml import libggml

    for name, result, arguments in (
        ("ggml_get_name", ctypes.c_char_p, [ctypes.c_void_p]),
        ("ggml_nbytes", ctypes.c_size_t, [ctypes.c_void_p]),
        ("ggml_backend_tensor_get", None, [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t]),
    ):
        function = getattr(libggml, name)
        function.restype, function.argtypes = result, arguments
    return libggml
