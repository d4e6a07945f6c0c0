-- Lua 5.3 and 5.4 run inside REAPER; only names that both know, no globals of our own.
std = "lua53"
max_line_length = 120
self = false
max_cyclomatic_complexity = 10
read_globals = {
  "reaper",
  gfx = {
    other_fields = true,
    fields = { x = { read_only = false }, y = { read_only = false }, mouse_wheel = { read_only = false } },
  },
}
