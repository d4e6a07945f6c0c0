"""The OSC server: a UDP socket, a thread that reads it, and a thread that does what commands say.

The reading thread answers a ``ping`` at once and only puts everything else into a bounded queue, so it never waits for
the disk or the database; what does not fit is dropped, counted, and said aloud. While more arrives than anybody means,
the working thread rests most of the time: the two share one interpreter, and a reader that waits for its turn loses
datagrams of others.
"""

import hmac
import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from socket import socket

from stembridge.errors import IntakeError, StembridgeError
from stembridge.intake.allowance import Allowance
from stembridge.intake.udp import LONGEST_READ, bind
from stembridge.osc_codec import decode, encode
from stembridge.protocol import COMMANDS, PING, PONG, REJECTED, REPLIES, Said, check_arguments, say
from stembridge.yaml_file import did_you_mean

Address = tuple[str, int]

Handler = Callable[[Said, Address], None]
"""Does what a command says, and sends what there is to say to the client at an address."""

MOST_WAITING = 1024
MOST_WAITING_BYTES = 1 << 24
REJECTIONS_A_SECOND = 200
TOLD_EVERY_S = 1.0
FLOOD_A_SECOND = 1000
REST = 4.0
LONGEST_REST_S = 0.1
PING_BYTES = PING.address.encode() + b"\0"

log = logging.getLogger(__name__)


class OscServer:
    """Receives commands and sends replies."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        handler: Handler,
        hello: Callable[[], tuple[str, str]],
        token: str | None = None,
        reply_port: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare a server; nothing is bound before ``start``.

        Args:
            host: the address to listen on.
            port: the UDP port; 0 for any that is free.
            handler: does what a command says, in a thread of its own, one command at a time.
            hello: tells the version and the state for a ``pong``; must not wait for anything.
            token: what the first argument of every command must be; None to ask for none.
            reply_port: where replies go; None for the port that a command came from.
            clock: a monotonic clock.

        """
        self._bind_to = (host, port)
        self._handler = handler
        self._hello = hello
        self._token = token
        self._reply_port = reply_port
        self._clock = clock
        self._waiting: queue.Queue[tuple[bytes, Address] | None] = queue.Queue(MOST_WAITING)
        self._received = 0
        self._put_bytes = 0  # counted by the reading thread alone
        self._got_bytes = 0  # counted by the working thread alone
        self._rejections = Allowance(REJECTIONS_A_SECOND, clock)
        self._dropped = 0
        self._told_at = 0.0
        self._stop = threading.Event()
        self._socket: socket
        self._threads = [
            threading.Thread(target=self._receive, name="osc-receive", daemon=True),
            threading.Thread(target=self._work, name="osc-work", daemon=True),
        ]

    @property
    def port(self) -> int:
        """The port that it listens on, once started."""
        return int(self._socket.getsockname()[1])

    def start(self) -> None:
        """Bind the socket and start the threads.

        Raises:
            IntakeError: with the code ``port``, if the address cannot be listened on.

        """
        self._socket = bind(*self._bind_to)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop listening; a command that is being done is done first, those that wait were never accepted."""
        self._stop.set()
        self._threads[0].join()
        with suppress(queue.Full):  # then there is something else to wake up for
            self._waiting.put_nowait(None)
        self._threads[1].join()
        self._socket.close()

    def send(self, said: Said, client: Address) -> None:
        """Send a reply. One that cannot be sent is lost, as any datagram may be."""
        try:
            self._socket.sendto(encode(said, REPLIES[said.address]), client)
        except (OSError, IntakeError) as error:
            log.debug("A reply to %s was lost: %s", client, error)

    def reject(self, error: StembridgeError, client: Address, request: str = "") -> None:
        """Tell a client why nothing was done."""
        log.debug("Rejected a command from %s: %s", client, error, extra={"action": "rejected"})
        if self._rejections.take():
            words = f"{error.message} {error.hint}".strip()
            path = f"{error.path}: " if error.path else ""
            self.send(say(REJECTED, request, error.code, (path + words)[:1000]), client)

    def _receive(self) -> None:
        while not self._stop.is_set():
            self._tell_of_dropped()
            try:
                datagram, sender = self._socket.recvfrom(LONGEST_READ)
            except TimeoutError:
                continue
            except OSError as error:  # on Windows, that an earlier reply found nobody there
                log.debug("The OSC socket said: %s", error)
                continue
            self._received += 1
            client = (str(sender[0]), self._reply_port or int(sender[1]))
            if datagram.startswith(PING_BYTES):
                self._understand(datagram, client)
            else:
                self._put(datagram, client)

    def _put(self, datagram: bytes, client: Address) -> None:
        try:
            if self._put_bytes - self._got_bytes > MOST_WAITING_BYTES:
                raise queue.Full
            self._waiting.put_nowait((datagram, client))
            self._put_bytes += len(datagram)
        except queue.Full:
            self._dropped += 1

    def _work(self) -> None:
        seen, since = 0, self._clock()
        while (item := self._waiting.get()) is not None and not self._stop.is_set():
            began = self._clock()
            self._got_bytes += len(item[0])
            self._understand(*item)
            now = self._clock()
            if self._received - seen > FLOOD_A_SECOND * (now - since):
                self._stop.wait(min(LONGEST_REST_S, REST * (now - began)))
            if now - since > 1.0:
                seen, since = self._received, now

    def _understand(self, datagram: bytes, client: Address) -> None:
        try:
            for said in decode(datagram):
                self._take(said, client)
        except IntakeError as error:
            self.reject(error, client)

    def _take(self, said: Said, client: Address) -> None:
        if said.address in REPLIES:
            return
        row = COMMANDS.get(said.address)
        if row is None:
            raise _unknown(said.address)
        said = Said(said.address, check_arguments(row, self._without_token(said.arguments)))
        if row is PING:
            self._pong(client)
        else:
            self._do(said, client)

    def _without_token(self, arguments: tuple[object, ...]) -> tuple[object, ...]:
        if self._token is None:
            return arguments
        given = arguments[0] if arguments and isinstance(arguments[0], str) else ""
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._token.encode()):
            raise IntakeError(
                "The token is missing or wrong.",
                hint="Put the `osc.token` of stembridge.yaml in front of the other arguments.",
                code="not-allowed",
            )
        return arguments[1:]

    def _pong(self, client: Address) -> None:
        version, state = self._hello()
        self.send(say(PONG, version, self.port, state), client)

    def _do(self, said: Said, client: Address) -> None:
        try:
            self._handler(said, client)
        except StembridgeError as error:
            self.reject(error, client, _request_of(said))
        except Exception:  # one bad command must not make the daemon deaf
            log.exception("The command %s failed.", said.address)
            self.reject(IntakeError("The daemon made a mistake; its log has it."), client)

    def _tell_of_dropped(self) -> None:
        if self._dropped and (now := self._clock()) - self._told_at >= TOLD_EVERY_S:
            log.warning(
                "%d OSC commands were dropped: more arrive than can be taken.",
                self._dropped,
                extra={"action": "osc_dropped"},
            )
            self._dropped, self._told_at = 0, now


def _unknown(address: str) -> IntakeError:
    known = did_you_mean(address[:100], list(COMMANDS)) or "."
    return IntakeError(
        f"There is no {address[:100]}{known}", hint="The README has the addresses.", code="unknown"
    )


def _request_of(said: Said) -> str:
    """Return the request's id among the arguments of a command, or what else it is about."""
    names = [argument.name for argument in COMMANDS[said.address].arguments]
    found = [value for name, value in zip(names, said.arguments, strict=True) if "request" in name]
    return str(found[0]) if found else ""
