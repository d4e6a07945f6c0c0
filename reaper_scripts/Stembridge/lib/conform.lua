-- @noindex
-- The action: send a delivery, a folder of files, to the daemon.

local bell = require("lib.bell")
local bridge = require("lib.bridge")
local request_of = require("lib.request")
local separate = require("lib.separate")
local settings = require("lib.settings")
local spool = require("lib.spool")
local ui = require("lib.ui")
local wanted = require("lib.wanted")
local watcher = require("lib.watcher")

local conform = {}

-- REAPER has no window to choose a folder; without the extension that has one, a file in it is chosen.
local function choose_folder()
  if reaper.APIExists("JS_Dialog_BrowseForFolder") then
    local chosen, folder = reaper.JS_Dialog_BrowseForFolder("The delivery to conform", "")
    return chosen == 1 and folder ~= "" and folder or nil
  end
  local chosen, file = reaper.GetUserFileNameForRead("", "Choose any file of the delivery", "")
  return chosen and file:match("^(.*)[/\\]") or nil
end

function conform.run()
  local link, advice = bridge.load()
  if not link then
    return ui.say(advice)
  end
  local folder = choose_folder()
  local preset = folder and wanted.preset("conform", "conform_preset")
  if not preset then
    return
  end
  settings.set("conform_preset", preset)
  local request = request_of.conform(folder, preset, settings.get("destination"))
  local id, reason = separate.send(spool.open(link), request)
  if not id then
    return ui.say(reason)
  end
  bell.ring(link, { id })
  watcher.ensure()
end

return conform
