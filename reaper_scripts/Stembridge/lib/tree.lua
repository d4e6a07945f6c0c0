-- @noindex
-- Where tracks go in a list whose nesting is told by relative folder depths (I_FOLDERDEPTH); pure.

local tree = {}

-- The last track inside the folder at `parent`, its level there (1: a child), and the level behind it.
local function last_inside(depths, parent)
  local level = 1
  for index = parent + 1, #depths do
    local behind = level + depths[index]
    if behind <= 0 or index == #depths then
      return index, level, behind
    end
    level = behind
  end
  return parent, 1, 0
end

-- Plan new last children of a track, folder or not. No other track changes its level.
-- Returns {after = index they follow, depths = {[index] = new depth}, closing = depth of the last new track}.
function tree.append(depths, parent)
  local depth = depths[parent]
  if depth <= 0 then
    return { after = parent, depths = { [parent] = 1 }, closing = depth - 1 }
  end
  local last, level, behind = last_inside(depths, parent)
  local changed = last ~= parent and { [last] = 1 - level } or {}
  return { after = last, depths = changed, closing = math.min(behind, 0) - 1 }
end

-- Plan new tracks behind the last one, outside every folder.
function tree.append_at_end(depths)
  local level = 0
  for _, depth in ipairs(depths) do
    level = math.max(0, level + depth)
  end
  local changed = level > 0 and { [#depths] = depths[#depths] - level } or {}
  return { after = #depths, depths = changed, closing = 0 }
end

-- The indices of the direct children of a folder.
function tree.children(depths, parent)
  local found, level = {}, depths[parent] > 0 and 1 or 0
  for index = parent + 1, #depths do
    if level <= 0 then
      break
    elseif level == 1 then
      found[#found + 1] = index
    end
    level = level + depths[index]
  end
  return found
end

return tree
