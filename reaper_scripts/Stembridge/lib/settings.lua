-- @noindex
-- The user's choices, kept by REAPER over sessions.

local settings = {}

local SECTION = "stembridge"
local DEFAULTS = {
  preset = "four-stems",
  conform_preset = "house-48k24",
  stems = "",
  handles = "1",
  destination = "",
  put = "tracks",
  share = "yes",
  mute_source = "yes",
  colours = "yes",
}

function settings.get(name)
  if reaper.HasExtState(SECTION, name) then
    return reaper.GetExtState(SECTION, name)
  end
  return DEFAULTS[name]
end

function settings.is_on(name)
  return settings.get(name) == "yes"
end

function settings.set(name, value)
  reaper.SetExtState(SECTION, name, value, true)
end

-- Seconds kept on each side of an item.
function settings.handles()
  return settings.seconds(settings.get("handles")) or tonumber(DEFAULTS.handles)
end

-- A length in seconds between 0 and 60, or nothing; a decimal comma is one.
function settings.seconds(text)
  local value = tonumber((text:gsub(",", ".")))
  return value and value >= 0 and value <= 60 and value or nil
end

-- The stems of a list typed with commas, or with spaces where it is plain names.
function settings.words(text)
  local plain = not text:find("[,;:+]") and not text:lower():find("^%s*all%s+but%s")
  local words = {}
  for word in text:gmatch(plain and "%S+" or "[^,;]+") do
    word = word:match("^%s*(.-)%s*$")
    if word ~= "" then
      words[#words + 1] = word
    end
  end
  return words
end

return settings
