"""The actions that the scripts make, and their names in REAPER; pure."""

import hashlib
from dataclasses import dataclass

FOLDER = "Stembridge"
"""The folder of the scripts, below REAPER's ``Scripts``."""


@dataclass(frozen=True)
class Action:
    """One entry of REAPER's action list."""

    file: str

    @property
    def path(self) -> str:
        """The script, relative to REAPER's ``Scripts``."""
        return f"{FOLDER}/{self.file}"

    @property
    def title(self) -> str:
        """What the action list shows."""
        return "Custom: " + self.file.removesuffix(".lua").replace("_", ": ", 1)

    @property
    def command(self) -> str:
        """The named command, the same on every machine, so that shortcuts and toolbars survive a new install."""
        return "RS" + hashlib.sha1(self.path.encode(), usedforsecurity=False).hexdigest()


ACTIONS = (
    Action("Stembridge_Separate selected items.lua"),
    Action("Stembridge_Separate selected items with preset....lua"),
    Action("Stembridge_Conform a delivery....lua"),
    Action("Stembridge_Show jobs.lua"),
    Action("Stembridge_Settings.lua"),
)

BACKGROUND = Action("Stembridge_Watch for stems.lua")
"""The script that the actions start, and register by themselves for that."""
