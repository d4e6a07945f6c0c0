"""Intact: the files of a delivery are what its checksum lists say, or nothing is conformed."""

from collections.abc import Sequence

from stembridge.stages.finding import Finding, Rejected, Severity, worst_first
from stembridge.stages.probe import Source
from stembridge.stages.sidecars.checksums import checksum_findings


def confirm_checksums(audio: Sequence[Source], sidecars: Sequence[Source]) -> tuple[Finding, ...]:
    """Verify the checksum lists of a delivery, whatever its preset checks.

    Args:
        audio: the sound files.
        sidecars: the other files, the lists among them.

    Returns:
        What was found.

    Raises:
        Rejected: naming every file that is missing or not what was sent.

    """
    findings = checksum_findings(audio, sidecars)
    wrong = [finding for finding in findings if finding.severity is Severity.ERROR]
    if wrong:
        raise _refused(wrong, findings)
    return findings


def _refused(wrong: Sequence[Finding], findings: Sequence[Finding]) -> Rejected:
    told = " ".join(f"{finding.path}: {finding.message}" for finding in wrong)
    files = "1 file is" if len(wrong) == 1 else f"{len(wrong)} files are"
    return Rejected(
        f"The delivery does not match its checksums: {files} missing or changed. {told}",
        worst_first(findings),
        hint=wrong[0].hint,
        code=wrong[0].code,
    )
