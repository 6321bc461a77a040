"""`python -m calltune` is the command line."""

import sys

from calltune.cli import main

sys.exit(main())
