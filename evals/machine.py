"""Facts that belong beside every figure: the machine, the libraries, the commit, the settings and models."""

from __future__ import annotations

import hashlib
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
    "pullquote",
    "sentence-transformers",
    "sentencex",
    "tokenizers",
    "torch",
    "transformers",
)
REPOSITORY = Path(__file__).resolve().parent.parent
"""The root of the repository; of an installed copy, the folder that it was installed into."""
GIT_SECONDS = 10
JUDGES = (
    "answers.py", "citations.py", "dialogues.jsonl", "dialogues.py", "injection.py", "modes.py", "pipeline.py",
    "plain.py", "scoring.py", "sets.py", "shelf.py",
)  # fmt: skip
"""What of ``evals`` answers are asked and judged by."""
KEY_LENGTH = 16


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


def code_digest(root: Path = REPOSITORY) -> str:
    """A short hash of all code and fitted figures that answers, and what is said of them, depend on."""
    digest = hashlib.sha256()
    files = [path for folder in ("index", "rag") for path in (root / folder).rglob("*")]
    files = [path for path in files if path.suffix in {".py", ".json", ".toml"}]
    for path in [*sorted(files), *(root / "evals" / name for name in JUDGES)]:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:KEY_LENGTH]


def git_facts(repository: Path = REPOSITORY) -> dict[str, Any]:
    """The commit, and whether files under version control differed from it.

    Both are None where the folder is no repository's root: an installed copy may lie inside somebody else's.
    """
    root = _git(repository, "rev-parse", "--show-toplevel")
    if root is None or Path(root).resolve() != repository.resolve():
        return {"commit": None, "modified": None}
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
    """Every setting that answers depend on, both models among them; not the home, which is nobody else's business."""
    facts: dict[str, Any] = settings.model_dump(mode="json", include=set(Settings.model_fields) - {"home", "api_key"})
    return facts
