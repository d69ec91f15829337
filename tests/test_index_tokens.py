"""Token vectors: scores to compute by hand, two bits that keep them, a store that neither kill nor reader breaks."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from index import late
from index.embed import Embedder, Encoded, LetterEmbedder, OnProgress
from index.late import STEP, Space
from index.tokens import CALIBRATION, TokenStore

LETTERS = LetterEmbedder()
TEXTS = ["the harbour was closed", "bridges were opened by the mayor", "trains stood still", "nobody knew why"]


def unit(rng: np.random.Generator, count: int, dimension: int = 64) -> late.Floats:
    vectors = rng.standard_normal((count, dimension)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


# Scoring


def test_a_score_is_the_mean_of_the_whole_and_of_the_best_stretch() -> None:
    """Two question tokens that weigh the same; the first passage matches them far apart, the second side by side."""
    far = np.zeros((4 * STEP, 2), dtype=np.float32)
    far[0, 0] = far[-1, 1] = 1.0
    near = np.zeros((4 * STEP, 2), dtype=np.float32)
    near[STEP, 0] = near[STEP + 1, 1] = 1.0
    both = np.concatenate([far, near])
    weights = np.array([0.5, 0.5], dtype=np.float32)
    scores = late.score(both, np.array([4 * STEP, 4 * STEP]), weights)
    assert scores == pytest.approx([(1.0 + 0.5) / 2, (1.0 + 1.0) / 2])


def test_weights_decide_between_tokens() -> None:
    similarities = np.array([[1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    assert late.score(similarities, np.array([1, 1]), np.array([0.8, 0.2], dtype=np.float32)) == pytest.approx(
        [0.8, 0.2]
    )


def test_rare_tokens_have_high_ids_and_weigh_more() -> None:
    common, rare = late.token_weights(np.array([70, 150_000], dtype=np.int32))
    assert rare > 5 * common
    assert common + rare == pytest.approx(1.0)
    assert late.token_weights(np.zeros(2, dtype=np.int32)) == pytest.approx([0.5, 0.5])
    assert late.token_weights(np.zeros(0, dtype=np.int32)).shape == (0,)


@given(st.lists(st.integers(1, 5 * STEP), min_size=1, max_size=5), st.integers(1, 4), st.integers(0, 99))
@hypothesis_settings(deadline=None)
def test_passages_together_score_as_they_do_alone(lengths: list[int], width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    similarities = rng.uniform(-1, 1, (sum(lengths), width)).astype(np.float32)
    weights = late.token_weights(rng.integers(1, 1000, width).astype(np.int32))
    together = late.score(similarities, np.array(lengths), weights)
    ends = np.cumsum(lengths)
    for value, start, end in zip(together, ends - lengths, ends, strict=True):
        alone = late.score(similarities[start:end], np.array([end - start]), weights)[0]
        assert value == pytest.approx(alone, abs=1e-6)
        whole = float(similarities[start:end].max(axis=0) @ weights)
        assert value <= whole + 1e-6  # a stretch is never better than the whole
        if end - start < STEP + STEP // 2:
            assert value == pytest.approx(whole, abs=1e-6)


# Packing


def test_two_bits_keep_the_cosines() -> None:
    rng = np.random.default_rng(0)
    space = Space.around([unit(rng, 50, 384) + 0.1])
    tokens, question = unit(rng, 400, 384), unit(rng, 20, 384)
    tokens[:20] = question  # and some that are alike
    exact = space.project(tokens) @ space.project(question).T
    kept = space.similarities(space.pack(tokens), space.project(question))
    assert np.corrcoef(exact.ravel(), kept.ravel())[0, 1] > 0.8
    assert np.diag(kept[:20]).min() > 0.9
    assert np.abs(kept - exact).max() < 0.25
    assert space.width == 384 // 4 + 2


@pytest.mark.parametrize("dimension", [1, 3, 27, 64])
def test_any_dimension_can_be_packed(dimension: int) -> None:
    rng = np.random.default_rng(dimension)
    space = Space.around([unit(rng, 5, dimension)])
    packed = space.pack(unit(rng, 7, dimension))
    assert packed.shape == (7, space.width)
    assert space.similarities(packed, unit(rng, 2, dimension)).shape == (7, 2)


def test_the_centre_itself_is_like_nothing() -> None:
    rng = np.random.default_rng(1)
    space = Space.around([unit(rng, 9)])
    assert not space.similarities(space.pack(space.centre[np.newaxis]), unit(rng, 3)).any()


def test_a_space_is_the_same_every_time_and_needs_a_token() -> None:
    texts = [unit(np.random.default_rng(2), 9), np.zeros((0, 64), dtype=np.float32)]
    first, second = Space.around(texts), Space.around(texts)
    assert (first.rotation == second.rotation).all()
    assert first.rotation @ first.rotation.T == pytest.approx(np.eye(64), abs=1e-5)
    assert first.centre == pytest.approx(texts[0].mean(axis=0))
    with pytest.raises(ValueError, match="no token vectors"):
        Space.around(texts[1:])


# The store


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    store = TokenStore(tmp_path / "tokens", LETTERS)
    store.add([1, 2, 3, 4], LETTERS.encode_passages(TEXTS))
    return store


def again(store: TokenStore) -> TokenStore:
    """The store as another process would open it."""
    return TokenStore(store._directory, LETTERS)


def best(store: TokenStore, question: str, ids: Sequence[int] = (1, 2, 3, 4)) -> int:
    scores = store.scores(LETTERS.encode_query(question), ids)
    return max(scores, key=lambda i: scores[i])


def test_the_passage_with_the_words_scores_highest(store: TokenStore) -> None:
    for number, text in enumerate(TEXTS, start=1):
        assert best(store, text) == number
        assert best(again(store), text) == number
    assert store.scores(LETTERS.encode_query("the"), [3, 99, 1]).keys() == {1, 3}
    assert store.scores(LETTERS.encode_query(""), [1]) == {}
    assert store.scores(LETTERS.encode_query("the"), []) == {}
    assert store.ids() == {1, 2, 3, 4}
    assert len(store) == 4


def test_many_passages_are_scored_in_the_order_asked(store: TokenStore) -> None:
    ids = list(range(10, 400))
    store.add(ids, LETTERS.encode_passages([f"{'a' * (i % 7 + 1)} {'b' * (i % 3 + 1)} text" for i in ids]))
    question = LETTERS.encode_query("a bb")
    together = store.scores(question, ids[::-1])
    assert set(together) == set(ids)
    assert all(store.scores(question, [i])[i] == pytest.approx(together[i], abs=1e-5) for i in ids[::37])


def test_nothing_is_there_before_the_first_passage(tmp_path: Path) -> None:
    store = TokenStore(tmp_path / "tokens", LETTERS)
    assert store.ids() == set()
    assert len(store) == 0
    assert store.scores(LETTERS.encode_query("the"), [1]) == {}
    store.delete([1])
    store.compact()
    store.add([], Encoded(np.zeros((0, 27), dtype=np.float32), [], []))
    assert not (tmp_path / "tokens").exists()


def size_of(store: TokenStore) -> int:
    """Bytes on disk, of passages that are gone too."""
    return sum(path.stat().st_size for path in store._directory.rglob("*") if path.is_file())


def test_passages_are_replaced_deleted_and_compacted(store: TokenStore) -> None:
    reader = again(store)
    assert len(reader) == 4
    store.add([2], LETTERS.encode_passages(["zebras zigzag"]))
    store.delete([1, 99])
    assert store.ids() == reader.ids() == {2, 3, 4}
    assert best(reader, "zebras zigzag") == 2
    question = LETTERS.encode_query("zebras stood")
    before, size = store.scores(question, [1, 2, 3, 4]), size_of(store)
    store.compact()
    assert store.scores(question, [1, 2, 3, 4]) == reader.scores(question, [1, 2, 3, 4]) == before
    assert size_of(store) < size
    assert len(list((store._directory).iterdir())) == 2  # one generation, and its name
    store.add([1], LETTERS.encode_passages([TEXTS[0]]))
    assert reader.ids() == {1, 2, 3, 4}


def test_much_waste_is_compacted_by_itself(store: TokenStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.tokens._WASTE", 10)
    size = size_of(store)
    store.delete([1, 2, 3])
    assert store.ids() == {4}
    assert size_of(store) < size


def test_a_passage_without_tokens_is_known_but_has_no_score(store: TokenStore) -> None:
    store.add([9], LETTERS.encode_passages([""]))
    assert 9 in store.ids()
    assert store.scores(LETTERS.encode_query("the"), [9]) == {}


def test_a_kill_while_adding_costs_what_was_added_and_nothing_else(store: TokenStore, tmp_path: Path) -> None:
    folder = store._directory / "000001"
    sizes = {name: (folder / name).stat().st_size for name in ("data", "index")}
    store.add([5, 6], LETTERS.encode_passages(["one two three", "four five"]))
    written = {name: (folder / name).read_bytes() for name in sizes}
    store.close()
    cuts = [(data, sizes["index"]) for data in range(sizes["data"], len(written["data"]), 7)]
    cuts += [(len(written["data"]), index) for index in range(sizes["index"], len(written["index"]), 5)]
    for number, (data, index) in enumerate(cuts):
        copy = tmp_path / f"copy{number}"
        shutil.copytree(store._directory, copy)
        (copy / "000001" / "data").write_bytes(written["data"][:data])
        (copy / "000001" / "index").write_bytes(written["index"][:index])
        torn = TokenStore(copy, LETTERS)
        whole = {1, 2, 3, 4} | ({5} if index - sizes["index"] >= 32 else set())
        assert torn.ids() == whole
        torn.add([5, 6], LETTERS.encode_passages(["one two three", "four five"]))
        assert torn.ids() == again(torn).ids() == {1, 2, 3, 4, 5, 6}
        assert best(torn, "four five", range(1, 7)) == 6


def test_rows_that_name_more_data_than_there_is_do_not_count(store: TokenStore) -> None:
    data = store._directory / "000001" / "data"
    store.close()
    data.write_bytes(data.read_bytes()[:-1])
    assert again(store).ids() == {1, 2, 3}


def test_damage_is_noticed(store: TokenStore) -> None:
    folder = store._directory / "000001"
    store.close()
    data = bytearray((folder / "data").read_bytes())
    data[3] ^= 1
    (folder / "data").write_bytes(data)
    assert again(store).ids() == {2, 3, 4}
    rows = bytearray((folder / "index").read_bytes())
    rows[32 + 9] ^= 1  # the second row's place
    (folder / "index").write_bytes(rows + bytes(64))
    assert again(store).ids() == {3, 4}


@pytest.mark.parametrize("lost", ["current", "000001", "000001/space.npz", "000001/data", "000001/index"])
def test_a_store_that_lost_a_file_is_begun_anew(store: TokenStore, lost: str) -> None:
    store.close()
    path = store._directory / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    damaged = again(store)
    assert damaged.ids() == set()
    damaged.add([7], LETTERS.encode_passages(["seven"]))
    assert damaged.ids() == again(store).ids() == {7}


def test_a_damaged_space_is_begun_anew(store: TokenStore) -> None:
    store.close()
    path = store._directory / "000001" / "space.npz"
    path.write_bytes(path.read_bytes()[:200])
    assert again(store).ids() == set()


class OtherLetters(LetterEmbedder):
    """Another embedder of the same kind."""

    identity = "letters-2"


def test_vectors_of_another_embedder_do_not_count(store: TokenStore) -> None:
    other = TokenStore(store._directory, OtherLetters())
    assert other.ids() == set()
    other.add([7], LETTERS.encode_passages(["seven"]))
    assert other.ids() == {7}
    assert store.ids() == set()


class Wordless(LetterEmbedder):
    """An embedder whose model has no token vectors."""

    def encode_passages(self, texts: Sequence[str], progress: OnProgress | None = None) -> Encoded:
        """Vectors of the texts alone."""
        none = [np.zeros((0, 27), dtype=np.float32) for _ in texts]
        return Encoded(self.passages(texts), none, [np.zeros(0, dtype=np.int32) for _ in texts])


def test_a_model_without_token_vectors_leaves_empty_rows(tmp_path: Path) -> None:
    embedder: Embedder = Wordless()
    store = TokenStore(tmp_path / "tokens", embedder)
    store.add([1, 2], embedder.encode_passages(["a", "b"]))
    assert store.ids() == {1, 2}
    assert store.scores(embedder.encode_query("a"), [1, 2]) == {}


def test_the_centre_does_not_depend_on_what_came_first(tmp_path: Path) -> None:
    stores = [TokenStore(tmp_path / name, LETTERS) for name in ("a", "b")]
    stores[0].add([1, 2], LETTERS.encode_passages(TEXTS[:2]))
    stores[1].add([2], LETTERS.encode_passages(TEXTS[1:2]))
    question = LETTERS.encode_query("the mayor")
    assert stores[0].scores(question, [2]) == stores[1].scores(question, [2])
    assert len(CALIBRATION) >= 10


def test_readers_see_the_old_or_the_new_while_a_writer_works(store: TokenStore) -> None:
    reader = again(store)
    stop, wrong = threading.Event(), list[object]()
    question = LETTERS.encode_query("trains stood still")
    expected = store.scores(question, [3])

    def read() -> None:
        while not stop.is_set():
            found = reader.scores(question, [3, 50])
            if found.keys() not in ({3}, {3, 50}) or found[3] != expected[3]:
                wrong.append(found)

    thread = threading.Thread(target=read)
    thread.start()
    for _ in range(15):
        store.add([50], LETTERS.encode_passages(["fifty words"]))
        store.compact()
        store.delete([50])
    stop.set()
    thread.join()
    assert not wrong


WRITER = """
import sys
from pathlib import Path
from index.embed import LetterEmbedder
from index.tokens import TokenStore
letters = LetterEmbedder()
store = TokenStore(Path(sys.argv[1]), letters)
print("ready", flush=True)
number = 100
while True:
    store.add([number, number + 1], letters.encode_passages(["apples and pears", "kings and queens"]))
    store.delete([number])
    if number % 10 == 0:
        store.compact()
    number += 2
"""


def test_a_writer_may_be_killed_at_any_instant(store: TokenStore) -> None:
    rng = np.random.default_rng(3)
    reader = again(store)
    question = LETTERS.encode_query("trains stood still")
    expected = store.scores(question, [3])
    for _ in range(6):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(store._directory)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            for _ in range(int(rng.integers(1, 40))):
                assert reader.scores(question, [3]) == expected
            writer.kill()
        assert reader.scores(question, [3]) == expected
        assert reader.ids() >= {1, 2, 3, 4}
    store.add([5], LETTERS.encode_passages(["after all"]))
    assert reader.ids() >= {1, 2, 3, 4, 5}


def test_a_passage_takes_less_than_twenty_kilobytes(real_embedder: Embedder, tmp_path: Path) -> None:
    store = TokenStore(tmp_path / "tokens", real_embedder)
    texts = [" ".join(CALIBRATION[i : i + 4]) for i in range(0, 12, 4)]  # 100 tokens and more, in all scripts
    store.add([1, 2, 3], real_embedder.encode_passages(texts))
    data = (tmp_path / "tokens" / "000001" / "data").stat().st_size
    assert data == 98 * sum(len(tokens) for tokens in real_embedder.encode_passages(texts).tokens)
    assert data / 3 < 20_000
    asked = real_embedder.encode_query("Vad hände med bensinskatten?")
    scores = store.scores(asked, [1, 2, 3])
    assert max(scores, key=lambda i: scores[i]) == 1
