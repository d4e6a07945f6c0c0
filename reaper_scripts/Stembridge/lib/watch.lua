-- @noindex
-- Looks after the requests that are not settled: reads their status four times a second, inserts what is done,
-- tells what failed, and leaves to the user what cannot be inserted without asking.

local guard = require("lib.guard")
local insert = require("lib.insert")
local ledger = require("lib.ledger")
local outcome = require("lib.outcome")
local peaks = require("lib.peaks")
local project = require("lib.project")
local spool = require("lib.spool")
local ui = require("lib.ui")

local watch = {}
watch.__index = watch

local OFTEN_S, SELDOM_S, AT_ONCE_S = 0.25, 2, 0
local PATIENCE_S = 2
local BEAT_S = 6
local MOST_A_LOOK = 8
local FORGOTTEN_AFTER_S = 8 * 24 * 3600

function watch.new(folder)
  local fresh = { spool = folder, peaks = peaks.new(), due = 0, beat_due = 0, at = 0 }
  for _, of_request in ipairs({ "agreed", "first", "seen", "told" }) do
    fresh[of_request] = {}
  end
  return setmetatable(fresh, watch)
end

-- One turn of REAPER. Returns false when nothing is left to look after.
function watch:step()
  local now = reaper.time_precise()
  local building = self.peaks:turn()
  if now >= self.due then
    self.pace = self:look(now)
    self.due = now + (self.pace or OFTEN_S)
  end
  return building or self.pace ~= nil
end

-- Look at some of the open requests; insert at most one, the next at the next turn.
-- Returns the seconds until the next look, or nothing when none is open.
function watch:look(now)
  self:_adopt()
  self.notices, self.offers = {}, {}
  local open, active, inserted = self:_open(), false, false
  for _ = 1, math.min(#open, MOST_A_LOOK) do
    self.at = self.at % #open + 1
    local result = self:_at(open[self.at], now)
    active = active or result ~= "later"
    inserted = result == "inserted"
    if inserted then
      break
    end
  end
  self:_tell()
  if inserted then
    return AT_ONCE_S
  elseif #open == 0 then
    return nil
  end
  return (active or #open > MOST_A_LOOK) and OFTEN_S or SELDOM_S
end

-- A project that was opened may remember requests that REAPER does not.
function watch:_adopt()
  local handle, path = project.current()
  if handle ~= self.current or path ~= self.current_path then
    self.current, self.current_path = handle, path
    ledger.adopt(handle)
  end
end

function watch:_open()
  local open = {}
  for _, entry in ipairs(ledger.entries()) do
    if not ledger.held(entry.id) then
      open[#open + 1] = entry
    end
  end
  return open
end

function watch:_at(entry, now)
  local text = self.spool:status_text(entry.id)
  if not text then
    return self:_unanswered(entry, now)
  elseif text == self.seen[entry.id] or ledger.is_stale(entry.id, text) then
    self:_miss_daemon(entry.id, now)
    return "waiting"
  end
  local status = spool.parse(text)
  if not status then
    return "waiting"
  end
  local fine, result = guard.try(self._act, self, entry, status)
  if not fine then
    result = self:_stumble(entry.id, result)
  end
  self.seen[entry.id] = result ~= "later" and text or nil
  return result
end

function watch:_unanswered(entry, now)
  local id = entry.id
  self.first[id] = self.first[id] or now
  if os.time() - entry.time > FORGOTTEN_AFTER_S then
    ledger.settle(id)
  elseif now - self.first[id] >= PATIENCE_S and not self.warned and ledger.is_of_this_session(id) then
    self.first[id] = now
    if not self.spool:daemon_alive() then
      self.warned = true
      table.insert(self.notices, outcome.NO_DAEMON)
    end
  end
  return "waiting"
end

-- A daemon that ends while jobs go on is told once. It is looked for twice: a computer that slept needs a while
-- until it beats again.
function watch:_miss_daemon(id, now)
  if self.warned or now < self.beat_due or not ledger.is_of_this_session(id) then
    return
  end
  self.beat_due = now + BEAT_S
  local missed = not self.spool:daemon_alive()
  if missed and self.missed then
    self.warned = true
    table.insert(self.notices, outcome.NO_DAEMON)
  end
  self.missed = missed
end

function watch:_hold(id, reason)
  ledger.hold(id, reason)
  return "held"
end

-- An error over one job is told, and does not touch the others.
function watch:_stumble(id, trace)
  local reason = "The script failed: " .. trace:match("[^\n]*")
  ui.log(trace)
  table.insert(self.notices, outcome.held(select(2, ledger.find(id)), reason))
  return self:_hold(id, reason)
end

function watch:_act(entry, status)
  local action = self["_when_" .. status.state]
  return action and action(self, entry.id, status) or "waiting"
end

function watch:_when_done(id, status)
  local handle, request = ledger.find(id)
  local job = { id = id, project = handle, request = request, name = status.name }
  if self.agreed[id] or (ledger.is_of_this_session(id) and not outcome.is_delivery(request)) then
    return self:_insert(job, status)
  elseif outcome.is_delivery(request) and outcome.stems(status) == 0 then
    table.insert(self.notices, outcome.conformed(request, status))
    ledger.settle(id)
    return "settled"
  elseif handle and project.is_current(handle) then
    table.insert(self.offers, { id = id, text = outcome.offer(request, status) })
  end
  return "later"
end

function watch:_insert(job, status)
  local result, detail = insert.run(job, status)
  if result == "held" then
    table.insert(self.notices, outcome.held(job.request, detail))
    return self:_hold(job.id, detail)
  end
  if result == "inserted" then
    self.peaks:add(job.project, detail)
  end
  ledger.settle(job.id, true)
  return result
end

-- What keeps a job from going on is told once; it goes on by itself.
function watch:_when_waiting(id, status)
  local reason = outcome.said(status)
  if reason and reason ~= self.told[id] and ledger.is_of_this_session(id) then
    self.told[id] = reason
    table.insert(self.notices, outcome.waits(select(2, ledger.find(id)), status))
  end
  return "waiting"
end

watch._when_queued = watch._when_waiting

-- A failed job can be tried again from the window, so its request is kept for this session.
function watch:_when_failed(id, status)
  if not ledger.is_of_this_session(id) then
    return ledger.settle(id, true)
  end
  table.insert(self.notices, outcome.failed(select(2, ledger.find(id)), status))
  return self:_hold(id, outcome.sentence(status))
end

function watch:_when_cancelled(id)
  if not ledger.is_of_this_session(id) then
    return ledger.settle(id, true)
  end
  return self:_hold(id, "Cancelled.")
end

function watch:_when_rejected(id, status)
  table.insert(self.notices, outcome.failed(select(2, ledger.find(id)), status))
  return ledger.settle(id)
end

-- What one look found, in at most two boxes.
function watch:_tell()
  if #self.notices > 0 then
    ui.say(ui.list(self.notices))
  end
  if #self.offers == 0 then
    return
  end
  local texts = {}
  for index, offer in ipairs(self.offers) do
    texts[index] = offer.text
  end
  local agreed = ui.ask(ui.list(texts) .. "\n\nInsert now? (Show jobs does it later.)")
  for _, offer in ipairs(self.offers) do
    if agreed then
      self.agreed[offer.id] = true
    else
      self:_hold(offer.id, "Not inserted when it was offered.")
    end
  end
end

return watch
