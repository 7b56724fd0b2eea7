"""`rightful` at another moment than now.

    python later.py MOMENT WORD...

The clock stands still at MOMENT; only what measures how long something takes goes on.
"""

import sys

from rightful import moments
from rightful.cli import main

if __name__ == "__main__":
    now = moments.parse(sys.argv.pop(1))
    moments.now = lambda: now
    main()
