"""What holds for every test: NumPy's algebra takes one thread, as under the command line."""

import os

from stembridge.cli import BLAS_THREADS

for variable in BLAS_THREADS:
    os.environ.setdefault(variable, "1")
