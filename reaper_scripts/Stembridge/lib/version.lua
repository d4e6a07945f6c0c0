-- @noindex
-- The version of these scripts; the daemon is told with every request.

return "0.1.0"
