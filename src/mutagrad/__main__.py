"""The command line, as `mutagrad` or `python -m mutagrad`; what it needs besides the core is the extra `demo`."""

import sys
from importlib.util import find_spec

EXTRA = {"click": "click", "matplotlib": "matplotlib", "rich": "rich", "sklearn": "scikit-learn"}
"""The modules that the extra brings, and the distributions they come in."""


def main() -> None:
    """Runs the command line, or says what to install where the extra is missing."""
    missing = [distribution for module, distribution in EXTRA.items() if find_spec(module) is None]
    if missing:
        sys.exit(f"mutagrad demo needs {', '.join(missing)}: pip install 'mutagrad[demo]'")
    from mutagrad.demo.command import command_line

    command_line(prog_name="mutagrad")


if __name__ == "__main__":
    main()
