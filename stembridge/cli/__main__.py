"""Run the command line: ``python -m stembridge.cli``."""

from stembridge.cli import main

main()
