-- Builds the strict tables that scripts see. `call(name, count, ...)` answers true and values, or false and a message.
local call, names, absent = ...

-- Handles stay: a bridge that drops and makes them anew while the collector runs has been seen to mix them up.
local kept = {}

local function answer(fine, ...)
  if not fine then
    error((...), 3)
  end
  if type((...)) == "userdata" then
    kept[(...)] = true
  end
  return ...
end

local function bound(name)
  return function(...)
    return answer(call(name, ...))
  end
end

local function strict(label, known)
  return {
    __index = function(_, name)
      if known[name] == nil then
        error(("%s.%s does not exist"):format(label, tostring(name)), 2)
      end
    end,
    __newindex = function(_, name)
      error(("%s.%s is not ours to write"):format(label, tostring(name)), 2)
    end,
  }
end

local function build(label, list, missing)
  local known, made = {}, {}
  for name in list:gmatch("%S+") do
    made[name] = bound(name)
  end
  for name in missing:gmatch("%S+") do
    known[name] = true
  end
  return setmetatable(made, strict(label, known))
end

reaper = build("reaper", names, absent)

local function forbidden(name)
  return function()
    error(name .. " blocks REAPER and goes through a shell", 2)
  end
end

os.execute, io.popen = forbidden("os.execute"), forbidden("io.popen")

return { bound = bound, strict = strict }
