-- @noindex
-- Tells the daemon that a request lies in the spool: over UDP where a socket library is installed, else by
-- starting `stembridge notify`, else not at all: the daemon looks into the spool by itself.

local osc = require("lib.osc")

local bell = {}

local SOCKETS = "/Scripts/Mavriq ReaScript Repository/Various/Mavriq-Lua-Sockets/?."
local NO_WAIT_MINIMISED = -2
local LOOPBACK = "127.0.0.1"

local function socket_library()
  local folder = reaper.GetResourcePath() .. SOCKETS
  package.cpath = package.cpath .. ";" .. folder .. "dll;" .. folder .. "so"
  local found, library = pcall(require, "socket.core")
  return found and type(library) == "table" and library.udp and library or nil
end

-- The socket is kept; it costs nothing and closes with the script.
local function by_datagram(library, port)
  local created, socket = pcall(library.udp)
  if not created or not socket then
    return nil
  end
  return function(id)
    return pcall(socket.sendto, socket, osc.message(osc.SUBMIT, id), LOOPBACK, port)
  end
end

-- The words for a command line, or nothing when one of them could be read as something else.
local function quoted(words)
  local safe = {}
  for index, word in ipairs(words) do
    if type(word) ~= "string" or word:find('["%c]') then
      return nil
    end
    safe[index] = '"' .. word .. '" '
  end
  return table.concat(safe)
end

-- Only what the installer wrote into bridge.json and our own hexadecimal id are ever part of the command line.
local function command_line(bridge)
  local program = quoted({ bridge.executable, table.unpack(bridge.arguments) })
  local config = quoted({ bridge.config })
  return program and config and program .. "notify " .. (config ~= "" and "--config " .. config or "")
end

local function by_process(bridge)
  local command = reaper.file_exists(bridge.executable) and command_line(bridge)
  if not command then
    return nil
  end
  return function(id)
    reaper.ExecProcess(command .. id, NO_WAIT_MINIMISED)
  end
end

-- Returns a function that rings for a request, and whether ringing often is cheap.
function bell.new(bridge)
  local library = socket_library()
  local ring = library and by_datagram(library, bridge.port)
  if ring then
    return ring, true
  end
  return by_process(bridge) or function() end, false
end

-- Ring for every id; where each costs a process the first is enough, since the daemon then reads the whole spool.
function bell.ring(bridge, ids)
  local ring, cheap = bell.new(bridge)
  for index = 1, cheap and #ids or math.min(1, #ids) do
    ring(ids[index])
  end
end

return bell
