"""An encoder → its int8 form, derived once, proven against the original, and kept in the cache.

What is kept is named after the encoder's identity and ``VERSION``, written whole or not at all, and held to its hashes
when it is read, so that a damaged one is derived again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index import network
from index.bert import Array, Bert
from index.network import Network

# Another number wherever the vectors would differ: it is part of the identity that libraries pin.
VERSION = "int8-1"
# What the int8 vectors of the calibration texts must have in common with the original's; else it is not used.
LEAST_COSINE = 0.998

_SAMPLE = Path(__file__).parent / "sample"
_CHARACTERS = 450  # of a calibration text: about a passage
_RANDOM_TEXTS, _RANDOM_TOKENS = 16, 64
_REPEATS, _REPEATED = 4, 128
_BATCH = 8
_NETWORK, _RECORD = "network.xml", "record.json"

Vectors = Callable[[Network, Sequence[str]], Array]


def kept(bert: Bert, identity: str, cache_dir: Path, threads: int) -> Network | None:
    """The network that the cache holds for an encoder; None if there is none, a damaged one, or one that is refused.

    Args:
        bert: The original.
        identity: The original's.
        cache_dir: See :func:`derive`.
        threads: CPU threads of the network.
    """
    folder = _place(cache_dir, identity)
    record = _record(folder)
    try:
        if record.get("cosine", 0.0) < LEAST_COSINE or _hashes(folder) != record.get("files"):
            return None
        return Network(bert, network.load(folder / _NETWORK), threads=threads)
    except (OSError, ValueError):
        return None


def refused(identity: str, cache_dir: Path) -> bool:
    """Whether an encoder's int8 form was derived before and found too far from the original."""
    return bool(_record(_place(cache_dir, identity)).get("cosine", 1.0) < LEAST_COSINE)


def derive(
    bert: Bert,
    identity: str,
    cache_dir: Path,
    threads: int,
    *,
    tokenise: Callable[[Sequence[str]], list[list[int]]],
    vectors: Vectors,
    original: Callable[[Sequence[str]], Array],
) -> Network | None:
    """Quantise an encoder, compare it with the original, and keep the result: about ten seconds for 12 layers of 384.

    The ranges are measured on the sample corpus that we ship and on random tokens, which reach scripts, words and
    repetitions that the sample has none of.

    Args:
        bert: The original.
        identity: The original's.
        cache_dir: It is kept below ``accelerated/`` there; nothing is lost if it cannot be written.
        threads: CPU threads.
        tokenise: Passages → token ids, prompt and special tokens included.
        vectors: Unit vectors of passages through a network, ``(n, dimension)``.
        original: The same by the original.

    Returns:
        The network, or None if its vectors are too far from the original's.
    """
    texts = calibration_texts()
    rows = sorted([*tokenise(texts), *_random_rows(bert)], key=len, reverse=True)
    ranges = network.measure(bert, (rows[i : i + _BATCH] for i in range(0, len(rows), _BATCH)), threads=threads)
    model, _ = network.build(bert, ranges)
    compiled = Network(bert, model, threads=threads)
    cosine = float((vectors(compiled, texts) * original(texts)).sum(axis=1).mean())
    with contextlib.suppress(OSError):  # a full or read-only disk costs the next start some seconds, no more
        _keep(model, cosine, _place(cache_dir, identity))
    return compiled if cosine >= LEAST_COSINE else None


def accelerated_identity(identity: str) -> str:
    """The identity of the int8 form's vectors: near the original's, but a library holds only one kind."""
    return f"{identity}-{VERSION}"


def calibration_texts() -> list[str]:
    """Pieces of the sample corpus, about as long as passages, in all its languages; in a fixed order."""
    articles = [path.read_text(encoding="utf-8") for path in sorted(_SAMPLE.iterdir()) if path.is_file()]
    return [
        article[start : start + _CHARACTERS] for article in articles for start in range(0, len(article), _CHARACTERS)
    ]


def _random_rows(bert: Bert) -> list[list[int]]:
    """Texts of random tokens, and of one random token over and over: what nobody writes, but some tables hold."""
    generator = np.random.default_rng(0)  # the same for everyone
    rows: list[list[int]] = generator.integers(
        0, bert.vocabulary, (_RANDOM_TEXTS, min(_RANDOM_TOKENS, bert.window))
    ).tolist()
    return rows + [[token] * min(_REPEATED, bert.window) for token in generator.integers(0, bert.vocabulary, _REPEATS)]


def _place(cache_dir: Path, identity: str) -> Path:
    return cache_dir / "accelerated" / accelerated_identity(identity)


def _keep(model: Any, cosine: float, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f"{folder.name[:8]}.", dir=folder.parent))
    try:
        network.save(model, unfinished / _NETWORK)
        record = {"cosine": cosine, "files": _hashes(unfinished)}
        (unfinished / _RECORD).write_text(json.dumps(record), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)  # a damaged one; another process's whole one serves as well
        unfinished.replace(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _record(folder: Path) -> dict[str, Any]:
    """What was written about a network when it was kept; empty if that is nothing, or not legible."""
    try:
        record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) and isinstance(record.get("cosine"), float) else {}


def _hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of the network's two files."""
    files = (folder / _NETWORK, (folder / _NETWORK).with_suffix(".bin"))
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
