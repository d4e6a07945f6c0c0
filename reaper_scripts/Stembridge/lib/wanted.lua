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
  local names, labels = {}, {}
  for _, preset in ipairs(link and spool.open(link):presets() or {}) do
    if preset.name and (preset.kind == kind or not preset.kind) then
      names[#names + 1] = preset.name
      labels[#names] = preset.description and preset.name .. ": " .. preset.description or preset.name
    end
  end
  return names, labels
end

-- Ask for a preset, from a menu where the daemon says what it has. Returns the name, or nothing when cancelled.
function wanted.preset(kind, key)
  local names, labels = offered(kind)
  if #names > 0 then
    return names[ui.menu(labels)]
  end
  local answers = ui.form("Stembridge", { "Preset" }, { settings.get(key) })
  return answers and answers[1] ~= "" and answers[1] or nil
end

-- Ask for everything; what is chosen is remembered. Returns nothing when cancelled.
function wanted.ask()
  local preset = wanted.preset("separate", "preset")
  if not preset then
    return nil
  end
  local captions = { "Stems (empty: all)", "Handles in seconds" }
  local answers = { settings.get("stems"), settings.get("handles") }
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
