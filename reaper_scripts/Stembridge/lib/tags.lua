-- @noindex
-- How what we made is known again: P_EXT:stembridge on items, takes and tracks.

local tags = {}

local KEY = "P_EXT:stembridge"

tags.FOLDER = "stems"

-- The same job for the same item is the same set of stems, however often it is asked for. Where the request is
-- not known any more the tag ends with a space, and stands for the job with any item.
function tags.of_job(id, request, status)
  local owner = request and (request.item and request.item.guid or "delivery") or ""
  return (status.job or id) .. " " .. owner
end

-- One tag per stem, different within a set.
function tags.of_stems(stems)
  local found, seen = {}, {}
  for index, stem in ipairs(stems) do
    local role = stem.role and stem.role ~= "" and stem.role or stem.name
    seen[role] = (seen[role] or 0) + 1
    found[index] = "stem:" .. role .. (seen[role] > 1 and "#" .. seen[role] or "")
  end
  return found
end

local function get(call, object)
  local found, value = call(object, KEY, "", false)
  return found and value or ""
end

function tags.track(track)
  return get(reaper.GetSetMediaTrackInfo_String, track)
end

function tags.set_track(track, tag)
  reaper.GetSetMediaTrackInfo_String(track, KEY, tag, true)
end

function tags.set_item(item, tag)
  reaper.GetSetMediaItemInfo_String(item, KEY, tag, true)
end

function tags.set_take(take, tag)
  reaper.GetSetMediaItemTakeInfo_String(take, KEY, tag, true)
end

local function is_same(found, tag)
  return found == tag or (tag:sub(-1) == " " and found:sub(1, #tag) == tag)
end

local function on_takes(item, tag)
  for index = 0, reaper.CountTakes(item) - 1 do
    local take = reaper.GetMediaItemTake(item, index)
    if take and is_same(get(reaper.GetSetMediaItemTakeInfo_String, take), tag) then
      return true
    end
  end
  return false
end

-- Whether a set of stems is already in a project.
function tags.present(handle, tag)
  for index = 0, reaper.CountMediaItems(handle) - 1 do
    local item = reaper.GetMediaItem(handle, index)
    if is_same(get(reaper.GetSetMediaItemInfo_String, item), tag) or on_takes(item, tag) then
      return true
    end
  end
  return false
end

return tags
