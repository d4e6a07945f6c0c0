"""Files, windows to the user, actions, time and the scripts themselves."""

# ruff: noqa: N802, N803 (the names are REAPER's)

from pathlib import Path
from typing import Any

from lua.model import Project, new_guid
from lua.world import World

OK = 0


class SystemCalls:
    """Calls about the world around the project."""

    world: World

    def time_precise(self) -> float:
        return self.world.clock

    def genGuid(self) -> str:
        return new_guid()

    def GetOS(self) -> str:
        return "Win64" if self.world.windows else "Other"

    def GetAppVersion(self) -> str:
        return f"{self.world.version}/{'win64' if self.world.windows else 'linux-x86_64'}"

    def GetResourcePath(self) -> str:
        return str(self.world.resources)

    def APIExists(self, function_name: str) -> bool:
        return function_name in self.world.offered

    def file_exists(self, path: str) -> bool:
        return Path(path).is_file()

    def RecursiveCreateDirectory(self, path: str, ignored: int) -> int:
        try:
            Path(path).mkdir(parents=True, exist_ok=True)
        except OSError:
            return 0
        return 1

    def EnumerateFiles(self, path: str, fileindex: int) -> str | None:
        return self._listed(path, fileindex, files=True)

    def EnumerateSubdirectories(self, path: str, subdirindex: int) -> str | None:
        return self._listed(path, subdirindex, files=False)

    def _listed(self, path: str, index: int, *, files: bool) -> str | None:
        cache = self.world.directories
        if index == -1:
            cache.pop((path, files), None)
            return None
        if (path, files) not in cache:
            entries = sorted(Path(path).iterdir()) if Path(path).is_dir() else []
            cache[path, files] = [entry.name for entry in entries if entry.is_file() is files]
        return self.world.at(cache[path, files], index)

    def ExecProcess(self, cmdline: str, timeoutmsec: int) -> str | None:
        return self.world.start_process(cmdline, timeoutmsec)

    def CF_ShellExecute(self, file: str) -> bool:
        self.world.opened.append(file)
        return True

    def JS_Dialog_BrowseForFolder(self, caption: str, initialFolder: str) -> tuple[int, str]:
        answer = self.world.answer("folder", caption)
        return (1, answer) if answer else (0, "")

    def MB(self, msg: str, title: str, type: int) -> int:  # noqa: A002
        self.world.messages.append(msg)
        return 1 if type == OK else self.world.answer("box", msg)

    def ShowConsoleMsg(self, msg: str) -> None:
        self.world.console.append(msg)

    def GetUserInputs(
        self, title: str, num_inputs: int, captions_csv: str, retvals_csv: str
    ) -> tuple[bool, str]:
        extra = dict(part.split("=", 1) for part in captions_csv.split(",") if "=" in part)
        captions = [part for part in captions_csv.split(",") if "=" not in part]
        separator = extra.get("separator", ",")
        if len(captions) != num_inputs or num_inputs > 16:
            raise self.world.fault(f"{len(captions)} captions for {num_inputs} fields")
        shown = dict(zip(captions, retvals_csv.split(separator), strict=True))
        self.world.forms.append((title, shown))
        answer = self.world.answer("form", title)
        if answer is None:
            return False, retvals_csv
        return True, separator.join({**shown, **answer}[caption] for caption in captions)

    def GetUserFileNameForRead(self, filenameNeed4096: str, title: str, defext: str) -> tuple[bool, str]:
        answer = self.world.answer("file", title)
        return (True, answer) if answer else (False, filenameNeed4096)

    def Main_OnCommand(self, command: int, flag: int) -> None:
        self.world.perform(command, self.world.project)

    def Main_OnCommandEx(self, command: int, flag: int, proj: Project | None) -> None:
        self.world.perform(command, self.world.of(proj))

    def AddRemoveReaScript(self, add: bool, sectionID: int, scriptfn: str, commit: bool) -> int:
        return self.world.register(scriptfn) if add else 1

    def defer(self, func: Any) -> bool:
        self.world.defer(func)
        return True

    def atexit(self, func: Any) -> bool:
        self.world.at_exit(func)
        return True

    def get_action_context(self) -> Any:
        return True, self.world.script_path(), 0, 0, -1, -1, -1.0, ""

    def set_action_options(self, flag: int) -> None:
        self.world.options.append(flag)
