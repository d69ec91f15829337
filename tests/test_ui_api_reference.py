"""The page of the Python API is what the docstrings say, names all that is public, and its examples run."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

import rag
from index import weights
from ui.api_reference import EXAMPLES, markdown, reference, signature

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "examples"
# What each example must have said, whatever the smallest of models makes of the question.
SAID = {
    "quickstart": "",
    "memory": "added ('news/bridge', 'news/ferry')\nupdated ('news/ferry',)\n",
    "streaming": "found [",
    "search": "1 ",
    "models": "smollm2-135m\nfirst-sentence ",
    "asynchronous": "",
}


def test_the_page_is_committed_and_names_all_that_is_public() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert page == reference(), "run: python -m ui.api_reference > docs/api.md"
    for name in rag.__all__:
        assert re.search(rf"`(async )?rag.{name}\b", page) or name in {"Event", "Settings"}, name


def test_every_example_is_on_the_page_and_is_run() -> None:
    assert set(EXAMPLES) == set(SAID) == {file.stem for file in FOLDER.glob("*.py")}


def test_docstrings_become_markdown() -> None:
    text = (
        "Do it.\n\nSee :class:`a.b.C` and ``x``.\n\nArgs:\n    one: First,\n        and more.\n\nRaises:\n    E: bad.\n"
    )
    assert markdown(text) == (
        "Do it.\n\nSee `C` and `x`.\n\nArgs:\n\n- `one`: First,\n  and more.\n\nRaises:\n\n- `E`: bad."
    )
    assert signature(markdown) == "(docstring: str) -> str"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Path:
    """A home of its own with the weights that this machine has, fetched once."""
    weights.language_model("smollm2-135m", models_dir)
    weights.embedder("multilingual-e5-small", models_dir)
    home = tmp_path_factory.mktemp("home")
    (home / "models").symlink_to(models_dir)
    return home


@pytest.mark.slow
@pytest.mark.parametrize("name", [*(name for name in EXAMPLES if name != "memory"), "memory"])
def test_an_example_runs(
    name: str, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PULLQUOTE_HOME", str(home))
    monkeypatch.setenv("PULLQUOTE_LLM", "smollm2-135m")
    monkeypatch.setenv("PULLQUOTE_MAX_TOKENS", "24")
    runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")
    said = capsys.readouterr().out
    assert said.strip()
    assert said.startswith(SAID[name])
