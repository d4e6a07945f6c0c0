-- @noindex
-- Items that cannot be sent as they are, rendered to a new take by REAPER itself.

local render = {}

local RENDER_TO_NEW_TAKE = 41999

local function select_only(handle, items)
  reaper.SelectAllMediaItems(handle, false)
  for _, item in ipairs(items) do
    if reaper.ValidatePtr2(handle, item, "MediaItem*") then
      reaper.SetMediaItemSelected(item, true)
    end
  end
end

-- Render the items in one undo step; the selection is what it was afterwards.
function render.to_new_takes(handle, items, selected)
  reaper.Undo_BeginBlock2(handle)
  reaper.PreventUIRefresh(1)
  select_only(handle, items)
  local fine, trace = xpcall(reaper.Main_OnCommandEx, debug.traceback, RENDER_TO_NEW_TAKE, 0, handle)
  select_only(handle, selected)
  reaper.PreventUIRefresh(-1)
  reaper.Undo_EndBlock2(handle, "Stembridge: render before separation", -1)
  if not fine then
    error(trace, 0)
  end
end

return render
