"""UDP: the socket that commands arrive on."""

import socket

from stembridge.errors import IntakeError

RECEIVE_BYTES = 1 << 22
LONGEST_READ = 65_536
LOOK_S = 0.5
"""How long a read waits, so that its thread can be stopped."""


def bind(host: str, port: int) -> socket.socket:
    """Open a UDP socket on an address, which nobody else has.

    Raises:
        IntakeError: with the code ``port``, if that cannot be.

    """
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
