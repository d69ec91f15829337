"""How a command finds a running ``pullquote serve`` of the same library: a file in the data directory, never trusted.

The file holds the address and the token, readable by its owner only. It is believed when the process lives, serves with
the same settings, answered from the very library that is there now, and proves at its address to be the one that wrote
the file.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from index import atomic
from rag.settings import Settings as RagSettings
from rag.types import Wishes
from ui.settings import Settings

FILE = "serve.json"
_SECONDS = 5.0  # for an answer from this machine, which may be busy; where nothing listens it is known at once
_LONGEST = 10_000  # bytes of the file


@dataclass(frozen=True, slots=True)
class Beacon:
    """A server that runs.

    Attributes:
        address: Such as ``http://127.0.0.1:7860``.
        token: What it wants to be shown.
        instance: What it says of itself at ``/healthz``.
        pid: Its process.
        settings: A hash of what answers depend on.
        library: Which library of the user's own it answers from; empty for the sample articles.
    """

    address: str
    token: str
    instance: str
    pid: int
    settings: str
    library: str


@contextlib.contextmanager
def lit(settings: Settings, address: str, instance: str) -> Iterator[None]:
    """Tell of a server until the block ends."""
    light(settings, address, instance)
    try:
        yield
    finally:
        beacon = _read(settings.home / FILE)
        if beacon is not None and beacon.instance == instance:
            (settings.home / FILE).unlink(missing_ok=True)


def light(settings: Settings, address: str, instance: str) -> None:
    """Write the file, whole or not at all; again when the server answers from another library."""
    beacon = Beacon(
        address, settings.token.get_secret_value(), instance, os.getpid(), fingerprint(settings), own_library(settings)
    )
    atomic.write(settings.home / FILE, json.dumps(asdict(beacon)).encode())  # readable by its owner alone


def from_here(address: str) -> str:
    """An address that listens on all of this machine's networks, as this machine calls it."""
    return address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")


def find(settings: Settings) -> Beacon | None:
    """A running server that would answer as this process would, or None."""
    beacon = _read(settings.home / FILE)
    if beacon is None or not psutil.pid_exists(beacon.pid) or beacon.settings != fingerprint(settings):
        return None
    if beacon.library != own_library(settings):
        # A server goes over to a library that has been built, and tells of it, when it is asked for anything.
        _asked(f"{beacon.address}/readyz")
        beacon = _read(settings.home / FILE)
        if beacon is None or beacon.library != own_library(settings):
            return None
    return beacon if _asked(f"{beacon.address}/healthz").get("instance") == beacon.instance else None


def _asked(address: str) -> dict[str, Any]:
    """What is said at an address, as JSON; nothing if there is nobody, or no object."""
    import httpx

    try:
        said = httpx.get(address, timeout=_SECONDS, trust_env=False).json()
    except (httpx.HTTPError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def fingerprint(settings: RagSettings) -> str:
    """A hash of the settings that an answer depends on, but for those that can be wished with each question."""
    names = RagSettings.model_fields.keys() - {"home", *Wishes.__annotations__}
    named = {name: str(getattr(settings, name)) for name in sorted(names)}
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()


def own_library(settings: RagSettings) -> str:
    """Which library of the user's own there is now; another one after it was built anew, and empty if there is none."""
    from index.catalog import CATALOG

    try:
        found = (settings.library_dir / CATALOG).stat()
    except OSError:
        return ""
    return f"{found.st_dev}:{found.st_ino}"


def _read(path: Path) -> Beacon | None:
    try:
        if path.stat().st_size > _LONGEST or path.stat().st_uid != os.getuid():
            return None
        return Beacon(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
