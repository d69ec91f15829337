"""A model's identity follows its bytes, not its name, and is not computed twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import UnknownModel
from index.identity import identity


def test_a_folder_is_known_by_its_bytes(tmp_path: Path) -> None:
    folder, cache = tmp_path / "model", tmp_path / "cache"
    (folder / "sub").mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"weights")
    (folder / "sub" / "config.json").write_text("{}")
    first = identity(folder, cache)
    assert identity(folder, cache) == first
    (folder / "README.md").write_text("says nothing about what it computes")
    moved = folder.rename(tmp_path / "elsewhere")
    assert identity(moved, cache) == first
    (moved / "model.safetensors").write_bytes(b"others!")
    assert identity(moved, cache) != first


def test_a_file_is_known_by_its_bytes(tmp_path: Path) -> None:
    one, other = tmp_path / "one.gguf", tmp_path / "other.gguf"
    one.write_bytes(b"GGUF 1")
    other.write_bytes(b"GGUF 1")
    assert identity(one, tmp_path / "cache") == identity(other, tmp_path / "cache")
    other.write_bytes(b"GGUF 2")
    assert identity(one, tmp_path / "cache") != identity(other, tmp_path / "cache")


def test_a_known_identity_is_read_not_computed(tmp_path: Path) -> None:
    model, cache = tmp_path / "model.gguf", tmp_path / "cache"
    model.write_bytes(b"GGUF")
    identity(model, cache)
    (note,) = (cache / "identities").iterdir()
    note.write_text("ab" * 32)
    assert identity(model, cache) == "ab" * 32


@pytest.mark.parametrize("damaged", [b"", b"ab12", b"\xff" * 64, b"AB" * 32])
def test_a_note_that_is_no_identity_is_written_anew(tmp_path: Path, damaged: bytes) -> None:
    model, cache = tmp_path / "model.gguf", tmp_path / "cache"
    model.write_bytes(b"GGUF")
    known = identity(model, cache)
    (note,) = (cache / "identities").iterdir()
    note.write_bytes(damaged)
    assert identity(model, cache) == known == note.read_text()


def test_an_identity_that_cannot_be_noted_is_computed_each_time(tmp_path: Path) -> None:
    model, cache = tmp_path / "model.gguf", tmp_path / "cache"
    model.write_bytes(b"GGUF")
    cache.write_text("a file where the folder should be")
    assert identity(model, cache) == identity(model, tmp_path / "elsewhere")


def test_what_has_no_file_has_no_identity(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "README.md").write_text("says nothing about what it computes")
    for name in ("all-MiniLM-L6-v2", "empty"):
        with pytest.raises(UnknownModel, match=name) as caught:
            identity(tmp_path / name, tmp_path / "cache")
        assert "pullquote models" in caught.value.hint
