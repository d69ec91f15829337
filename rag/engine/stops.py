"""Stop strings: an answer ends where one of them begins, and nothing of it is shown."""

from __future__ import annotations

from collections.abc import Sequence


class Stops:
    """Watches a growing text for stop strings.

    Args:
        strings: Where to stop; empty ones are ignored.
    """

    def __init__(self, strings: Sequence[str]) -> None:
        self._strings = tuple(string for string in strings if string)
        self._kept = ""
        self.stopped = False

    def feed(self, text: str) -> str:
        """The text goes on; returns what can be shown now. What may be the start of a stop string is kept back."""
        if self.stopped:
            return ""
        self._kept += text
        found = [place for string in self._strings if (place := self._kept.find(string)) >= 0]
        if found:
            self.stopped = True
            shown, self._kept = self._kept[: min(found)], ""
            return shown
        keep = max((_overlap(self._kept, string) for string in self._strings), default=0)
        place = len(self._kept) - keep
        shown, self._kept = self._kept[:place], self._kept[place:]
        return shown

    def rest(self) -> str:
        """What was kept back, now that the text has ended."""
        shown, self._kept = self._kept, ""
        return shown


def _overlap(text: str, string: str) -> int:
    """Length of the longest start of ``string``, short of all of it, that ``text`` ends with."""
    for length in range(min(len(text), len(string) - 1), 0, -1):
        if text.endswith(string[:length]):
            return length
    return 0
