"""What a command needs besides the core is an extra: which modules, and what to install where they are missing."""

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
