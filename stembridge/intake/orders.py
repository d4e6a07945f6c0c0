"""Orders: what OSC commands and spool requests ask for, checked, as the requests that the queue takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from stembridge.audio.files import open_sound
from stembridge.errors import IntakeError
from stembridge.intake.paths import requests_for
from stembridge.intake.roots import Roots
from stembridge.intake.spool_request import ConformRequest, ItemPart, SeparateRequest, SpoolRequest
from stembridge.kept_presets import PresetSource
from stembridge.protocol import REQUEST_ID
from stembridge.request import Origin, Request
from stembridge.stages.choice import choose_stems
from stembridge.stages.item_range import Item, ItemRange, Section, find_range
from stembridge.units import Seconds

PROJECT_FOLDER = "Stembridge"
"""The folder beside a project's recordings that deliveries go to."""


@dataclass(frozen=True)
class Order:
    """A request, and how an item's stems are laid under it; ``range`` is None where there is no item."""

    request: Request
    range: ItemRange | None = None
    play_rate: float = 1.0


class Orders:
    """Makes requests of what strangers ask for."""

    def __init__(self, roots: Roots, presets: PresetSource) -> None:
        """Take the folders that may be named, and the presets."""
        self._roots = roots
        self._presets = presets

    def separate(self, path: str, preset: str, request_id: str) -> Request:
        """Make a request to separate one file; the delivery goes beside it.

        Raises:
            StembridgeError: if the path is not allowed or no file, or the preset does not separate.

        """
        self._require_separating(preset)
        with _looking_at(path):
            return self._beside(_a_file(self._roots.source(path)), preset, request_id)

    def conform(self, path: str, preset: str, request_id: str) -> Request:
        """Make a request to conform a file or a folder; the delivery goes beside it.

        Raises:
            StembridgeError: if the path is not allowed, or there is no such preset.

        """
        self._presets.load(preset)
        with _looking_at(path):
            return self._beside(self._roots.source(path), preset, request_id)

    def of_spool(self, wanted: SpoolRequest) -> Order:
        """Make an order of a spool request; the delivery goes beside the project's recordings.

        Raises:
            StembridgeError: if something in it is not allowed, is not there, or cannot be done.

        """
        if isinstance(wanted, SeparateRequest):
            with _looking_at(wanted.source.path):
                return self._of_item(wanted)
        with _looking_at(wanted.path):
            return Order(self._of_path(wanted))

    def _of_item(self, wanted: SeparateRequest) -> Order:
        self._require_separating(wanted.preset)
        choose_stems(self._presets.load(wanted.preset), wanted.stems or ())
        source = _a_file(self._roots.source(wanted.source.path))
        cut = find_range(
            _item(wanted.item), open_sound(source), section=_section(wanted), handles=Seconds(wanted.handles)
        )
        request = Request(
            sources=(source,),
            preset=wanted.preset,
            destination=self._destination(wanted),
            name=_without_suffix(wanted.item.name, source) or source.stem,
            origin=Origin.REAPER,
            id=wanted.id,
            excerpt=cut.excerpt,
            stems=wanted.stems or (),
        )
        return Order(request, cut, wanted.item.play_rate)

    def _of_path(self, wanted: ConformRequest) -> Request:
        self._presets.load(wanted.preset)
        source = self._roots.source(wanted.path)
        return _request(source, wanted.preset, self._destination(wanted), wanted.id, Origin.REAPER)

    def _destination(self, wanted: SpoolRequest) -> Path:
        if wanted.destination is not None:
            return self._roots.destination(wanted.destination)
        return self._roots.destination(wanted.project.record_path) / PROJECT_FOLDER

    def _beside(self, source: Path, preset: str, request_id: str) -> Request:
        if request_id and not REQUEST_ID.fullmatch(request_id):
            raise IntakeError(
                "A request's id has 1 to 64 letters, digits, - and _.",
                hint="Give another id, or none.",
                code="malformed",
            )
        return _request(source, preset, source.parent, request_id, Origin.OSC)

    def _require_separating(self, preset: str) -> None:
        if self._presets.load(preset).separate is None:
            raise IntakeError(
                f'The preset "{preset}" separates nothing.',
                hint="Choose one that separates, or conform instead.",
                code="preset",
            )


@contextmanager
def _looking_at(path: str) -> Iterator[None]:
    """Refuse what the system does not let us look at, so that nobody tries it again and again."""
    try:
        yield
    except OSError as error:
        raise IntakeError(
            f"It cannot be looked at: {error.strerror or error}.",
            path=Path(path),
            hint="Check the path, and that the user that runs stembridge may read it.",
            code="unreadable",
        ) from error


def _request(source: Path, preset: str, destination: Path, request_id: str, origin: Origin) -> Request:
    (made,) = requests_for([source], preset=preset, destination=destination)
    return replace(made, origin=origin, id=request_id)


def _a_file(path: Path) -> Path:
    if path.is_file():
        return path
    raise IntakeError(
        "This is not a file.", path=path, hint="Name one sound file; folders are conformed.", code="not-audio"
    )


def _without_suffix(name: str, source: Path) -> str:
    """Return a take's name without the file suffix that DAWs leave on it."""
    return name[: -len(source.suffix)] if source.suffix and name.endswith(source.suffix) else name


def _item(part: ItemPart) -> Item:
    return Item(
        position=Seconds(part.position),
        length=Seconds(part.length),
        start_offset=Seconds(part.start_offset),
        play_rate=part.play_rate,
        loops=part.loop,
        channel_mode=part.channel_mode,
    )


def _section(wanted: SeparateRequest) -> Section | None:
    part = wanted.source.section
    if part is None:
        return None
    return Section(Seconds(part.offset), Seconds(part.length), part.reversed)
