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

-- Cut a text that is too wide, between characters of UTF-8.
local function fitted(text, width)
  if gfx.measurestr(text) <= width then
    return text
  end
  local stop = #text
  while stop > 0 and gfx.measurestr(text:sub(1, stop) .. "...") > width do
    stop = (utf8.offset(text, -1, stop + 1) or 1) - 1
  end
  return text:sub(1, stop) .. "..."
end

function draw.text(text, x, y, width, height, name, centred)
  colour(name)
  gfx.x, gfx.y = x, y
  gfx.drawstr(fitted((text:gsub("%c+", " ")), width), centred and CENTRED or LEFT, x + width, y + height)
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
