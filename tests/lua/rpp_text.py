"""The stand-in's project as the text of a ``.rpp``, in the fields that tests compare."""

from lua.model import Item, Project, Source, Take, Track


def project_text(project: Project) -> str:
    """Return the project as REAPER would save it."""
    lines = ['<REAPER_PROJECT 0.1 "7.30/linux-x86_64" 0', f'  RECORD_PATH {quoted(project.record_path)} ""']
    lines.append(f"  SAMPLERATE {project.rate or 44100} {int(project.rate != 0)} 0")
    for track in project.tracks:
        lines += indented(_track(track))
    if project.ext:
        lines += indented(_ext(project))
    return "\n".join([*lines, ">", ""])


def quoted(text: str) -> str:
    """Quote a text with the first quote that is not in it."""
    for quote in "\"'`":
        if quote not in text:
            return f"{quote}{text}{quote}"
    return "`" + text.replace("`", "'") + "`"


def indented(lines: list[str]) -> list[str]:
    """Return lines two columns further right."""
    return [f"  {line}" for line in lines]


def number(value: float) -> str:
    """Return a number as REAPER stores it."""
    return f"{value:.14f}".rstrip("0").rstrip(".")


def _ext(project: Project) -> list[str]:
    lines = ["<EXTENSIONS"]
    for name in sorted({name for name, _ in project.ext}):
        lines.append(f"  <{name.upper()}")
        lines += [f"    {key} {quoted(value)}" for (of, key), value in project.ext.items() if of == name]
        lines.append("  >")
    return [*lines, ">"]


def _track(track: Track) -> list[str]:
    depth = track.depth
    folder = "1 1" if depth > 0 else f"2 {depth}" if depth < 0 else "0 0"
    body = [
        f"NAME {quoted(track.name)}",
        f"PEAKCOL {int(track.values['I_CUSTOMCOLOR'])}",
        f"ISBUS {folder}",
        f"NCHAN {int(track.values['I_NCHAN'])}",
        f"TRACKID {track.guid}",
    ]
    for item in track.items:
        body += _item(item)
    return [f"<TRACK {track.guid}", *indented(body), ">"]


def _item(item: Item) -> list[str]:
    values = item.values
    body = [
        f"POSITION {number(values['D_POSITION'])}",
        f"LENGTH {number(values['D_LENGTH'])}",
        f"LOOP {int(values['B_LOOPSRC'])}",
        f"FADEIN {int(values['C_FADEINSHAPE'])} {number(values['D_FADEINLEN'])} 0 1 0 0",
        f"FADEOUT {int(values['C_FADEOUTSHAPE'])} {number(values['D_FADEOUTLEN'])} 0 1 0 0",
        f"MUTE {int(values['B_MUTE'])} 0",
        f"SEL {int(values['B_UISEL'])}",
        f"IGUID {item.guid}",
    ]
    for index, take in enumerate(item.takes):
        if index:
            body.append("TAKE SEL" if index == item.active else "TAKE")
        body += _take(take, values["D_VOL"])
    return ["<ITEM", *indented(body), ">"]


def _take(take: Take, volume: float) -> list[str]:
    values = take.values
    rate = f"{number(values['D_PLAYRATE'])} {int(values['B_PPITCH'])} {number(values['D_PITCH'])}"
    return [
        f"NAME {quoted(take.name)}",
        f"VOLPAN {number(volume)} {number(values['D_PAN'])} {number(values['D_VOL'])} -1",
        f"SOFFS {number(values['D_STARTOFFS'])}",
        f"PLAYRATE {rate} -1 0 0.0025",
        f"CHANMODE {int(values['I_CHANMODE'])}",
        f"GUID {take.guid}",
        *(_source(take.source) if take.source else []),
    ]


def _source(source: Source) -> list[str]:
    if source.type != "SECTION":
        return [f"<SOURCE {source.type}", f"  FILE {quoted(source.path)}", ">"]
    assert source.parent is not None
    body = [
        f"LENGTH {number(source.length)}",
        f"MODE {2 if source.reversed else 0}",
        f"STARTPOS {number(source.offset)}",
        "OVERLAP 0.01",
        *_source(source.parent),
    ]
    return ["<SOURCE SECTION", *indented(body), ">"]
