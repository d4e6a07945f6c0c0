-- @description Stembridge: conform a delivery
-- @version 0.1.0
-- @author The stembridge developers
-- @noindex
local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
package.path = here .. "?.lua;" .. package.path

require("lib.guard").run(require("lib.conform").run)
