"""A file is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import atomic


def test_parts_become_one_file_in_place_of_another(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "file"
    atomic.write(file, b"one ", memoryview(b"two"))
    assert file.read_bytes() == b"one two"
    atomic.write(file, b"three")
    assert file.read_bytes() == b"three"
    assert list(file.parent.iterdir()) == [file]


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(OSError, match="directory"):
        atomic.write(folder, b"cannot take the place of a folder")
    assert list(tmp_path.iterdir()) == [folder]
