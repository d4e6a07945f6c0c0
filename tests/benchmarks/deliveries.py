"""All figures of vendor deliveries, measured in one run and printed as one table.

Run: ``python tests/benchmarks/deliveries.py``, about an hour. Each test of ``test_deliveries_*.py`` records what it
measured. Arguments go to pytest: ``-k roles`` measures some of them.
"""

import sys
from pathlib import Path

import pytest


class Table:
    """Collects the figures that tests record, with what is asked of each."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, str]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the figures of a test that ended."""
        if report.when == "call":
            self._rows += [(name, str(value)) for name, value in report.user_properties]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print them below each other."""
        width = max((len(name) for name, _ in self._rows), default=0)
        terminalreporter.section("vendor deliveries")
        for name, value in self._rows:
            terminalreporter.write_line(f"{name:<{width}}  {value}")


if __name__ == "__main__":
    files = [str(path) for path in sorted(Path(__file__).parent.glob("test_deliveries_*.py"))]
    sys.exit(pytest.main(["-m", "benchmark", "-s", "-q", *files, *sys.argv[1:]], plugins=[Table()]))
