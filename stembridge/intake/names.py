"""Which names a hot folder takes in, and which of its own folders it leaves alone."""

from stembridge.filenames import is_leftover, is_temporary
from stembridge.stages.originals import DONE_FOLDER, FAILED_FOLDER


def is_ignored(name: str) -> bool:
    """Tell whether a name is never taken in: temporary, hidden (``.stembridge-*`` too) or a leftover."""
    return is_temporary(name) or is_leftover(name)


def is_own_folder(name: str) -> bool:
    """Tell whether a folder at the top of a hot folder is where its originals end up."""
    return name.casefold() in {DONE_FOLDER, FAILED_FOLDER}
