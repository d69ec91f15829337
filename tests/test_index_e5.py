"""index/e5.py and index/e5_carrier.py: a small carrier computed by hand, then the true one."""

from __future__ import annotations

import json
import logging
import struct
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from index import e5, weights
from index.e5 import FILES, Known
from index.e5_carrier import BLOCK_BYTES, MAGIC, Carrier, dequantise
from index.errors import ModelError, WrongHash
from index.settings import Settings

PIECES = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁a", -1.0), ("b", -2.0), ("▁", -3.0)]
REPLACEMENTS = {0x9: " ", 0x3000: " ", 0x7: "", 0xBD: "1⁄2"}
HIDDEN, WIDE, VOCABULARY, POSITIONS = 32, 64, 8, 4
BLOCK = struct.pack("<e", 0.5) + bytes(range(16))


def small_carrier(*, header: tuple[int, ...] = (HIDDEN, 1, 2, WIDE, VOCABULARY, POSITIONS, 2)) -> bytes:
    """A carrier of one layer: every quantised block is ``BLOCK``, every plain tensor counts 0, 1, 2, …"""
    texts = [text.encode() for text, _ in PIECES]
    offsets = np.cumsum([0, *map(len, texts)]).astype("<u4")
    scores = np.array([score for _, score in PIECES], "<f4")
    marks = b"".join(
        struct.pack("<IB", code, len(text)) + struct.pack(f"<{len(text)}I", *map(ord, text))
        for code, text in REPLACEMENTS.items()
    )
    data = MAGIC + struct.pack("<7ifi5iQ", *header, 1e-12, 32, len(PIECES), 0, 2, 1, 3, int(offsets[-1]))
    data += offsets.tobytes() + scores.tobytes() + b"".join(texts)
    data += struct.pack("<iI", len(REPLACEMENTS), len(marks)) + marks
    tensors = [(name, *tensor(name, count)) for name, count in TENSORS.items()]
    start = len(data) + 4 + sum(2 + len(name) + 21 for name, *_ in tensors)
    directory, body = struct.pack("<i", len(tensors)), b""
    for name, kind, count, content in tensors:
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, count, start + len(body), len(content))
        body += content
    return data + directory + body


TENSORS = {
    "emb.word": VOCABULARY * HIDDEN,
    "emb.pos": POSITIONS * HIDDEN,
    "emb.type": 2 * HIDDEN,
    "emb.ln.w": HIDDEN,
    "emb.ln.b": HIDDEN,
    **{f"l0.{name}.w": HIDDEN * HIDDEN for name in ("q", "k", "v", "ao")},
    **{f"l0.{name}.w": HIDDEN * WIDE for name in ("fi", "fo")},
    **{f"l0.{name}.b": HIDDEN for name in ("q", "k", "v", "ao", "fo")},
    "l0.fi.b": WIDE,
    **{f"l0.{name}": HIDDEN for name in ("aln.w", "aln.b", "oln.w", "oln.b")},
}
QUANTISED = {"emb.word", "l0.q.w", "l0.k.w", "l0.v.w", "l0.ao.w", "l0.fi.w", "l0.fo.w"}


def tensor(name: str, count: int) -> tuple[int, int, bytes]:
    if name in QUANTISED:
        return 1, count, BLOCK * (count // 32)
    return 0, count, np.arange(count, dtype="<f4").tobytes()


SMALL = small_carrier()


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.bin"
    path.write_bytes(SMALL)
    return path


# By hand


def test_a_block_holds_low_halves_first() -> None:
    row = [0.5 * (low - 8) for low in range(16)] + [0.5 * (0 - 8)] * 16
    assert dequantise(np.frombuffer(BLOCK, np.uint8).reshape(1, 18)).tolist() == [row]


@settings(deadline=None)
@given(st_numpy.arrays(np.uint8, st.tuples(st.integers(1, 4), st.just(BLOCK_BYTES))))
def test_dequantising_is_what_the_format_says(blocks: NDArray[np.uint8]) -> None:
    blocks[:, 1] &= 0x3F  # a finite, positive scale
    got = dequantise(blocks)
    for block, values in zip(blocks, got, strict=True):
        (scale,) = struct.unpack("<e", block[:2].tobytes())
        for index, byte in enumerate(block[2:].tolist()):
            assert values[index] == scale * (byte % 16 - 8)
            assert values[index + 16] == scale * (byte // 16 - 8)


def test_the_weights_are_those_of_the_carrier(small: Path, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    e5.convert(small, tmp_path / "out", known={}, report=lambda done, total: steps.append((done, total)))
    tensors = load_file(tmp_path / "out" / "model.safetensors")
    assert len(tensors) == 7 + 16
    row = [0.5 * (low - 8) for low in range(16)] + [-4.0] * 16
    assert tensors["embeddings.word_embeddings.weight"].tolist() == [row] * VOCABULARY
    assert tensors["embeddings.position_embeddings.weight"].tolist() == np.arange(128.0).reshape(4, 32).tolist()
    assert tensors["encoder.layer.0.intermediate.dense.weight"].shape == (WIDE, HIDDEN)
    assert tensors["encoder.layer.0.output.dense.weight"].shape == (HIDDEN, WIDE)
    assert tensors["encoder.layer.0.attention.output.LayerNorm.bias"].tolist() == list(range(HIDDEN))
    assert not tensors["pooler.dense.weight"].any()
    assert {array.dtype for array in tensors.values()} == {np.dtype("float32")}
    total = sum(array.nbytes for array in tensors.values())
    assert steps[-1] == (total, total)


def test_the_tokenizer_normalises_and_splits_as_the_carrier_says(small: Path, tmp_path: Path) -> None:
    e5.convert(small, tmp_path / "out", known={})
    tokenizer = Tokenizer.from_file(str(tmp_path / "out" / "tokenizer.json"))
    assert tokenizer.normalizer.normalize_str("a\t\u3000 b\x07½") == "a b1⁄2"
    assert tokenizer.encode("ab a").tokens == ["<s>", "▁a", "b", "▁a", "</s>"]
    assert tokenizer.encode("ab", "b").ids == [0, 4, 5, 2, 2, 6, 5, 2]
    assert tokenizer.token_to_id("<pad>") == 1


def test_the_folder_says_how_to_use_it(small: Path, tmp_path: Path) -> None:
    e5.convert(small, tmp_path / "out", known={})
    prompts = json.loads((tmp_path / "out" / "config_sentence_transformers.json").read_text())["prompts"]
    assert prompts == {"query": "query: ", "document": "passage: ", "passage": "passage: "}
    config = json.loads((tmp_path / "out" / "config.json").read_text())
    assert (config["hidden_size"], config["num_hidden_layers"], config["vocab_size"]) == (HIDDEN, 1, VOCABULARY)
    assert {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.*")} >= set(FILES)


def test_twice_gives_the_same_bytes(small: Path, tmp_path: Path) -> None:
    e5.convert(small, tmp_path / "one", known={})
    e5.convert(small, tmp_path / "two", known={})
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


# Damage


@settings(deadline=None)
@given(st.integers(0, len(SMALL) - 1))
def test_a_carrier_cut_short_anywhere_is_refused(tmp_path_factory: pytest.TempPathFactory, length: int) -> None:
    path = tmp_path_factory.mktemp("cut") / "cut.bin"
    path.write_bytes(SMALL[:length])
    with pytest.raises(ModelError, match="not a whole carrier") as caught:
        Carrier.read(path)
    assert "pullquote models fetch multilingual-e5-small" in caught.value.hint


@settings(deadline=None)
@given(st.integers(0, 1000), st.binary(min_size=1, max_size=8))
def test_a_carrier_with_any_bytes_changed_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, at: int, change: bytes
) -> None:
    path = tmp_path_factory.mktemp("changed") / "changed.bin"
    path.write_bytes(SMALL[:at] + change + SMALL[at + len(change) :])
    try:
        carrier = Carrier.read(path)
    except ModelError as error:
        assert "not a whole carrier" in error.message
    else:
        assert len(carrier.pieces) == len(PIECES)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"GGUF" + SMALL[4:], "does not begin like one"),
        (small_carrier(header=(HIDDEN, 1, 3, WIDE, VOCABULARY, POSITIONS, 2)), "header makes no sense"),
        (small_carrier(header=(HIDDEN, 0, 2, WIDE, VOCABULARY, POSITIONS, 2)), "header makes no sense"),
        (small_carrier(header=(HIDDEN, 1, 2, WIDE, 6, POSITIONS, 2)), "header makes no sense"),
        (small_carrier(header=(HIDDEN, 2, 2, WIDE, VOCABULARY, POSITIONS, 2)), r"tensor l1\.\S+ is missing"),
        (small_carrier(header=(HIDDEN, 1, 2, WIDE, VOCABULARY, 8, 2)), r"emb\.pos has another shape"),
        (SMALL.replace(b"\xe2\x96\x81a", b"\xe2\x96\xffa"), "not UTF-8"),
    ],
)
def test_what_is_no_carrier_is_refused_with_the_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "bad.bin").write_bytes(content)
    with pytest.raises(ModelError, match=reason):
        e5.convert(tmp_path / "bad.bin", tmp_path / "out")
    assert {path.name for path in tmp_path.iterdir()} == {"bad.bin"}


def test_a_folder_that_turns_out_differently_is_not_put_in_place(small: Path, tmp_path: Path) -> None:
    known = {"README.md": Known(1, "0" * 64)}
    with pytest.raises(WrongHash, match="expected 0000") as caught:
        e5.convert(small, tmp_path / "out", known=known)
    assert {path.name for path in tmp_path.iterdir()} == {"small.bin"}
    assert "Delete" not in caught.value.hint  # nothing is left
    e5.convert(small, tmp_path / "out", known={})
    with pytest.raises(WrongHash) as caught:
        e5.check_files(tmp_path / "out", {"config.json": Known(1, "0" * 64)})
    assert f'"{tmp_path / "out"}"' in caught.value.hint


def test_an_interruption_leaves_nothing_and_an_incomplete_folder_is_replaced(small: Path, tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        e5.convert(small, tmp_path / "out", known={}, report=interrupt)
    assert {path.name for path in tmp_path.iterdir()} == {"small.bin"}
    for unfinished in ("out", "out.converting"):
        (tmp_path / unfinished).mkdir()
        (tmp_path / unfinished / "stale").write_text("from a killed run")
    e5.convert(small, tmp_path / "out", known={})
    assert {path.name for path in tmp_path.iterdir()} == {"small.bin", "out"}
    assert not (tmp_path / "out" / "stale").exists()


# The true one. Expected values: shared/prototypes/e5_from_q4.py, which was measured against the carrier's own engine

TOKENS = {
    "What did Russia close on November 1?": [0, 4865, 6777, 49002, 20903, 98, 7582, 106, 32, 2],
    "Vad stängde Ryssland den 1 november?": [0, 10414, 243193, 13, 197756, 168, 106, 10574, 32, 2],
    "北京的新闻报道。": [0, 6, 8732, 43, 21606, 27835, 30, 2],
    "  “Two”  spaces\tand\xa0tabs\u200b – №½ ﬁ  ": [
        *(0, 52, 618, 3613, 63, 32628, 7, 136, 20928, 7, 46, 438, 92759, 809, 6, 2)
    ],
    "Что закрыла Россия? مرحبا \x07हिन्दी 😀": [0, 12382, 226547, 59, 39749, 32, 665, 193478, 258, 66997, 21119, 2],
}
STARTS = [
    [0.08830, -0.02960, 0.01606, -0.00564, -0.03116, -0.06004],
    [0.11001, -0.04020, -0.02348, -0.03665, -0.00272, -0.03044],
    [0.00544, -0.00535, -0.03823, -0.06911, 0.10831, 0.02901],
    [0.04574, 0.00170, -0.07610, -0.04397, 0.07175, -0.03670],
    [0.03944, 0.02470, -0.01562, -0.03125, 0.04568, -0.05015],
]
PASSAGES = ["Russia closed its mission on 1 November.", "Kaffe blir dyrare i höst."]
COSINES = [[0.90053, 0.71530], [0.84199, 0.74564]]


@pytest.fixture(scope="session")
def folder() -> Path:
    found = weights.embedder("multilingual-e5-small", Settings().models_dir)
    assert isinstance(found, Path)
    return found


def test_every_byte_is_known(folder: Path) -> None:
    model = weights.MODELS["multilingual-e5-small"]
    weights.verify(model, folder.parent)
    assert {str(path.relative_to(folder)): path.stat().st_size for path in folder.rglob("*") if path.is_file()} == {
        name: known.size for name, known in FILES.items()
    }


@pytest.mark.parametrize("text", TOKENS)
def test_token_ids_are_those_of_the_prototype(folder: Path, text: str) -> None:
    assert Tokenizer.from_file(str(folder / "tokenizer.json")).encode(text).ids == TOKENS[text]


def test_sentence_transformers_loads_it_silently_with_the_prototypes_vectors(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from sentence_transformers import SentenceTransformer

    with warnings.catch_warnings(), caplog.at_level(logging.WARNING):
        warnings.simplefilter("error")
        model = SentenceTransformer(str(folder), device="cpu")
    assert not caplog.records
    assert model.max_seq_length == 512
    questions = model.encode_query(list(TOKENS), show_progress_bar=False)
    passages = model.encode_document(PASSAGES, show_progress_bar=False)
    np.testing.assert_allclose(np.linalg.norm(questions, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(questions[:, :6], STARTS, atol=1e-4)
    np.testing.assert_allclose(questions[:2] @ passages.T, COSINES, atol=1e-4)
