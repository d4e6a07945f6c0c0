-- @noindex
-- The file behind a take, and the part of it that a section or reversed source shows.

local source = {}

-- GetMediaSourceLength counts in quarter notes for sources without a length of their own.
local function file_facts(media)
  local length, in_quarters = reaper.GetMediaSourceLength(media)
  return {
    path = reaper.GetMediaSourceFileName(media, ""),
    type = reaper.GetMediaSourceType(media, ""),
    length = in_quarters and 0 or length,
    rate = reaper.GetMediaSourceSampleRate(media),
    channels = reaper.GetMediaSourceNumChannels(media),
  }
end

local function section_facts(media, whole)
  local known, offset, length, reversed = reaper.PCM_Source_GetSectionInfo(media)
  if not known then
    return nil
  end
  return { offset = offset, length = length > 0 and length or whole - offset, reversed = reversed }
end

-- Returns {path, type, length, rate, channels, section}, or nothing when there is no such plain answer.
function source.read(take)
  local media = reaper.GetMediaItemTake_Source(take)
  local parent = media and reaper.GetMediaSourceType(media, "") == "SECTION" and reaper.GetMediaSourceParent(media)
  if not media then
    return nil
  elseif not parent then
    return file_facts(media)
  elseif reaper.GetMediaSourceType(parent, "") == "SECTION" then
    return nil
  end
  local facts = file_facts(parent)
  facts.section = section_facts(media, facts.length)
  return facts.section and facts
end

-- Whether a take shows what a request described.
function source.same(facts, requested)
  local section, other = facts.section, requested.section
  if facts.path ~= requested.path or (section == nil) ~= (other == nil) then
    return false
  end
  return not section
    or (section.offset == other.offset and section.length == other.length and section.reversed == other.reversed)
end

return source
