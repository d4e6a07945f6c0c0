-- @noindex
-- JSON for requests: strict UTF-8 text, numbers with a point in every locale, keys in a fixed order.
-- Objects and arrays are tables; `json.array` marks one that may be empty. Reading is `json_reader.lua`.

local json = { decode = require("lib.json_reader").decode }

local ARRAY = require("lib.json_reader").ARRAY
local DEEPEST = 64
local ESCAPES = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t",
}

json.null = require("lib.json_reader").null

function json.array(values)
  return setmetatable(values, ARRAY)
end

local function escaped(character)
  return ESCAPES[character] or ("\\u%04x"):format(character:byte())
end

-- The two quotes are escaped so that a text survives in a project file, whose quoting knows three of them.
local function string_text(text)
  if not utf8.len(text) or text:find("\xED[\xA0-\xBF]") then
    error("a text is not UTF-8", 0)
  end
  return '"' .. text:gsub("[%c\"\\'`\127]", escaped) .. '"'
end

local function number_text(value)
  if math.type(value) == "integer" then
    return ("%d"):format(value)
  end
  if value ~= value or value == math.huge or value == -math.huge then
    error("a number is not finite", 0)
  end
  for digits = 15, 17 do
    local text = ("%." .. digits .. "g"):format(value):gsub(",", ".")
    if tonumber(text) == value then
      return text
    end
  end
end

local encode

local function array_text(values, depth)
  local parts = {}
  for index = 1, #values do
    parts[index] = encode(values[index], depth)
  end
  return "[" .. table.concat(parts, ",") .. "]"
end

local function sorted_keys(object)
  local keys = {}
  for key in pairs(object) do
    if type(key) ~= "string" then
      error("a key is not a text", 0)
    end
    keys[#keys + 1] = key
  end
  table.sort(keys)
  return keys
end

local function object_text(object, depth)
  local parts = {}
  for index, key in ipairs(sorted_keys(object)) do
    parts[index] = string_text(key) .. ":" .. encode(object[key], depth)
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function table_text(value, depth)
  if depth > DEEPEST then
    error("nested too deeply", 0)
  end
  local is_array = getmetatable(value) == ARRAY or #value > 0
  return (is_array and array_text or object_text)(value, depth + 1)
end

local WRITERS = { string = string_text, number = number_text, boolean = tostring, table = table_text }

function encode(value, depth)
  if value == json.null then
    return "null"
  end
  local writer = WRITERS[type(value)]
  if not writer then
    error("a " .. type(value) .. " is not JSON", 0)
  end
  return writer(value, depth)
end

-- Returns the text; raises what is wrong.
function json.encode(value)
  return encode(value, 1)
end

return json
