"""Roots: the folders that strangers may name files in. A path that leads out, by ``..`` or a link, is refused."""

import sys
from collections.abc import Iterable
from pathlib import Path

from stembridge.errors import IntakeError


class Roots:
    """The folders that commands and requests from outside may name files in."""

    def __init__(self, roots: Iterable[Path], *, closed: Iterable[Path] = ()) -> None:
        """Take the folders.

        Args:
            roots: what lies in these is allowed.
            closed: folders inside them that take in what they hold by themselves: the hot folders.

        """
        self._roots = tuple(roots)
        self._closed = tuple(closed)

    def allowed(self, text: str) -> Path:
        """Return the real path that a text names; it need not exist.

        Raises:
            IntakeError: with the code ``not-allowed``, if it is no absolute path or lies outside.

        """
        path = Path(text)
        if "\0" in text or not path.is_absolute():
            raise IntakeError(
                f'"{text[:200]}" is not an absolute path.',
                hint="Give the whole path, from the root or the drive.",
                code="not-allowed",
            )
        if _is_share(path) and not any(path.is_relative_to(root) for root in self._roots):
            raise self._outside(path)  # not even looked at: that would log in to a stranger's server
        real = _real(path)
        if not any(real.is_relative_to(_real(root)) for root in self._roots):
            raise self._outside(path)
        return real

    def source(self, text: str) -> Path:
        """Return the real path of something to work on, which exists and is no hot folder's.

        Raises:
            IntakeError: with the code ``not-allowed``, ``source-gone`` or ``hot-folder``.

        """
        path = self.allowed(text)
        if not path.exists():
            raise IntakeError("There is no such file.", path=path, hint="Check the path.", code="source-gone")
        hint = "What lies there is taken in by itself; name a file elsewhere."
        return outside_hot_folders(path, self._closed, hint)

    def destination(self, text: str) -> Path:
        """Return the real path of a folder to deliver in, which need not exist and is no hot folder's.

        Raises:
            IntakeError: with the code ``not-allowed`` or ``hot-folder``.

        """
        return destination_outside(self.allowed(text), self._closed)

    def _outside(self, path: Path) -> IntakeError:
        return IntakeError(
            "This path is outside the folders that may be named from outside.",
            path=path,
            hint="Add its folder to `allowed_roots` in stembridge.yaml (the list replaces your home: name that too).",
            code="not-allowed",
        )


def destination_outside(path: Path, hot_folders: Iterable[Path]) -> Path:
    """Return the real path of a folder to deliver in, unless it lies in a hot folder, where it would go round.

    Raises:
        IntakeError: with the code ``hot-folder``.

    """
    hint = "What is delivered there would be taken in again; name another."
    return outside_hot_folders(_real(path), hot_folders, hint)


def outside_hot_folders(path: Path, hot_folders: Iterable[Path], hint: str) -> Path:
    """Return a real path that lies in no hot folder.

    Raises:
        IntakeError: with the code ``hot-folder`` and the hint, if it does.

    """
    if any(path.is_relative_to(_real(folder)) for folder in hot_folders):
        raise IntakeError("This lies in a hot folder.", path=path, hint=hint, code="hot-folder")
    return path


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:  # a link that leads to itself
        raise IntakeError(
            "The path cannot be followed.", path=path, hint="A link in it leads nowhere.", code="not-allowed"
        ) from error


def _is_share(path: Path) -> bool:
    return sys.platform == "win32" and path.drive.startswith("\\\\")
