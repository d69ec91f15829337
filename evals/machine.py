"""Facts that belong beside every figure: the machine, the libraries, the commit, the settings and models."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil

from rag.settings import Settings

LIBRARIES = (
    "chromadb",
    "llama-cpp-python",
    "numpy",
    "openvino",
    "sentence-transformers",
    "sentencex",
    "tokenizers",
    "torch",
    "transformers",
)
REPOSITORY = Path(__file__).resolve().parent.parent
GIT_SECONDS = 10


def machine_facts() -> dict[str, Any]:
    """CPU, cores, memory in GiB, system, Python, versions of the libraries that matter, commit and UTC time."""
    return {
        "cpu": cpu_name(),
        "cores": psutil.cpu_count(logical=False) or 0,
        "threads": os.cpu_count() or 0,
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "libraries": library_versions(),
        **git_facts(),
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def cpu_name(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """The CPU's model as Linux names it, or else what Python knows of it."""
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip().lower() == "model name" and value.strip():
                return value.strip()
    return platform.processor() or platform.machine()


def library_versions() -> dict[str, str]:
    """Installed versions by distribution; one that is not installed is left out."""
    versions: dict[str, str] = {}
    for name in LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def git_facts(repository: Path = REPOSITORY) -> dict[str, Any]:
    """The commit, and whether files under version control differed from it; both None outside a repository."""
    commit = _git(repository, "rev-parse", "HEAD")
    changes = _git(repository, "status", "--porcelain", "--untracked-files=no")
    return {"commit": commit, "modified": None if changes is None else bool(changes)}


def _git(repository: Path, *arguments: str) -> str | None:
    """What git prints, stripped, or None if there is no git or no repository."""
    try:
        done = subprocess.run(
            ["git", "-C", str(repository), *arguments], capture_output=True, text=True, timeout=GIT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def settings_facts(settings: Settings) -> dict[str, Any]:
    """Every setting, the names of both models among them; not the home, which is nobody else's business."""
    facts: dict[str, Any] = settings.model_dump(mode="json", exclude={"home"})
    return facts
