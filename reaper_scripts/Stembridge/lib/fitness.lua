-- @noindex
-- Whether an item can be separated as it is: what is sent is its source, so whatever changes the sound on
-- the way from the source to the item has to be rendered first.

local source = require("lib.source")

local fitness = {}

local NOT_A_FILE = { MIDI = "MIDI", MIDIPOOL = "MIDI", RPP_PROJECT = "a subproject", VIDEO = "a video" }

local function before_source(take)
  if reaper.TakeIsMIDI(take) then
    return "it is MIDI"
  elseif reaper.GetTakeNumStretchMarkers(take) > 0 then
    return "it has stretch markers"
  elseif reaper.TakeFX_GetCount(take) > 0 then
    return "it has take FX"
  elseif reaper.CountTakeEnvelopes(take) > 0 then
    return "it has take envelopes"
  end
end

local function of_source(facts)
  if not facts then
    return "its source is a section of a section", true
  elseif NOT_A_FILE[facts.type] then
    return "it is " .. NOT_A_FILE[facts.type], true
  elseif facts.path == "" then
    return "its source is not a file", true
  elseif not reaper.file_exists(facts.path) then
    return "its file is missing: " .. facts.path, false
  elseif facts.rate <= 0 or facts.channels <= 0 then
    return "its media is offline; set it online first", false
  end
end

-- Returns nothing for a fit item, else the reason and whether a render cures it.
function fitness.problem(item)
  local take = reaper.GetActiveTake(item)
  if not take then
    return "it holds no audio", false
  end
  local reason = before_source(take)
  if reason then
    return reason, true
  end
  return of_source(source.read(take))
end

function fitness.name(item)
  local take = reaper.GetActiveTake(item)
  local name = take and select(2, reaper.GetSetMediaItemTakeInfo_String(take, "P_NAME", "", false)) or ""
  return name ~= "" and name or "(item without a name)"
end

return fitness
