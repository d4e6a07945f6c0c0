"""One database, two kinds: SQLite on a local disk, or PostgreSQL for several machines."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from stembridge.errors import JobError
from stembridge.jobs import tables

BUSY_MS = 30_000
POOL = 6
SCHEMA_LOCK = 0x57E3B41D


def sqlite_url(path: Path) -> str:
    """Return the database URL of a SQLite file."""
    return f"sqlite:///{path.as_posix()}"


def sqlite_path(url: str) -> Path | None:
    """Return the file of a SQLite database URL, or None for another kind of database."""
    parsed = _parse(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database or parsed.database == ":memory:":
        raise JobError("The job database must be a file.", hint="Use sqlite:////absolute/path/jobs.db.")
    return Path(parsed.database)


def open_engine(url: str, *, durable: bool) -> sa.Engine:
    """Open a pool of connections to the job database.

    Args:
        url: ``sqlite:///<path>`` or ``postgresql://...``.
        durable: SQLite waits for the disk at every commit. Whoever accepts jobs must; a worker need not,
            since a step that a power cut takes back is only done again.

    Raises:
        JobError: if the URL is not one of the two.

    """
    path = sqlite_path(url)
    if path is None:
        return _open_postgresql(url)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        hint = "Give the job database a folder that you may write in."
        raise JobError(f"The folder cannot be made: {error.strerror}", path=path.parent, hint=hint) from error
    engine = sa.create_engine(url, pool_size=POOL, max_overflow=POOL)
    sync = "FULL" if durable else "NORMAL"

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        _prepare_sqlite(connection, sync)

    return engine


def _open_postgresql(url: str) -> sa.Engine:
    address = _parse(url).set(drivername="postgresql+psycopg")
    # A node that hangs inside a transaction must not keep the others from the rows it locked for long.
    options = "-c idle_in_transaction_session_timeout=15000"
    arguments = {"connect_timeout": 10, "options": options, "application_name": "stembridge"}
    return sa.create_engine(
        address, pool_size=POOL, max_overflow=POOL, pool_pre_ping=True, connect_args=arguments
    )


def _prepare_sqlite(connection: sqlite3.Connection, sync: str) -> None:
    connection.isolation_level = "IMMEDIATE"
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA synchronous={sync}")
    if sqlite3.sqlite_version_info < (3, 42):
        # dbos calls unixepoch('subsec') on Python 3.12 and newer; older SQLite answers NULL to that.
        connection.create_function("unixepoch", 1, _unixepoch)


def _unixepoch(word: str) -> float:
    if word not in ("subsec", "subsecond", "now"):
        raise ValueError(word)
    return time.time()


def _parse(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise JobError(
            f"Not a database URL: {url!r}.", hint="Use sqlite:///path or postgresql://user@host/name."
        ) from error
    if parsed.get_backend_name() not in ("sqlite", "postgresql", "postgres"):
        raise JobError(
            f"No such kind of database: {parsed.get_backend_name()}.", hint="Use sqlite or postgresql."
        )
    return parsed


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open a transaction that is going to write.

    On SQLite it takes the write lock at once, so that what it reads stays true until it commits.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


def has_tables(engine: sa.Engine) -> bool:
    """Return whether the database has been set up, without changing it."""
    return sa.inspect(engine).has_table(tables.counter.name)


def create_tables(engine: sa.Engine) -> None:
    """Create our own tables where they are missing; safe when several processes start at once."""
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(SCHEMA_LOCK)))
        tables.metadata.create_all(connection)
        if connection.execute(sa.select(tables.counter.c.value)).first() is None:
            connection.execute(sa.insert(tables.counter).values(name="revision", value=0))


@contextmanager
def speaking() -> Iterator[None]:
    """Turn what the database says when it cannot be reached or written into an error of ours.

    Raises:
        JobError: with the code ``database``.

    """
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
        raise JobError(
            f"The job database cannot be used: {getattr(error, 'orig', None) or error}",
            hint="Check the database setting, and that its server or disk is there and has room.",
            code="database",
            retryable=True,
        ) from error
