"""config/models.yaml as types: every model file with its source, licence, size and SHA-256.

A model has one or more editions, in the order in which they are tried. An edition is a complete set of files: two
conversions of one model differ in bytes, and files of both are never mixed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.errors import NotFound

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PackagePart(_Entry):
    """A file inside an installed distribution; `path` is relative to its site-packages folder."""

    package: str
    path: str


class File(_Entry):
    """A file as the cache holds it. `size` is in bytes."""

    name: FileName
    size: Annotated[int, Field(ge=1)]
    sha256: Sha256


class PackageFile(File):
    """A file that one or more installed packages carry, its parts in order."""

    parts: Annotated[tuple[PackagePart, ...], Field(min_length=1)]


class HubFile(File):
    """A file of a hub repository; `path` is relative to the repository."""

    path: str


class DependencyEdition(_Entry):
    """Files that lie whole inside a dependency of Leadline; they are used where they are."""

    source: Literal["dependency"] = Field(alias="from")
    package: str
    folder: str
    files: Annotated[tuple[File, ...], Field(min_length=1)]


class PackageEdition(_Entry):
    """Files of packages that only carry weights."""

    source: Literal["packages"] = Field(alias="from")
    files: Annotated[tuple[PackageFile, ...], Field(min_length=1)]


class HubEdition(_Entry):
    """Files of a repository on the hub at a fixed revision."""

    source: Literal["hub"] = Field(alias="from")
    repo: Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")]
    revision: str
    files: Annotated[tuple[HubFile, ...], Field(min_length=1)]


Edition: TypeAlias = Annotated[DependencyEdition | PackageEdition | HubEdition, Field(discriminator="source")]


class Model(_Entry):
    """A model. `directory` says whether its path is a folder of files or its one file."""

    name: FileName
    purpose: str
    licence: str
    origin: str
    directory: bool = False
    editions: Annotated[tuple[Edition, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _single_file(self) -> Self:
        if not self.directory and any(len(edition.files) > 1 for edition in self.editions):
            raise ValueError("a model of several files needs directory: true")
        return self


class Manifest(_Entry):
    """All models."""

    models: tuple[Model, ...]

    @model_validator(mode="after")
    def _unique_names(self) -> Self:
        for name, count in Counter(model.name for model in self.models).items():
            if count > 1:
                raise ValueError(f"model {name} is given twice")
        return self

    def find(self, name: str) -> Model:
        """Return the model of that name.

        Raises:
            NotFound: there is none; the message lists the names.
        """
        for model in self.models:
            if model.name == name:
                return model
        known = ", ".join(model.name for model in self.models)
        raise NotFound(f"no model is named {name!r}", mend=f"one of: {known}")

    def select(self, names: Iterable[str]) -> tuple[Model, ...]:
        """Return the models of `names`, or all when there are none.

        Raises:
            NotFound: a name is unknown.
        """
        return tuple(self.find(name) for name in names) or self.models
