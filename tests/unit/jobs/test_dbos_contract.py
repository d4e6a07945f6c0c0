"""What the queue leans on in dbos; a new release that changes it shows here first."""

import inspect

import pytest
from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions, Queue

NEEDED = [
    (DBOS.migrate, {"system_database_url"}),
    (DBOS.workflow, {"name", "max_recovery_attempts"}),
    (DBOS.register_queue, {"name", "worker_concurrency", "polling_interval_sec", "on_conflict"}),
    (DBOS.listen_queues, {"queues"}),
    (DBOS.destroy, {"destroy_registry", "workflow_completion_timeout_sec"}),
    (DBOSClient, {"system_database_engine", "serializer", "application_name"}),
    (DBOSClient.register_queue, {"name", "worker_concurrency", "polling_interval_sec", "on_conflict"}),
    (DBOSClient.enqueue_in_transaction, {"conn_or_session", "options", "args"}),
    (DBOSClient.cancel_workflows, {"workflow_ids"}),
    (DBOSClient.delete_workflows, {"workflow_ids"}),
    (
        DBOSClient.list_workflows,
        {"workflow_ids", "status", "name", "executor_id", "completed_before", "limit", "load_input"},
    ),
    (Queue.set_polling_interval_sec, {"value"}),
]


@pytest.mark.parametrize(("function", "parameters"), NEEDED, ids=lambda value: getattr(value, "__name__", ""))
def test_dbos_takes_the_arguments_we_give(function: object, parameters: set[str]) -> None:
    assert callable(function)
    assert parameters <= set(inspect.signature(function).parameters)


def test_dbos_knows_the_options_we_set() -> None:
    assert {"workflow_id", "priority", "delay_seconds"} <= set(EnqueueOptions.__annotations__)
    used = {"system_database_engine", "application_version", "executor_id", "serializer", "log_level"}
    used |= {"notification_listener_polling_interval_sec", "scheduler_polling_interval_sec"}
    assert used <= set(DBOSConfig.__annotations__)
