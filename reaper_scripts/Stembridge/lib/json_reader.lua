-- @noindex
-- Strict JSON reading (RFC 8259). In an object null is left out; in an array it keeps its place as `null`.

local reader = { ARRAY = {}, null = setmetatable({}, { __tostring = function() return "null" end }) }

local DEEPEST = 64
local QUOTE = ('"'):byte()
local ESCAPES = { ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }
local WORDS = { ["true"] = true, ["false"] = false, ["null"] = reader.null }

local value_at

local function fail(what, place)
  error(("%s at byte %d"):format(what, place), 0)
end

local function past_space(text, place)
  return text:find("[^ \t\r\n]", place) or #text + 1
end

local function code_unit(text, place)
  local digits = text:match("^%x%x%x%x", place)
  return digits and tonumber(digits, 16) or fail("bad \\u", place)
end

-- One \uXXXX, or a surrogate pair of them. Returns the character and the place after it.
local function unicode(text, place)
  local high = code_unit(text, place)
  if high < 0xD800 or high > 0xDFFF then
    return utf8.char(high), place + 4
  end
  local low = text:sub(place + 4, place + 5) == "\\u" and code_unit(text, place + 6) or 0
  if high > 0xDBFF or low < 0xDC00 or low > 0xDFFF then
    fail("half a surrogate pair", place)
  end
  return utf8.char(0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00), place + 10
end

local function escape(text, place)
  local letter = text:sub(place, place)
  if letter == "u" then
    return unicode(text, place + 1)
  end
  return ESCAPES[letter] or fail("bad escape", place), place + 1
end

-- A text that needs more than cutting out, from its first special character on.
local function escaped_string(text, from, stop)
  local parts = {}
  while true do
    parts[#parts + 1] = text:sub(from, stop - 1)
    local found = text:sub(stop, stop)
    if found == '"' then
      return table.concat(parts), stop + 1
    elseif found ~= "\\" then
      fail("control character", stop)
    end
    parts[#parts + 1], from = escape(text, stop + 1)
    stop = text:find('["\\\0-\31]', from) or fail("text without an end", from)
  end
end

local function string_at(text, place)
  local stop = text:find('["\\\0-\31]', place + 1) or fail("text without an end", place)
  if text:byte(stop) == QUOTE then
    return text:sub(place + 1, stop - 1), stop + 1
  end
  return escaped_string(text, place + 1, stop)
end

local function number_at(text, place)
  local token = text:match("^-?[%d.eE+-]+", place) or fail("bad value", place)
  local whole, fraction, exponent = token:match("^-?(%d+)(%.?%d*)([eE]?[+-]?%d*)$")
  local right = whole and not whole:find("^0%d") and fraction ~= "."
  if not right or (exponent ~= "" and not exponent:find("^[eE][+-]?%d+$")) then
    fail("bad number", place)
  end
  return tonumber(token), place + #token
end

local function word_at(text, place)
  local word = text:match("^%l+", place)
  if WORDS[word] == nil then
    fail("bad value", place)
  end
  return WORDS[word], place + #word
end

-- After an element: the place of the next one, or nothing and the place behind the closing bracket.
local function following(text, place, closing)
  place = past_space(text, place)
  local mark = text:sub(place, place)
  if mark == "," then
    return past_space(text, place + 1), place
  elseif mark == closing then
    return nil, place + 1
  end
  fail("',' or '" .. closing .. "' expected", place)
end

local function array_at(text, place, depth)
  local values, next_place, stop = setmetatable({}, reader.ARRAY), past_space(text, place + 1), nil
  if text:sub(next_place, next_place) == "]" then
    return values, next_place + 1
  end
  while next_place do
    values[#values + 1], stop = value_at(text, next_place, depth)
    next_place, stop = following(text, stop, "]")
  end
  return values, stop
end

local function pair_at(text, place, depth, object)
  if text:sub(place, place) ~= '"' then
    fail("key expected", place)
  end
  local key, colon = string_at(text, place)
  colon = past_space(text, colon)
  if text:sub(colon, colon) ~= ":" then
    fail("':' expected", colon)
  end
  local value, stop = value_at(text, past_space(text, colon + 1), depth)
  if value ~= reader.null then
    object[key] = value
  end
  return stop
end

local function object_at(text, place, depth)
  local object, next_place, stop = {}, past_space(text, place + 1), nil
  if text:sub(next_place, next_place) == "}" then
    return object, next_place + 1
  end
  while next_place do
    stop = pair_at(text, next_place, depth, object)
    next_place, stop = following(text, stop, "}")
  end
  return object, stop
end

local READERS = { ['"'] = string_at, ["{"] = object_at, ["["] = array_at, t = word_at, f = word_at, n = word_at }

function value_at(text, place, depth)
  if depth > DEEPEST then
    fail("nested too deeply", place)
  end
  return (READERS[text:sub(place, place)] or number_at)(text, place, depth + 1)
end

-- Returns the value; raises what is wrong and where.
function reader.decode(text)
  if not utf8.len(text) then
    error("not UTF-8", 0)
  end
  local value, stop = value_at(text, past_space(text, 1), 1)
  stop = past_space(text, stop)
  if stop <= #text then
    fail("more text after the value", stop)
  end
  return value
end

return reader
