"""llama.cpp in this process, through llama-cpp-python's low-level calls; the only importer of ``llama_cpp``.

One context, one lock. What a prompt shares with the one before, from its start, is not computed again.
"""

from __future__ import annotations

import codecs
import ctypes
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.engine.port import Piece, Prompt, Sampling
from rag.engine.template import CHATML, Template, split
from rag.errors import ContextTooSmall, EngineMissing, ModelNotLoaded

_LOG = logging.getLogger("pullquote.llama")
_BATCH = 512
# Longest piece of text one token can stand for, in bytes.
_PIECE = 512


class LlamaModel:
    """A GGUF file, loaded.

    Args:
        path: The file.
        name: For people.
        context: Tokens that prompt and answer may have together; cut to what the model was trained for.
        threads: CPU threads.

    Raises:
        EngineMissing: llama-cpp-python is not installed or cannot be loaded on this machine.
        ModelNotLoaded: llama.cpp would not take the file.
    """

    def __init__(self, path: Path, *, name: str, context: int = 8192, threads: int = 2) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._api = api = _llama_cpp()
        parameters = api.llama_model_default_params()
        self._model = api.llama_model_load_from_file(str(path).encode(), parameters)
        if not self._model:
            raise ModelNotLoaded(
                f"llama.cpp cannot load {path}: it is no GGUF file, is damaged, or does not fit into memory.",
                "Check it with: pullquote doctor; fetch the default model again with: pullquote models fetch",
            )
        self._vocab = api.llama_model_get_vocab(self._model)
        self.context = min(context, int(api.llama_model_n_ctx_train(self._model)))
        self._context = self._make_context(threads)
        self._memory = api.llama_get_memory(self._context)
        self._size = int(api.llama_vocab_n_tokens(self._vocab))
        self._template = self._read_template()
        # Tokens whose keys and values the context is known to hold. Whatever an interrupted call left behind them is
        # removed by the next prefill.
        self._held: list[int] = []

    def _make_context(self, threads: int) -> Any:
        api = self._api
        parameters = api.llama_context_default_params()
        parameters.n_ctx = self.context
        parameters.n_batch = parameters.n_ubatch = _BATCH
        parameters.n_threads = parameters.n_threads_batch = threads
        context = api.llama_init_from_model(self._model, parameters)
        if not context:
            api.llama_model_free(self._model)
            raise ModelNotLoaded(
                f"There is not enough memory for {self.name} with a context of {self.context} tokens.",
                "Lower it: PULLQUOTE_CONTEXT=4096, or take a smaller model (pullquote models).",
            )
        return context

    # --- the port

    def count_tokens(self, text: str) -> int:
        """Tokens of a text that is data."""
        return len(self.tokenise(text, control=False))

    def stream(
        self, prompt: Prompt, sampling: Sampling | None = None, cancel: threading.Event | None = None
    ) -> Iterator[Piece]:
        """Continue the prompt; see :class:`rag.engine.port.LanguageModel`."""
        sampling = sampling or Sampling()
        tokens = self.tokens(prompt)
        room = self.context - len(tokens)
        if room < 1:
            raise ContextTooSmall(
                f"The prompt has {len(tokens)} tokens, the context of {self.name} only {self.context}.",
                "Ask for fewer sources (--sources 3) or raise PULLQUOTE_CONTEXT.",
            )
        with self._lock:
            yield from self._generate(tokens, sampling, min(room, sampling.max_tokens), cancel)

    def close(self) -> None:
        """Free the model."""
        with self._lock:
            if self._context:
                self._api.llama_free(self._context)
                self._api.llama_model_free(self._model)
                self._context = self._model = None

    # --- tokens

    def tokens(self, prompt: Prompt) -> list[int]:
        """The prompt in the model's chat template; only the template's own text becomes control tokens."""
        before, middle, after = self._template
        parts = [(before, True), (prompt.system, False)]
        parts += [("\n\n", False)] if middle is None else [(middle, True)]
        parts += [(passage, False) for passage in prompt.passages]
        parts += [(prompt.question, False), (after, True)]
        tokens = [token for text, control in parts for token in self.tokenise(text, control=control)]
        first = int(self._api.llama_vocab_bos(self._vocab))
        if self._api.llama_vocab_get_add_bos(self._vocab) and tokens[:1] != [first]:
            tokens.insert(0, first)
        return tokens

    def tokenise(self, text: str, *, control: bool) -> list[int]:
        """Tokens of a text. With ``control`` false, text that reads like a control token is just characters."""
        raw = text.encode("utf-8", "replace")
        room = len(raw) + 8
        tokens = (self._api.llama_token * room)()
        count = self._api.llama_tokenize(self._vocab, raw, len(raw), tokens, room, False, control)
        return list(tokens[:count])

    def is_control(self, token: int) -> bool:
        """Whether a token steers the model instead of standing for text."""
        return bool(self._api.llama_vocab_is_control(self._vocab, token))

    def _piece(self, token: int) -> bytes:
        buffer = ctypes.create_string_buffer(_PIECE)
        count = self._api.llama_token_to_piece(self._vocab, token, buffer, _PIECE, 0, False)
        return buffer.raw[: max(count, 0)]

    def _read_template(self) -> Template:
        from jinja2 import TemplateError
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        api = self._api
        own = api.llama_model_chat_template(self._model, None)
        texts = [self._special(api.llama_vocab_eos(self._vocab)), self._special(api.llama_vocab_bos(self._vocab))]

        def render_with(template: str, messages: Any) -> str:
            formatter = Jinja2ChatFormatter(template=template, eos_token=texts[0], bos_token=texts[1])
            try:
                return str(formatter(messages=messages).prompt)
            except TemplateError as error:
                raise ValueError(str(error)) from error

        try:
            return split(lambda messages: render_with(own.decode() if own else CHATML, messages))
        except ValueError:
            _LOG.warning("the chat template of %s is of no use, ChatML is taken instead", self.name)
            return split(lambda messages: render_with(CHATML, messages))

    def _special(self, token: int) -> str:
        return self._api.llama_vocab_get_text(self._vocab, token).decode("utf-8", "replace") if token >= 0 else ""

    # --- decoding

    def _generate(
        self, tokens: Sequence[int], sampling: Sampling, most: int, cancel: threading.Event | None
    ) -> Iterator[Piece]:
        text = codecs.getincrementaldecoder("utf-8")("replace")  # a character may be split across tokens
        logprob = 0.0
        with self._sampler(sampling) as choose:
            if not self._prefill(tokens, cancel):
                return
            for _ in range(most):
                if cancel is not None and cancel.is_set():
                    return
                token, chosen = choose()
                logprob += chosen
                if self._api.llama_vocab_is_eog(self._vocab, token):
                    break
                if piece := text.decode(self._piece(token)):
                    yield Piece(piece, logprob)
                    logprob = 0.0
                self._decode([token])
        if rest := text.decode(b"", final=True):
            yield Piece(rest, logprob)

    def _prefill(self, tokens: Sequence[int], cancel: threading.Event | None) -> bool:
        """Bring the context to hold ``tokens``, keeping what it has of their start; False if cancelled."""
        same = 0
        for held, wanted in zip(self._held, tokens[:-1], strict=False):  # the last one always gives the logits
            if held != wanted:
                break
            same += 1
        if not self._api.llama_memory_seq_rm(self._memory, 0, same, -1):  # some models cannot forget a part
            self._api.llama_memory_clear(self._memory, True)
            same = 0
        self._held = list(tokens[:same])
        for start in range(same, len(tokens), _BATCH):
            if cancel is not None and cancel.is_set():
                return False
            self._decode(tokens[start : start + _BATCH])
        return True

    def _decode(self, tokens: Sequence[int]) -> None:
        """Compute the next tokens; logits for the last one only."""
        array = (self._api.llama_token * len(tokens))(*tokens)
        status = self._api.llama_decode(self._context, self._api.llama_batch_get_one(array, len(tokens)))
        if status != 0:
            raise ContextTooSmall(
                f"llama.cpp could not go on (status {status}).", "Ask for fewer sources or raise PULLQUOTE_CONTEXT."
            )
        self._held.extend(tokens)

    @contextmanager
    def _sampler(self, sampling: Sampling) -> Iterator[Any]:
        """A function that chooses the next token: ``() -> (token, log probability)``."""
        if sampling.temperature == 0.0:
            yield self._greedy
            return
        api = self._api
        chain = api.llama_sampler_chain_init(api.llama_sampler_chain_default_params())
        for sampler in (
            api.llama_sampler_init_top_p(sampling.top_p, 1),
            api.llama_sampler_init_min_p(sampling.min_p, 1),
            api.llama_sampler_init_temp(sampling.temperature),
            api.llama_sampler_init_dist(sampling.seed),
        ):
            api.llama_sampler_chain_add(chain, sampler)
        try:

            def choose() -> tuple[int, float]:
                token = int(api.llama_sampler_sample(chain, self._context, -1))
                return token, self._logprob(self._logits(), token)

            yield choose
        finally:
            api.llama_sampler_free(chain)

    def _greedy(self) -> tuple[int, float]:
        logits = self._logits()
        token = int(logits.argmax())
        return token, self._logprob(logits, token)

    def _logits(self) -> npt.NDArray[np.float32]:
        return np.ctypeslib.as_array(self._api.llama_get_logits_ith(self._context, -1), (self._size,))

    @staticmethod
    def _logprob(logits: npt.NDArray[np.float32], token: int) -> float:
        top = float(logits.max())
        return float(logits[token]) - top - float(np.log(np.exp(logits - top).sum()))


def _llama_cpp() -> Any:
    try:
        import llama_cpp
    except (ImportError, OSError, RuntimeError) as error:
        raise EngineMissing(
            f"llama-cpp-python cannot be loaded: {error}.",
            "Build it for this machine: make clean install (needs a C++ compiler: apt install g++)",
        ) from error
    global _silence  # noqa: PLW0603 -- llama.cpp keeps a pointer to the callback for the life of the process
    if _silence is None:
        llama_cpp.llama_backend_init()
        _silence = llama_cpp.llama_log_callback(_log)
        llama_cpp.llama_log_set(_silence, ctypes.c_void_p(0))
    return llama_cpp


_silence: Any = None


def _log(level: int, text: bytes, _: Any) -> None:
    """Send what llama.cpp says to Python's logging; its levels: 2 info, 3 warning, 4 error."""
    _LOG.log(logging.ERROR if level == 4 else logging.DEBUG, "%s", text.decode("utf-8", "replace").rstrip())
