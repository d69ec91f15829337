"""Which hubs can be reached is decided by what is named, before anything is imported; each case in its own process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

# Opening fails, as there is neither such an embedder nor such a language model; what is imported on the way is.
OPENING = """
import json, os, sys, threading
import rag

try:
    rag.open(home=sys.argv[1], embedder=sys.argv[2], reranker=sys.argv[3], llm="missing.gguf", eager=True)
except rag.PullquoteError:
    pass
for thread in threading.enumerate():
    if thread is not threading.current_thread():
        thread.join()
from index.chroma import import_library

import_library()  # as a library does when it is opened
import huggingface_hub.constants as hub

names = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "ANONYMIZED_TELEMETRY")
print(json.dumps([hub.HF_HUB_OFFLINE, *(os.environ.get(name) for name in names)]))
"""
NO_EMBEDDER = "no/such/folder"


def opened(home: Path, reranker: str, **environment: str) -> list[object]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
    done = subprocess.run(
        [sys.executable, "-c", OPENING, str(home), NO_EMBEDDER, reranker],
        env=inherited | environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    found: list[object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("reranker", ["none", "/a/folder/of/ones/own"])
def test_no_hub_is_reached_unless_one_is_named(tmp_path: Path, reranker: str) -> None:
    assert opened(tmp_path, reranker) == [True, "1", "1", "False"]


def test_a_reranker_of_a_hub_can_be_fetched_whatever_is_imported_first(tmp_path: Path) -> None:
    assert opened(tmp_path, "cross-encoder/ms-marco-MiniLM-L6-v2") == [False, None, None, "False"]


def test_who_has_forbidden_the_hub_is_obeyed(tmp_path: Path) -> None:
    named = opened(tmp_path, "cross-encoder/ms-marco-MiniLM-L6-v2", HF_HUB_OFFLINE="1")
    assert named == [True, "1", None, "False"]


def test_who_named_a_hub_model_once_can_reach_it_whatever_is_opened_later() -> None:
    script = """
import os
from index.offline import go_offline

go_offline()
assert os.environ["HF_HUB_OFFLINE"] == "1"
go_offline(hub=True)
assert "HF_HUB_OFFLINE" not in os.environ
go_offline()
assert "HF_HUB_OFFLINE" not in os.environ
"""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
    subprocess.run([sys.executable, "-c", script], env=inherited, check=True)
