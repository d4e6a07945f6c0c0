-- @description Stembridge: separate selected items with a preset chosen now
-- @version 0.1.0
-- @author The stembridge developers
-- @noindex
local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
package.path = here .. "?.lua;" .. package.path

require("lib.guard").run(function()
  local wanted = require("lib.wanted").ask()
  if wanted then
    require("lib.separate").run(wanted)
  end
end)
