-- @noindex
-- How the end of a job is told to the user; pure.

local request_of = require("lib.request")

local outcome = {}

outcome.NO_DAEMON = "Stembridge does not answer. Start it with `stembridge run` in a terminal, or once and for all with"
  .. " `stembridge service install`. The request is kept: it is worked on as soon as Stembridge runs."

function outcome.title(request)
  return request and request_of.title(request) or "A job"
end

function outcome.is_delivery(request)
  return request ~= nil and request.kind == "conform"
end

function outcome.stems(status)
  return status.stems and #status.stems or 0
end

-- Message and hint of a status in one line; nothing when it has none.
function outcome.said(status)
  local words = {}
  for _, text in ipairs({ status.message or "", status.hint or "" }) do
    if text ~= "" then
      words[#words + 1] = text
    end
  end
  return #words > 0 and table.concat(words, " ") or nil
end

function outcome.sentence(status)
  return outcome.said(status) or "The job " .. status.state .. "."
end

local function log_of(status)
  return status.log and "\nLog: " .. status.log or ""
end

function outcome.failed(request, status)
  return outcome.title(request) .. ": " .. outcome.sentence(status) .. log_of(status)
end

function outcome.waits(request, status)
  return outcome.title(request) .. " waits: " .. outcome.sentence(status) .. log_of(status)
end

function outcome.held(request, reason)
  return outcome.title(request) .. ": the stems are ready but were not inserted. " .. reason
    .. " Use Insert in the action Stembridge_Show jobs."
end

function outcome.conformed(request, status)
  local report = status.manifest and " See " .. status.manifest or ""
  return outcome.title(request) .. ": conformed." .. report
end

function outcome.offer(request, status)
  local what = outcome.is_delivery(request) and "%s: conformed, %d files." or "%s: %d stems are ready."
  return what:format(outcome.title(request), outcome.stems(status))
end

return outcome
