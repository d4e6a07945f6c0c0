-- @noindex
-- Draws the rows of the window and says what lies under the mouse.

local draw = require("lib.draw")

local jobs_view = {}

local ROW, MARGIN, LINE = 62, 8, 18
local BUTTON_WIDTH, BUTTON_HEIGHT, GAP = 64, 22, 6
local BAR_HEIGHT = 8
local DETAIL_LINES = 4
local LABELS = { insert = "Insert", cancel = "Cancel", retry = "Retry", folder = "Folder" }
local EMPTY = "No jobs yet. Select items and run the action Stembridge_Separate selected items."
local SILENT = "Stembridge does not answer. Start it with `stembridge run`."
local KEYS = "Enter: insert   Delete: cancel   R: retry   O: folder   Esc: close"

local function row_top(window, index)
  return MARGIN + (index - 1 - window.scroll) * ROW
end

local function button_box(row, place, top)
  local x = gfx.w - MARGIN - (#row.verbs - place + 1) * (BUTTON_WIDTH + GAP)
  return x, top + MARGIN, BUTTON_WIDTH, BUTTON_HEIGHT
end

-- How many whole rows the window shows.
function jobs_view.visible()
  return math.max(1, (gfx.h - 2 * MARGIN - (1 + DETAIL_LINES) * LINE) // ROW)
end

local function state_in_words(row)
  if row.state == "running" then
    return ("%d %%  %s"):format(math.floor(row.percent), row.detail)
  end
  return row.detail ~= "" and row.state .. ": " .. row.detail or row.state
end

local function text_width(row)
  return gfx.w - 2 * MARGIN - #row.verbs * (BUTTON_WIDTH + GAP) - GAP
end

-- What a row has no room for, in full below the rows while it is selected.
local function draw_detail(row)
  local text = state_in_words(row)
  if gfx.measurestr(text) > text_width(row) then
    local top = gfx.h - MARGIN - (1 + DETAIL_LINES) * LINE
    draw.lines(text, MARGIN, top, gfx.w - 2 * MARGIN, LINE, DETAIL_LINES, "text")
  end
end

local function draw_row(window, index)
  local row, top = window.rows[index], row_top(window, index)
  if index == window.selected then
    draw.box(0, top, gfx.w, ROW - 2, "selected")
    draw_detail(row)
  end
  local width = text_width(row)
  local title = row.name .. (row.preset and "   " .. row.preset or "")
  draw.text(title, MARGIN, top + 3, width, LINE, "text")
  draw.text(state_in_words(row), MARGIN, top + 3 + LINE, width, LINE, row.state == "failed" and "failed" or "faint")
  draw.bar(MARGIN, top + ROW - BAR_HEIGHT - 8, gfx.w - 2 * MARGIN, BAR_HEIGHT, row.percent, row.state)
  for place, verb in ipairs(row.verbs) do
    draw.button(LABELS[verb], button_box(row, place, top))
  end
end

local function shown(window)
  return window.scroll + 1, math.min(#window.rows, math.floor(window.scroll + jobs_view.visible()))
end

function jobs_view.draw(window)
  draw.begin()
  draw.box(0, 0, gfx.w, gfx.h, "background")
  local first, last = shown(window)
  for index = first, last do
    draw_row(window, index)
  end
  if #window.rows == 0 then
    draw.text(EMPTY, MARGIN, MARGIN, gfx.w - 2 * MARGIN, LINE, "faint")
  end
  local foot = window.alive and KEYS or SILENT
  draw.text(foot, MARGIN, gfx.h - LINE - 2, gfx.w - 2 * MARGIN, LINE, window.alive and "faint" or "failed")
end

-- Returns the index of the row under the mouse and the verb of its button there, as far as there are.
function jobs_view.under_mouse(window)
  local first, last = shown(window)
  for index = first, last do
    local top = row_top(window, index)
    if draw.is_inside(0, top, gfx.w, ROW) then
      for place, verb in ipairs(window.rows[index].verbs) do
        if draw.is_inside(button_box(window.rows[index], place, top)) then
          return index, verb
        end
      end
      return index
    end
  end
end

return jobs_view
