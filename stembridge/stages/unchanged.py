"""Unchanged: the sources are what they were when the work began, or nothing is delivered."""

from stembridge.audio.digest import sha256_of
from stembridge.errors import IntakeError
from stembridge.parallel import side_by_side
from stembridge.stages.plan import Plan


def confirm_unchanged(plan: Plan, *, threads: int = 1) -> None:
    """Hash every source again, several side by side.

    Raises:
        IntakeError: if a source was changed while it was worked on; worth a retry, it may have been re-rendered.

    """
    facts = {facts.source.path: facts for facts in plan.sources}
    for path, found in zip(facts, side_by_side(sha256_of, facts, threads=threads), strict=True):
        if found != facts[path].sha256:
            raise IntakeError(
                "The file was changed while it was worked on.",
                path=path,
                hint="The job starts again by itself with the new content.",
                code="source-changed",
                retryable=True,
            )
