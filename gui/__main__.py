"""``python -m gui``: the window without the command line round it."""

import sys

from gui.application import main

sys.exit(main())
