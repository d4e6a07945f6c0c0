-- @noindex
-- The rows of the window: what the daemon lists, and our own requests that it does not list.

local ledger = require("lib.ledger")
local outcome = require("lib.outcome")

local jobs_rows = {}

local GOING = { queued = true, running = true, waiting = true }
local AGAIN = { failed = true, cancelled = true }

local function detail(row)
  local held = row.request and ledger.held(row.request)
  if held and row.state == "done" then
    return held
  end
  return outcome.said(row) or row.stage or ""
end

local function folder_of(row)
  local path = row.manifest or AGAIN[row.state] and row.log
  return path and path:match("^(.*)[/\\]")
end

-- What can be done with a row, in the order of the buttons.
local function verbs(row, has_stems)
  local found = {}
  local function offer(verb, possible)
    if possible then
      found[#found + 1] = verb
    end
  end
  offer("insert", row.state == "done" and has_stems)
  offer("cancel", GOING[row.state])
  offer("retry", AGAIN[row.state])
  offer("folder", row.folder)
  return found
end

local function finished(row, spool)
  local done = row.state == "done"
  row.folder = folder_of(row)
  row.detail = detail(row)
  row.percent = done and 100 or math.max(0, math.min(100, row.percent or 0))
  row.verbs = verbs(row, done and row.request and spool:has_stems(row.request, row.manifest or ""))
  return row
end

local function from_list(job)
  local row = {}
  for key, value in pairs(job) do
    row[key] = value
  end
  row.name = row.name or outcome.title(job.request and select(2, ledger.find(job.request)))
  return row
end

local function from_request(entry, spool)
  local request = select(2, ledger.find(entry.id))
  local row = spool:status(entry.id) or { state = "queued", stage = "sent" }
  row.id, row.request = row.job or entry.id, entry.id
  row.name, row.preset = outcome.title(request), request and request.preset
  return row
end

-- Rows are {id, request, name, preset, state, percent, detail, folder, verbs}, newest first.
function jobs_rows.read(spool)
  local rows, listed = {}, {}
  for _, job in ipairs(spool:jobs()) do
    if type(job.state) == "string" then
      rows[#rows + 1] = finished(from_list(job), spool)
      listed[job.request or job.id] = true
    end
  end
  for _, entry in ipairs(ledger.entries()) do
    if not listed[entry.id] then
      table.insert(rows, 1, finished(from_request(entry, spool), spool))
    end
  end
  return rows
end

return jobs_rows
