-- @noindex
-- The action: ask for the settings, check them, keep them.

local settings = require("lib.settings")
local startup = require("lib.startup_hook")
local ui = require("lib.ui")

local form = {}

local function yes_or_no(text)
  local first = text:sub(1, 1):lower()
  return first == "y" and "yes" or first == "n" and "no" or nil
end

local function tracks_or_takes(text)
  local put = text:lower()
  return (put == "tracks" or put == "takes") and put or nil
end

local function name(text)
  return text ~= "" and text or nil
end

local function any(text)
  return text
end

local function seconds(text)
  return settings.seconds(text) and text
end

local FIELDS = {
  { key = "preset", caption = "Preset", check = name, advice = "a name (see `stembridge presets`)" },
  { key = "conform_preset", caption = "Preset for deliveries", check = name, advice = "a name" },
  { key = "stems", caption = "Stems (empty: all)", check = any },
  { key = "handles", caption = "Handles in seconds", check = seconds, advice = "seconds from 0 to 60" },
  { key = "destination", caption = "Folder (empty: beside the media)", check = any },
  { key = "put", caption = "Stems as tracks or takes", check = tracks_or_takes, advice = "tracks or takes" },
  { key = "share", caption = "One set of tracks per track (yes/no)", check = yes_or_no, advice = "yes or no" },
  { key = "mute_source", caption = "Mute the source (yes/no)", check = yes_or_no, advice = "yes or no" },
  { key = "colours", caption = "Colour the stems (yes/no)", check = yes_or_no, advice = "yes or no" },
  { key = "at_start", caption = "Offer stems at start (yes/no)", check = yes_or_no, advice = "yes or no" },
}

local function current()
  local captions, values = {}, {}
  for index, field in ipairs(FIELDS) do
    captions[index] = field.caption
    values[index] = settings.get(field.key)
  end
  values[#FIELDS] = startup.installed() and "yes" or "no"
  return captions, values
end

-- Returns the accepted values by key, or nothing and a sentence about the first that is not one.
local function checked(answers)
  local accepted = {}
  for index, field in ipairs(FIELDS) do
    accepted[field.key] = field.check(answers[index] or "")
    if not accepted[field.key] then
      return nil, field.caption .. ": " .. field.advice .. "."
    end
  end
  return accepted
end

local function keep(accepted)
  local at_start = accepted.at_start == "yes"
  accepted.at_start = nil
  for key, value in pairs(accepted) do
    settings.set(key, value)
  end
  local done, reason = startup.set(at_start)
  if not done then
    ui.say("The line in Scripts/__startup.lua cannot be written: " .. tostring(reason))
  end
end

function form.run()
  local captions, answers = current()
  repeat
    answers = ui.form("Stembridge settings", captions, answers)
    if not answers then
      return
    end
    local accepted, advice = checked(answers)
    if accepted then
      return keep(accepted)
    end
    ui.say(advice)
  until false
end

return form
