"""The page of the settings names every one of them, and is what the docstrings say."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ui.settings import Settings
from ui.settings_reference import reference

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"


def test_the_page_is_committed_and_names_every_setting_once() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == reference(), "run: python -m ui.settings_reference > docs/settings.md"
    assert sorted(line.split("`")[1] for line in page.splitlines() if line.startswith("- ")) == sorted(
        Settings.model_fields
    )


@pytest.mark.parametrize(
    "entry",
    [
        "- `min_confidence` (`0.35`, from 0.0 to 1.0): Probability",
        "- `strict` (`true`): Whether",
        '- `log` (`"off"`, one of `off`, `text`, `json`): What',
        "- `top_p` (`1.0`, above 0.0 to 1.0): Only",
        "- `home` (by default `~/.local/share/pullquote`, on Linux): The",
    ],
)
def test_an_entry_has_its_default_and_what_it_may_be(entry: str) -> None:
    assert entry in reference()


def test_the_example_can_be_used(tmp_path: Path) -> None:
    example = PAGE.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    (tmp_path / "config.toml").write_text(example, encoding="utf-8")
    settings = Settings.load(home=tmp_path)
    assert {name: getattr(settings, name) for name in tomllib.loads(example)} == tomllib.loads(example)
    assert settings != Settings.load(home=tmp_path / "other")
