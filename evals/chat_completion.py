"""llama-cpp-python's own ``create_chat_completion``, which LangChain and LlamaIndex call, to compare ours with."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.engine.port import Prompt


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds from the call to the first word and to the last, how many pieces there were, and the text."""

    first: float
    total: float
    pieces: int
    text: str


class ChatCompletion:
    """The library's high-level class with its defaults, but for the size of its context and the threads.

    Args:
        path: The GGUF file.
        context: Tokens of its context.
        threads: CPU threads.
    """

    def __init__(self, path: Path, context: int, threads: int) -> None:
        from llama_cpp import Llama

        self._model: Any = Llama(str(path), n_ctx=context, n_threads=threads, n_threads_batch=threads, verbose=False)

    def ask(self, prompt: Prompt, most: int) -> Timed:
        """Answer greedily; system and user message hold the very text that ours is given."""
        messages = [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}]
        began = time.perf_counter()
        first, text, pieces = 0.0, "", 0
        for chunk in self._model.create_chat_completion(messages, stream=True, temperature=0.0, max_tokens=most):
            if piece := chunk["choices"][0]["delta"].get("content"):
                first = first or time.perf_counter() - began
                text += piece
                pieces += 1
        return Timed(first, time.perf_counter() - began, pieces, text)

    def close(self) -> None:
        """Free the model."""
        self._model.close()
