"""The tables of our own beside dbos's: the jobs people see, who asked for them, who works, and a counter."""

import sqlalchemy as sa

metadata = sa.MetaData()

jobs = sa.Table(
    "stembridge_jobs",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("request_id", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("percent", sa.Float, nullable=False),
    sa.Column("outcome", sa.Text),
    sa.Column("error", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("created", sa.Double, nullable=False),
    sa.Column("updated", sa.Double, nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False),
    # What only the queue needs, below.
    sa.Column("serial", sa.Integer, nullable=False),  # the attempt that counts; any other is stale
    sa.Column("holder", sa.Text),  # the worker whose hands are on it, even after a cancel
    sa.Column("trouble", sa.String(16)),  # the kind of the last error, and how many of it in a row
    sa.Column("troubles", sa.Integer, nullable=False),
    sa.Column("deaths", sa.Integer, nullable=False),  # workers that died of it
    sa.Column("losses", sa.Integer, nullable=False),  # starts that never came to an end, for whatever reason
    sa.Column("unparked", sa.Boolean, nullable=False),  # failed, but the hook has not been told yet
    sa.Index("stembridge_jobs_revision", "revision"),
    sa.Index("stembridge_jobs_created", "created"),
    sa.Index("stembridge_jobs_state", "state", "created"),
)

requests = sa.Table(
    "stembridge_requests",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("job", sa.String(16), nullable=False, index=True),
)

workers = sa.Table(
    "stembridge_workers",
    metadata,
    sa.Column("executor", sa.Text, primary_key=True),
    sa.Column("beat", sa.DateTime(timezone=True), nullable=False),
)

counter = sa.Table(
    "stembridge_counter",
    metadata,
    sa.Column("name", sa.String(16), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)
