"""OSC commands: what each one does, and what is replied."""

from collections.abc import Callable
from contextlib import suppress

from stembridge.errors import IntakeError, JobError
from stembridge.intake.clerk import Clerk
from stembridge.intake.orders import Orders
from stembridge.intake.spool import SpoolInbox
from stembridge.protocol import ACCEPTED, CANCEL, CONFORM, JOBS, SEPARATE, SPOOL_ID, STATUS, SUBMIT, Said, say
from stembridge.report.osc import Address, OscTeller, Send, state_of
from stembridge.report.record import JobNews

NEWEST = 20

Command = Callable[..., None]


class OscCommands:
    """Does commands, one at a time."""

    def __init__(
        self, orders: Orders, clerk: Clerk, inbox: SpoolInbox, teller: OscTeller, send: Send
    ) -> None:
        """Take who makes requests, who knows jobs, where the spool comes in, and who tells clients."""
        self._orders = orders
        self._clerk = clerk
        self._inbox = inbox
        self._teller = teller
        self._send = send
        self._commands: dict[str, Command] = {
            SUBMIT.address: self._submit,
            SEPARATE.address: self._separate,
            CONFORM.address: self._conform,
            CANCEL.address: self._cancel,
            STATUS.address: self._status,
            JOBS.address: self._jobs,
        }

    def __call__(self, said: Said, client: Address) -> None:
        """Do a command, whose arguments fit its row of the table.

        Raises:
            StembridgeError: if it is refused.

        """
        self._commands[said.address](client, *said.arguments)

    def _submit(self, client: Address, request: str) -> None:
        if not SPOOL_ID.fullmatch(request):
            raise IntakeError(
                "The id of a request in the spool is 32 hexadecimal digits.",
                hint="It is the name of its file.",
                code="malformed",
            )
        try:
            self._accept(client, request, self._inbox.take(request))
        finally:
            self._inbox.ring()  # who rings for one may have left several

    def _separate(self, client: Address, path: str, preset: str, request: str) -> None:
        self._accept(client, request, self._clerk.submit(self._orders.separate(path, preset, request)))

    def _conform(self, client: Address, path: str, preset: str, request: str) -> None:
        self._accept(client, request, self._clerk.submit(self._orders.conform(path, preset, request)))

    def _accept(self, client: Address, request: str, news: JobNews) -> None:
        self._send(say(ACCEPTED, request, news.id), client)
        self._teller.follow(news, client)
        with suppress(JobError):
            self._teller.tell([self._clerk.get(news.id)])  # it may have ended before it was followed

    def _cancel(self, client: Address, name: str) -> None:
        self._send(state_of(self._clerk.cancel(name)), client)

    def _status(self, client: Address, name: str) -> None:
        self._send(state_of(self._clerk.get(name)), client)

    def _jobs(self, client: Address) -> None:
        for news in self._clerk.newest(NEWEST):
            self._send(state_of(news), client)
