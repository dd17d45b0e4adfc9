"""Runs ``worker.py`` of this folder as a script, under an interpreter that runs modules only."""

import os
import runpy

HERE = os.path.dirname(os.path.abspath(__file__))
runpy.run_path(os.path.join(HERE, "worker.py"), run_name="__main__")
