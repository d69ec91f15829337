"""One conformance suite over every embedder, and what each of them adds to it."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from bert_folder import write_bert
from tokenizers import Tokenizer

from index import accelerate, bert, network
from index.embed import Embedder, LetterEmbedder, SentenceTransformerEmbedder, Vectors, open_embedder, open_plain, unit
from index.embed_int8 import AcceleratedEmbedder, Tokens, open_accelerated
from index.identity import identity
from index.settings import Settings

TEXTS = ["One short text.", "", "En längre text på svenska, med flera ord i sig.", "x " * 2000, "😀\u0000\u202e \n\t"]


@pytest.fixture(scope="module")
def plain_embedder() -> Embedder:
    return open_plain(Settings())


@pytest.fixture(params=["double", "plain_embedder", "real_embedder"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    value: Embedder = LetterEmbedder() if request.param == "double" else request.getfixturevalue(request.param)
    return value


def test_passages_are_unit_vectors(embedder: Embedder) -> None:
    seen: list[int] = []
    vectors = embedder.passages(TEXTS, lambda step: seen.append(step.done))
    assert vectors.shape == (len(TEXTS), embedder.dimension)
    assert vectors.dtype == np.float32
    assert (vectors**2).sum(axis=1) == pytest.approx([1.0] * len(TEXTS), abs=1e-4)
    assert seen[-1] == len(TEXTS)
    assert embedder.passages([]).shape == (0, embedder.dimension)
    assert embedder.query("One short text.").shape == (embedder.dimension,)
    assert embedder.identity


def alike(first: Vectors, second: Vectors) -> bool:
    """Whether unit vectors point the same way, up to what the rounding of int8 leaves to the shape of a batch."""
    return first.shape == second.shape and bool(((first * second).sum(axis=-1) > 0.999).all())


def test_a_batch_does_not_change_a_vector(embedder: Embedder) -> None:
    alone = embedder.passages(TEXTS[2:3])
    assert alike(alone, embedder.passages(TEXTS)[2:3])


def test_tokens_are_counted_without_prompt_and_special_tokens(embedder: Embedder) -> None:
    counts = embedder.count_tokens(TEXTS)
    assert counts[1] == 0
    assert counts[0] < counts[2] < counts[3]
    assert embedder.count_tokens([]) == []


def test_token_vectors_come_with_the_same_pass(embedder: Embedder) -> None:
    seen: list[int] = []
    encoded = embedder.encode_passages(TEXTS, lambda step: seen.append(step.done))
    assert seen[-1] == len(TEXTS)
    assert alike(encoded.vectors, embedder.passages(TEXTS))
    assert encoded.vectors.dtype == np.float32
    counts = embedder.count_tokens(TEXTS)
    for text, tokens, ids, count in zip(TEXTS, encoded.tokens, encoded.token_ids, counts, strict=True):
        assert tokens.shape == (len(ids), embedder.dimension)
        assert tokens.dtype == np.float32
        assert ids.dtype == np.int32
        assert (tokens**2).sum(axis=1) == pytest.approx([1.0] * len(ids), abs=1e-4)
        if len(text) < 1000:
            assert len(ids) == count  # all of the text, none of the prompt
        else:
            assert 400 < len(ids) <= count  # as much as the window holds
    empty = embedder.encode_passages([])
    assert empty.vectors.shape == (0, embedder.dimension)
    assert empty.tokens == empty.token_ids == []


def test_a_question_is_encoded_alone(embedder: Embedder) -> None:
    encoded = embedder.encode_query(TEXTS[2])
    assert encoded.vectors.shape == (1, embedder.dimension)
    assert alike(encoded.vectors[0], embedder.query(TEXTS[2]))
    assert len(encoded.tokens) == len(encoded.token_ids) == 1
    assert encoded.token_ids[0].tolist() == embedder.encode_passages(TEXTS[2:3]).token_ids[0].tolist()
    assert len(embedder.encode_query("").token_ids[0]) == 0


def test_a_token_is_most_like_itself_in_another_text(embedder: Embedder) -> None:
    question = embedder.encode_query("The bridge of Stockholm").tokens[0]
    near, far = embedder.encode_passages(["A bridge of Stockholm is closed", "xyz"]).tokens
    assert (question @ near.T).max(axis=1).mean() > (question @ far.T).max(axis=1).mean()


def test_the_double_can_be_computed_by_hand() -> None:
    embedder = LetterEmbedder()
    assert embedder.query("ab") @ embedder.query("a") == pytest.approx(2**-0.5)
    assert embedder.query("123")[-1] == 1.0
    assert embedder.count_tokens(["one two", ""]) == [2, 0]
    encoded = embedder.encode_query("ab b AB")
    assert encoded.tokens[0] @ embedder.query("b") == pytest.approx([2**-0.5, 1.0, 2**-0.5])
    first, second, third = encoded.token_ids[0]
    assert first == third != second


def test_the_default_embedder_is_accelerated_and_as_good_as_the_original(
    real_embedder: Embedder, plain_embedder: Embedder
) -> None:
    assert isinstance(real_embedder, AcceleratedEmbedder)
    assert real_embedder.dimension == plain_embedder.dimension
    assert real_embedder.identity != plain_embedder.identity
    texts = [
        "One short text.",
        "The council met on Monday to vote on the new harbour, which has divided the town for years.",
        "Kommunfullmäktige röstade i måndags om den nya hamnen, som har delat staden i åratal.",
        "El ayuntamiento votó el lunes sobre el nuevo puerto, que ha dividido a la ciudad durante años.",
        "市议会周一就新港口进行了投票，多年来该港口一直使该镇分裂。",
    ]
    fast, slow = real_embedder.encode_passages(texts), plain_embedder.encode_passages(texts)
    assert (fast.vectors * slow.vectors).sum(axis=1).mean() > 0.998
    for ours, theirs, ids, same in zip(fast.tokens, slow.tokens, fast.token_ids, slow.token_ids, strict=True):
        assert ids.tolist() == same.tolist()
        assert (ours * theirs).sum(axis=1).mean() > 0.985
    assert real_embedder.count_tokens(texts) == plain_embedder.count_tokens(texts)
    assert float(real_embedder.query(texts[1]) @ plain_embedder.query(texts[1])) > 0.996


def test_threads_may_share_the_accelerated_embedder(real_embedder: Embedder) -> None:
    texts = [f"Question number {i} about the harbour" for i in range(12)]
    with ThreadPoolExecutor(4) as pool:
        together = np.stack(list(pool.map(real_embedder.query, texts)))
    assert alike(together, np.stack([real_embedder.query(text) for text in texts]))


def test_batches_side_by_side_give_what_each_gives_alone(tmp_path: Path) -> None:
    encoder = bert.read(write_bert(tmp_path / "tiny"))
    assert encoder is not None
    model, _ = network.build(encoder)
    twins = network.Network(encoder, model, threads=2)
    batches = [[[1, 2, 3], [4]], [[5] * 20], [[2, 1]], [[3, 3], [1, 4, 1]], [[4, 4, 4, 4]]]
    few, enough = twins.many(batches), twins.many(batches * 2)
    for found, rows in zip(few + enough, batches * 3, strict=True):
        assert all(np.array_equal(one, other) for one, other in zip(found, twins.states(rows), strict=True))
        assert [len(states) for states in found] == [len(row) for row in rows]


def test_a_question_needs_no_torch_and_openvino_reports_nothing(real_embedder: Embedder) -> None:
    program = (
        "import sys\n"
        "from index.embed import open_embedder\n"
        "from index.settings import Settings\n"
        "assert open_embedder(Settings()).query('Where?').shape == (384,)\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers'}\n"
        "heavy |= {'openvino_telemetry', 'openvino.tools.ovc.convert'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "[]"


def test_a_small_encoder_is_accelerated_once_and_again_when_damaged(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", embedder=str(write_bert(tmp_path / "tiny")), threads=1)
    stages: list[str] = []
    first = open_embedder(settings, lambda step: stages.append(step.stage))
    assert isinstance(first, AcceleratedEmbedder)
    assert len(stages) == 1
    vectors = first.passages(["ada bor i uppsala", "oslo"])
    again = open_embedder(settings, lambda step: stages.append(step.stage))
    assert alike(again.passages(["ada bor i uppsala", "oslo"]), vectors)
    assert again.identity == first.identity
    assert len(stages) == 1  # kept
    for damaged in sorted(settings.cache_dir.glob("accelerated/*/*")):
        damaged.write_bytes(damaged.read_bytes()[:-1])
        mended = open_embedder(settings, lambda step: stages.append(step.stage))
        assert alike(mended.passages(["ada bor i uppsala", "oslo"]), vectors)
    assert len(stages) == 4
    left = [path for path in (settings.cache_dir / "accelerated").iterdir() if not path.name.endswith("int8-1")]
    assert left == []


@pytest.mark.parametrize("kind", ["bert", "xlm-roberta"])
def test_acceleration_keeps_to_the_original_of_every_kind(tmp_path: Path, kind: str) -> None:
    settings = Settings(home=tmp_path / "home", embedder=str(write_bert(tmp_path / "tiny", kind=kind)), threads=1)
    fast, slow = open_embedder(settings), open_plain(settings)
    assert isinstance(fast, AcceleratedEmbedder)
    texts = ["ada bor i uppsala", "", "oslo " * 50, "unheard of"]
    ours, theirs = fast.encode_passages(texts), slow.encode_passages(texts)
    assert (ours.vectors * theirs.vectors).sum(axis=1) == pytest.approx([1.0] * 4, abs=4e-3)
    assert [ids.tolist() for ids in ours.token_ids] == [ids.tolist() for ids in theirs.token_ids]
    assert float(fast.query(texts[0]) @ slow.query(texts[0])) > 0.996


@pytest.mark.parametrize("change", ["cls", "relu", "half", "left"])
def test_what_cannot_be_accelerated_runs_unchanged(tmp_path: Path, change: str) -> None:
    folder = write_bert(tmp_path / "tiny", change=change)
    settings = Settings(home=tmp_path / "home", embedder=str(folder), threads=1)
    embedder = open_embedder(settings)
    assert isinstance(embedder, SentenceTransformerEmbedder)
    assert embedder.identity == open_plain(settings).identity
    assert embedder.passages(["ada bor i uppsala"]).shape == (1, 32)


def test_a_form_too_far_from_the_original_is_refused_for_good(tmp_path: Path) -> None:
    encoder = bert.read(write_bert(tmp_path / "tiny"))
    assert encoder is not None
    settings = Settings(home=tmp_path / "home", embedder=str(encoder.folder), threads=1)
    tokenizer = Tokenizer.from_file(str(encoder.folder / "tokenizer.json"))
    derived = accelerate.derive(
        encoder,
        identity(encoder.folder, settings.cache_dir),
        settings.cache_dir,
        1,
        tokenise=Tokens(tokenizer, encoder).passages,
        vectors=lambda _, texts: np.eye(32, dtype=np.float32)[[0] * len(texts)],
        original=lambda texts: np.eye(32, dtype=np.float32)[[1] * len(texts)],
    )
    assert derived is None

    def not_again() -> Embedder:
        raise AssertionError("it was compared before")

    assert open_accelerated(encoder, not_again, settings) is None
    assert isinstance(open_embedder(settings), SentenceTransformerEmbedder)


def test_models_of_a_hub_without_an_owner_are_told_apart(tmp_path: Path) -> None:
    """What sentence-transformers has fetched for a name lies under its own name; nothing is asked of a hub here."""
    commit = "0123456789abcdef" * 2 + "01234567"
    for name, change in {
        "sentence-transformers--one": "",
        "sentence-transformers--other": "cls",
        "own--two": "",
    }.items():
        repository = tmp_path / "fetched" / f"models--{name}"
        write_bert(repository / "snapshots" / commit, change=change)
        (repository / "refs").mkdir()
        (repository / "refs" / "main").write_text(commit)
    program = (
        "import sys, pathlib\n"
        "from index.embed import open_embedder\n"
        "from index.settings import Settings\n"
        "for name in sys.argv[2:]:\n"
        "    found = open_embedder(Settings(home=pathlib.Path(sys.argv[1]), embedder=name, threads=1))\n"
        "    print(type(found).__name__, found.identity)\n"
    )
    names = ["one", "other", "sentence-transformers/other", "own/two"]
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "home"), *names],
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "SENTENCE_TRANSFORMERS_HOME": str(tmp_path / "fetched")},
    )
    one, other, same, two = (line.split() for line in done.stdout.splitlines())
    assert one == two  # the same bytes
    assert other == same != one
    assert other[1] == identity(write_bert(tmp_path / "there", change="cls"), tmp_path / "cache")
    assert one[0] == "AcceleratedEmbedder"


def test_unit_leaves_zeros_alone() -> None:
    assert unit(np.array([[3.0, 4.0], [0.0, 0.0]], dtype=np.float32)).tolist() == [
        [pytest.approx(0.6), pytest.approx(0.8)],
        [0.0, 0.0],
    ]
