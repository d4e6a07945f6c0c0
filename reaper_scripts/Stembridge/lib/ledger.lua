-- @noindex
-- Which requests are not settled yet. The ids are kept by REAPER over sessions; the request itself lies in its
-- project, where it is found again whatever tab or session that project is in.

local json = require("lib.json")
local project = require("lib.project")

local ledger = {}

local SECTION = "stembridge"
local MOST = 200
local MOST_DONE = 20
local DONE = "done:"

-- Entries are {id, time}: when the request was made, in seconds since 1970.
function ledger.entries()
  local entries = {}
  for id, time in reaper.GetExtState(SECTION, "pending"):gmatch("(%x+)@(%d+)") do
    entries[#entries + 1] = { id = id, time = tonumber(time) }
  end
  return entries
end

local function store(entries)
  local words = {}
  for index = math.max(1, #entries - MOST + 1), #entries do
    words[#words + 1] = ("%s@%d"):format(entries[index].id, entries[index].time)
  end
  reaper.SetExtState(SECTION, "pending", table.concat(words, " "), true)
end

local function add_entry(id)
  local entries = ledger.entries()
  entries[#entries + 1] = { id = id, time = os.time() }
  store(entries)
end

-- Keep a request made now in the project in front.
function ledger.add(request)
  local handle = project.current()
  reaper.SetProjExtState(handle, SECTION, request.id, json.encode(request))
  reaper.MarkProjectDirty(handle)  -- or REAPER would close it without a word, and the request were lost
  reaper.SetExtState(SECTION, "mine:" .. request.id, "1", false)
  add_entry(request.id)
end

-- Whether the request was made since REAPER was started, and is not settled: a project that was closed without
-- being saved and is opened again asks for its stems a second time.
function ledger.is_of_this_session(id)
  return reaper.HasExtState(SECTION, "mine:" .. id)
end

local function stored(handle, id)
  local found, text = reaper.GetProjExtState(handle, SECTION, id)
  if found <= 0 then
    return nil
  end
  local readable, request = pcall(json.decode, text)
  return readable and type(request) == "table" and request or nil
end

local function known(handle, id)
  return stored(handle, id) or stored(handle, DONE .. id)
end

-- The open project that a request was made in, and the request; nothing when that project is closed.
-- Of two copies of a project the one in front is meant.
function ledger.find(id)
  local current = project.current()
  local request = known(current, id)
  if request then
    return current, request
  end
  for _, handle in ipairs(project.all()) do
    request = known(handle, id)
    if request then
      return handle, request
    end
  end
end

-- Take up again what a project remembers and REAPER does not.
function ledger.adopt(handle)
  local listed, index = {}, 0
  for _, entry in ipairs(ledger.entries()) do
    listed[entry.id] = true
  end
  local more, id = reaper.EnumProjExtState(handle, SECTION, index)
  while more do
    if id:find("^%x+$") and #id == 32 and not listed[id] then
      add_entry(id)
    end
    index = index + 1
    more, id = reaper.EnumProjExtState(handle, SECTION, index)
  end
end

local function forget_entry(id)
  local kept = {}
  for _, entry in ipairs(ledger.entries()) do
    if entry.id ~= id then
      kept[#kept + 1] = entry
    end
  end
  store(kept)
  ledger.release(id)
  reaper.DeleteExtState(SECTION, "mine:" .. id, false)
end

-- Keep what ended last, so that an insertion that was undone can be made again, and a job tried again.
local function remember_done(handle, id)
  local text, ids = select(2, reaper.GetProjExtState(handle, SECTION, id)), { id }
  for done in select(2, reaper.GetProjExtState(handle, SECTION, "done")):gmatch("%x+") do
    if #ids < MOST_DONE and done ~= id then
      ids[#ids + 1] = done
    else
      reaper.SetProjExtState(handle, SECTION, DONE .. done, "")
    end
  end
  reaper.SetProjExtState(handle, SECTION, DONE .. id, text)
  reaper.SetProjExtState(handle, SECTION, "done", table.concat(ids, " "))
end

-- The request needs nothing more now; with `kept` its project remembers it for later.
function ledger.settle(id, kept)
  forget_entry(id)
  for _, handle in ipairs(project.all()) do
    if stored(handle, id) then
      if kept then
        remember_done(handle, id)
      end
      reaper.SetProjExtState(handle, SECTION, id, "")
    end
  end
end

-- Finished, but the user decides when it is inserted. The reason is one line.
function ledger.hold(id, reason)
  reaper.SetExtState(SECTION, "held:" .. id, (reason:gsub("%c+", " ")), false)
end

function ledger.release(id)
  reaper.DeleteExtState(SECTION, "held:" .. id, false)
end

local function is_listed(id)
  for _, entry in ipairs(ledger.entries()) do
    if entry.id == id then
      return true
    end
  end
  return false
end

-- The request is tried again: the status that is there now is old news.
function ledger.try_again(id, text)
  if not is_listed(id) and ledger.find(id) then
    add_entry(id)
  end
  reaper.SetExtState(SECTION, "stale:" .. id, (text:gsub("%c", " ")), false)
  reaper.SetExtState(SECTION, "mine:" .. id, "1", false)
  ledger.release(id)
end

function ledger.is_stale(id, text)
  local key = "stale:" .. id
  if not reaper.HasExtState(SECTION, key) then
    return false
  elseif reaper.GetExtState(SECTION, key) == (text:gsub("%c", " ")) then
    return true
  end
  reaper.DeleteExtState(SECTION, key, false)
  return false
end

-- Why a request waits for the user, or nothing.
function ledger.held(id)
  local reason = reaper.GetExtState(SECTION, "held:" .. id)
  return reason ~= "" and reason or nil
end

return ledger
