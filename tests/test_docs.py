"""What the documents tell people to type exists, and the set-up stops with a sentence where it cannot go on."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import index.errors
import rag.errors
from index.errors import PullquoteError
from index.readers.table import NAMES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_command_in_the_documents_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"(?:^|`|\$ )make (?:[A-Z_]+=\S+ )*([a-z][a-z-]*)", text, re.MULTILINE)
    assert set(named) <= targets()


def test_every_pullquote_command_in_the_readme_exists() -> None:
    reference = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    known = set(re.findall(r"^## `pullquote ([a-z]+)", reference, re.MULTILINE))
    named = set(re.findall(r"^pullquote ([a-z]+)", README, re.MULTILINE))
    assert named
    assert named <= known


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def test_make_help_lists_every_target_with_a_description() -> None:
    # "make test" runs this inside a make, and a make within a make would say which folder it enters.
    command = ["make", "--no-print-directory", "help"]
    shown = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert {line.split()[0] for line in shown.splitlines()} == targets()
    assert {"ask", "serve", "index", "test", "check", "clean", "lock", "eval-nato"} <= targets()


def test_the_python_example_in_the_readme_is_python() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    compile(example, "README.md", "exec")


def test_every_feature_in_the_readme_is_proved_by_a_test_that_exists() -> None:
    section = README.split("## What it has", 1)[1].split("\n## ", 1)[0]
    rows = [row for row in section.splitlines() if row.startswith("| ") and "✔" in row]
    named = [re.findall(r"`(tests/\w+\.py)`: `(test_\w+)`", row) for row in rows]
    assert len(named) == 15
    for ((file, test),) in named:
        assert re.search(rf"^def {test}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), f"{file}: {test}"


def test_everything_installed_is_pinned() -> None:
    pinned = {
        line.split("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = project[: project.index("[tool.setuptools]")]
    wanted = re.findall(r'^  "([A-Za-z0-9_.-]+)(?:\[[a-z]+\])?(?:>=[0-9.]+)?",', project, re.MULTILINE)
    assert "chromadb" in wanted
    assert {name.lower().replace("_", "-") for name in wanted} <= pinned


def test_without_a_compiler_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "sh", "sed", "grep", "touch", "date", "getconf", "make"):
        (tools / name).symlink_to(shutil.which(name) or name)
    virtual = tmp_path / "venv"
    (virtual / "bin").mkdir(parents=True)
    (virtual / "bin" / "python").symlink_to(sys.executable)
    done = subprocess.run(
        ["make", f"VENV={virtual}", f"{virtual}/.llama"],
        cwd=ROOT,
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "apt install g++" in done.stdout
    assert not (virtual / ".llama").exists()


def test_the_columns_that_are_guessed_are_those_in_the_table() -> None:
    table = (
        (ROOT / "docs" / "formats.md").read_text(encoding="utf-8").split("| | names |\n|---|---|\n")[1].split("\n\n")[0]
    )
    rows = dict(row.strip("| ").split(" | ") for row in table.splitlines())
    assert {part: tuple(names.split(", ")) for part, names in rows.items()} == NAMES


@pytest.mark.parametrize("module", [index.errors, rag.errors], ids=lambda module: module.__name__)
def test_the_tree_of_errors_shows_all_of_them_in_their_places(module: ModuleType) -> None:
    drawn, path = {}, ["PullquoteError"]
    for stem, name in re.findall(r"^([│ ]*)[├└]── (\w+)", module.__doc__ or "", re.MULTILINE):
        path[1 + len(stem) // 4 :] = [name]
        drawn[name] = path[-2]
    kinds = [kind for kind in vars(module).values() if isinstance(kind, type) and kind.__module__ == module.__name__]
    assert drawn == {kind.__name__: kind.__bases__[0].__name__ for kind in kinds if kind is not PullquoteError}
