"""The doctor: each check sees what is wrong, says what to do, and survives what is missing."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from index.errors import SettingsError, WrongEmbedder
from index.types import Article
from ui import cli, doctor
from ui.doctor import Check
from ui.doors import Doors, OnProgress, Shelf, Weights
from ui.double import ShelfDouble
from ui.settings import Settings

Value = TypeVar("Value")

BIG = Weights("qwen2.5-coder-1.5b", "language model", 1_100_000_000, "Apache-2.0", "present")
SMALL = Weights("multilingual-e5-small", "embedder", 70_000_000, "MIT", "present")


def doors(library: Shelf | Exception | None = None, models: list[Weights] | Exception | None = None) -> Doors:
    """Doors to a library and a list of models, or ones that fail."""

    def open_library(settings: Settings, progress: OnProgress | None, writable: bool) -> Shelf:
        return _given(library or ShelfDouble((Article("a", "", "text"),)))

    return Doors(library=open_library, models=lambda settings: _given(models or [BIG, SMALL]))


def _given(value: Value | Exception) -> Value:
    if isinstance(value, Exception):
        raise value
    return value


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(home=tmp_path / "home")


def test_everything_is_looked_at(settings: Settings) -> None:
    subjects = [check.subject for check in doctor.examine(lambda: settings, doors())]
    for subject in ("Python", "chromadb", "llama.cpp", "SQLite", "processor", "memory", "data directory", "disk"):
        assert subject in subjects
    assert subjects[-3:] == ["language model", "embedder", "library"]


def test_a_missing_library_is_broken_and_does_not_crash() -> None:
    (check,) = doctor.libraries(("no-such-distribution",))
    assert check == Check(
        "broken", "no-such-distribution", "not installed", "In the folder of Pullquote: pip install ."
    )
    assert doctor.llama("no_such_module").state == "broken"


def test_what_kills_a_process_when_loaded_does_not_kill_the_doctor(tmp_path: Path) -> None:
    assert doctor.llama("json").state == "good"
    assert doctor.probe("import os; os.kill(os.getpid(), 4)").seen == "killed by signal 4"
    assert doctor.probe("raise ImportError").seen == "does not load"


def test_the_processor_without_vectors_is_slow(tmp_path: Path) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text("processor : 0\nflags\t\t: fpu avx avx2 fma f16c\n")
    assert doctor.cpu_flags(file) == {"fpu", "avx", "avx2", "fma", "f16c"}
    assert doctor.cpu_flags(tmp_path / "none") == frozenset()
    assert doctor.vectors(frozenset({"avx2", "fma"}), "x86_64").state == "good"
    assert doctor.vectors(frozenset({"avx"}), "x86_64").state == "warning"
    assert doctor.vectors(frozenset({"asimd"}), "aarch64").seen == "asimd"
    assert doctor.vectors(frozenset(), "arm64").seen == "not told"


def test_settings_that_cannot_be_used_are_a_finding() -> None:
    def load() -> Settings:
        raise SettingsError("The setting 'sources' cannot be used.", "Change it.")

    assert doctor.examine(load, doors())[-1] == Check(
        "broken", "settings", "The setting 'sources' cannot be used.", "Change it."
    )


def test_models_that_are_not_there_are_a_warning_with_the_command(settings: Settings) -> None:
    checks = list(doctor.models(settings, doors(models=[replace(BIG, state="partial"), SMALL])))
    assert checks[0].state == "warning"
    assert checks[0].advice.endswith("pullquote models fetch qwen2.5-coder-1.5b")
    assert checks[1].state == "good"
    (broken,) = doctor.models(settings, doors(models=ImportError("no torch")))
    assert (broken.state, broken.seen) == ("broken", "no torch")


def test_a_language_model_nobody_knows_is_broken(settings: Settings, tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    states = {}
    for name in ("nope", str(own), "hub:a/b/c.gguf", "openai:http://127.0.0.1:8080/v1#small"):
        states[name] = next(doctor.models(settings.model_copy(update={"llm": name}), doors())).state
    own.touch()
    states["own"] = next(doctor.models(settings.model_copy(update={"llm": str(own)}), doors())).state
    assert list(states.values()) == ["broken", "broken", "good", "good", "good"]


def test_the_library_opens_or_says_why_not(settings: Settings) -> None:
    assert doctor.library(settings, doors()).advice == "pullquote index FOLDER"
    settings.library_dir.mkdir(parents=True)
    shelf = ShelfDouble((Article("a", "", "text"),))
    assert doctor.library(settings, doors(shelf)) == Check("good", "library", "1 article, 1 passage")
    assert shelf.closed
    assert doctor.library(settings, doors(ShelfDouble())).state == "warning"
    other = WrongEmbedder("Built with another embedder.", "pullquote index --rebuild FOLDER")
    assert doctor.library(settings, doors(other)).advice == other.hint
    for error in (ImportError("no chromadb"), sqlite3.DatabaseError("malformed"), PermissionError("no")):
        assert doctor.library(settings, doors(error)).state == "broken"


def test_home_and_disk(settings: Settings, tmp_path: Path) -> None:
    assert doctor.home(settings).seen.endswith("(not made yet)")
    assert not settings.home.exists()
    assert doctor.home(settings.model_copy(update={"home": Path("/proc/self/home")})).state == "broken"
    assert doctor.room(settings, free=lambda place: 5_000_000_000).state == "good"
    assert doctor.room(settings, free=lambda place: 1_000_000_000).state == "warning"
    assert doctor.room(settings, free=lambda place: 1_000).state == "broken"
    assert doctor.memory(free=1_000).state == "warning"


@pytest.mark.parametrize(
    ("check", "shown"),
    [
        (Check("good", "Python", "3.11"), "✔ Python: 3.11"),
        (Check("broken", "x", "gone\x1b[2J", "Get it."), "✘ x: gone␛[2J → Get it."),
        (Check("warning", "x", "low"), "! x: low"),
    ],
)
def test_a_check_is_one_line(check: Check, shown: str) -> None:
    assert doctor.line(check).plain == shown


def test_the_command_leaves_1_if_something_is_broken(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, settings: Settings
) -> None:
    arguments = ["--home", str(settings.home), "doctor"]
    assert cli.main(arguments, doors()) == 0
    assert "✔ Python" in capsys.readouterr().out
    settings.library_dir.mkdir(parents=True)
    assert cli.main(arguments, doors(OSError("gone"))) == 1
    assert "✘ library" in capsys.readouterr().out
