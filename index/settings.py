"""One frozen settings value, built once at the edge: defaults < config.toml < environment < arguments."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

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
from index.paths import normal

CONFIG_NAME = "config.toml"
KEEP_ORDER = "none"
"""The name of the reranker that changes nothing."""
_PREFIX = "PULLQUOTE_"


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
        lexical_weight: Weight of BM25's share beside late interaction (decision 0007); 0 ranks by likeness alone.
        reranker: A folder or the name of a sentence-transformers cross-encoder on a hub, which reads once more what
            search has found, at a forward pass a passage; ``none`` for none.
        chroma: Address of a Chroma server, http://HOST:PORT; empty keeps the vectors in the library's folder.
        threads: CPU threads for models; 0 takes one for each physical core.
    """

    elsewhere: ClassVar[frozenset[str] | None] = None
    """Names of those that only packages above know, which read the same file; None lets any name pass there."""

    model_config = SettingsConfigDict(frozen=True, env_prefix=_PREFIX, extra="ignore", env_ignore_empty=True)

    home: Path = pydantic.Field(default_factory=default_home)
    embedder: str = "multilingual-e5-small"
    passage_tokens: int = pydantic.Field(default=120, ge=16, le=480)
    candidates: int = pydantic.Field(default=50, ge=1, le=1000)
    lexical_weight: float = pydantic.Field(default=0.5, ge=0.0, le=10.0)
    reranker: str = KEEP_ORDER
    chroma: str = ""
    threads: int = pydantic.Field(default=0, ge=0)

    @pydantic.field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        """The same wherever the process goes, and as the library spells the paths of files that are kept there."""
        return normal(home)

    @classmethod
    def load(cls, **arguments: Any) -> Self:
        """Build the value from all four places; arguments that are None count as not given.

        A name that is no setting is refused. In the environment that holds for what is spelt like one: others have
        reasons to set PULLQUOTE_SERVICE_PORT and the like.

        Raises:
            SettingsError: a value that cannot be used, naming the setting and the reason, or no setting's name.
        """
        known = cls.model_fields.keys()
        for name in arguments.keys() - known:
            raise _no_setting(repr(name), name, known, "See all of them: pullquote config")
        settings = cls._built(arguments)
        if cls.elsewhere is not None:
            settings._check_names(known | cls.elsewhere)
        return settings

    @classmethod
    def _built(cls, arguments: dict[str, Any]) -> Self:
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            return cls(**given)
        except pydantic.ValidationError as error:
            name = ".".join(str(part) for part in error.errors()[0]["loc"])
            raise _unusable(
                name,
                error,
                f"Change it in {CONFIG_NAME}, in {_PREFIX}{name.upper()} or on the command line; see: pullquote config",
            ) from error
        except ValueError as error:  # a config.toml that is not TOML
            raise SettingsError(
                f"{CONFIG_NAME} cannot be read: {error}.", "Mend or remove it; its path: pullquote config"
            ) from error

    def _check_names(self, known: Collection[str]) -> None:
        """Refuse what the config file or the environment has that is no setting."""
        written = tomllib.loads(self.config_file.read_text(encoding="utf-8")) if self.config_file.is_file() else {}
        for name in written.keys() - known:
            raise _no_setting(f"{name!r} in {self.config_file}", name, known, "Mend or remove it.")
        for variable in os.environ:
            name = variable.casefold().removeprefix(_PREFIX.casefold())
            ours = variable.casefold() != name and name not in known
            if ours and difflib.get_close_matches(name, known):
                raise _no_setting(variable, name, known, f"Unset it: unset {variable}")

    def but(self, **changed: Any) -> Self:
        """The same with some settings changed, each checked by itself.

        Raises:
            SettingsError: a value that cannot be used.
        """
        checked = {}
        for name, value in changed.items():
            field = type(self).model_fields[name]
            kind: Any = Annotated[field.annotation, field]
            try:
                checked[name] = pydantic.TypeAdapter(kind).validate_python(value)
            except pydantic.ValidationError as error:
                raise _unusable(name, error, "See what it may be: pullquote config") from error
        return self.model_copy(update=checked)

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


def _no_setting(what: str, name: str, known: Collection[str], remedy: str) -> SettingsError:
    close = difflib.get_close_matches(name, known)
    guess = f"Did you mean {' or '.join(close)}? " if close else ""
    return SettingsError(f"{what} is no setting.", f"{guess}{remedy}")


def _unusable(name: str, error: pydantic.ValidationError, hint: str) -> SettingsError:
    return SettingsError(f"The setting {name!r} cannot be used: {error.errors()[0]['msg']}.", hint)
