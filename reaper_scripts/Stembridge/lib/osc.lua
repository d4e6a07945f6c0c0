-- @noindex
-- OSC 1.0 messages with texts, integers and floats.

local osc = { SUBMIT = "/stembridge/submit" }

local function padded(text)
  return text .. ("\0"):rep(4 - #text % 4)
end

local function packed(value)
  if type(value) == "string" then
    return "s", padded(value)
  elseif math.type(value) == "integer" then
    return "i", string.pack(">i4", value)
  end
  return "f", string.pack(">f", value)
end

function osc.message(address, ...)
  local tags, bodies = ",", {}
  for index, value in ipairs({ ... }) do
    local tag, body = packed(value)
    tags, bodies[index] = tags .. tag, body
  end
  return padded(address) .. padded(tags) .. table.concat(bodies)
end

return osc
