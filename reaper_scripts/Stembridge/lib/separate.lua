-- @noindex
-- The action: send the selected items to the daemon.

local bell = require("lib.bell")
local bridge = require("lib.bridge")
local fitness = require("lib.fitness")
local ledger = require("lib.ledger")
local project = require("lib.project")
local render = require("lib.render")
local request_of = require("lib.request")
local spool = require("lib.spool")
local ui = require("lib.ui")
local watcher = require("lib.watcher")

local separate = {}

local function selected_items()
  local items = {}
  for index = 0, reaper.CountSelectedMediaItems(0) - 1 do
    items[index + 1] = reaper.GetSelectedMediaItem(0, index)
  end
  return items
end

local function line(item, reason)
  return fitness.name(item) .. ": " .. reason .. "."
end

-- Sort items into fit ones, ones that a render cures, and refusals; the last two with their reasons as text.
local function sort(items)
  local sorted = { fit = {}, to_render = {}, reasons = {}, refusals = {} }
  for _, item in ipairs(items) do
    local reason, curable = fitness.problem(item)
    if not reason then
      table.insert(sorted.fit, item)
    elseif curable then
      table.insert(sorted.to_render, item)
      table.insert(sorted.reasons, line(item, reason))
    else
      table.insert(sorted.refusals, line(item, reason))
    end
  end
  return sorted
end

-- Offer the render, and take what became fit by it. Refused items are told at the end.
local function rendered(sorted, items)
  local question = "These items have to be rendered to a new take first:\n\n" .. ui.list(sorted.reasons)
    .. "\n\nRender them now? Without it they are left out."
  if #sorted.to_render == 0 or not ui.ask(question) then
    return
  end
  render.to_new_takes((project.current()), sorted.to_render, items)
  local again = sort(sorted.to_render)
  table.move(again.fit, 1, #again.fit, #sorted.fit + 1, sorted.fit)
  table.move(again.reasons, 1, #again.reasons, #sorted.refusals + 1, sorted.refusals)
  table.move(again.refusals, 1, #again.refusals, #sorted.refusals + 1, sorted.refusals)
end

-- Send one request. Returns its id, or nothing and the reason.
function separate.send(folder, request)
  local sent, reason = folder:send(request)
  if not sent then
    return nil, "The request cannot be written: " .. tostring(reason)
  end
  ledger.add(request)
  return request.id
end

local function send_all(folder, sorted, wanted)
  local ids = {}
  for _, item in ipairs(sorted.fit) do
    local id, reason = separate.send(folder, request_of.separate(item, wanted))
    if id then
      ids[#ids + 1] = id
    else
      table.insert(sorted.refusals, line(item, reason))
    end
  end
  return ids
end

-- Separate the selected items; `wanted` is {preset, stems, handles}.
function separate.run(wanted)
  local link, advice = bridge.load()
  local items = selected_items()
  if not link then
    return ui.say(advice)
  elseif #items == 0 then
    return ui.say("Select one or more audio items first.")
  end
  local sorted = sort(items)
  rendered(sorted, items)
  local ids = send_all(spool.open(link), sorted, wanted)
  if #ids > 0 then
    bell.ring(link, ids)
    watcher.ensure()
  end
  if #sorted.refusals > 0 then
    ui.say("Left out:\n\n" .. ui.list(sorted.refusals))
  end
end

return separate
