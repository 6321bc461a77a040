"""`python -m calltune` is the command line."""

import atexit
import os
import sys

from calltune.cli import is_launched, main

code = main()
if is_launched():
    # A thread of the libraries that still runs while Python takes itself down aborts the process ("terminate called
    # without an active exception", seen in 2 of about 150 processes that had done their work), and a launcher takes
    # that for a failure. So the process ends as it would, without being taken down.
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
sys.exit(code)
