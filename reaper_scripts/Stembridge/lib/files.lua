-- @noindex
-- Small files: read whole, or appear whole.

local files = {}

local BUFFER = 1 << 18

function files.read(path)
  local file = io.open(path, "rb")
  if not file then
    return nil
  end
  local text = file:read("a")
  file:close()
  return text
end

-- Write a file, over what is there. Returns true, or nothing and the reason.
function files.write(path, text)
  local file, reason = io.open(path, "wb")
  if not file then
    return nil, reason
  end
  file:setvbuf("full", BUFFER)
  local written, why = file:write(text)
  local closed, late = file:close()
  if not (written and closed) then
    os.remove(path)
    return nil, why or late
  end
  return true
end

-- Write a file that does not exist yet. On Windows the rename of Lua cannot name every folder that the
-- open of REAPER can: then the text, smaller than the buffer, is written by one call under its own name.
function files.write_new(path, text)
  local part = path .. ".tmp"
  local written, reason = files.write(part, text)
  if not written then
    return nil, reason
  end
  if os.rename(part, path) then
    return true
  end
  os.remove(part)
  if reaper.file_exists(path) then
    return nil, path .. ": exists"
  end
  return files.write(path, text)
end

-- The same, and the folder is made when it is missing.
function files.write_into(folder, name, text)
  local path = folder .. "/" .. name
  local written, reason = files.write_new(path, text)
  if written then
    return true
  end
  reaper.RecursiveCreateDirectory(folder, 0)
  if reaper.file_exists(path) then
    return nil, reason
  end
  return files.write_new(path, text)
end

return files
