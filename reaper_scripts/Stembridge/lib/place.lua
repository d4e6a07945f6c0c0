-- @noindex
-- The folder of the scripts, with a separator at its end.

return debug.getinfo(1, "S").source:match("^@(.*[/\\])lib[/\\]")
