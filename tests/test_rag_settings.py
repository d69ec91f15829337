"""Settings: a name that is none is told, with the one that was meant; what is changed later is checked as well."""

from __future__ import annotations

from pathlib import Path

import pytest

import rag
import ui.settings
from index.errors import SettingsError
from index.settings import Settings as IndexSettings
from rag.settings import Settings


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def test_an_argument_that_is_no_setting_is_refused_with_the_one_that_was_meant(home: Path) -> None:
    with pytest.raises(SettingsError, match="'lmm' is no setting") as caught:
        rag.open(home=home, lmm="smollm2-135m")
    assert "Did you mean llm?" in caught.value.hint
    with pytest.raises(SettingsError, match="'colour' is no setting") as caught:
        Settings.load(home=home, colour="red")
    assert caught.value.hint == "See all of them: pullquote config"


@pytest.mark.parametrize("kind", [Settings, ui.settings.Settings])
def test_a_key_of_the_file_that_is_no_setting_is_refused(home: Path, kind: type[Settings]) -> None:
    (home / "config.toml").write_text("sorces = 3\n")
    with pytest.raises(SettingsError, match=r"'sorces' in .*config\.toml is no setting") as caught:
        kind.load(home=home)
    assert str(home) in caught.value.message  # pullquote config, which would say where, fails as well
    assert caught.value.hint == "Did you mean sources? Mend or remove it."


def test_a_variable_is_refused_if_it_is_spelt_like_a_setting(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for theirs in ("PULLQUOTE_PORT", "PULLQUOTE_SERVICE_HOST", "PULLQUOTE_PORT_7860_TCP_ADDR"):  # Kubernetes sets these
        monkeypatch.setenv(theirs, "tcp://10.0.0.1:7860")
    Settings.load(home=home)
    monkeypatch.setenv("PULLQUOTE_MINCONFIDENCE", "0.5")
    with pytest.raises(SettingsError, match="PULLQUOTE_MINCONFIDENCE is no setting") as caught:
        Settings.load(home=home)
    assert caught.value.hint == "Did you mean min_confidence? Unset it: unset PULLQUOTE_MINCONFIDENCE"


def test_what_only_the_server_or_only_answering_knows_may_stand_in_the_same_file(home: Path) -> None:
    names = ui.settings.Settings.model_fields.keys()
    assert set(Settings.elsewhere or ()) == names - Settings.model_fields.keys()
    values = ui.settings.Settings(home=home).model_dump()
    numbers = {name: value for name, value in values.items() if type(value) is int}
    assert {"askers", "sources", "threads"} <= numbers.keys()
    (home / "config.toml").write_text("".join(f"{name} = {value}\n" for name, value in numbers.items()))
    assert IndexSettings.load(home=home).passage_tokens == 120
    for kind in (Settings, ui.settings.Settings):
        assert kind.load(home=home).home == home


def test_all_settings_and_single_ones_are_not_given_together(settings: Settings) -> None:
    for function in (rag.open, rag.open_library):
        with pytest.raises(TypeError, match="llm as well"):
            function(settings=settings, llm="smollm2-135m")


@pytest.mark.parametrize(("name", "value"), [("sources", -1), ("sources", 21), ("strict", "perhaps")])
def test_what_is_changed_later_is_checked(settings: Settings, name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=f"The setting '{name}' cannot be used"):
        settings.but(**{name: value})


def test_what_is_changed_later_leaves_the_rest_as_it_was(settings: Settings) -> None:
    changed = settings.but(sources="7", strict=False)
    assert (changed.sources, changed.strict) == (7, False)
    assert changed.model_copy(update={"sources": 5, "strict": True}) == settings
