-- @noindex
-- Text, bars and buttons in a gfx window.

local draw = {}

local FONT, SIZE = "Arial", 15
local CENTRED = 1 | 4
local LEFT = 4
local COLOURS = {
  background = { 0.16, 0.17, 0.18 },
  selected = { 0.22, 0.24, 0.27 },
  text = { 0.90, 0.90, 0.90 },
  faint = { 0.62, 0.64, 0.66 },
  button = { 0.30, 0.32, 0.35 },
  hot = { 0.38, 0.42, 0.48 },
  groove = { 0.10, 0.11, 0.12 },
  queued = { 0.45, 0.47, 0.50 },
  waiting = { 0.72, 0.58, 0.25 },
  running = { 0.27, 0.52, 0.78 },
  done = { 0.33, 0.62, 0.40 },
  failed = { 0.76, 0.33, 0.30 },
}

local function colour(name)
  local red, green, blue = table.unpack(COLOURS[name] or COLOURS.queued)
  gfx.set(red, green, blue, 1)
end

function draw.begin()
  gfx.setfont(1, FONT, SIZE)
end

function draw.box(x, y, width, height, name)
  colour(name)
  gfx.rect(x, y, width, height, 1)
end

-- The start of a text, up to so many bytes and to the end of a character of UTF-8.
local function start_of(text, bytes)
  while bytes > 0 and (text:byte(bytes + 1) or 0) & 0xC0 == 0x80 do
    bytes = bytes - 1
  end
  return text:sub(1, bytes)
end

-- Cut a text that is too wide, between characters; found by halves, since this is asked for at every turn.
local function fitted(text, width)
  if gfx.measurestr(text) <= width then
    return text
  end
  local fits, least_too_much = 0, #text
  while least_too_much - fits > 1 do
    local bytes = (fits + least_too_much) // 2
    if gfx.measurestr(start_of(text, bytes) .. "...") <= width then
      fits = bytes
    else
      least_too_much = bytes
    end
  end
  return start_of(text, fits) .. "..."
end

function draw.text(text, x, y, width, height, name, centred)
  colour(name)
  gfx.x, gfx.y = x, y
  gfx.drawstr(fitted((text:gsub("%c+", " ")), width), centred and CENTRED or LEFT, x + width, y + height)
end

-- Draw a text between words over so many lines; the last one is cut.
function draw.lines(text, x, y, width, height, most, name)
  local lines, line = {}, ""
  for word in text:gmatch("[^%s%c]+") do
    local longer = line == "" and word or line .. " " .. word
    if line ~= "" and #lines < most - 1 and gfx.measurestr(longer) > width then
      lines[#lines + 1], line = line, word
    else
      line = longer
    end
  end
  lines[#lines + 1] = line
  for index, shown in ipairs(lines) do
    draw.text(shown, x, y + (index - 1) * height, width, height, name)
  end
end

-- `percent` from 0 to 100; the colour tells the state.
function draw.bar(x, y, width, height, percent, state)
  draw.box(x, y, width, height, "groove")
  draw.box(x, y, math.floor(width * percent / 100), height, state)
end

function draw.is_inside(x, y, width, height)
  return gfx.mouse_x >= x and gfx.mouse_x < x + width and gfx.mouse_y >= y and gfx.mouse_y < y + height
end

function draw.button(label, x, y, width, height)
  draw.box(x, y, width, height, draw.is_inside(x, y, width, height) and "hot" or "button")
  draw.text(label, x, y, width, height, "text", true)
end

return draw
