"""The server process: bind, say where, serve, drain."""

from __future__ import annotations

import asyncio
import errno
import json
import socket
import sys

import uvicorn

from api.app import create_app
from bootstrap.application import Application
from domain.errors import AddressInUse, InvalidInput
from settings.load import Settings

_MAX_MESSAGE = 1 << 20


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; live calls then finish within the settings' limit.

    Raises:
        AddressInUse: another process listens on the port.
        InvalidInput: the host can't be bound.
    """
    listener = bind(settings.environment.host, settings.environment.port)
    application = Application(settings)
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
        ws_ping_interval=20,
        timeout_graceful_shutdown=round(settings.calls.drain_s),
    )
    asyncio.run(_Draining(config, application).serve(sockets=[listener]))


def bind(host: str, port: int) -> socket.socket:
    """Return a socket bound to `host` and `port`; port 0 takes any.

    Raises:
        AddressInUse: another process listens on the port.
        InvalidInput: the host can't be bound.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise AddressInUse(host, port) from error
        raise InvalidInput(f"LEADLINE_HOST: can't listen on {host}:{port}: {error.strerror or error}") from error
    return listener


class _Draining(uvicorn.Server):
    """Lets live calls finish before the sockets close."""

    def __init__(self, config: uvicorn.Config, application: Application) -> None:
        super().__init__(config)
        self._application = application

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._application.drain(self._application.settings.calls.drain_s)
        await super().shutdown(sockets)
