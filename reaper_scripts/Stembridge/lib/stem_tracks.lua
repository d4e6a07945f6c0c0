-- @noindex
-- The tracks that stems go on: a folder under the item's track, used again for the next item of that track.

local tags = require("lib.tags")
local tree = require("lib.tree")

local stem_tracks = {}

local CUSTOM = 0x1000000

-- "#rrggbb" as REAPER stores a colour, or nothing.
function stem_tracks.native_colour(text)
  local red, green, blue = (text or ""):match("^#(%x%x)(%x%x)(%x%x)$")
  if not red then
    return nil
  end
  return reaper.ColorToNative(tonumber(red, 16), tonumber(green, 16), tonumber(blue, 16)) | CUSTOM
end

local function depths_of(handle)
  local depths = {}
  for index = 1, reaper.CountTracks(handle) do
    local depth = reaper.GetMediaTrackInfo_Value(reaper.GetTrack(handle, index - 1), "I_FOLDERDEPTH")
    depths[index] = math.floor(depth)
  end
  return depths
end

-- The track's index counted from 1, as REAPER numbers it.
local function index_of(track)
  return math.floor(reaper.GetMediaTrackInfo_Value(track, "IP_TRACKNUMBER"))
end

local function is_free(track, from, to)
  for index = 0, reaper.CountTrackMediaItems(track) - 1 do
    local item = reaper.GetTrackMediaItem(track, index)
    local start = reaper.GetMediaItemInfo_Value(item, "D_POSITION")
    if start < to and start + reaper.GetMediaItemInfo_Value(item, "D_LENGTH") > from then
      return false
    end
  end
  return true
end

local function channels_for(stem)
  local channels = math.floor(stem.channels or 2)
  return math.max(2, channels + channels % 2)
end

local function tagged_children(handle, depths, folder)
  local found = {}
  for _, index in ipairs(tree.children(depths, folder)) do
    local track = reaper.GetTrack(handle, index - 1)
    found[tags.track(track)] = track
  end
  return found
end

local function fitting_set(children, stems, from, to)
  local set = {}
  for index, tag in ipairs(tags.of_stems(stems)) do
    local track = children[tag]
    local usable = track
      and reaper.GetMediaTrackInfo_Value(track, "I_NCHAN") >= channels_for(stems[index])
      and is_free(track, from, to)
    if not usable then
      return nil
    end
    set[index] = track
  end
  return set
end

-- Stem tracks that an earlier item of the same track brought and that are free at this place, or nothing.
function stem_tracks.existing(handle, track, stems, from, to)
  local depths = depths_of(handle)
  for _, index in ipairs(tree.children(depths, index_of(track))) do
    if tags.track(reaper.GetTrack(handle, index - 1)) == tags.FOLDER then
      local set = fitting_set(tagged_children(handle, depths, index), stems, from, to)
      if set then
        return set
      end
    end
  end
end

local function dress(track, name, tag)
  reaper.GetSetMediaTrackInfo_String(track, "P_NAME", name, true)
  tags.set_track(track, tag)
end

local function dress_stem(track, stem, tag, look)
  dress(track, stem.name, tag)
  reaper.SetMediaTrackInfo_Value(track, "I_NCHAN", channels_for(stem))
  reaper.SetMediaTrackInfo_Value(track, "B_MUTE", stem.muted and 1 or 0)
  if look.timebase then
    reaper.SetMediaTrackInfo_Value(track, "C_BEATATTACHMODE", look.timebase)
  end
  local colour = look.colours and stem_tracks.native_colour(stem.colour)
  if colour then
    reaper.SetMediaTrackInfo_Value(track, "I_CUSTOMCOLOR", colour)
  end
end

local function insert_tracks(handle, plan, count)
  for index, depth in pairs(plan.depths) do
    reaper.SetMediaTrackInfo_Value(reaper.GetTrack(handle, index - 1), "I_FOLDERDEPTH", depth)
  end
  local made = {}
  for offset = 0, count - 1 do
    reaper.InsertTrackAtIndex(plan.after + offset, false)
    made[offset + 1] = reaper.GetTrack(handle, plan.after + offset)
  end
  return made
end

-- Make a folder with one track per stem, as the last child of `track` or, without one, at the end of the project.
function stem_tracks.create(handle, track, stems, look)
  local depths = depths_of(handle)
  local plan = track and tree.append(depths, index_of(track)) or tree.append_at_end(depths)
  local made = insert_tracks(handle, plan, #stems + 1)
  local folder = table.remove(made, 1)
  dress(folder, look.folder_name, tags.FOLDER)
  reaper.SetMediaTrackInfo_Value(folder, "I_FOLDERDEPTH", 1)
  local most = 2
  for index, tag in ipairs(tags.of_stems(stems)) do
    dress_stem(made[index], stems[index], tag, look)
    most = math.max(most, channels_for(stems[index]))
  end
  reaper.SetMediaTrackInfo_Value(folder, "I_NCHAN", most)
  reaper.SetMediaTrackInfo_Value(made[#made], "I_FOLDERDEPTH", plan.closing - 1)
  return made
end

return stem_tracks
