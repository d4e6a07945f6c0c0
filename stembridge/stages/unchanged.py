"""Unchanged: the sources are what they were when the work began, or nothing is delivered."""

from stembridge.audio.digest import sha256_of
from stembridge.errors import IntakeError
from stembridge.stages.plan import Plan


def confirm_unchanged(plan: Plan) -> None:
    """Hash every source again.

    Raises:
        IntakeError: if a source was changed while it was worked on; worth a retry, it may have been re-rendered.

    """
    facts = {stem.facts.source.path: stem.facts for stem in plan.stems}
    for path, known in facts.items():
        if sha256_of(path) != known.sha256:
            raise IntakeError(
                "The file was changed while it was worked on.",
                path=path,
                hint="The job starts again by itself with the new content.",
                code="source-changed",
                retryable=True,
            )
