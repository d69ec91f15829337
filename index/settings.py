"""One frozen settings value, built once at the edge: defaults < config.toml < environment < arguments."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Self

import platformdirs
import psutil
import pydantic
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from index.errors import SettingsError

CONFIG_NAME = "config.toml"
KEEP_ORDER = "none"
"""The name of the reranker that changes nothing."""


def default_home() -> Path:
    """The platform's user data folder for Pullquote; nothing is created."""
    return Path(platformdirs.user_data_dir("pullquote", appauthor=False))


class Settings(BaseSettings):
    """What the index can be told. Each field is also ``PULLQUOTE_<FIELD>`` and a key of ``config.toml``.

    Attributes:
        home: The one data directory; everything Pullquote writes is below it.
        embedder: A registered name, a folder, or the name of a sentence-transformers model on a hub.
        passage_tokens: Tokens of the embedder that a passage is packed to.
        candidates: How many passages each search stage hands to fusion.
        lexical_weight: Weight of the normalised BM25 score beside the normalised cosine.
        reranker: A folder or the name of a sentence-transformers cross-encoder on a hub, which reads once more what
            search has found, at a forward pass a passage; ``none`` for none.
        chroma: Address of a Chroma server, http://HOST:PORT; empty keeps the vectors in the library's folder.
        threads: CPU threads for models; 0 takes one for each physical core.
    """

    model_config = SettingsConfigDict(frozen=True, env_prefix="PULLQUOTE_", extra="ignore", env_ignore_empty=True)

    home: Path = pydantic.Field(default_factory=default_home)
    embedder: str = "multilingual-e5-small"
    passage_tokens: int = pydantic.Field(default=120, ge=16, le=480)
    candidates: int = pydantic.Field(default=50, ge=1, le=1000)
    lexical_weight: float = pydantic.Field(default=0.5, ge=0.0, le=10.0)
    reranker: str = KEEP_ORDER
    chroma: str = ""
    threads: int = pydantic.Field(default=0, ge=0)

    @classmethod
    def load(cls, **arguments: Any) -> Self:
        """Build the value from all four places; arguments that are None count as not given.

        Raises:
            SettingsError: a value that cannot be used, naming the setting and the reason.
        """
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            return cls(**given)
        except pydantic.ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"])
            raise SettingsError(
                f"The setting {name!r} cannot be used: {first['msg']}.",
                f"Change it in {CONFIG_NAME}, in PULLQUOTE_{name.upper()} or on the command line; "
                "see: pullquote config",
            ) from error
        except ValueError as error:  # a config.toml that is not TOML
            raise SettingsError(
                f"{CONFIG_NAME} cannot be read: {error}.", "Mend or remove it; its path: pullquote config"
            ) from error

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then environment, then the config file of the home those two name."""
        home = init_settings().get("home") or os.environ.get("PULLQUOTE_HOME") or default_home()
        toml = TomlConfigSettingsSource(settings_cls, toml_file=Path(home) / CONFIG_NAME)
        return init_settings, env_settings, toml

    @property
    def cores(self) -> int:
        """CPU threads to use: ``threads``, or one for each physical core this process may run on."""
        if self.threads:
            return self.threads
        allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return max(1, min(allowed, psutil.cpu_count(logical=False) or allowed))

    @property
    def config_file(self) -> Path:
        """Where the config file is looked for; it need not exist."""
        return self.home / CONFIG_NAME

    @property
    def library_dir(self) -> Path:
        """The library of the user's own articles."""
        return self.home / "library"

    @property
    def sample_dir(self) -> Path:
        """The libraries of the sample corpus, one for each embedder, used only while there is no other."""
        return self.home / "sample-library"

    @property
    def models_dir(self) -> Path:
        """Where fetched weights live."""
        return self.home / "models"

    @property
    def cache_dir(self) -> Path:
        """What can be deleted at any time."""
        return self.home / "cache"
