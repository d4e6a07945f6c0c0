"""Clients: everything that lets a DAW talk to the daemon and hear from it, put together."""

import time

from stembridge import __version__
from stembridge.config import Config
from stembridge.desk import Activity, Desk, news_of
from stembridge.errors import JobError
from stembridge.intake.orders import Orders
from stembridge.intake.osc import OscServer
from stembridge.intake.osc_commands import OscCommands
from stembridge.intake.roots import Roots
from stembridge.intake.spool import SpoolInbox
from stembridge.jobs.engine import JobStore
from stembridge.jobs.job import Job, State
from stembridge.kept_presets import KeptPresets
from stembridge.presets import PresetStore
from stembridge.protocol import Said
from stembridge.report.osc import Address, OscTeller
from stembridge.report.preset_list import PresetList
from stembridge.report.record import JobNews
from stembridge.report.spool import StatusBoard

NEWEST = 20
MOST_RUNNING = 1000


class Clients:
    """The OSC server, the spool, and what they are told of jobs."""

    def __init__(self, config: Config, store: JobStore, presets: PresetStore) -> None:
        """Put the parts together; nothing is started or bound yet."""
        self._store = store
        kept = KeptPresets(presets)
        self._desk = Desk(store, kept)
        self._activity = Activity()
        roots = Roots(config.allowed_roots, closed=[folder.path for folder in config.hot_folders])
        orders = Orders(roots, kept)
        self._board = StatusBoard(config.spool, log_file=config.log_folder / "stembridge.log")
        self._presets = PresetList(config.spool / "presets.json", presets, clock=time.monotonic)
        self._inbox = SpoolInbox(config.spool, orders, self._desk, self._board, self._keep_up)
        self._teller = OscTeller(self._send)
        self._server = OscServer(
            config.osc.host,
            config.osc.port,
            handler=OscCommands(orders, self._desk, self._inbox, self._teller, self._send),
            hello=lambda: (__version__, self._activity.word()),
            token=config.osc.token,
            reply_port=config.osc.reply_port,
        )

    @property
    def port(self) -> int:
        """The UDP port that commands arrive on, once started."""
        return self._server.port

    def prepare(self) -> None:
        """Make the folders of the spool; only then can anything be told."""
        self._inbox.prepare()

    def start(self) -> None:
        """Say how the jobs stand that were asked for before, then listen.

        Raises:
            IntakeError: if the address cannot be listened on.

        """
        self._activity.tell([news_of(job) for job in self._store.list(MOST_RUNNING, [State.RUNNING])])
        self._board.tell(self._known())
        self._board.list_jobs(self._desk.newest(NEWEST))
        self._server.start()
        self._inbox.start()

    def stop(self) -> None:
        """Stop listening."""
        self._inbox.stop()
        self._server.stop()

    def tell(self, changed: list[Job]) -> None:
        """Pass on how jobs stand."""
        batch = [news_of(job) for job in changed]
        self._activity.tell(batch)
        self._teller.tell(batch)
        self._board.tell(batch)
        self._board.list_jobs(self._desk.newest(NEWEST))

    def _keep_up(self) -> None:
        """Write what could not be written before, and what presets there are now."""
        self._board.tell()
        self._presets.refresh()

    def _send(self, said: Said, client: Address) -> None:
        self._server.send(said, client)

    def _known(self) -> list[JobNews]:
        known = []
        for job in self._board.load():
            try:
                known.append(self._desk.get(job))
            except JobError:  # its record was cleared away; its status file says the last that was known
                continue
        return known
