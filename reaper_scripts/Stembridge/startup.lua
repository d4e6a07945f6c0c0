-- @noindex
-- For REAPER's Scripts/__startup.lua (the settings put the line there): offers stems that were finished
-- while REAPER was closed.

local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
package.path = here .. "?.lua;" .. package.path

require("lib.guard").run(function()
  if #require("lib.ledger").entries() > 0 then
    require("lib.watcher").ensure()
  end
end)
