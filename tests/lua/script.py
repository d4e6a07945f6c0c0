"""One script inside the stand-in: a Lua state of its own with strict ``reaper`` and ``gfx`` tables."""

import importlib
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lua import gfx
from lua.signatures import Signature
from lua.values import ScriptError, bytes_of, check_arguments, check_returns, text_of

GLUE = Path(__file__).with_name("glue.lua")


def load_runtime(version: str) -> Any:
    """Return lupa's module for "5.3" or "5.4"; raises ImportError where this build of lupa lacks it."""
    return importlib.import_module(f"lupa.lua{version.replace('.', '')}")


class Script:
    """A running script: its Lua state, its window, the functions it asked to be called.

    ``turns`` holds the seconds of each turn that were Lua's own: processor time without the calls of ``reaper``.
    """

    def __init__(self, path: Path, world: Any, signatures: dict[str, Signature]) -> None:
        self.path = path
        self.world = world
        self.pending: list[Any] = []
        self.exits: list[Any] = []
        self.turns: list[float] = []
        self._away = 0.0
        self.ended = False
        self._signatures = signatures
        module = load_runtime(world.lua_version)
        self.lua = module.LuaRuntime(
            unpack_returned_tuples=True,
            encoding=None,
            register_eval=False,
            register_builtins=False,
            attribute_filter=_opaque,
        )
        self._error = module.LuaError
        self._window = gfx.Window()
        self._gfx = gfx.GfxCalls(world, self._window)
        self.window = gfx.WindowControls(self._window, self._gfx)
        self._furnish()

    def _furnish(self) -> None:
        signatures = self._signatures
        names = " ".join(sorted(set(signatures) & self.world.offered))
        absent = " ".join(sorted(set(signatures) - self.world.offered))
        glue = self._compile(GLUE)(self._call, bytes_of(names), bytes_of(absent))
        self._furnish_gfx(glue)
        self.lua.globals()[b"os"][b"time"] = lambda *_: int(self.world.now())
        if self.world.windows:
            self.lua.globals()[b"os"][b"rename"] = _rename_like_windows
        if self.world.sockets:
            self._furnish_sockets()
        self.lua.globals()[b"python"] = None
        self._globals = set(self.lua.globals())

    def _furnish_gfx(self, glue: Any) -> None:
        table = self.lua.table()
        for name in gfx.FUNCTIONS.split():
            table[bytes_of(name)] = getattr(self._gfx, name)
        for name in gfx.NUMBERS:
            table[bytes_of(name)] = 0.0
        self._gfx.table = table
        known = self.lua.table()
        self.lua.globals()[b"setmetatable"](table, glue[b"strict"](b"gfx", known))
        self.lua.globals()[b"gfx"] = table

    def _furnish_sockets(self) -> None:
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.exits_python: Callable[[], None] = udp.close
        table = self.lua.table()
        table[b"sendto"] = lambda _self, data, host, port: udp.sendto(data, (text_of(host), int(port)))
        library = self.lua.table()
        library[b"udp"] = lambda: table
        self.lua.execute(b"local l = ... package.preload['socket.core'] = function() return l end", library)

    def _compile(self, path: Path) -> Any:
        function, message = self._load(path)
        if function is None:
            raise SyntaxError(text_of(message))
        return function

    def _load(self, path: Path) -> Any:
        result = self.lua.globals()[b"loadfile"](bytes_of(str(path)))
        return result if isinstance(result, tuple) else (result, b"")

    def _call(self, name: bytes, *given: Any) -> tuple[Any, ...]:
        """Answer a call of the ``reaper`` table: (True, values...) or (False, message)."""
        signature = self._signatures[text_of(name)]
        left = time.thread_time()
        try:
            arguments = check_arguments(signature, given)
            result = getattr(self.world.calls, signature.name)(*arguments)
            return (True, *check_returns(signature, result, self.world.handles))
        except ScriptError as error:
            return False, bytes_of(str(error))
        except AssertionError as error:
            if error not in self.world.faults:
                self.world.fault(str(error))
            return False, bytes_of(str(error))
        finally:
            self._away += time.thread_time() - left

    def start(self) -> None:
        """Run the script until its last line."""
        self.run(self._compile(self.path))

    def run(self, function: Any) -> None:
        """Run one of its functions as REAPER would, and end the script when it asked for no more."""
        started, self._away = time.thread_time(), 0.0
        with self.world.running(self):
            function()
        self.turns.append(time.thread_time() - started - self._away)
        if not self.pending:
            self.end()

    def end(self) -> None:
        """Run what was kept for the end."""
        if self.ended:
            return
        if strays := set(self.lua.globals()) - self._globals:
            self.world.fault(f"{self.path.name} left globals: {strays}")
        self.abandon()
        self._window.is_open = False
        with self.world.running(self):
            for function in self.exits:
                function()

    def abandon(self) -> None:
        """Run nothing of it any more."""
        if self.world.sockets and not self.ended:
            self.exits_python()
        self.ended = True
        self.pending.clear()


def _opaque(_object: object, name: object, _setting: bool) -> object:
    raise AttributeError(f"a handle has no {name!r}")


def _rename_like_windows(old: bytes, new: bytes) -> Any:
    if Path(text_of(new)).exists():
        return None, bytes_of(f"{text_of(old)}: File exists"), 17
    Path(text_of(old)).rename(text_of(new))
    return True
