-- @noindex
-- Puts the stems of a finished job into its project, in one undo step, all of them or none.

local anchor = require("lib.anchor")
local media = require("lib.media")
local project = require("lib.project")
local request_of = require("lib.request")
local settings = require("lib.settings")
local stem_items = require("lib.stem_items")
local stem_tracks = require("lib.stem_tracks")
local tags = require("lib.tags")

local insert = {}

local LEAST_S = 1e-6

local function stem_name(set_name, stem)
  return stem.name:find(set_name, 1, true) and stem.name or set_name .. " - " .. stem.name
end

local function look_of(set, stem)
  local colour = settings.is_on("colours") and stem.colour or nil
  local start = not set.place.length and stem.start or 0  -- the stems of an item all start with it
  return { name = stem_name(set.name, stem), colour = colour, tag = set.tag, start = start }
end

-- How far an item may reach into its neighbour on a track: as far as REAPER made a crossfade of it.
local function crossfade(place, name)
  return math.max(LEAST_S, place.item and reaper.GetMediaItemInfo_Value(place.item, name) or 0)
end

local function tracks_for(set)
  local place, track = set.place, set.place.track
  if track and place.length and settings.is_on("share") then
    local from = place.position + crossfade(place, "D_FADEINLEN_AUTO")
    local to = place.position + place.length - crossfade(place, "D_FADEOUTLEN_AUTO")
    local existing = stem_tracks.existing(set.project, track, set.stems, from, to)
    if existing then
      return existing
    end
  end
  return stem_tracks.create(set.project, track, set.stems, {
    folder_name = set.name .. " stems",
    colours = settings.is_on("colours"),
    timebase = track and reaper.GetMediaTrackInfo_Value(track, "C_BEATATTACHMODE"),
  })
end

local function as_tracks(set, opened)
  local tracks, made = tracks_for(set), {}
  for index, stem in ipairs(set.stems) do
    local item = stem_items.as_item(tracks[index], opened[index], set.place, look_of(set, stem))
    made[index] = { item = item, guid = project.item_guid(item), take = reaper.GetActiveTake(item) }
  end
  if set.place.item and settings.is_on("mute_source") then
    reaper.SetMediaItemInfo_Value(set.place.item, "B_MUTE", 1)
  end
  return made
end

local function as_takes(set, opened)
  local item, made = set.place.item, {}
  for index, stem in ipairs(set.stems) do
    local take = stem_items.as_take(opened[index], set.place, look_of(set, stem))
    made[index] = { item = item, guid = project.item_guid(item), take = take }
  end
  reaper.SetActiveTake(settings.is_on("mute_source") and made[1].take or set.place.take)
  reaper.UpdateItemInProject(item)
  return made
end

local function undo_text(set)
  return "Stembridge: insert stems of " .. set.name
end

-- A failure half way is taken back, then raised.
local function in_one_step(set, opened)
  local put = settings.get("put") == "takes" and set.place.item and as_takes or as_tracks
  reaper.Undo_BeginBlock2(set.project)
  reaper.PreventUIRefresh(1)
  local fine, made = xpcall(put, debug.traceback, set, opened)
  reaper.PreventUIRefresh(-1)
  reaper.Undo_EndBlock2(set.project, undo_text(set), -1)
  if not fine and reaper.Undo_CanUndo2(set.project) == undo_text(set) then
    reaper.Undo_DoUndo2(set.project)
  end
  reaper.TrackList_AdjustWindows(false)
  reaper.UpdateArrange()
  return fine and made or error(made, 0)
end

local function place_of(job, status)
  local request = job.request
  if not request or not request.item then
    return anchor.at_cursor(job.project)
  end
  local place, reason = anchor.find(job.project, request, status)
  if not place and job.forced then
    return anchor.remembered(job.project, request, status)
  end
  return place, reason
end

-- What stops an insertion before it starts.
local function obstacle(job, status)
  if not job.project then
    return "Its project is closed."
  elseif not project.is_current(job.project) then
    return "Its project is not in front."
  elseif not status.stems or #status.stems == 0 then
    return "The job made no stems."
  elseif job.request and job.request.item and not (status.handles and status.length) then
    return "The daemon did not say where its stems start; update Stembridge."
  end
end

-- What the job is called, without the ending of its file, which REAPER leaves on the names of takes.
local function set_name(job)
  local request = job.request
  local title = request and request_of.title(request) or job.name or "Stembridge"
  local ending = request and request.source and request.source.path:match("%.[^./\\]+$") or ""
  local name = title:sub(1, #title - #ending)
  return name ~= "" and name .. ending == title and name or title
end

-- Insert the stems of `job` = {id, project, request, name, forced}. With `forced` the user asked for it by hand:
-- then a changed item is no obstacle, the remembered place is used.
-- Returns "inserted" and {item, guid, take} of each, "present" when they already are in the project,
-- or "held" and the reason.
function insert.run(job, status)
  local reason = obstacle(job, status)
  if reason then
    return "held", reason
  end
  local tag = tags.of_job(job.id, job.request, status)
  if tags.present(job.project, tag) then
    return "present"
  end
  local place, opened
  place, reason = place_of(job, status)
  if place then
    opened, reason = media.open(status.stems)
  end
  if not opened then
    return "held", reason
  end
  local set = { project = job.project, name = set_name(job), place = place, stems = status.stems, tag = tag }
  return "inserted", in_one_step(set, opened)
end

return insert
