"""`python -m viewer` is the command `coverslip`."""

import sys

from viewer.app import main

if __name__ == "__main__":
    sys.exit(main())
