-- @noindex
-- Nothing fails silently: every entry and every tick runs under xpcall, and the user hears of an error once.

local ui = require("lib.ui")

local guard = {}

local MOST_FAILURES = 20

local function report(trace)
  ui.log(trace)
  ui.say("Something went wrong in the script: " .. trace:match("[^\n]*") .. "\n\nThe details are in REAPER's console.")
end

local function traced(problem)
  return debug.traceback(tostring(problem), 2)
end

-- Run a function. Returns whether it came through, and what it returned or the trace of its error.
function guard.try(work, ...)
  return xpcall(work, traced, ...)
end

-- Run an action; an error becomes a message.
function guard.run(action)
  local fine, trace = guard.try(action)
  if not fine then
    report(trace)
  end
end

-- Call `step` at every turn of REAPER until it returns false. An error is told once and the turning goes on;
-- a step that does nothing but fail is ended, and that is told too.
function guard.loop(step)
  local failures = 0
  local function turn()
    local fine, result = guard.try(step)
    failures = fine and 0 or failures + 1
    if failures == 1 then
      report(result)
    elseif failures == MOST_FAILURES then
      return ui.say("Stembridge stopped looking after its jobs, because every look failed. Start an action to go on.")
    end
    if not fine or result ~= false then
      reaper.defer(turn)
    end
  end
  turn()
end

return guard
