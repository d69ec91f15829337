"""Chroma holds what it is given, by cosine, and is only ever asked about ids that the catalog knows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.vectors import VectorStore


def unit(*values: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    vector = np.array(values, dtype=np.float32)
    return vector / np.linalg.norm(vector)


@pytest.fixture
def store(tmp_path: Path) -> VectorStore:
    store = VectorStore(tmp_path / "chroma")
    store.add([1, 2, 3], np.stack([unit(1, 0, 0), unit(1, 1, 0), unit(0, 0, 1)]))
    return store


def test_nearest_is_by_cosine_best_first(store: VectorStore) -> None:
    found = store.nearest(unit(2, 0, 0), 2)
    assert [number for number, _ in found] == [1, 2]
    assert [cosine for _, cosine in found] == pytest.approx([1.0, 2**-0.5], abs=1e-5)


def test_nearest_among_some(store: VectorStore) -> None:
    assert [number for number, _ in store.nearest(unit(1, 0, 0), 5, among=[2, 3])] == [2, 3]
    assert store.nearest(unit(1, 0, 0), 5, among=[]) == []


def test_more_than_there_are_is_not_an_error(store: VectorStore) -> None:
    assert len(store.nearest(unit(1, 0, 0), 100)) == 3


def test_an_empty_store_finds_nothing(tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "chroma")
    assert len(store) == 0
    assert store.nearest(unit(1, 0), 3) == []


def test_vectors_are_kept_replaced_and_deleted(store: VectorStore, tmp_path: Path) -> None:
    store.add([3], unit(0, 1, 0)[np.newaxis])
    store.delete([1, 99])
    again = VectorStore(tmp_path / "chroma")
    assert again.ids() == {2, 3}
    assert again.get([3, 1])[3] == pytest.approx(unit(0, 1, 0))
    assert set(again.get([3, 1])) == {3}
