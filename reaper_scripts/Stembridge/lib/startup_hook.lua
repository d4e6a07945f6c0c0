-- @noindex
-- One marked line in REAPER's Scripts/__startup.lua, put there and taken away when the user says so. What the
-- user had there is copied first, beside it.

local files = require("lib.files")
local place = require("lib.place")

local hook = {}

local MARK = "-- Stembridge: offer finished stems at start"
local KEPT = ".before-stembridge"

local function path()
  return reaper.GetResourcePath() .. "/Scripts/__startup.lua"
end

-- Lines of the file without ours; a last line without an end gets one.
local function others()
  local text = files.read(path()) or ""
  local kept = {}
  for line in (text:find("[^\n]$") and text .. "\n" or text):gmatch("([^\n]*\n)") do
    if not line:find(MARK, 1, true) then
      kept[#kept + 1] = line
    end
  end
  return table.concat(kept)
end

function hook.installed()
  local text = files.read(path())
  return text ~= nil and text:find(MARK, 1, true) ~= nil
end

-- The line does nothing when the scripts were removed.
local function line()
  local script = ("%q"):format(place .. "startup.lua")
  return ("do local s = loadfile(%s) if s then s() end end %s\n"):format(script, MARK)
end

-- Returns true, or nothing and the reason.
function hook.set(wanted)
  if wanted == hook.installed() then
    return true
  end
  local text = (wanted and line() or "") .. others()  -- first: behind a `return` nothing may stand
  local before = files.read(path())
  if before then
    local kept, reason = files.write(path() .. KEPT, before)
    if not kept then
      return nil, reason
    end
  end
  return files.write(path(), text)
end

return hook
