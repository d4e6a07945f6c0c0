-- @noindex
-- The item that stems belong to, as it is now, and where its stems go.

local project = require("lib.project")
local source = require("lib.source")

local anchor = {}

local TOLERANCE_S = 1e-6

local function take_now(item)
  return {
    item = item,
    position = reaper.GetMediaItemInfo_Value(item, "D_POSITION"),
    length = reaper.GetMediaItemInfo_Value(item, "D_LENGTH"),
  }
end

-- An item that is as it was when it was sent always fits, also where it shows silence around its source.
local function unchanged(place, moved, asked)
  return moved == 0 and place.length == asked.length and place.play_rate == asked.play_rate
end

-- Stems reach as far as the request did, handles included; an item may have been trimmed within that.
local function covered(place, request, status)
  local asked = request.item
  local wanted = status.handles.before + asked.length * asked.play_rate
  local first = math.min(0, status.handles.before)
  local stop = place.start_offset + place.length * place.play_rate
  return status.loop
    or (place.start_offset >= first - TOLERANCE_S and stop <= math.max(status.length, wanted) + TOLERANCE_S)
end

-- Whether the item plays its source in another way than it did when it was sent.
local function plays_otherwise(item, take, request, status)
  local stopped = status.loop and reaper.GetMediaItemInfo_Value(item, "B_LOOPSRC") == 0
  return stopped or reaper.GetMediaItemTakeInfo_Value(take, "I_CHANMODE") ~= request.item.channel_mode
end

-- Find the item of a request in its project.
-- Returns {item, take, track, position, length, start_offset, play_rate, loop}, or nothing and the reason.
function anchor.find(handle, request, status)
  local item = project.find_item(handle, request.item.guid)
  if not item then
    return nil, "Its item is no longer in the project."
  end
  local take = project.find_take(item, request.item.take_guid)
  local facts = take and source.read(take)
  if not facts or not source.same(facts, request.source) then
    return nil, "Its item has another take or source now."
  elseif plays_otherwise(item, take, request, status) then
    return nil, "Its item plays other channels now, or goes round no more."
  end
  local place = take_now(item)
  place.take, place.track = take, reaper.GetMediaItem_Track(item)
  place.play_rate = reaper.GetMediaItemTakeInfo_Value(take, "D_PLAYRATE")
  local moved = reaper.GetMediaItemTakeInfo_Value(take, "D_STARTOFFS") - request.item.start_offset
  place.start_offset = status.handles.before + moved
  place.loop = status.loop
  if not unchanged(place, moved, request.item) and not covered(place, request, status) then
    return nil, "Its item shows more of the source now than was separated."
  end
  return place
end

-- The place that a request remembers, for an item that is gone: its old position, on its old track if that is there.
function anchor.remembered(handle, request, status)
  local item = request.item
  return {
    position = item.position,
    length = item.length,
    start_offset = status.handles.before,
    play_rate = item.play_rate,
    loop = status.loop,
    track = project.find_track(handle, item.track_guid),
    request = item,
  }
end

-- For a delivery without an item: whole files at the edit cursor.
function anchor.at_cursor(handle)
  return { position = reaper.GetCursorPositionEx(handle), start_offset = 0, play_rate = 1 }
end

return anchor
