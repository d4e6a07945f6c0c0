-- @noindex
-- Talking to the user: a sentence, a question, a form.

local ui = {}

local TITLE = "Stembridge"
local MOST_LINES = 12
local OK, YES_NO = 0, 4
local YES = 6
local SEPARATOR = "\n"

-- Join lines for a message box; a long list is cut, and says so.
function ui.list(lines)
  local shown = table.concat(lines, "\n", 1, math.min(#lines, MOST_LINES))
  return #lines > MOST_LINES and ("%s\n... and %d more"):format(shown, #lines - MOST_LINES) or shown
end

function ui.say(text)
  reaper.MB(text, TITLE, OK)
end

function ui.ask(text)
  return reaper.MB(text, TITLE, YES_NO) == YES
end

function ui.log(text)
  reaper.ShowConsoleMsg("Stembridge: " .. text .. "\n")
end

local function split(text)
  local parts = {}
  for part in (text .. SEPARATOR):gmatch("(.-)" .. SEPARATOR) do
    parts[#parts + 1] = (part:gsub("^%s+", ""):gsub("%s+$", ""))
  end
  return parts
end

-- A form of up to 16 lines. Captions have no comma. Returns the answers in order, or nothing when cancelled.
function ui.form(title, captions, answers)
  local asked = table.concat(captions, ",") .. ",extrawidth=220,separator=" .. SEPARATOR
  local agreed, text = reaper.GetUserInputs(title, #captions, asked, table.concat(answers, SEPARATOR))
  return agreed and split(text) or nil
end

-- Choose one of a list of names from a menu at the mouse. Returns its index, or nothing.
function ui.menu(names)
  local safe = {}
  for index, name in ipairs(names) do
    safe[index] = (name:gsub("|", "/"):gsub("^[#!<>]", " %0"))
  end
  gfx.init(TITLE, 1, 1, 0, 0, 0)
  gfx.x, gfx.y = gfx.mouse_x, gfx.mouse_y
  local chosen = gfx.showmenu(table.concat(safe, "|"))
  gfx.quit()
  return names[chosen] and chosen
end

return ui
