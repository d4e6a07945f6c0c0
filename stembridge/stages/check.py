"""Check: what each file of a delivery hides, and whether the files belong together.

Each file streams once through all detectors; the origin is read from fractions of a second of it. What the preset's
rules make of what was found are findings; what a rule has ``off`` is not looked for.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from stembridge.audio.files import read_raw_blocks
from stembridge.audio.meter import Measurement, Meter
from stembridge.audio.overview import Overview, OverviewBuilder
from stembridge.audio.samples import to_float
from stembridge.check_model import Check
from stembridge.request import Progress, no_progress
from stembridge.stages.checks.clicks import Clicks
from stembridge.stages.checks.clipping import Clipping
from stembridge.stages.checks.dc import dc_findings
from stembridge.stages.checks.depth import Depth
from stembridge.stages.checks.dropouts import Dropouts
from stembridge.stages.checks.header import header_findings
from stembridge.stages.checks.hum import Hum
from stembridge.stages.checks.leader import Leader
from stembridge.stages.checks.lossy import Lossy, Origin, lossy_findings
from stembridge.stages.checks.names import name_findings
from stembridge.stages.checks.noise_floor import NoiseFloor
from stembridge.stages.checks.peaks import level_findings
from stembridge.stages.checks.repeats import Repeats
from stembridge.stages.checks.silence import Silence
from stembridge.stages.checks.stereo import Stereo
from stembridge.stages.checks.subject import Chunk, Detector, Subject
from stembridge.stages.checks.upsampled import Upsampled
from stembridge.stages.edition_identities import identify_pieces, one_edition
from stembridge.stages.editions import Edition, Piece
from stembridge.stages.finding import Finding
from stembridge.stages.identify import Identity
from stembridge.stages.probe import Facts

CHUNK_FRAMES = 2**17
WHOLE = Edition()
DETECTORS: dict[str, tuple[Callable[[Subject], Detector], ...]] = {
    "clipping": (Clipping,),
    "dropouts": (Dropouts, Repeats),
    "clicks": (Clicks,),
    "fake_depth": (Depth,),
    "upsampled": (Upsampled,),
    "hum": (Hum,),
    "noise_floor": (NoiseFloor,),
    "leader": (Leader,),
}
"""The checks that one rule switches on and off."""


@dataclass(frozen=True, eq=False)
class Examined:
    """One file, examined.

    Attributes:
        facts: what it is.
        identity: what its name says.
        edition: the song and version it is of.
        measurement: its loudness and peaks.
        overview: its shape, for drawing.
        samples: a hash of its sound: the same for the same samples in another container.
        origin: whether it was lossy before; None when that was not looked for.
        findings: what is to be said about it.

    """

    facts: Facts
    identity: Identity
    edition: Edition
    measurement: Measurement
    overview: Overview
    samples: str
    origin: Origin | None
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """Return what the file is, as JSON types."""
        form, read = self.facts.sound.format, self.measurement
        origin = self.origin
        return {
            "path": self.facts.source.name.as_posix(),
            "edition": self.edition.label or None,
            "role": self.identity.role and self.identity.role.value,
            "confidence": round(self.identity.confidence, 3),
            "evidence": self.identity.evidence,
            "rate": form.rate,
            "channels": form.channels,
            "encoding": form.encoding.value,
            "container": form.container.value,
            "frames": self.facts.sound.frames,
            "is_mix": self.identity.is_mix,
            "integrated": read.integrated,
            "loudness_range": read.loudness_range,
            "true_peak": read.true_peak,
            "sample_peak": read.sample_peak,
            "dc": read.dc,
            "lossy": origin and {"verdict": origin.verdict, "codec": origin.codec, "z": origin.deviations},
        }


def identify_set(facts: Sequence[Facts], *, name: str = "", mix: Facts | None = None) -> tuple[Identity, ...]:
    """Say by its name what each file is; the mix is the one that is given, if one is."""
    return tuple(identity for _, identity in identify_editions(facts, name=name, mix=mix))


def identify_editions(
    facts: Sequence[Facts], *, name: str = "", mix: Facts | None = None
) -> tuple[tuple[Edition, Identity], ...]:
    """Say by its name what each file is, and of which song and version.

    With a mix that is given all files belong to it.
    """
    if mix is None:
        pieces = [Piece(one.source.name, one.sound.duration) for one in facts]
        return identify_pieces(pieces, parent=name or None)
    found = one_edition([one.source.name.as_posix() for one in facts], parent=name or None)
    return tuple(
        (edition, replace(each, is_mix=one is mix)) for (edition, each), one in zip(found, facts, strict=True)
    )


def examine_all(
    facts: Sequence[Facts],
    identities: Sequence[tuple[Edition, Identity]],
    check: Check,
    *,
    threads: int = 1,
    progress: Progress = no_progress,
) -> tuple[Examined, ...]:
    """Examine every file, several side by side, in the order given.

    Raises:
        AudioError: if a file cannot be decoded to its end.

    """
    examined: list[Examined] = []
    with ThreadPoolExecutor(threads, thread_name_prefix="check") as pool:
        futures = [
            pool.submit(examine, one, identity, check, edition)
            for one, (edition, identity) in zip(facts, identities, strict=True)
        ]
        try:
            for future in futures:
                examined.append(future.result())
                progress("check", len(examined) / len(facts))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return tuple(examined)


def examine(facts: Facts, identity: Identity, check: Check, edition: Edition = WHOLE) -> Examined:
    """Stream one file through all detectors that the rules want.

    Args:
        facts: what it is.
        identity: what its name says.
        check: the rules.
        edition: the song and version it is of.

    Raises:
        AudioError: if it cannot be decoded to its end.

    """
    subject = Subject(facts, check, identity.is_mix)
    detectors = list(_wanted(subject))
    lossy = Lossy(subject) if check.lossy.severity != "off" else None
    form = subject.sound.format
    meter = Meter(form.rate, form.channels, channel_mask=form.channel_mask)
    overview = OverviewBuilder(subject.sound.frames)
    digest = hashlib.blake2b(digest_size=16)
    for chunk in _chunks(subject):
        digest.update(chunk.audio.data)
        meter.add(chunk.audio.T)
        overview.add(chunk.audio.T)
        for detector in (*detectors, *([lossy] if lossy else [])):
            detector.hear(chunk)
    measurement = meter.result()
    origin = lossy.origin() if lossy else None
    findings = [
        *header_findings(subject),
        *name_findings(subject, identity),
        *level_findings(subject, measurement),
        *dc_findings(subject, measurement),
        *(finding for detector in detectors for finding in detector.findings()),
        *(lossy_findings(subject, origin) if origin else ()),
    ]
    shape, samples = overview.result(), digest.hexdigest()
    return Examined(facts, identity, edition, measurement, shape, samples, origin, _settled(findings))


def _wanted(subject: Subject) -> Iterator[Detector]:
    yield Silence(subject)
    yield Stereo(subject)
    for rule, detectors in DETECTORS.items():
        if getattr(subject.check, rule).severity != "off":
            yield from (detector(subject) for detector in detectors)


def _chunks(subject: Subject) -> Iterator[Chunk]:
    start = 0
    for raw in read_raw_blocks(subject.sound, frames=CHUNK_FRAMES):
        yield Chunk(start, raw, np.ascontiguousarray(to_float(raw).T))
        start += len(raw)


def _settled(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Let one cause be said once: a codec's low-pass is no sign of another rate."""
    codes = {finding.code for finding in findings}
    dropped = {"upsampled"} if "lossy-origin" in codes else set()
    return tuple(finding for finding in findings if finding.code not in dropped)
