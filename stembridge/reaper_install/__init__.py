"""The REAPER side brought into REAPER: scripts copied, actions registered, what is wrong said in words."""
