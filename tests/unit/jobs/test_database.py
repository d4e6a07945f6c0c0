"""The database under the queue."""

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from stembridge.jobs.database import create_tables, has_tables, open_engine, sqlite_path, sqlite_url


def test_sqlite_keeps_a_log_ahead_and_waits_for_the_disk_where_jobs_are_accepted(tmp_path: Path) -> None:
    for durable, expected in ((True, 2), (False, 1)):
        engine = open_engine(sqlite_url(tmp_path / "jobs.db"), durable=durable)
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == expected
        engine.dispose()


@pytest.mark.skipif(sqlite3.sqlite_version_info >= (3, 42), reason="this SQLite knows subsec itself")
def test_old_sqlite_is_taught_what_the_job_engine_asks_of_it(tmp_path: Path) -> None:
    engine = open_engine(sqlite_url(tmp_path / "jobs.db"), durable=False)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a, at INTEGER DEFAULT (unixepoch('subsec') * 1000))")
        connection.exec_driver_sql("INSERT INTO t (a) VALUES (1)")
        assert connection.exec_driver_sql("SELECT at FROM t").scalar_one() > 1.7e12
    engine.dispose()


def test_tables_are_made_once(tmp_path: Path) -> None:
    engine = open_engine(sqlite_url(tmp_path / "jobs.db"), durable=False)
    assert not has_tables(engine)
    create_tables(engine)
    create_tables(engine)
    assert has_tables(engine)
    with engine.connect() as connection:
        assert connection.scalars(sa.text("SELECT count(*) FROM stembridge_counter")).one() == 1
    engine.dispose()


def test_a_sqlite_url_leads_back_to_its_file(tmp_path: Path) -> None:
    path = tmp_path / "with space & ümlaut" / "jobs.db"
    assert sqlite_path(sqlite_url(path)) == path
    assert sqlite_path("postgresql://host/name") is None
