-- @noindex
-- The files of a set of stems, all of them or none.

local media = {}

-- Returns one source per stem, or nothing and a sentence about the first file that cannot be read.
function media.open(stems)
  local opened = {}
  for index, stem in ipairs(stems) do
    local source = reaper.file_exists(stem.path) and reaper.PCM_Source_CreateFromFile(stem.path)
    if not source then
      media.close(opened)
      return nil, "A stem cannot be read: " .. stem.path
    end
    opened[index] = source
  end
  return opened
end

function media.close(opened)
  for _, source in ipairs(opened) do
    reaper.PCM_Source_Destroy(source)
  end
end

return media
