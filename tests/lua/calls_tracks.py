"""Tracks, items and takes."""

# ruff: noqa: N802, N803 (the names are REAPER's)

from typing import Any

from lua.model import Item, Project, Source, Take, Track, bury, bury_item
from lua.world import World

EXT = "P_EXT:"


class TrackCalls:
    """Calls about tracks."""

    world: World

    def CountTracks(self, proj: Project | None) -> int:
        return len(self.world.of(proj).tracks)

    def GetTrack(self, proj: Project | None, trackidx: int) -> Track | None:
        return self.world.at(self.world.of(proj).tracks, trackidx)

    def InsertTrackAtIndex(self, idx: int, wantDefaults: bool) -> None:
        self.world.project.tracks.insert(idx, Track())

    def DeleteTrack(self, tr: Track) -> None:
        self.world.home_of(tr).tracks.remove(tr)
        bury([tr])

    def GetTrackGUID(self, tr: Track) -> str:
        return tr.guid

    def GetMediaTrackInfo_Value(self, tr: Track, parmname: str) -> float:
        if parmname == "IP_TRACKNUMBER":
            return self.world.home_of(tr).tracks.index(tr) + 1
        return self.world.known(tr.values, parmname)

    def SetMediaTrackInfo_Value(self, tr: Track, parmname: str, newvalue: float) -> bool:
        self.world.known(tr.values, parmname)
        tr.values[parmname] = newvalue
        return True

    def GetSetMediaTrackInfo_String(self, tr: Track, parmname: str, value: str, setNewValue: bool) -> Any:
        return self.world.string(tr, parmname, value, setNewValue, writable=("P_NAME",))

    def CountTrackMediaItems(self, tr: Track) -> int:
        return len(tr.items)

    def GetTrackMediaItem(self, tr: Track, itemidx: int) -> Item | None:
        return self.world.at(tr.items, itemidx)

    def ColorToNative(self, r: int, g: int, b: int) -> int:
        return r | g << 8 | b << 16 if self.world.windows else r << 16 | g << 8 | b


class ItemCalls:
    """Calls about items and takes."""

    world: World

    def CountMediaItems(self, proj: Project | None) -> int:
        return len(self.world.of(proj).items)

    def GetMediaItem(self, proj: Project | None, itemidx: int) -> Item | None:
        return self.world.at(self.world.of(proj).items, itemidx)

    def CountSelectedMediaItems(self, proj: Project | None) -> int:
        return len(self._selected(proj))

    def GetSelectedMediaItem(self, proj: Project | None, selitem: int) -> Item | None:
        return self.world.at(self._selected(proj), selitem)

    def _selected(self, proj: Project | None) -> list[Item]:
        return [item for item in self.world.of(proj).items if item.selected]

    def SelectAllMediaItems(self, proj: Project | None, selected: bool) -> None:
        for item in self.world.of(proj).items:
            item.values["B_UISEL"] = float(selected)

    def SetMediaItemSelected(self, item: Item, selected: bool) -> None:
        item.values["B_UISEL"] = float(selected)

    def GetMediaItem_Track(self, item: Item) -> Track:
        return self.world.track_of(item)

    def GetActiveTake(self, item: Item) -> Take | None:
        return self.world.at(item.takes, item.active)

    def CountTakes(self, item: Item) -> int:
        return len(item.takes)

    def GetMediaItemTake(self, item: Item, tk: int) -> Take | None:
        return self.world.at(item.takes, item.active if tk == -1 else tk)

    def SetActiveTake(self, take: Take) -> None:
        item = self.world.item_of(take)
        item.active = item.takes.index(take)

    def AddMediaItemToTrack(self, tr: Track) -> Item:
        item = Item()
        tr.items.append(item)
        return item

    def AddTakeToMediaItem(self, item: Item) -> Take:
        item.takes.append(Take())
        return item.takes[-1]

    def DeleteTrackMediaItem(self, tr: Track, it: Item) -> bool:
        if it not in tr.items:
            return False
        tr.items.remove(it)
        bury_item(it)
        return True

    def UpdateItemInProject(self, item: Item) -> None:
        pass

    def GetMediaItemInfo_Value(self, item: Item, parmname: str) -> float:
        return self.world.known({**item.values, "I_CURTAKE": item.active}, parmname)

    def SetMediaItemInfo_Value(self, item: Item, parmname: str, newvalue: float) -> bool:
        self.world.known(item.values, parmname)
        item.values[parmname] = newvalue
        return True

    def GetSetMediaItemInfo_String(self, item: Item, parmname: str, value: str, setNewValue: bool) -> Any:
        return self.world.string(item, parmname, value, setNewValue)

    def GetMediaItemTakeInfo_Value(self, take: Take, parmname: str) -> float:
        return self.world.known(take.values, parmname)

    def SetMediaItemTakeInfo_Value(self, take: Take, parmname: str, newvalue: float) -> bool:
        self.world.known(take.values, parmname)
        take.values[parmname] = newvalue
        return True

    def GetSetMediaItemTakeInfo_String(self, tk: Take, parmname: str, value: str, setNewValue: bool) -> Any:
        return self.world.string(tk, parmname, value, setNewValue, writable=("P_NAME",))

    def TakeIsMIDI(self, take: Take) -> bool:
        return take.source is not None and take.source.type in {"MIDI", "MIDIPOOL"}

    def TakeFX_GetCount(self, take: Take) -> int:
        return take.fx

    def GetTakeNumStretchMarkers(self, take: Take) -> int:
        return take.stretch_markers

    def CountTakeEnvelopes(self, take: Take) -> int:
        return take.envelopes

    def GetMediaItemTake_Source(self, take: Take) -> Source | None:
        return take.source

    def SetMediaItemTake_Source(self, take: Take, source: Source) -> bool:
        if source.owned:
            raise self.world.fault("one source given to two takes")
        source.owned = True
        take.source = source
        return True
