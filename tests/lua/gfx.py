"""A stand-in of REAPER's built-in window: it records what is drawn and plays the mouse and the keyboard."""

from dataclasses import dataclass, field
from typing import Any

from lua.values import text_of

CHARACTER_WIDTH = 7
NUMBERS = ("x", "y", "w", "h", "mouse_x", "mouse_y", "mouse_cap", "mouse_wheel", "texth", "clear", "dest")
OWN = {"x", "y", "mouse_wheel", "clear", "dest"}
FUNCTIONS = "init quit getchar update set rect drawstr measurestr setfont dock showmenu"


@dataclass
class Window:
    """One gfx window: closed until the script opens it."""

    is_open: bool = False
    title: str = ""
    size: tuple[int, int] = (0, 0)
    keys: list[int] = field(default_factory=list)
    texts: list[tuple[str, float, float]] = field(default_factory=list)
    boxes: list[tuple[float, ...]] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    menus: list[list[str]] = field(default_factory=list)


class GfxCalls:
    """The functions of the ``gfx`` table, for one script."""

    def __init__(self, world: Any, window: Window) -> None:
        self.world = world
        self.window = window
        self.table: Any = None

    def init(self, title: bytes, width: float, height: float, *_place: float) -> int:
        """Open the window."""
        self.window.is_open = True
        self.window.title = text_of(title)
        self.window.size = (int(width), int(height))
        self.table[b"w"], self.table[b"h"] = float(width), float(height)
        return 1

    def quit(self) -> None:
        """Close it."""
        self.window.is_open = False

    def getchar(self) -> int:
        """Return the next key, 0 for none, -1 for a closed window."""
        if not self.window.is_open:
            return -1
        return self.window.keys.pop(0) if self.window.keys else 0

    def update(self) -> None:
        """Show what was drawn."""
        self.window.shown = [text for text, _, _ in self.window.texts]
        self.last = list(self.window.texts)
        self.window.texts = []
        self.window.boxes = []

    def set(self, red: float, green: float, blue: float, alpha: float = 1) -> None:
        """Choose a colour."""
        assert all(0 <= part <= 1 for part in (red, green, blue, alpha))

    def rect(self, x: float, y: float, width: float, height: float, _filled: int = 1) -> None:
        """Draw a box."""
        self.window.boxes.append((x, y, width, height))

    def drawstr(self, text: bytes, _flags: int = 0, _right: float = 0, _bottom: float = 0) -> None:
        """Draw a text where gfx.x and gfx.y are."""
        self.window.texts.append((text_of(text), self.table[b"x"], self.table[b"y"]))

    def measurestr(self, text: bytes) -> tuple[float, float]:
        """Return width and height of a text."""
        return float(CHARACTER_WIDTH * len(text_of(text))), 15.0

    def setfont(self, _index: int, _face: bytes = b"", _size: int = 0, _flags: int = 0) -> int:
        """Choose a font."""
        return 1

    def dock(self, _state: float, *numbers: float) -> tuple[float, ...]:
        """Return dock state and place."""
        return (0.0, 100.0, 100.0, *map(float, self.window.size))[: 1 + len(numbers)]

    def showmenu(self, text: bytes) -> int:
        """Let the user choose; 0 is nothing."""
        entries = text_of(text).split("|")
        self.window.menus.append(entries)
        choice = self.world.answer("menu", text_of(text))
        return entries.index(choice) + 1 if choice else 0


class WindowControls:
    """What a test does with the window of a script."""

    def __init__(self, window: Window, calls: GfxCalls) -> None:
        self._window = window
        self._calls = calls

    @property
    def is_open(self) -> bool:
        """Whether the script has its window open."""
        return self._window.is_open

    @property
    def texts(self) -> list[str]:
        """What the last frame said, from top to bottom."""
        return self._window.shown

    def close(self) -> None:
        """Close the window by its frame."""
        self._window.is_open = False

    def press(self, *keys: int) -> None:
        """Type."""
        self._window.keys.extend(keys)

    def point_at(self, text: str, place: int = 0) -> None:
        """Move the mouse onto a text of the last frame."""
        _, x, y = [entry for entry in self._calls.last if entry[0] == text][place]
        self._calls.table[b"mouse_x"], self._calls.table[b"mouse_y"] = x + 2.0, y + 2.0

    def hold(self, *, down: bool) -> None:
        """Press or release the left button."""
        self._calls.table[b"mouse_cap"] = float(down)

    def scroll(self, amount: float) -> None:
        """Turn the wheel."""
        self._calls.table[b"mouse_wheel"] = amount
