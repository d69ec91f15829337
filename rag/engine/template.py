"""A model's own chat template, rendered so that nothing but the template can become a control token."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

# Private-use characters that no template contains; each stands for one message's content while it is rendered.
_SYSTEM, _USER = "\uf8f0", "\uf8f1"

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


class Template(NamedTuple):
    """The text a template puts around the contents of a system and a user message.

    ``middle`` is None if the template knows no system role; the system text then opens the user message.
    """

    before: str
    middle: str | None
    after: str


def split(render: Callable[[list[dict[str, str]]], str]) -> Template:
    """Take a template apart.

    Args:
        render: Messages → the text the template makes of them, with the start of the model's turn at its end.
            It raises ``ValueError`` for a role that it does not know.

    Raises:
        ValueError: it does not even take a user message.
    """
    try:
        text = render([{"role": "system", "content": _SYSTEM}, {"role": "user", "content": _USER}])
    except ValueError:
        text = ""
    if text.count(_SYSTEM) == 1 and text.count(_USER) == 1:
        before, rest = text.split(_SYSTEM)
        middle, after = rest.split(_USER)
        return Template(before, middle, after)
    text = render([{"role": "user", "content": _USER}])
    if text.count(_USER) != 1:
        raise ValueError("The chat template does not show the user's message exactly once.")
    before, after = text.split(_USER)
    return Template(before, None, after)
