"""Computed passages: bounded in memory and on disk, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rag.engine.passage_cache import PassageCache


def fresh(directory: Path | None, memory: int = 1000, disk: int = 100_000) -> PassageCache:
    return PassageCache(directory, memory_bytes=memory, disk_bytes=disk)


def files(directory: Path) -> list[Path]:
    return sorted(directory.rglob("*.kv"))


def test_what_is_put_is_there_also_for_the_next_process(tmp_path: Path) -> None:
    cache = fresh(tmp_path)
    assert cache.get("aa1") is None
    cache.put("aa1", b"keys and values")
    assert cache.get("aa1") == b"keys and values"
    assert (cache.hits, cache.misses) == (1, 1)
    assert "aa1" in fresh(tmp_path)
    assert fresh(tmp_path).get("aa1") == b"keys and values"


def test_memory_is_bounded_and_forgets_the_least_recently_used() -> None:
    cache = fresh(None, memory=25)
    for key in ("a", "b"):
        cache.put(key, b"0123456789")
    cache.get("a")
    cache.put("c", b"0123456789")
    assert cache.get("b") is None
    assert cache.get("a") is not None and cache.get("c") is not None


def test_one_passage_larger_than_the_memory_is_still_kept_for_now() -> None:
    cache = fresh(None, memory=5)
    cache.put("a", b"0123456789")
    assert cache.get("a") == b"0123456789"
    cache.put("b", b"9876543210")
    assert cache.get("a") is None


def test_the_disk_is_bounded_and_what_was_used_last_stays(tmp_path: Path) -> None:
    cache = fresh(tmp_path, memory=1, disk=3000)
    for i in range(10):
        cache.put(f"{i:02}", b"x" * 400)
        for age, path in enumerate(reversed(files(tmp_path))):  # clocks of file systems are coarse
            os.utime(path, (1000.0 - age, 1000.0 - age))
    assert sum(path.stat().st_size for path in files(tmp_path)) <= 3000
    kept = {path.stem for path in files(tmp_path)}
    assert "09" in kept and "00" not in kept


def test_forgetting_leaves_the_disk_and_clearing_does_not(tmp_path: Path) -> None:
    cache = fresh(tmp_path, disk=1000)
    cache.put("aa1", b"x" * 900)
    assert cache.full
    cache.forget_memory()
    assert cache.get("aa1") == b"x" * 900
    cache.clear()
    assert cache.get("aa1") is None
    assert files(tmp_path) == []
    assert not cache.full


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 500])
def test_a_damaged_file_is_deleted_and_counts_as_missing(tmp_path: Path, damage: bytes) -> None:
    fresh(tmp_path).put("aa1", b"keys and values")
    (path,) = files(tmp_path)
    path.write_bytes(damage)
    assert fresh(tmp_path).get("aa1") is None
    assert not path.exists()


def test_a_flipped_bit_is_damage(tmp_path: Path) -> None:
    fresh(tmp_path).put("aa1", b"keys and values")
    (path,) = files(tmp_path)
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    assert fresh(tmp_path).get("aa1") is None


def test_a_disk_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    cache = fresh(blocked)
    cache.put("aa1", b"keys and values")
    assert cache.get("aa1") == b"keys and values"


def test_what_is_larger_than_the_disk_room_is_not_written(tmp_path: Path) -> None:
    cache = fresh(tmp_path, disk=100)
    cache.put("aa1", b"x" * 200)
    assert files(tmp_path) == []
    assert cache.get("aa1") == b"x" * 200
