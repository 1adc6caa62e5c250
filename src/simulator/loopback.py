"""An HTTP server on loopback that leaves the process's signals alone."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Generator
from types import TracebackType

import uvicorn
from starlette.applications import Starlette

from domain.errors import AddressInUse

HOST = "127.0.0.1"


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stopping = asyncio.Event()

    async def main_loop(self) -> None:
        await self.stopping.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class LoopbackServer:
    """Serves `app` while the context is open; port 0 takes any."""

    def __init__(self, app: Starlette, *, port: int = 0) -> None:
        """Serve nothing yet."""
        config = uvicorn.Config(app, log_config=None, access_log=False, ws="none", lifespan="off", date_header=False)
        self._server = _Server(config)
        self._port = port
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The server's address without a slash at its end; valid in the context."""
        return f"http://{HOST}:{self._port}"

    async def __aenter__(self) -> LoopbackServer:
        """Listen; requests wait in the backlog until they are served.

        Raises:
            AddressInUse: another process has the port.
        """
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, self._port))
        except OSError as error:
            listener.close()
            if error.errno == errno.EADDRINUSE:
                raise AddressInUse(HOST, self._port) from error
            raise
        listener.listen(128)
        self._port = listener.getsockname()[1]
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening and wait for requests in progress."""
        self._server.stopping.set()
        if self._task is not None:
            await self._task
