"""A BERT encoder as an OpenVINO network: in float32 to be measured, in int8 to be used. The home of openvino.

Every matrix product runs on 8-bit integers, weights with a scale for each output, activations with one scale for all.
In a transformer a few channels of the activations are tens of times as large as the rest and would ruin that one scale,
so each channel is divided by a factor and the weights that meet it multiplied by the same (SmoothQuant, Xiao and others
2023, https://arxiv.org/abs/2211.10438). Attention, normalisation and GELU stay in floating point.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from index.bert import Array, Bert

# `import openvino` imports its model converter, which we have no use for, and which reports the import to its makers
# over the internet. A module that is None can't be imported; openvino expects that and goes on without it.
sys.modules.setdefault("openvino.tools.ovc", None)  # type: ignore[arg-type]  # None is allowed, typeshed is stricter
import openvino as ov  # type: ignore[import-untyped]  # noqa: E402  it ships no types; see above for its place
from openvino import opset13 as op  # noqa: E402  see above

# How much of the unevenness of the channels the weights take over; measured in docs/decisions.
SMOOTHING = 0.7
# Lengths are rounded up to a multiple of this: each new shape of a batch costs OpenVINO the preparing of its kernels.
_STEP = 8
_TINY = 1e-4
# Fewest batches for which the network is made ready a second time, which takes a third of a second.
_WORTH_PREPARING = 8
_MASKED = np.float32(-1e9)

Ids = Sequence[int]


class Range(NamedTuple):
    """Smallest and largest value seen in each input channel of a matrix product, each of shape ``(channels,)``."""

    low: Array
    high: Array

    def joined(self, low: Array, high: Array) -> Range:
        """The range of both."""
        return Range(np.minimum(self.low, low), np.maximum(self.high, high))


class Network:
    """A compiled encoder. Safe to share between threads, which take turns: one pass uses all its cores anyway.

    Args:
        bert: Whose word and position vectors go in.
        model: From :func:`build` or :func:`load`.
        threads: CPU threads.
    """

    def __init__(self, bert: Bert, model: ov.Model, *, threads: int) -> None:
        self._bert = bert
        self._model = model
        self._threads = threads
        self._request = _compiled(model, threads, streams=1).create_infer_request()
        self._lock = threading.Lock()
        self._side_by_side: ov.AsyncInferQueue | None = None
        self._many_lock = threading.Lock()

    def states(self, rows: Sequence[Ids]) -> list[Array]:
        """Last hidden states, for each row of token ids ``(len(row), hidden)``; one forward pass for all."""
        return self.outputs(rows)[0]

    def outputs(self, rows: Sequence[Ids]) -> list[list[Array]]:
        """What every output of the network holds for each row, ``(len(row), channels)``."""
        inputs = self._inputs(rows)
        with self._lock:
            results = self._request.infer(inputs, share_inputs=True, share_outputs=True)
            # The outputs belong to the request and are overwritten by the next pass: copied under the lock.
            return [_unpadded(values, rows) for values in results.values()]

    def many(self, batches: Sequence[Sequence[Ids]]) -> list[list[Array]]:
        """What :meth:`states` gives for each of several batches.

        Many are computed side by side, one thread each: a fifth more tokens a second than one after the other with all
        threads, which wait for one another in every layer (docs/decisions/0006). Questions are not kept waiting then.
        A few are worth no preparing of that, and wait their turn.
        """
        if len(batches) < 2 or self._threads == 1 or (self._side_by_side is None and len(batches) < _WORTH_PREPARING):
            return [self.states(rows) for rows in batches]
        found: list[list[Array]] = [[] for _ in batches]

        def done(request: ov.InferRequest, place: int) -> None:
            found[place] = _unpadded(request.get_output_tensor(0).data, batches[place])

        with self._many_lock:
            if self._side_by_side is None:
                compiled = _compiled(self._model, self._threads, streams=self._threads)
                self._side_by_side = ov.AsyncInferQueue(compiled, self._threads + 1)  # one waits, so none idles
            self._side_by_side.set_callback(done)
            for place, rows in enumerate(batches):
                self._side_by_side.start_async(self._inputs(rows), place)
            self._side_by_side.wait_all()
        return found

    def _inputs(self, rows: Sequence[Ids]) -> list[Array]:
        """Embedded tokens and mask of a batch."""
        length = -(-max(map(len, rows)) // _STEP) * _STEP
        words = np.zeros((len(rows), length, self._bert.hidden), dtype=np.float32)
        mask = np.full((len(rows), 1, 1, length), _MASKED, dtype=np.float32)
        for i, row in enumerate(rows):
            words[i, : len(row)] = self._bert.embed(row)
            mask[i, ..., : len(row)] = 0.0
        return [words, mask]


def _unpadded(values: Array, rows: Sequence[Ids]) -> list[Array]:
    """A copy of each row of a batch's output, ``(batch, length, channels)``, without what only fills it up."""
    return [values[i, : len(row)].copy() for i, row in enumerate(rows)]


def _compiled(model: ov.Model, threads: int, streams: int) -> ov.CompiledModel:
    """A network made ready to run on so many threads, in so many streams that do not wait for one another."""
    options: dict[str, Any] = {
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": streams,
        "PERFORMANCE_HINT": "LATENCY" if streams == 1 else "THROUGHPUT",
        "ENABLE_CPU_PINNING": False,  # the language model wants the same cores
        # Of what is not int8. bfloat16 would be 8 % faster on CPUs that have it, and its vectors others elsewhere.
        "INFERENCE_PRECISION_HINT": "f32",
    }
    return ov.Core().compile_model(model, "CPU", options)


def build(bert: Bert, ranges: Mapping[str, Range] | None = None, *, watch: bool = False) -> tuple[ov.Model, list[str]]:
    """The encoder as a network of two inputs: embedded tokens, ``(batch, length, hidden)``, and what attention adds to
    its scores, ``(batch, 1, 1, length)``.

    Args:
        bert: What to build.
        ranges: For int8, what :func:`measure` found; without it everything is float32.
        watch: Add the input of every matrix product as an output.

    Returns:
        The network, whose first output is ``(batch, length, hidden)``, and the names of the products in the order of
        the further outputs.
    """
    graph = _Graph(bert, ranges)
    words = op.parameter([-1, -1, bert.hidden], np.float32, name="words")
    mask = op.parameter([-1, 1, 1, -1], np.float32, name="mask")
    shape = op.gather(op.shape_of(words, "i64"), _whole([0, 1]), _whole(0))
    states = graph.encode(words, mask, shape)
    outputs = [states, *(graph.inputs.values() if watch else ())]
    by_text = op.concat([shape, _whole([-1])], 0)
    results = [op.result(op.reshape(output, by_text, False)) for output in outputs]
    return ov.Model(results, [words, mask], "encoder"), list(graph.inputs)


def measure(bert: Bert, batches: Iterable[Sequence[Ids]], *, threads: int) -> dict[str, Range]:
    """The ranges of every matrix product's inputs while the float32 encoder reads some texts, given as token ids."""
    model, names = build(bert, watch=True)
    network = Network(bert, model, threads=threads)
    ranges: dict[str, Range] = {}
    for rows in batches:
        for name, values in zip(names, network.outputs(rows)[1:], strict=True):
            seen = np.concatenate(values)
            low, high = seen.min(axis=0), seen.max(axis=0)
            ranges[name] = ranges[name].joined(low, high) if name in ranges else Range(low, high)
    return ranges


def save(model: ov.Model, file: Path) -> None:
    """Write a network as ``file`` (XML) and its weights beside it (``.bin``).

    Raises:
        OSError: it cannot be written.
    """
    try:
        ov.save_model(model, str(file), compress_to_fp16=False)
    except RuntimeError as error:  # openvino knows no other
        raise OSError(f"{file} cannot be written: {error}") from error


def load(file: Path) -> ov.Model:
    """Read what :func:`save` wrote.

    Raises:
        ValueError: it is not a network.
    """
    try:
        return ov.Core().read_model(str(file))
    except RuntimeError as error:  # openvino knows no other
        raise ValueError(f"{file} is not a network: {error}") from error


class _Graph:
    """The layers of an encoder. Tokens of all texts are rows of one matrix, except within attention."""

    def __init__(self, bert: Bert, ranges: Mapping[str, Range] | None) -> None:
        self._bert = bert
        self._ranges = ranges
        self.inputs: dict[str, Any] = {}

    def encode(self, words: Any, mask: Any, shape: Any) -> Any:
        """From embedded tokens to last hidden states, ``(batch × length, hidden)``."""
        rows = op.reshape(words, _whole([-1, self._bert.hidden]), False)
        states = self._normalise(rows, "embeddings.LayerNorm")
        for layer in range(self._bert.layers):
            at = f"encoder.layer.{layer}"
            attended = self._attend(states, mask, shape, f"{at}.attention")
            states = self._normalise(op.add(attended, states), f"{at}.attention.output.LayerNorm")
            inner = op.gelu(self._linear(states, f"{at}.intermediate.dense"), "erf")
            outer = self._linear(inner, f"{at}.output.dense")
            states = self._normalise(op.add(outer, states), f"{at}.output.LayerNorm")
        return states

    def _attend(self, states: Any, mask: Any, shape: Any, at: str) -> Any:
        heads, size = self._bert.heads, self._bert.hidden // self._bert.heads
        # Three products, not one to be cut: the cutting would be a copy, and OpenVINO reads each where it lies.
        apart = self._linears(states, [f"{at}.self.{part}" for part in ("query", "key", "value")])
        by_head = op.concat([shape, _whole([heads, size])], 0)
        query, key, value = (op.transpose(op.reshape(one, by_head, False), _whole([0, 2, 1, 3])) for one in apart)
        mixed = op.scaled_dot_product_attention(query, key, value, mask)
        rows = op.reshape(op.transpose(mixed, _whole([0, 2, 1, 3])), _whole([-1, self._bert.hidden]), False)
        return self._linear(rows, f"{at}.output.dense")

    def _normalise(self, states: Any, at: str) -> Any:
        centred = op.mvn(states, _whole([-1]), True, self._bert.epsilon, "inside_sqrt")
        return op.add(op.multiply(centred, _real(self._weight(at, "weight"))), _real(self._weight(at, "bias")))

    def _linear(self, rows: Any, layer: str) -> Any:
        return self._linears(rows, [layer])[0]

    def _linears(self, rows: Any, layers: Sequence[str]) -> list[Any]:
        """The products with the matrices of some layers, which are quantised as one, and their biases."""
        name = layers[0]
        self.inputs[name] = rows
        parts = [self._weight(layer, "weight") for layer in layers]
        if self._ranges is None:
            weights = [_real(part) for part in parts]
        else:
            rows, weights = _quantise(rows, parts, self._ranges[name])
        biases = [_real(self._weight(layer, "bias")) for layer in layers]
        return [
            op.add(op.matmul(rows, weight, False, True), bias) for weight, bias in zip(weights, biases, strict=True)
        ]

    def _weight(self, layer: str, which: str) -> Array:
        return self._bert.weights[f"{layer}.{which}"]


def _quantise(rows: Any, parts: Sequence[Array], seen: Range) -> tuple[Any, list[Any]]:
    """Both factors of a product in 8 bits: unsigned, with a zero point, and signed. The second one is several matrices.

    One step that turns ``channel / factor`` into 256 levels: its limits on the way in differ from channel to channel,
    those on the way out are the same for all.
    """
    matrix = np.concatenate(parts)
    factors = _factors(matrix, seen)
    low = min(float((seen.low / factors).min()), 0.0)
    high = max(float((seen.high / factors).max()), _TINY)
    zero = np.rint(-low * 255 / (high - low))  # 0 must be a level of its own
    step = max(high / (255 - zero), -low / zero if zero else 0.0)
    low, high = float(-zero * step), float((255 - zero) * step)
    rows = op.fake_quantize(
        rows, _real((low * factors)[None]), _real((high * factors)[None]), _real(low), _real(high), 256
    )
    smoothed = matrix * factors
    scales = np.maximum(np.abs(smoothed).max(axis=1, keepdims=True) / 127, np.float32(1e-12))
    whole = np.clip(np.rint(smoothed / scales), -127, 127).astype(np.int8)
    ends = np.cumsum([len(part) for part in parts])[:-1]
    pairs = zip(np.split(whole, ends), np.split(scales, ends), strict=True)
    return rows, [op.multiply(op.convert(op.constant(part), "f32"), _real(scale)) for part, scale in pairs]


def _factors(matrix: Array, seen: Range) -> Array:
    """What each input channel is divided by, ``(channels,)``: large where its values are and its weights are not."""
    values = np.maximum(np.maximum(np.abs(seen.low), np.abs(seen.high)), _TINY)
    weights = np.maximum(np.abs(matrix).max(axis=0), _TINY)
    factors = values**SMOOTHING / weights ** (1 - SMOOTHING)
    return np.asarray(factors / np.exp(np.log(factors).mean()), dtype=np.float32)


def _real(values: npt.ArrayLike) -> Any:
    return op.constant(np.asarray(values, dtype=np.float32))


def _whole(values: npt.ArrayLike) -> Any:
    return op.constant(np.asarray(values, dtype=np.int64))
