-- @noindex
-- What the user wants of a separation: the settings, or a choice made for this time.

local bridge = require("lib.bridge")
local settings = require("lib.settings")
local spool = require("lib.spool")
local ui = require("lib.ui")

local wanted = {}

local function from(preset, stems, handles)
  return { preset = preset, stems = settings.words(stems), handles = handles }
end

function wanted.last()
  return from(settings.get("preset"), settings.get("stems"), settings.handles())
end

local function offered(kind)
  local link = bridge.load()
  local found, labels = {}, {}
  for _, preset in ipairs(link and spool.open(link):presets() or {}) do
    if preset.name and (preset.kind or kind) == kind then
      found[#found + 1] = preset
      labels[#found] = preset.description and preset.name .. ": " .. preset.description or preset.name
    end
  end
  return found, labels
end

-- Ask for a preset, from a menu where the daemon says what it has.
-- Returns its name and the stems it makes, as far as they are known; nothing when cancelled.
function wanted.preset(kind, key)
  local presets, labels = offered(kind)
  if #presets > 0 then
    local chosen = presets[ui.menu(labels)]
    return chosen and chosen.name, chosen and chosen.stems or {}
  end
  local answers = ui.form("Stembridge", { "Preset" }, { settings.get(key) })
  return answers and answers[1] ~= "" and answers[1] or nil, {}
end

-- The stems chosen last, unless this preset does not make them.
local function stems_for(known)
  local last, made = settings.get("stems"), {}
  for _, stem in ipairs(known) do
    made[stem] = true
  end
  for _, stem in ipairs(settings.words(last)) do
    if #known > 0 and not made[stem] then
      return ""
    end
  end
  return last
end

local function caption_of(known)
  return #known > 0 and "Stems: " .. table.concat(known, " ") .. " (empty: all)" or "Stems (empty: all)"
end

-- Ask for everything; what is chosen is remembered. Returns nothing when cancelled.
function wanted.ask()
  local preset, known = wanted.preset("separate", "preset")
  if not preset then
    return nil
  end
  local captions = { caption_of(known), "Handles in seconds" }
  local answers = { stems_for(known), settings.get("handles") }
  repeat
    answers = ui.form("Separate with " .. preset, captions, answers)
    if not answers then
      return nil
    end
    local handles = settings.seconds(answers[2])
    if handles then
      settings.set("preset", preset)
      settings.set("stems", answers[1])
      settings.set("handles", answers[2])
      return from(preset, answers[1], handles)
    end
    ui.say("Handles are seconds from 0 to 60.")
  until false
end

return wanted
