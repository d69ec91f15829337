"""The thread that llama.cpp computes in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache


@cache
def computing() -> ThreadPoolExecutor:
    """The one thread of this process in which llama.cpp computes, whoever asks and with whichever model.

    OpenMP keeps a team for each thread that ever computed. Once there are more of them than cores, they sleep between
    steps instead of spinning, and on a busy machine an answer of a second was seen to take minutes.
    """
    return ThreadPoolExecutor(1, thread_name_prefix="pullquote-llama")
