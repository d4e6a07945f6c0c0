-- @noindex
-- What the daemon is told: the item as it is, not a render of it.

local project = require("lib.project")
local settings = require("lib.settings")
local source = require("lib.source")
local spool = require("lib.spool")
local version = require("lib.version")
local json = require("lib.json")

local request = {}

local function item_values(item)
  local value = reaper.GetMediaItemInfo_Value
  return {
    guid = project.item_guid(item),
    track_guid = reaper.GetTrackGUID(reaper.GetMediaItem_Track(item)),
    position = value(item, "D_POSITION"),
    length = value(item, "D_LENGTH"),
    volume = value(item, "D_VOL"),
    fade_in = value(item, "D_FADEINLEN"),
    fade_out = value(item, "D_FADEOUTLEN"),
    loop = value(item, "B_LOOPSRC") ~= 0,
  }
end

local function add_take_values(facts, take)
  local value = reaper.GetMediaItemTakeInfo_Value
  facts.take_guid = project.take_guid(take)
  facts.start_offset = value(take, "D_STARTOFFS")
  facts.play_rate = value(take, "D_PLAYRATE")
  facts.preserve_pitch = value(take, "B_PPITCH") ~= 0
  facts.pitch = value(take, "D_PITCH")
  facts.take_volume = value(take, "D_VOL")
  facts.pan = value(take, "D_PAN")
  facts.channel_mode = math.floor(value(take, "I_CHANMODE"))
  facts.name = select(2, reaper.GetSetMediaItemTakeInfo_String(take, "P_NAME", "", false))
  return facts
end

local function new(kind, preset)
  return {
    version = 1,
    id = spool.new_id(),
    kind = kind,
    preset = preset,
    script_version = version,
    project = project.facts(),
  }
end

local function or_null(text)
  return text ~= "" and text or json.null
end

-- A request to separate the active take of an item; `wanted` is {preset, stems, handles}.
function request.separate(item, wanted)
  local take = reaper.GetActiveTake(item)
  local body = new("separate", wanted.preset)
  body.item = add_take_values(item_values(item), take)
  body.source = source.read(take)
  body.source.section = body.source.section or json.null
  body.stems = #wanted.stems > 0 and json.array(wanted.stems) or json.null
  body.handles = wanted.handles
  body.destination = or_null(settings.get("destination"))
  return body
end

-- A request to conform a folder of files.
function request.conform(path, preset, destination)
  local body = new("conform", preset)
  body.path = path
  body.destination = or_null(destination)
  return body
end

-- What a request is called in messages.
function request.title(body)
  if body.kind == "conform" then
    return body.path:match("([^/\\]+)[/\\]*$") or body.path
  end
  return body.item.name ~= "" and body.item.name or body.source.path:match("[^/\\]+$")
end

return request
