"""Projects, undo and what scripts store."""

# ruff: noqa: N802, N803 (the names are REAPER's)

import copy
from pathlib import PurePath
from typing import Any

from lua.model import Item, Project, Source, Take, Track, bury
from lua.values import KINDS
from lua.world import World


class ProjectCalls:
    """Calls about projects as a whole."""

    world: World

    def EnumProjects(self, idx: int) -> Any:
        open_projects = self.world.projects
        if idx == -1:
            return self.world.project, self.world.project.path
        if 0 <= idx < len(open_projects):
            return open_projects[idx], open_projects[idx].path
        return None, None

    def GetProjectPathEx(self, proj: Project | None) -> str:
        return self.world.of(proj).record_path

    def GetProjectName(self, proj: Project | None) -> str:
        return PurePath(self.world.of(proj).path).name

    def GetSetProjectInfo(self, proj: Project | None, desc: str, value: float, is_set: bool) -> float:
        rate = self.world.of(proj).rate
        known = {"PROJECT_SRATE": rate or 44100, "PROJECT_SRATE_USE": int(rate != 0)}
        return self.world.known(known, desc)

    def GetCursorPositionEx(self, proj: Project | None) -> float:
        return self.world.of(proj).cursor

    def GetProjectStateChangeCount(self, proj: Project | None) -> int:
        return self.world.of(proj).changes

    def MarkProjectDirty(self, proj: Project | None) -> None:
        self.world.of(proj).changes += 1

    def ValidatePtr2(self, proj: Project | None, pointer: Any, ctypename: str) -> bool:
        model = KINDS[ctypename.rstrip("*")]
        if not isinstance(pointer, model) or pointer.dead:
            return False
        if isinstance(pointer, Project | Source):
            return True
        return pointer in list(_parts(self.world.of(proj)))

    def Undo_BeginBlock2(self, proj: Project | None) -> None:
        project = self.world.of(proj)
        if project.undo_depth == 0:
            project.before = copy.deepcopy(project.tracks)
        project.undo_depth += 1

    def Undo_EndBlock2(self, proj: Project | None, descchange: str, extraflags: int) -> None:
        project = self.world.of(proj)
        if project.undo_depth == 0:
            raise self.world.fault("Undo_EndBlock2 without a beginning")
        project.undo_depth -= 1
        if project.undo_depth == 0:
            project.undo.append((descchange, project.before))
            project.changes += 1

    def Undo_CanUndo2(self, proj: Project | None) -> str | None:
        undo = self.world.of(proj).undo
        return undo[-1][0] if undo else None

    def Undo_DoUndo2(self, proj: Project | None) -> int:
        project = self.world.of(proj)
        if not project.undo:
            return 0
        bury(project.tracks)
        project.tracks = project.undo.pop()[1]
        return 1

    def PreventUIRefresh(self, prevent_count: int) -> None:
        self.world.refresh_depth += prevent_count

    def UpdateArrange(self) -> None:
        pass

    def TrackList_AdjustWindows(self, isMinor: bool) -> None:
        pass

    def GetExtState(self, section: str, key: str) -> str:
        return self.world.ext.get((section, key), ("", False))[0]

    def SetExtState(self, section: str, key: str, value: str, persist: bool) -> None:
        self.world.ext[section, key] = (value.split("\n")[0], persist)

    def HasExtState(self, section: str, key: str) -> bool:
        return (section, key) in self.world.ext

    def DeleteExtState(self, section: str, key: str, persist: bool) -> None:
        self.world.ext.pop((section, key), None)

    def GetProjExtState(self, proj: Project | None, extname: str, key: str) -> tuple[int, str]:
        value = self.world.of(proj).ext.get((extname, key), "")
        return len(value), value

    def SetProjExtState(self, proj: Project | None, extname: str, key: str, value: str) -> int:
        store = self.world.of(proj).ext
        if value:
            store[extname, key] = value
        else:
            store.pop((extname, key), None)
        return len(value)

    def EnumProjExtState(self, proj: Project | None, extname: str, idx: int) -> Any:
        pairs = [(key, value) for (name, key), value in self.world.of(proj).ext.items() if name == extname]
        return (True, *pairs[idx]) if 0 <= idx < len(pairs) else (False, None, None)


def _parts(project: Project) -> list[Track | Item | Take]:
    items = project.items
    return [*project.tracks, *items, *(take for item in items for take in item.takes)]
