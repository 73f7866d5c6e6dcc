"""The command line, as `mutagrad` or `python -m mutagrad`; what a command needs besides the core is an extra."""

import sys
from importlib.util import find_spec

DISTRIBUTIONS = {
    "click": "click",
    "jinja2": "Jinja2",
    "matplotlib": "matplotlib",
    "rich": "rich",
    "sklearn": "scikit-learn",
}
"""The modules that extras bring, and the distributions they come in."""

EXTRAS = {"demo": ("click", "matplotlib", "rich", "sklearn"), "run": ("click", "jinja2", "rich")}
"""The commands, and the modules that each of them needs; the extra has the name of the command."""


def missing(command: str) -> str | None:
    """What to install before a command can be run; None where all is there."""
    absent = [DISTRIBUTIONS[module] for module in EXTRAS[command] if find_spec(module) is None]
    return f"mutagrad {command} needs {', '.join(absent)}: pip install 'mutagrad[{command}]'" if absent else None


def main() -> None:
    """Runs the command line, or says what to install where an extra is missing."""
    asked = next((word for word in sys.argv[1:2] if word in EXTRAS), None)
    reason = missing(asked) if asked else missing("run") and missing("demo")
    if reason:
        sys.exit(reason)
    from mutagrad.command_line import command_line

    command_line(prog_name="mutagrad")


if __name__ == "__main__":
    main()
