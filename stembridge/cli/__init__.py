"""The commands: the only package that prints and exits.

REAPER may start a command for every click, so nothing heavy is imported before a command needs it: the table
below holds the names and one-line descriptions, and a command's module is imported when the command is called.
``notify``, which is called for every click, does not even wait for the command line's own library.
"""

import os
import sys

BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""How many threads NumPy's algebra takes, on Linux and Windows, and on macOS; read once, when it is loaded."""

COMMANDS = {
    "run": ("service", "Run the daemon in the foreground."),
    "demo": ("demo", "Make a small delivery, run the daemon over it, show the result."),
    "process": ("work", "Conform files, folders or zips here and now, without the daemon."),
    "separate": ("separate", "Separate files into stems here and now, without the daemon."),
    "identify": ("identify", "Say what is in files, by their names and by their sound."),
    "align": ("align", "Say where stems belong in their mix, or to each other; changes nothing."),
    "null": ("null", "Say what the sum of stems leaves of their mix, and why; changes nothing."),
    "check": ("check", "Say what is wrong with a delivery; changes nothing."),
    "conform": ("conform", "Check deliveries, and write conformed copies of those that pass."),
    "plan": ("work", "Print what would be done, and do nothing."),
    "drop": ("work", "Hand files to the running daemon."),
    "jobs": ("jobs", "List the newest jobs."),
    "job": ("jobs", "Show one job."),
    "cancel": ("jobs", "Cancel a job; nothing of it is left behind."),
    "retry": ("jobs", "Try a failed or cancelled job again."),
    "presets": ("settings", "List, show and check presets."),
    "models": ("models", "List, fetch, import, verify and remove separation models."),
    "config": ("settings", "Show and check the configuration."),
    "doctor": ("doctor", "Say what works on this machine, and what does not."),
    "reaper": ("reaper", "Bring the actions into REAPER: install, uninstall, doctor, index."),
    "notify": ("notify", "Tell the daemon that a request lies in the spool; for scripts."),
    "worker": ("service", "Run one worker against the configured database."),
    "service": ("service", "Start the daemon with the system: install, uninstall, status."),
}


def main() -> None:
    """Run the command line; every expected error becomes one sentence and an exit code.

    Files are worked on side by side, a core each. Threads of the algebra below them would only wait for each other,
    at full speed: a check of nine files took 96 s of CPU with them, 58 s without. Workers inherit what is set here.
    """
    for variable in BLAS_THREADS:
        os.environ.setdefault(variable, "1")
    if sys.argv[1:2] == ["notify"] and "--help" not in sys.argv:
        from stembridge.cli.bell import ring

        sys.exit(ring(sys.argv[2:]))
    from stembridge.cli.group import run

    run()
