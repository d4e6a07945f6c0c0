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

local function quoted(word)
  return not word:find('["%c]') and '"' .. word .. '"' or nil
end

-- Only the command from bridge.json and our own hexadecimal id are ever part of the command line.
local function command_line(bridge)
  local words = {}
  for _, word in ipairs({ bridge.executable, table.unpack(bridge.arguments) }) do
    local safe = type(word) == "string" and quoted(word)
    if not safe then
      return nil
    end
    words[#words + 1] = safe
  end
  return table.concat(words, " ") .. " notify "
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
