"""A model's identity follows its bytes, not its name, and is not computed twice."""

from __future__ import annotations

from pathlib import Path

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
    note.write_text("remembered")
    assert identity(model, cache) == "remembered"
