"""The OSC server: a UDP socket, a thread that reads it, and a thread that does what commands say.

The reading thread never waits for the disk or the database, so a ``ping`` is answered however much there is to do.
Everything else goes through a bounded queue; what does not fit is dropped, counted, and said aloud.
"""

import hmac
import logging
import queue
import socket
import threading
import time
from collections.abc import Callable

from stembridge.errors import IntakeError, StembridgeError
from stembridge.intake.allowance import Allowance
from stembridge.osc_codec import decode, encode
from stembridge.protocol import COMMANDS, PING, PONG, REJECTED, REPLIES, Said, check_arguments, say
from stembridge.yaml_file import did_you_mean

Address = tuple[str, int]

Handler = Callable[[Said, Address], None]
"""Does what a command says, and sends what there is to say to the client at an address."""

MOST_WAITING = 512
RECEIVE_BYTES = 1 << 22
LONGEST_READ = 65_536
LOOK_S = 0.5
REJECTIONS_A_SECOND = 200
TOLD_EVERY_S = 1.0

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
        self._waiting: queue.Queue[tuple[Said, Address] | None] = queue.Queue(MOST_WAITING)
        self._rejections = Allowance(REJECTIONS_A_SECOND, clock)
        self._dropped = 0
        self._told_at = 0.0
        self._stop = threading.Event()
        self._socket: socket.socket
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
        self._socket = _bound(*self._bind_to)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop listening; a command that is being done is done first."""
        self._stop.set()
        self._threads[0].join()
        self._waiting.put(None)
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
            client = (str(sender[0]), self._reply_port or int(sender[1]))
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
            return
        try:
            self._waiting.put_nowait((said, client))
        except queue.Full:
            self._dropped += 1

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

    def _work(self) -> None:
        while (item := self._waiting.get()) is not None:
            said, client = item
            try:
                self._handler(said, client)
            except StembridgeError as error:
                self.reject(error, client, _request_of(said))
            except Exception:  # one bad command must not make the daemon deaf
                log.exception("The command %s failed.", said.address)
                self.reject(IntakeError("The daemon made a mistake; its log has it."), client)

    def _tell_of_dropped(self) -> None:
        now = self._clock()
        if self._dropped and now - self._told_at >= TOLD_EVERY_S:
            log.warning(
                "%d OSC commands were dropped: more arrive than can be taken.",
                self._dropped,
                extra={"action": "osc_dropped"},
            )
            self._dropped, self._told_at = 0, now


def _bound(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        made = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _cannot_listen(host, port, error) from error
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # on Windows two could share the port otherwise
            made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        made.settimeout(LOOK_S)
        made.bind(address)
    except OSError as error:
        made.close()
        raise _cannot_listen(host, port, error) from error
    return made


def _cannot_listen(host: str, port: int, error: OSError) -> IntakeError:
    return IntakeError(
        f"OSC cannot be received on {host}, port {port}: {error.strerror or error}.",
        hint="Another program may use the port; set `osc.port` in stembridge.yaml to another one.",
        code="port",
    )


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
