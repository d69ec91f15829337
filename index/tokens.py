"""Passage id → token vectors for late interaction, packed, memory-mapped. Derived: all of it can be made again.

A store is a folder with one generation, which ``current`` names: a folder of three files.

    space.npz   the centre and rotation of its vectors, and the embedder they belong to
    data        packed vectors, one passage after the other; only ever appended to
    index       rows of 32 bytes: id, place in data, tokens, checksum of the data, checksum of the row; likewise

Data reaches the disk before the row that names it. A row that is torn, or names more data than there is, does not
count, so that a kill at any instant costs what was being added and nothing else. The last row of an id counts, and one
may say that the passage is gone. :meth:`TokenStore.compact` writes the next generation whole before ``current`` names
it; who still reads the old one keeps its files open.

Bytes a token and fused quality for float16, int8, 4, 3, 2 and 1 bits stand in ``docs/decisions``; 2 bits won.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import threading
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index import late
from index.embed import Embedder, Encoded
from index.late import Bytes, Integers, Space

_FORMAT = 1
_ROW = np.dtype([("id", "<i8"), ("start", "<u8"), ("tokens", "<u4"), ("crc", "<u4"), ("check", "<u8")])
_GONE = 0xFFFFFFFF  # in place of a number of tokens: the passage is no longer there
# Odd numbers, so that a row's checksum depends on each bit of each field; the last one makes a row of zeros wrong.
_FACTORS = tuple(np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5))
_SALT = np.uint64(0xD6E8FEB86659FD93)
# Passages that are compared at once: one multiplication is faster than several, but they take 0.2 MB each meanwhile.
_CHUNK = 128
# Bytes of passages that are gone beyond which a deletion compacts, if they are also the larger part.
_WASTE = 64 * 2**20

# What the centre is taken from, so that it depends on the embedder alone, and not on which article came first.
CALIBRATION = (
    "The government announced on Tuesday that it would raise taxes on fuel, after months of talks with the opposition.",
    "Police said two men were arrested near the airport, and that nobody had been hurt in the fire.",
    "Regeringen meddelade i går att skatten på bensin höjs, efter flera månaders förhandlingar med oppositionen.",
    "Laget vann med 3–1 i kvartsfinalen, och tränaren hyllade den unga målvakten.",
    "Forskerne fant at isen i Arktis smelter raskere enn de hadde ventet for ti år siden.",
    "Die Zentralbank senkte den Leitzins um einen Viertelpunkt, obwohl die Inflation noch über zwei Prozent liegt.",
    "Le président a rencontré les syndicats jeudi à Paris pour discuter de la réforme des retraites.",
    "El hospital abrió una nueva clínica para niños, la primera de este tipo en la región.",
    "Hallitus päätti torstaina lisätä rahaa kouluille ja kirjastoille ensi vuonna.",
    "Компания сообщила, что её прибыль в третьем квартале выросла на 12 процентов.",
    "科学家表示，这种新疫苗在临床试验中效果良好，预计明年上市。",
    "قال المتحدث إن المحادثات ستستأنف الأسبوع المقبل في جنيف.",
)
"""Sentences as newspapers write them, in ten languages."""


@dataclass(frozen=True, slots=True)
class _View:
    """One generation as it was at one moment; never changed.

    Attributes:
        folder: Of the generation.
        space: Of its vectors.
        ids, starts, tokens, crcs: Shape ``(n,)``, by id: the passages it holds.
        data: The bytes of its data file.
        size: Bytes of its index file when it was read.
    """

    folder: Path
    space: Space
    ids: Integers
    starts: Integers
    tokens: Integers
    crcs: npt.NDArray[np.uint32]
    data: Bytes
    size: int

    def record(self, place: int) -> Bytes:
        """The packed vectors of the passage in that place, shape ``(tokens, width)``."""
        start, tokens = int(self.starts[place]), int(self.tokens[place])
        return self.data[start : start + tokens * self.space.width].reshape(tokens, self.space.width)


class TokenStore:
    """The token vectors of one library. Methods may be called from any thread; other processes may read meanwhile.

    Args:
        directory: Its folder; made when the first passage is added.
        embedder: Whose vectors they are. A store that holds another's counts as empty, and is begun anew by ``add``.
            The caller of ``add``, ``delete`` and ``compact`` holds the library's writer lock.
    """

    subject = "token vectors"
    wants_tokens = True

    def __init__(self, directory: Path, embedder: Embedder) -> None:
        self._directory = directory
        self._embedder = embedder
        self._lock = threading.RLock()
        self._seen: _View | None = None

    # --- reading

    def scores(self, question: Encoded, ids: Sequence[int]) -> dict[int, float]:
        """Late interaction of a question, encoded as one text, with passages; ids without token vectors are left out.

        A score is a mean of cosines of centred vectors: 0 is chance, and right passages have about 0.4 to 0.8.
        """
        view = self._view()
        if view is None or not question.tokens or not len(question.tokens[0]):
            return {}
        places = view.ids.searchsorted(np.asarray(ids, dtype=np.int64))
        held = [
            (i, p)
            for i, p in zip(ids, places, strict=True)
            if p < len(view.ids) and view.ids[p] == i and view.tokens[p]
        ]
        tokens = view.space.project(question.tokens[0])
        weights = late.token_weights(question.token_ids[0])
        found: dict[int, float] = {}
        for start in range(0, len(held), _CHUNK):
            chunk = held[start : start + _CHUNK]
            packed = np.concatenate([view.record(place) for _, place in chunk])
            lengths = view.tokens[[place for _, place in chunk]]
            values = late.score(view.space.similarities(packed, tokens), lengths, weights)
            found.update(zip((i for i, _ in chunk), values.tolist(), strict=True))
        return found

    def ids(self) -> set[int]:
        """All passage ids that it holds, each with its data checked: reads the whole store, about a second a GB."""
        view = self._view()
        if view is None:
            return set()
        return {
            int(view.ids[place])
            for place in range(len(view.ids))
            if zlib.crc32(view.record(place).tobytes()) == view.crcs[place]
        }

    def __len__(self) -> int:
        """How many passages it holds."""
        view = self._view()
        return 0 if view is None else len(view.ids)

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            self._seen = None

    # --- writing

    def add(self, ids: Sequence[int], encoded: Encoded) -> None:
        """Store the token vectors of passages, in the order of their ids; ids already there are replaced."""
        if not len(ids):
            return
        with self._lock:
            view = self._view() or self._begin()
            records = [
                view.space.pack(tokens) if len(tokens) else np.zeros((0, view.space.width), dtype=np.uint8)
                for tokens in encoded.tokens
            ]
            start = (view.folder / "data").stat().st_size
            _append(view.folder / "data", b"".join(record.tobytes() for record in records))
            rows = np.zeros(len(ids), dtype=_ROW)
            rows["id"] = ids
            rows["tokens"] = [len(record) for record in records]
            sizes = np.array([record.nbytes for record in records], dtype=np.uint64)
            rows["start"] = np.uint64(start) + np.cumsum(sizes, dtype=np.uint64) - sizes
            rows["crc"] = [zlib.crc32(record.tobytes()) for record in records]
            _append_rows(view.folder / "index", rows)

    def delete(self, ids: Sequence[int]) -> None:
        """Forget passages; ids that are not there are fine. Their space is freed when enough has come together."""
        with self._lock:
            view = self._view()
            if view is None:
                return
            gone = np.intersect1d(np.asarray(ids, dtype=np.int64), view.ids)
            if not len(gone):
                return
            rows = np.zeros(len(gone), dtype=_ROW)
            rows["id"], rows["tokens"] = gone, _GONE
            _append_rows(view.folder / "index", rows)
            view = self._view()
            live = 0 if view is None else int(view.tokens.sum()) * view.space.width
            if view is not None and len(view.data) - live > max(live, _WASTE):
                self.compact()

    def compact(self) -> None:
        """Write what is held into a new generation, and drop the old one with all that is gone."""
        with self._lock:
            old = self._view()
            if old is None:
                return
            new = self._next_folder()
            _write(new / "space.npz", (old.folder / "space.npz").read_bytes())
            rows = np.zeros(len(old.ids), dtype=_ROW)
            rows["id"], rows["tokens"], rows["crc"] = old.ids, old.tokens, old.crcs
            sizes = old.tokens * old.space.width
            rows["start"] = np.cumsum(sizes) - sizes
            with (new / "data").open("wb") as file:
                for place in range(len(old.ids)):
                    file.write(old.record(place).tobytes())
                _sync(file)
            _write(new / "index", b"")
            _append_rows(new / "index", rows)
            self._switch(new)

    # --- generations

    def _view(self) -> _View | None:
        """The store as it is now, or None if there is none that this embedder can use."""
        with self._lock:
            for _ in range(8):  # a writer may drop a generation just when we have read its name
                try:
                    folder = self._directory / (self._directory / "current").read_text(encoding="ascii").strip()
                    seen = self._seen
                    if seen is None or seen.folder != folder or seen.size != (folder / "index").stat().st_size:
                        self._seen = self._load(folder, seen.space if seen and seen.folder == folder else None)
                except FileNotFoundError:
                    self._seen = None
                    continue
                return self._seen
            return None

    def _load(self, folder: Path, space: Space | None) -> _View | None:
        space = space or self._read_space((folder / "space.npz").read_bytes())
        if space is None:
            return None
        size = (folder / "index").stat().st_size
        with (folder / "index").open("rb") as file:
            content = file.read(size // _ROW.itemsize * _ROW.itemsize)
        rows = np.frombuffer(content, dtype=_ROW)
        path = folder / "data"  # opened after the index was read: it holds all that those rows name
        data = np.memmap(path, np.uint8, "r") if path.stat().st_size else np.zeros(0, dtype=np.uint8)
        tokens = np.where(rows["tokens"] == _GONE, 0, rows["tokens"]).astype(np.uint64)
        ends = rows["start"] + tokens * np.uint64(space.width)
        rows = rows[(rows["check"] == _check(rows)) & (ends <= len(data))]
        rows = rows[::-1][np.unique(rows["id"][::-1], return_index=True)[1]]  # the last one of each id
        rows = rows[rows["tokens"] != _GONE]
        return _View(
            folder=folder,
            space=space,
            ids=rows["id"].astype(np.int64),
            starts=rows["start"].astype(np.int64),
            tokens=rows["tokens"].astype(np.int64),
            crcs=rows["crc"].astype(np.uint32),
            data=np.asarray(data),
            size=size,
        )

    def _read_space(self, content: bytes) -> Space | None:
        """The space of a generation, or None if it is of another embedder or format, or damaged."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                if str(arrays["identity"]) != self._embedder.identity or int(arrays["format"]) != _FORMAT:
                    return None
                return Space(arrays["centre"], arrays["rotation"])
        except (ValueError, KeyError, OSError, zlib.error, zipfile.BadZipFile):
            return None

    def _begin(self) -> _View:
        """An empty generation for this embedder, in place of whatever was there."""
        space = self._measure_space()
        new = self._next_folder()
        buffer = io.BytesIO()
        np.savez(
            buffer,
            format=np.int64(_FORMAT),
            identity=np.array(self._embedder.identity),
            centre=space.centre,
            rotation=space.rotation,
        )
        _write(new / "space.npz", buffer.getvalue())
        _write(new / "data", b"")
        _write(new / "index", b"")
        self._switch(new)
        view = self._view()
        if view is None:
            raise FileNotFoundError(new)  # someone deleted it in this very moment
        return view

    def _measure_space(self) -> Space:
        tokens = self._embedder.encode_passages(CALIBRATION).tokens
        if not any(len(of_one) for of_one in tokens):  # a model without token vectors: the store will hold empty rows
            return Space.around([np.zeros((1, self._embedder.dimension), dtype=np.float32)])
        return Space.around(tokens)

    def _next_folder(self) -> Path:
        numbers = [int(path.name) for path in self._generations()]
        folder = self._directory / f"{max(numbers, default=0) + 1:06d}"
        folder.mkdir(parents=True)
        return folder

    def _generations(self) -> Iterator[Path]:
        if self._directory.is_dir():
            yield from (path for path in self._directory.iterdir() if path.is_dir() and path.name.isdecimal())

    def _switch(self, folder: Path) -> None:
        """Make a generation, whose files are on disk, the current one, and drop the others."""
        _sync_folder(folder)
        partial = self._directory / "current.partial"
        _write(partial, folder.name.encode("ascii"))
        partial.replace(self._directory / "current")
        _sync_folder(self._directory)
        self._seen = None
        for old in self._generations():
            if old != folder:  # a system that keeps open files from being deleted leaves them for the next time
                shutil.rmtree(old, ignore_errors=True)


def _check(rows: npt.NDArray[np.void]) -> npt.NDArray[np.uint64]:
    """The checksum of each row."""
    fields = (rows["id"].astype(np.uint64), rows["start"], rows["tokens"], rows["crc"])
    check = np.full(len(rows), _SALT, dtype=np.uint64)
    for factor, field in zip(_FACTORS, fields, strict=True):
        check = (check ^ field.astype(np.uint64)) * factor  # wraps around, as it should
    return check


def _append_rows(path: Path, rows: npt.NDArray[np.void]) -> None:
    """Add rows to an index file, after cutting off one that was torn."""
    rows["check"] = _check(rows)
    torn = path.stat().st_size % _ROW.itemsize
    if torn:
        os.truncate(path, path.stat().st_size - torn)
    _append(path, rows.tobytes())


def _append(path: Path, content: bytes) -> None:
    with path.open("ab") as file:
        file.write(content)
        _sync(file)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        _sync(file)


def _sync(file: io.BufferedIOBase | io.BufferedWriter) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder last; where a system cannot, it does so by itself."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
