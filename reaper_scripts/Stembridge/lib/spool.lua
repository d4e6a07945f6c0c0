-- @noindex
-- The folder shared with the daemon: requests and commands go in, status comes out.

local files = require("lib.files")
local json = require("lib.json")

local spool = {}
spool.__index = spool

local FRESH_S = 10

function spool.open(bridge)
  return setmetatable({ folder = bridge.spool, lists = {}, delivered = {} }, spool)
end

-- 32 lowercase hexadecimal digits, new every time.
function spool.new_id()
  return (reaper.genGuid(""):gsub("[^%x]", ""):lower())
end

-- Returns true, or nothing and the reason.
function spool:send(request)
  return self:_put("requests", request.id, request)
end

-- Ask for "cancel" or "retry" of a request or job. Returns true, or nothing and the reason.
function spool:command(verb, id)
  return self:_put("commands", spool.new_id(), { version = 1, command = verb, id = id })
end

function spool:_put(kind, id, body)
  local encodable, text = pcall(json.encode, body)
  if not encodable then
    return nil, text
  end
  return files.write_into(self.folder .. "/" .. kind, id .. ".json", text)
end

function spool:status_text(id)
  return files.read(self.folder .. "/status/" .. id .. ".json")
end

local function decoded(text)
  local readable, value = pcall(json.decode, text)
  return readable and type(value) == "table" and value or nil
end

-- Whether a request has ended with stems; asked for at every look at the list of jobs, so the answer is kept.
function spool:has_stems(id, manifest)
  local key = id .. " " .. manifest
  if self.delivered[key] == nil then
    local status = self:status(id)
    if status and status.state == "done" then
      self.delivered[key] = status.stems ~= nil and #status.stems > 0
    end
  end
  return self.delivered[key] or false
end

-- The last word about a request, or nothing when there is none yet (or it is just being replaced).
function spool:status(id)
  local text = self:status_text(id)
  return text and spool.parse(text)
end

function spool.parse(text)
  local status = decoded(text)
  return status and type(status.state) == "string" and status or nil
end

-- A request that is still in the spool.
function spool:request(id)
  local text = files.read(self.folder .. "/requests/" .. id .. ".json")
  return text and decoded(text)
end

-- A list is read anew only when its text is another one.
function spool:_listed(name)
  local text = files.read(self.folder .. "/" .. name .. ".json") or ""
  local last = self.lists[name]
  if not last or last.text ~= text then
    local found = decoded(text)
    last = { text = text, entries = found and type(found[name]) == "table" and found[name] or {} }
    self.lists[name] = last
  end
  return last.entries
end

function spool:jobs()
  return self:_listed("jobs")
end

-- What the daemon offers: {name, description, kind} each; empty when it does not say.
function spool:presets()
  return self:_listed("presets")
end

function spool:daemon_alive()
  local text = files.read(self.folder .. "/heartbeat.json")
  local beat = text and decoded(text)
  return beat ~= nil and type(beat.time) == "number" and os.time() - beat.time <= FRESH_S
end

return spool
