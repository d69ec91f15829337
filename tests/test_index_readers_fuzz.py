"""Any bytes, and whole files damaged at random, in every format: only articles, failures and ArticleErrors come out."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_index_readers_samples import packed, samples, written

from index.errors import ArticleError
from index.load import READERS, read_articles
from index.types import Failure


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(READERS)), st.binary(max_size=2000))
def test_any_bytes_are_articles_or_reported(tmp_path: Path, suffix: str, content: bytes) -> None:
    check(tmp_path, suffix, content)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(READERS)), st.randoms(use_true_random=False))
def test_any_damage_is_articles_or_reported(tmp_path: Path, suffix: str, chance: random.Random) -> None:
    content = SAMPLES[suffix]
    if suffix in {".docx", ".epub", ".zip"} and chance.random() < 0.7:
        parts = zipfile.ZipFile(io.BytesIO(content))
        victim = chance.choice(parts.namelist())
        files = {name: parts.read(name) for name in parts.namelist()}
        content = packed({**files, victim: damaged(chance, files[victim])})
    else:
        content = damaged(chance, content)
    check(tmp_path, suffix, content)


SAMPLES = samples()
TOKENS = [
    b"\0",
    b"<",
    b"&",
    b"]]>",
    b"&#xD800;",
    b"&#99999999999;",
    b'"',
    b"[[[[",
    b"\xff\xfe",
    b"\\ud800",
    b"-1",
    b"<<",
    b"\r",
]


def damaged(chance: random.Random, content: bytes) -> bytes:
    """A file with some of its bytes lost, doubled, replaced or cut off."""
    out = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(out) + 1)
        end = min(len(out), start + chance.choice([1, 4, 20, 200]))
        kind = chance.randrange(5)
        if kind == 0:
            del out[start:end]
        elif kind == 1:
            out[start:start] = chance.choice(TOKENS)
        elif kind == 2:
            out[start:end] = chance.randbytes(end - start)
        elif kind == 3:
            out[start:start] = out[start:end] * 3
        elif chance.random() < 0.3:
            del out[start:]
    return bytes(out)


def check(folder: Path, suffix: str, content: bytes) -> None:
    """Only articles with valid offsets, failures and ArticleErrors come out; an exception nobody expected ends the
    helper, which is what "broke" says."""
    try:
        for one in read_articles(written(folder, content, f"a{suffix}"), id="a"):
            if isinstance(one, Failure):
                assert one.reason != "its reader broke on it"
                continue
            last = 0
            for start, end in one.furniture:
                assert last <= start < end <= len(one.text)
                last = end
            assert any(character.isalnum() for character in one.text)
            assert one.id.startswith("a")
            one.text.encode()
            one.id.encode()
            one.title.encode()
    except ArticleError as error:
        assert error.hint
        assert "broke" not in error.message
