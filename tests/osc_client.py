"""An OSC client of our own for tests, on the codec of the product."""

import socket
import time
from types import TracebackType
from typing import Self

from pythonosc.osc_message_builder import build_msg

from stembridge.osc_codec import decode

Heard = tuple[str, tuple[object, ...]]


class Client:
    """Says and hears."""

    def __init__(self, port: int, host: str = "127.0.0.1", *, patience_s: float = 20.0) -> None:
        self._to = (host, port)
        self._patience_s = patience_s
        self._heard: list[Heard] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def send(self, datagram: bytes) -> None:
        self._socket.sendto(datagram, self._to)

    def say(self, address: object, *arguments: object) -> None:
        self.send(build_msg(str(address), list(arguments)).dgram)  # type: ignore[arg-type]

    def next(self, patience_s: float | None = None) -> Heard:
        """Return the next message, whatever it is."""
        self._socket.settimeout(patience_s or self._patience_s)
        (said,) = decode(self._socket.recv(65_536))
        self._heard.append((said.address, said.arguments))
        return self._heard[-1]

    def hear(self, address: str) -> tuple[object, ...]:
        """Wait for a message with an address; what comes before is kept in ``heard``."""
        deadline = time.monotonic() + self._patience_s
        while time.monotonic() < deadline:
            found, arguments = self.next(max(0.01, deadline - time.monotonic()))
            if found == address:
                return arguments
        raise TimeoutError(f"{address} was not said; heard {self._heard}")

    def heard(self, address: str) -> list[Heard]:
        """Return what was heard so far with an address."""
        return [heard for heard in self._heard if heard[0] == address]
