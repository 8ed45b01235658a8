"""Starts the plugin: Pulumi runs this folder with the Python of its virtual environment."""

import sys
from importlib import import_module
from pathlib import Path

# `components` and `program` are the checkout's: `fleet` alone is installed.
sys.path.append(str(Path(__file__).resolve().parents[1]))

if __name__ == "__main__":
    import_module("plugin.provider").serve(sys.argv[1:])
