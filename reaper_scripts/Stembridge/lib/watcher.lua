-- @noindex
-- The one background script that looks after all requests: started when needed, ends when nothing is left.

local bridge = require("lib.bridge")
local guard = require("lib.guard")
local place = require("lib.place")
local spool = require("lib.spool")
local watch = require("lib.watch")

local watcher = {}

local SECTION, KEY = "stembridge", "watcher"
local SCRIPT = "Stembridge_Watch for stems.lua"
local BEAT_S, DEAD_AFTER_S = 1, 4
local MAIN_SECTION = 0
local REPLACE_OLDER_INSTANCE = 3

local function seconds()
  return math.floor(reaper.time_precise())
end

local function beating()
  local last = math.tointeger(tonumber(reaper.GetExtState(SECTION, KEY)))
  return last ~= nil and seconds() - last < DEAD_AFTER_S
end

-- Watch in this script until nothing is left to do.
function watcher.run()
  local link = bridge.load()
  if not link then
    return
  end
  if reaper.set_action_options then
    reaper.set_action_options(REPLACE_OLDER_INSTANCE)
  end
  reaper.atexit(function()
    reaper.DeleteExtState(SECTION, KEY, false)
  end)
  local state, beat_due = watch.new(spool.open(link)), 0
  guard.loop(function()
    local now = seconds()
    if now >= beat_due then
      reaper.SetExtState(SECTION, KEY, tostring(now), false)
      beat_due = now + BEAT_S
    end
    return state:step()
  end)
end

-- Start the background script unless it runs; where REAPER does not take it up, watch in this one.
function watcher.ensure()
  if beating() then
    return
  end
  local command = reaper.AddRemoveReaScript(true, MAIN_SECTION, place .. SCRIPT, true)
  if command == 0 then
    return watcher.run()
  end
  reaper.Main_OnCommand(command, 0)
end

return watcher
