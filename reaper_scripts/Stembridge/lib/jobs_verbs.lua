-- @noindex
-- What the buttons and keys of the window do.

local insert = require("lib.insert")
local ledger = require("lib.ledger")
local project = require("lib.project")
local ui = require("lib.ui")
local watcher = require("lib.watcher")

local jobs_verbs = {}

local function send(window, verb, row)
  local sent, reason = window.spool:command(verb, row.request or row.id)
  if not sent then
    ui.say("The command cannot be written: " .. tostring(reason))
  end
  return sent
end

function jobs_verbs.cancel(window, row)
  if send(window, "cancel", row) then
    row.detail = "cancelling ..."
  end
end

function jobs_verbs.retry(window, row)
  local text = row.request and window.spool:status_text(row.request)
  if not send(window, "retry", row) then
    return
  end
  row.detail = "trying again ..."
  if text then
    ledger.try_again(row.request, text)
    watcher.ensure()
  end
end

-- The job with the project its stems go into; a closed project can be replaced by the one in front.
local function job_of(window, row)
  local handle, request = ledger.find(row.request)
  request = request or window.spool:request(row.request)
  if not handle then
    local question = "The project that %s was sent from is not open. Insert the stems into the project in front?"
    handle = ui.ask(question:format(row.name)) and project.current() or nil
  end
  return handle and { id = row.request, project = handle, request = request, name = row.name, forced = true }
end

function jobs_verbs.insert(window, row)
  local status = window.spool:status(row.request)
  local job = status and job_of(window, row)
  if not job then
    return
  end
  local result, what = insert.run(job, status)
  if result == "held" then
    return ui.say(row.name .. ": " .. what)
  elseif result == "present" then
    ui.say(row.name .. ": these stems are in the project already.")
  else
    window.peaks:add(job.project, what)
  end
  ledger.settle(row.request, true)
end

-- A user's path never goes onto a command line, so without the extension that opens folders it is shown.
function jobs_verbs.folder(_, row)
  if reaper.APIExists("CF_ShellExecute") then
    reaper.CF_ShellExecute(row.folder)
  else
    ui.log(row.folder)
  end
end

return jobs_verbs
