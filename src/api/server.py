"""The server process: bind, say where, serve, drain."""

from __future__ import annotations

import asyncio
import errno
import json
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType

import uvicorn

from api.app import create_app
from bootstrap.application import Application as BuiltApplication
from bootstrap.runtime import Application
from domain.errors import AddressInUse, InvalidInput
from settings.environment import is_loopback
from settings.load import Settings

_MAX_MESSAGE = 1 << 20
_PING_S = 20
_CLOSE_LIMIT_S = 5


def serve(settings: Settings, build: Callable[[Settings], Application] = BuiltApplication) -> None:
    """Serve what `build` makes until SIGTERM, SIGINT or SIGHUP; live calls then finish within the settings' limit.

    The first line on standard output tells the address. A second signal ends live calls at once.

    Raises:
        AddressInUse: another process listens on the port.
        InvalidInput: the host can't be bound, or is beyond loopback without a key.
    """
    environment = settings.environment
    if environment.api_key is None and not is_loopback(environment.host):
        raise InvalidInput(f"LEADLINE_HOST: {environment.host} is beyond loopback and needs LEADLINE_API_KEY")
    listener = bind(environment.host, environment.port)
    application = build(settings)
    host, port = listener.getsockname()[:2]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    application.listening(url)
    sys.stdout.write(json.dumps({"event": "listening", "url": url}) + "\n")
    sys.stdout.flush()
    config = uvicorn.Config(
        create_app(application),
        access_log=False,
        log_config=None,
        ws="websockets-sansio",
        ws_max_size=_MAX_MESSAGE,
        ws_ping_interval=_PING_S,
        timeout_graceful_shutdown=_CLOSE_LIMIT_S,
    )
    asyncio.run(_Draining(config, application).serve(sockets=[listener]))


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens on `host` and `port`; port 0 takes any.

    Raises:
        AddressInUse: another process listens on the port.
        InvalidInput: the host can't be bound.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    except OSError as error:
        raise _unbindable(host, port, error) from error
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise _unbindable(host, port, error) from error
    return listener


def _unbindable(host: str, port: int, error: OSError) -> InvalidInput:
    if error.errno == errno.EADDRINUSE:
        return AddressInUse(host, port)
    return InvalidInput(f"LEADLINE_HOST: can't listen on {host}:{port}: {error.strerror or error}")


class _Draining(uvicorn.Server):
    """Lets live calls finish while requests are still answered; ends without repeating the signal, so with code 0."""

    def __init__(self, config: uvicorn.Config, application: Application) -> None:
        super().__init__(config)
        self._application = application
        self._loop: asyncio.AbstractEventLoop | None = None
        self._hurry = asyncio.Event()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit and self._loop is not None:
            self._loop.call_soon_threadsafe(self._hurry.set)
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        # A terminal that closes drains like any other end; uvicorn takes SIGINT and SIGTERM by itself.
        self._loop.add_signal_handler(signal.SIGHUP, self.handle_exit, signal.SIGHUP, None)
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        draining = asyncio.create_task(self._application.drain(self._application.settings.calls.drain_s))
        hurried = asyncio.create_task(self._hurry.wait())
        await asyncio.wait((draining, hurried), return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        if not draining.done():
            await self._application.drain(0)
        await draining
        await super().shutdown(sockets)
