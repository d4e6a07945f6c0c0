-- @noindex
-- Projects, and what is in them, found by what survives a restart.

local project = {}

-- The project in front, and its .rpp ("" when it was never saved).
function project.current()
  local handle, path = reaper.EnumProjects(-1, "")
  return handle, path or ""
end

-- Every open project.
function project.all()
  local found, index = {}, 0
  local handle = reaper.EnumProjects(index, "")
  while handle do
    found[#found + 1] = handle
    index = index + 1
    handle = reaper.EnumProjects(index, "")
  end
  return found
end

function project.is_current(handle)
  return handle == (project.current())
end

local function forced_rate(handle)
  if reaper.GetSetProjectInfo(handle, "PROJECT_SRATE_USE", 0, false) == 0 then
    return 0
  end
  return reaper.GetSetProjectInfo(handle, "PROJECT_SRATE", 0, false)
end

-- What a request says about the project in front.
function project.facts()
  local handle, path = project.current()
  return {
    path = path,
    record_path = reaper.GetProjectPathEx(handle, ""),
    rate = forced_rate(handle),
    name = reaper.GetProjectName(handle, ""),
  }
end

function project.item_guid(item)
  return select(2, reaper.GetSetMediaItemInfo_String(item, "GUID", "", false))
end

function project.take_guid(take)
  return select(2, reaper.GetSetMediaItemTakeInfo_String(take, "GUID", "", false))
end

function project.find_item(handle, guid)
  for index = 0, reaper.CountMediaItems(handle) - 1 do
    local item = reaper.GetMediaItem(handle, index)
    if project.item_guid(item) == guid then
      return item
    end
  end
end

function project.find_take(item, guid)
  for index = 0, reaper.CountTakes(item) - 1 do
    local take = reaper.GetMediaItemTake(item, index)
    if take and project.take_guid(take) == guid then
      return take
    end
  end
end

function project.find_track(handle, guid)
  for index = 0, reaper.CountTracks(handle) - 1 do
    local track = reaper.GetTrack(handle, index)
    if reaper.GetTrackGUID(track) == guid then
      return track
    end
  end
end

return project
