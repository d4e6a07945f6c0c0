-- @noindex
-- The action: a window with the newest jobs. Closing it cancels nothing.

local bridge = require("lib.bridge")
local guard = require("lib.guard")
local jobs_rows = require("lib.jobs_rows")
local jobs_verbs = require("lib.jobs_verbs")
local ledger = require("lib.ledger")
local peaks = require("lib.peaks")
local spool = require("lib.spool")
local ui = require("lib.ui")
local view = require("lib.jobs_view")
local watcher = require("lib.watcher")

local jobs_window = {}

local TITLE = "Stembridge jobs"
local SECTION, KEY = "stembridge", "window"
local WIDTH, HEIGHT = 620, 420
local REFRESH_S = 0.25
local LEFT_BUTTON = 1
local CLOSE_ON_SECOND_START, SHOW_AS_ON, SHOW_AS_OFF = 1, 4, 8
local CLOSED, ESCAPE, UP, DOWN = -1, 27, 30064, 1685026670
local VERB_OF_KEY = {
  [13] = "insert", [6579564] = "cancel", [8] = "cancel", [99] = "cancel", [114] = "retry", [111] = "folder",
}

local function between(low, value, high)
  return math.max(low, math.min(value, high))
end

local function open_window()
  local numbers = {}
  for number in reaper.GetExtState(SECTION, KEY):gmatch("%-?%d+") do
    numbers[#numbers + 1] = tonumber(number)
  end
  local dock, x, y, width, height = table.unpack(numbers)
  gfx.init(TITLE, width or WIDTH, height or HEIGHT, dock or 0, x or 100, y or 100)
end

local function close_window()
  local dock, x, y, width, height = gfx.dock(-1, 0, 0, 0, 0)
  if dock and width and width > 0 then
    local place = ("%d %d %d %d %d"):format(dock // 1, x // 1, y // 1, width // 1, height // 1)
    reaper.SetExtState(SECTION, KEY, place, true)
  end
  gfx.quit()
  if reaper.set_action_options then
    reaper.set_action_options(SHOW_AS_OFF)
  end
end

local function refresh(window, now)
  if now < window.due then
    return
  end
  window.due = now + REFRESH_S
  window.rows = jobs_rows.read(window.spool)
  window.alive = window.spool:daemon_alive()
  window.selected = between(1, window.selected, math.max(1, #window.rows))
end

local function show(window, index)
  window.selected = between(1, index, math.max(1, #window.rows))
  window.scroll = between(window.selected - view.visible(), window.scroll, window.selected - 1)
end

-- Do what a row offers, and look again at once.
local function act(window, index, verb)
  local row = window.rows[index]
  for _, offered in ipairs(row and row.verbs or {}) do
    if offered == verb then
      jobs_verbs[verb](window, row)
      window.due = reaper.time_precise() + REFRESH_S
      return
    end
  end
end

local function press_keys(window)
  local key = gfx.getchar()
  while key > 0 and key ~= ESCAPE do
    if key == UP or key == DOWN then
      show(window, window.selected + (key == UP and -1 or 1))
    elseif VERB_OF_KEY[key] then
      act(window, window.selected, VERB_OF_KEY[key])
    end
    key = gfx.getchar()
  end
  return key ~= CLOSED and key ~= ESCAPE
end

local function move_mouse(window)
  if gfx.mouse_wheel ~= 0 then
    local rows = gfx.mouse_wheel > 0 and -1 or 1
    window.scroll = between(0, window.scroll + rows, math.max(0, #window.rows - view.visible()))
    gfx.mouse_wheel = 0
  end
  local down = gfx.mouse_cap // 1 & LEFT_BUTTON == LEFT_BUTTON
  if down and not window.was_down then
    local index, verb = view.under_mouse(window)
    window.selected = index or window.selected
    if verb then
      act(window, index, verb)
    end
  end
  window.was_down = down
end

local function turn(window)
  window.peaks:turn()
  refresh(window, reaper.time_precise())
  if not press_keys(window) then
    return false
  end
  move_mouse(window)
  view.draw(window)
  gfx.update()
end

function jobs_window.run()
  local link, advice = bridge.load()
  if not link then
    return ui.say(advice)
  end
  if reaper.set_action_options then
    reaper.set_action_options(CLOSE_ON_SECOND_START | SHOW_AS_ON)
  end
  if #ledger.entries() > 0 then
    watcher.ensure()
  end
  local window = { spool = spool.open(link), peaks = peaks.new(), rows = {}, selected = 1, scroll = 0, due = 0 }
  open_window()
  reaper.atexit(close_window)
  guard.loop(function()
    return turn(window)
  end)
end

return jobs_window
