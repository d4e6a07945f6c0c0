-- @noindex
-- Builds the peaks of inserted stems, one slice per turn of REAPER.

local project = require("lib.project")

local peaks = {}
peaks.__index = peaks

local START, GO_ON, FINISH = 0, 1, 2

function peaks.new()
  return setmetatable({ waiting = {} }, peaks)
end

-- `made` is what an insertion returned.
function peaks:add(handle, made)
  for _, entry in ipairs(made) do
    table.insert(self.waiting, { project = handle, item = entry.item, guid = entry.guid, take = entry.take })
  end
end

local function source_of(entry)
  local there = reaper.ValidatePtr2(0, entry.project, "ReaProject*")
    and reaper.ValidatePtr2(entry.project, entry.item, "MediaItem*")
    and project.item_guid(entry.item) == entry.guid
    and reaper.ValidatePtr2(entry.project, entry.take, "MediaItem_Take*")
  return there and reaper.GetMediaItemTake_Source(entry.take)
end

-- Returns whether the peaks of an entry are done; an entry that was deleted is.
local function advance(entry)
  local source = source_of(entry)
  if not source then
    return true
  end
  if not entry.started then
    entry.started = true
    return reaper.PCM_Source_BuildPeaks(source, START) == 0
  end
  if reaper.PCM_Source_BuildPeaks(source, GO_ON) ~= 0 then
    return false
  end
  reaper.PCM_Source_BuildPeaks(source, FINISH)
  return true
end

-- Do one slice. Returns whether there is more to do.
function peaks:turn()
  local entry = self.waiting[1]
  if entry and advance(entry) then
    table.remove(self.waiting, 1)
    if not self.waiting[1] then
      reaper.UpdateArrange()
    end
  end
  return self.waiting[1] ~= nil
end

return peaks
