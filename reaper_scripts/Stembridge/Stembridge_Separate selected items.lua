-- @description Stembridge: separate selected items, bring back stems
-- @version 0.1.0
-- @author The stembridge developers
-- @about
--   # Stembridge
--   Separates the selected items with the Stembridge daemon and puts the stems under them as tracks or takes:
--   named, coloured, at the item's own rate, with handles, in one undo step. REAPER is never blocked.
--   Needs the Stembridge program: run `stembridge reaper install` once.
-- @changelog
--   First release
-- @provides
--   [main] .
--   [main] Stembridge_Separate selected items with preset....lua
--   [main] Stembridge_Conform a delivery....lua
--   [main] Stembridge_Show jobs.lua
--   [main] Stembridge_Settings.lua
--   [nomain] Stembridge_Watch for stems.lua
--   [nomain] startup.lua
--   [nomain] lib/*.lua

local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
package.path = here .. "?.lua;" .. package.path

require("lib.guard").run(function()
  require("lib.separate").run(require("lib.wanted").last())
end)
