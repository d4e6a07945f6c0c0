-- @noindex
-- Stems as items or as takes, with everything that was done to the source item done to them.

local stem_tracks = require("lib.stem_tracks")
local tags = require("lib.tags")

local stem_items = {}

local OF_ITEM = {
  "D_VOL", "D_FADEINLEN", "D_FADEOUTLEN", "D_FADEINLEN_AUTO", "D_FADEOUTLEN_AUTO", "C_FADEINSHAPE",
  "C_FADEOUTSHAPE", "D_FADEINDIR", "D_FADEOUTDIR", "D_SNAPOFFSET", "C_BEATATTACHMODE",
}
local OF_TAKE = {
  "D_VOL", "D_PAN", "D_PANLAW", "D_PITCH", "B_PPITCH", "I_PITCHMODE", "I_STRETCHFLAGS", "F_STRETCHFADESIZE",
}

local function set_item(item, name, value)
  reaper.SetMediaItemInfo_Value(item, name, value)
end

local function set_take(take, name, value)
  reaper.SetMediaItemTakeInfo_Value(take, name, value)
end

local function copy_item(from, to)
  for _, name in ipairs(OF_ITEM) do
    set_item(to, name, reaper.GetMediaItemInfo_Value(from, name))
  end
end

local function copy_take(from, to)
  for _, name in ipairs(OF_TAKE) do
    set_take(to, name, reaper.GetMediaItemTakeInfo_Value(from, name))
  end
end

local function recall_item(request, to)
  set_item(to, "D_VOL", request.volume)
  set_item(to, "D_FADEINLEN", request.fade_in)
  set_item(to, "D_FADEOUTLEN", request.fade_out)
end

local function recall_take(request, to)
  set_take(to, "D_VOL", request.take_volume)
  set_take(to, "D_PAN", request.pan)
  set_take(to, "D_PITCH", request.pitch)
  set_take(to, "B_PPITCH", request.preserve_pitch and 1 or 0)
end

-- A stem holds what the channel mode chose, so its own is normal.
local function fill_take(take, media, place, name)
  reaper.SetMediaItemTake_Source(take, media)
  if place.take then
    copy_take(place.take, take)
  elseif place.request then
    recall_take(place.request, take)
  end
  set_take(take, "D_STARTOFFS", place.start_offset)
  set_take(take, "D_PLAYRATE", place.play_rate)
  set_take(take, "I_CHANMODE", 0)
  reaper.GetSetMediaItemTakeInfo_String(take, "P_NAME", name, true)
end

local function length_of(media, place)
  return place.length or reaper.GetMediaSourceLength(media) / place.play_rate
end

-- Put a stem on its own track. Returns the new item.
function stem_items.as_item(track, media, place, look)
  local item = reaper.AddMediaItemToTrack(track)
  fill_take(reaper.AddTakeToMediaItem(item), media, place, look.name)
  if place.item then
    copy_item(place.item, item)
  elseif place.request then
    recall_item(place.request, item)
  end
  set_item(item, "B_LOOPSRC", place.loop and 1 or 0)
  set_item(item, "D_POSITION", place.position + look.start)
  set_item(item, "D_LENGTH", (length_of(media, place)))
  local colour = stem_tracks.native_colour(look.colour)
  if colour then
    set_item(item, "I_CUSTOMCOLOR", colour)
  end
  tags.set_item(item, look.tag)
  reaper.UpdateItemInProject(item)
  return item
end

-- Put a stem into the source item as one more take. Returns the new take.
function stem_items.as_take(media, place, look)
  local take = reaper.AddTakeToMediaItem(place.item)
  fill_take(take, media, place, look.name)
  local colour = stem_tracks.native_colour(look.colour)
  if colour then
    set_take(take, "I_CUSTOMCOLOR", colour)
  end
  tags.set_take(take, look.tag)
  return take
end

return stem_items
