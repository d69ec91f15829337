"""llama.cpp's calls, typed and tamed: one model, one context with several sequences.

Nothing here is locked and nothing is decided: :mod:`rag.engine.llama` does both.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.engine import binding
from rag.engine.passage_cache import Buffer
from rag.engine.port import Sampling
from rag.engine.thread import computing
from rag.errors import ComputingFailed, ContextTooSmall, ModelNotLoaded

BATCH = 512
"""Most tokens that one call computes."""

# Longest piece of text one token can stand for, in bytes.
_PIECE = 512
_NO_ROOM, _ABORTED = 1, 2  # what llama_decode returns
# Fewest tokens of a batch that can be stopped while it is computed.
_WATCHED = 24
# From 8 tokens on, llama.cpp multiplies by other kernels, which round otherwise.
_EXACT_BATCH = 7
_GGML_TYPE_BF16 = 30  # of ggml.h; the binding has no name for it

Choose = Callable[[int], int]


class Native:
    """A GGUF file, loaded, with a context whose sequences share one pool of cells.

    Args:
        path: The file.
        context: Tokens that all sequences may have together; cut to what the model was trained for.
        threads: CPU threads.
        sequences: How many sequences there may be, numbered from 0.
        exact: Whether a token's logits must not depend on how many others are computed with it, at some cost in
            reading long prompts (docs/decisions/0011); see ``exact_batch``.

    Attributes:
        context: Tokens there is room for.
        vocabulary: Number of tokens the model knows.
        path, threads: As given.
        api, model: The binding, and its pointer to what was loaded, for a second context of the same model.
        splices: Whether computed keys and values may be moved to other positions and joined. Not so for models with
            recurrent or windowed memory, which llama.cpp itself tells apart.
        exact_batch: Up to how many tokens in one batch get the very logits that they get one by one.
        computed: Tokens computed so far.
        build: What computed keys and values depend on besides the model: versions, CPU features, types.

    Raises:
        EngineMissing: llama-cpp-python is not installed or cannot be loaded on this machine.
        ModelNotLoaded: llama.cpp would not take the file, or there is not enough memory.
    """

    def __init__(self, path: Path, *, context: int, threads: int, sequences: int, exact: bool = False) -> None:
        self.api = api = binding.load()
        self.path, self.threads = path, threads
        self.exact_batch = _EXACT_BATCH if exact and binding.reads_fast_as_stored(api) else 1
        self.model = self._load()
        self._vocab = api.llama_model_get_vocab(self.model)
        self.vocabulary = int(api.llama_vocab_n_tokens(self._vocab))
        self.context = min(context, int(api.llama_model_n_ctx_train(self.model)))
        self._context = self._make_context(self._parameters(sequences))
        self._memory = api.llama_get_memory(self._context)
        values = "bf16" if self.exact_batch > 1 else "f16"
        self.build = f"{api.__version__} {api.llama_print_system_info().decode()} f16 {values}"
        self._adapter: Any = None
        self._scale = self._wanted = 0.0
        self._batch = api.llama_batch_init(BATCH, 0, 1)
        self.computed = 0
        self._stop: threading.Event | None = None
        self._interrupted = False
        self._aborting = api.ggml_abort_callback(
            lambda _: self._interrupted or (self._stop is not None and self._stop.is_set())
        )
        self._never = api.ggml_abort_callback()  # a null pointer
        self._watched = False
        self.splices = bool(
            api.llama_memory_can_shift(self._memory)
            and not api.llama_model_is_recurrent(self.model)
            and not api.llama_model_is_hybrid(self.model)
            and api.llama_model_n_swa(self.model) <= 0
        )

    def _load(self) -> Any:
        """The model, by llama.cpp's pointer to it."""
        parameters = self.api.llama_model_default_params()
        parameters.use_extra_bufts = not binding.reads_fast_as_stored(self.api)
        model = self.api.llama_model_load_from_file(str(self.path).encode(), parameters)
        if not model:
            raise ModelNotLoaded(
                f"llama.cpp cannot load {self.path}: it is no GGUF file, is damaged, or does not fit into memory.",
                "Check it with: pullquote doctor; fetch it again with: pullquote models fetch NAME",
            )
        return model

    def _unload(self) -> None:
        self.api.llama_model_free(self.model)

    def _parameters(self, sequences: int) -> Any:
        """How the context is to be made."""
        parameters = self.api.llama_context_default_params()
        parameters.n_ctx = self.context
        parameters.n_batch = parameters.n_ubatch = BATCH
        parameters.n_threads = parameters.n_threads_batch = self.threads
        parameters.n_seq_max = sequences
        parameters.kv_unified = True
        if self.exact_batch > 1:
            parameters.type_v = _GGML_TYPE_BF16
        return parameters

    def _make_context(self, parameters: Any) -> Any:
        context = self.api.llama_init_from_model(self.model, parameters)
        if not context:
            self._unload()
            raise ModelNotLoaded(
                f"There is not enough memory for a context of {self.context} tokens.",
                "Lower it: PULLQUOTE_CONTEXT=4096, or take a smaller model (pullquote models).",
            )
        return context

    def close(self) -> None:
        """Free everything; harmless when done twice."""
        if self._context:
            computing().submit(self._free).result()  # behind whatever is still computed
            self._context = self.model = None

    def _free(self) -> None:
        self.api.llama_batch_free(self._batch)
        self.api.llama_free(self._context)
        self._unload()

    # --- an adapter

    def attach(self, adapter: Path) -> None:
        """Load a LoRA adapter of the model; nothing is computed with it until :meth:`adapt` says so.

        If that fails, everything is freed.

        Raises:
            ModelNotLoaded: llama.cpp would not take the file, or it belongs to a model of another shape.
        """
        # It is freed with the model.
        self._adapter = self.api.llama_adapter_lora_init(self.model, str(adapter).encode())
        if not self._adapter:
            self.close()
            raise ModelNotLoaded(
                f"llama.cpp cannot load the adapter {adapter}: it is no GGUF file, or is for another model.",
                "Take one that was made for this model, or none: PULLQUOTE_ADAPTER=none",
            )

    def adapt(self, scale: float) -> None:
        """Compute what comes next with so much of the adapter: all of it at 1, nothing at 0."""
        self._wanted = scale if self._adapter is not None else 0.0

    def _put_on(self) -> None:
        """Have llama.cpp compute as was said; not before it must, since it plans its computations anew each time."""
        if self._wanted == self._scale:
            return
        adapters = (self.api.llama_adapter_lora_p_ctypes * 1)(self._adapter)
        scales = (ctypes.c_float * 1)(self._wanted)
        if self.api.llama_set_adapters_lora(self._context, adapters, int(self._wanted != 0.0), scales) != 0:
            raise ModelNotLoaded("llama.cpp would not use the adapter.", "Do without: PULLQUOTE_ADAPTER=none")
        self._scale = self._wanted

    # --- tokens

    def tokenise(self, text: str, *, control: bool) -> list[int]:
        """Tokens of a text. With ``control`` false, text that reads like a control token is just characters."""
        raw = text.encode("utf-8", "replace")
        room = len(raw) + 8
        tokens = (self.api.llama_token * room)()
        count = self.api.llama_tokenize(self._vocab, raw, len(raw), tokens, room, False, control)
        return list(tokens[:count])

    def piece(self, token: int) -> bytes:
        """The bytes a token stands for; nothing for a control token."""
        buffer = ctypes.create_string_buffer(_PIECE)
        count = self.api.llama_token_to_piece(self._vocab, token, buffer, _PIECE, 0, False)
        return buffer.raw[: max(count, 0)]

    def is_control(self, token: int) -> bool:
        """Whether a token steers the model instead of standing for text."""
        return bool(self.api.llama_vocab_is_control(self._vocab, token))

    def is_end(self, token: int) -> bool:
        """Whether a token ends the model's turn."""
        return bool(self.api.llama_vocab_is_eog(self._vocab, token))

    @property
    def last_token(self) -> int:
        """The token that ends what is said."""
        return int(self.api.llama_vocab_eos(self._vocab))

    @property
    def first_token(self) -> int | None:
        """The token that every text must begin with, if the model wants one."""
        wanted = self.api.llama_vocab_get_add_bos(self._vocab)
        return int(self.api.llama_vocab_bos(self._vocab)) if wanted else None

    @property
    def chat_template(self) -> str | None:
        """The Jinja template in the file."""
        found = self.api.llama_model_chat_template(self.model, None)
        return found.decode("utf-8", "replace") if found else None

    def renderer(self, template: str) -> Callable[[Any], str]:
        """Messages → text, by a Jinja chat template; raises ``ValueError`` for what the template refuses."""
        from jinja2 import TemplateError
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        ends = self._text(self.api.llama_vocab_eos(self._vocab)), self._text(self.api.llama_vocab_bos(self._vocab))
        try:
            formatter = Jinja2ChatFormatter(template=template, eos_token=ends[0], bos_token=ends[1])
        except TemplateError as error:
            raise ValueError(str(error)) from error

        def render(messages: Any) -> str:
            try:
                return str(formatter(messages=messages).prompt)
            except TemplateError as error:
                raise ValueError(str(error)) from error

        return render

    def _text(self, token: int) -> str:
        return self.api.llama_vocab_get_text(self._vocab, token).decode("utf-8", "replace") if token >= 0 else ""

    # --- computing

    def stopping(self, stop: threading.Event | None) -> AbstractContextManager[None]:
        """While this lasts, setting the event ends a running :meth:`decode` early."""

        @contextmanager
        def watching() -> Any:
            self._stop = stop
            try:
                yield
            finally:
                self._stop = None

        return watching()

    def decode(self, runs: Sequence[tuple[int, int, Sequence[int]]], *, logits: int) -> bool:
        """Compute tokens, :data:`BATCH` at a time.

        Args:
            runs: ``(sequence, position of the first token, tokens)``; runs of several sequences share a batch.
            logits: Of how many tokens, from the last one back, the logits are wanted; not more than the last batch has.

        Returns:
            False if it was stopped; what was computed until then stays.

        Raises:
            ContextTooSmall: no cells are left.
            ComputingFailed: llama.cpp reports anything else.
        """
        self._put_on()
        flat = [(seq, at + i, token) for seq, at, tokens in runs for i, token in enumerate(tokens)]
        for start in range(0, len(flat), BATCH):
            part = flat[start : start + BATCH]
            batch = self._batch
            batch.n_tokens = len(part)
            for i, (sequence, position, token) in enumerate(part):
                batch.token[i], batch.pos[i], batch.n_seq_id[i] = token, position, 1
                batch.seq_id[i][0] = sequence
                batch.logits[i] = int(start + i >= len(flat) - logits)
            if self._stop is not None and self._stop.is_set():
                return False
            self._watch(len(part) >= _WATCHED)
            status = self._computed(batch)
            self.computed += len(part)
            if status == _ABORTED:
                return False
            if status == _NO_ROOM:
                raise ContextTooSmall(
                    f"There is no room left in a context of {self.context} tokens.",
                    "Ask for one source (--sources 1) or raise PULLQUOTE_CONTEXT.",
                )
            if status != 0:
                raise ComputingFailed(
                    f"llama.cpp could not go on (status {status}).",
                    "Ask again; if that fails too, see: pullquote doctor",
                )
        return True

    def _computed(self, batch: Any) -> int:
        """What llama.cpp says of a batch. Interrupted by Ctrl-C, it is stopped first: nothing may be freed under it."""
        running = computing().submit(self.api.llama_decode, self._context, batch)
        try:
            return int(running.result())
        except BaseException:
            self._interrupted = True
            wait([running])
            self._interrupted = False
            raise

    def _watch(self, wanted: bool) -> None:
        """Let llama.cpp ask whether to stop. It does so a thousand times a batch, too often for short ones."""
        if wanted != self._watched:
            callback = self._aborting if wanted else self._never
            self.api.llama_set_abort_callback(self._context, callback, ctypes.c_void_p(0))
            self._watched = wanted

    def logits(self, back: int = 1) -> npt.NDArray[np.float32]:
        """Logits after the last decoded token, or ``back`` - 1 before it, shape ``(vocabulary,)``.

        Valid until the next decode; they must have been asked for.
        """
        return np.ctypeslib.as_array(self.api.llama_get_logits_ith(self._context, -back), (self.vocabulary,))

    @contextmanager
    def sampler(self, sampling: Sampling) -> Any:
        """A function that chooses the next token, by llama.cpp's own samplers, from :meth:`logits` (``back``)."""
        if sampling.temperature == 0.0:
            yield lambda back: int(self.logits(back).argmax())
            return
        api = self.api
        chain = api.llama_sampler_chain_init(api.llama_sampler_chain_default_params())
        for sampler in (
            api.llama_sampler_init_top_p(sampling.top_p, 1),
            api.llama_sampler_init_min_p(sampling.min_p, 1),
            api.llama_sampler_init_temp(sampling.temperature),
            api.llama_sampler_init_dist(sampling.seed),
        ):
            api.llama_sampler_chain_add(chain, sampler)
        try:
            yield lambda back: int(api.llama_sampler_sample(chain, self._context, -back))
        finally:
            api.llama_sampler_free(chain)

    # --- the memory of sequences; positions are half-open ranges, -1 is "to the end"

    def clear(self) -> None:
        """Forget all sequences."""
        self.api.llama_memory_clear(self._memory, True)

    def forget(self, sequence: int, start: int, end: int = -1) -> bool:
        """Forget a range of a sequence; False if this model's memory cannot."""
        return bool(self.api.llama_memory_seq_rm(self._memory, sequence, start, end))

    def share(self, source: int, target: int, start: int = 0, end: int = -1) -> None:
        """Let a second sequence have a range of a first one as well; nothing is copied."""
        self.api.llama_memory_seq_cp(self._memory, source, target, start, end)

    def move(self, sequence: int, delta: int) -> None:
        """Shift all positions of a sequence; keys are turned to their new places by the next decode."""
        if delta:
            self.api.llama_memory_seq_add(self._memory, sequence, 0, -1, delta)

    def save(self, sequence: int) -> bytearray:
        """The keys and values of a sequence."""
        size = self.api.llama_state_seq_get_size(self._context, sequence)
        data = bytearray(size)
        buffer = (ctypes.c_uint8 * size).from_buffer(data)
        written = self.api.llama_state_seq_get_data(self._context, buffer, size, sequence)
        del buffer  # it would forbid the next line
        del data[written:]
        return data

    def load(self, data: Buffer, sequence: int) -> bool:
        """Bring back what :meth:`save` gave, into a sequence that is empty; False if llama.cpp would not take it."""
        raw = np.frombuffer(data, dtype=np.uint8)  # no copy, also of what is mapped from a file
        pointer = raw.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
        return bool(self.api.llama_state_seq_set_data(self._context, pointer, raw.size, sequence))

    def append(self, data: Buffer, sequence: int, *, to: int, by: int) -> bool:
        """Bring back what :meth:`save` gave as a part of another sequence, ``by`` positions later than it was saved.

        Args:
            data: What was saved.
            sequence: An empty one, which is empty again afterwards.
            to: What it becomes a part of.
            by: Positions.

        Returns:
            False if llama.cpp would not take it.
        """
        if not self.load(data, sequence):
            return False
        self.move(sequence, by)
        self.share(sequence, to)
        self.forget(sequence, 0)
        return True
