-- @noindex
-- What the installer wrote beside the scripts: where the daemon is, and where its spool is.

local files = require("lib.files")
local json = require("lib.json")
local place = require("lib.place")

local bridge = {}

local ADVICE = "\n\nRun `stembridge reaper install` in a terminal, then try again."

local KINDS = { executable = "string", arguments = "table", port = "number", spool = "string" }

local function complete(value)
  if type(value) ~= "table" or value.version ~= 1 then
    return false
  end
  for key, kind in pairs(KINDS) do
    if type(value[key]) ~= kind then
      return false
    end
  end
  return true
end

-- Returns {executable, arguments, port, spool}, or nothing and a sentence that says what to do.
function bridge.load()
  local text = files.read(place .. "bridge.json")
  if not text then
    return nil, "These scripts do not know where Stembridge is." .. ADVICE
  end
  local readable, value = pcall(json.decode, text)
  if not readable or not complete(value) then
    return nil, "bridge.json beside these scripts cannot be used; it may be from another version." .. ADVICE
  end
  return value
end

return bridge
