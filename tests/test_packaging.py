"""The wheel holds what it should, ``import rag`` is light, and the public surface is the one we promise."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import rag

ROOT = Path(__file__).parents[1]
HEAVY = ("torch", "sentence_transformers", "transformers", "chromadb", "llama_cpp", "gradio", "typer", "sklearn")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        # With the setuptools that is installed and pinned, and not the newest, fetched for each run.
        [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_our_packages_and_their_data(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"index", "rag", "ui", "evals"}
    shipped = {Path(name).name for name in names if name.startswith("index/sample/")}
    assert shipped == {path.name for path in (ROOT / "index" / "sample").iterdir()}
    assert {"index/py.typed", "rag/py.typed", "ui/py.typed", "evals/py.typed"} <= set(names)
    assert {"evals/dialogues.jsonl", "evals/nato-languages.jsonl"} <= set(names)
    assert not any(name.startswith("evals/results") for name in names)
    assert {f"rag/{path.name}" for path in (ROOT / "rag").glob("*.toml")} <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_installed_elsewhere_the_names_are_ours(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(target)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import index, rag, ui, evals, importlib.resources as resources\n"
        "for package in (index, rag, ui, evals): assert package.__file__.startswith(sys.argv[1]), package.__file__\n"
        "assert len(list((resources.files('index') / 'sample').iterdir())) >= 5\n"
    )
    subprocess.run([sys.executable, "-I", "-c", code, str(target)], check=True, cwd=tmp_path)


def test_installed_elsewhere_in_somebody_elses_repository_it_measures(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(target)
    for command in (
        ["init", "--quiet"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--allow-empty", "-m", "theirs"],
    ):
        subprocess.run(["git", *command], check=True, cwd=tmp_path)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "articles.jsonl").write_text(
        '{"id": "a", "text": "The harbour in Lulea opened on Monday."}', encoding="utf-8"
    )
    (mine / "questions.jsonl").write_text(
        '{"id": "1", "question": "Which harbour opened?", "answerable": false}', encoding="utf-8"
    )
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from rich.console import Console\n"
        "import evals.machine\n"
        "from evals.pipeline import Pipeline\n"
        "from index.embed import LetterEmbedder\n"
        "from rag.engine.double import ParrotModel\n"
        "from rag.settings import Settings\n"
        "from ui import cli\n"
        "from ui.doors import Doors\n"
        "assert evals.machine.git_facts() == {'commit': None, 'modified': None}\n"
        "home = Path('home')\n"
        "doubles = {'embedder': LetterEmbedder(), 'model': ParrotModel()}\n"
        "asker = Pipeline(Settings.load(home=home), home / 'work', Console(stderr=True), **doubles)\n"
        "sys.exit(cli.main(['--home', 'home', 'eval', 'mine', '--json', 'out.json'], Doors(asker=asker)))\n"
    )
    subprocess.run([sys.executable, "-I", "-c", code, str(target)], check=True, cwd=tmp_path)
    results = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert results["complete"]
    assert results["machine"]["commit"] is None
    assert results["sets"]["mine"]["n"] == 1


def test_importing_rag_loads_nothing_heavy() -> None:
    code = f"import sys, rag; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_importing_rag_touches_neither_disk_nor_environment(tmp_path: Path) -> None:
    code = (
        "import os; before = dict(os.environ)\n"
        "import rag, index.library, rag.chatbot\n"
        "assert dict(os.environ) == before\n"
    )
    home = tmp_path / "home"
    subprocess.run(
        [sys.executable, "-c", code], check=True, cwd=ROOT, env={"PULLQUOTE_HOME": str(home), "HOME": str(tmp_path)}
    )
    assert not home.exists()


def test_the_public_surface() -> None:
    assert sorted(rag.__all__) == [
        "Answer",
        "Article",
        "Checked",
        "Citation",
        "Done",
        "Event",
        "Found",
        "Hit",
        "Loading",
        "Origin",
        "Passage",
        "Progress",
        "PullquoteError",
        "Queued",
        "Quote",
        "Settings",
        "Source",
        "Token",
        "Turn",
        "Wishes",
        "make_article",
        "open",
        "open_async",
        "open_library",
    ]
    assert all(hasattr(rag, name) for name in rag.__all__)
