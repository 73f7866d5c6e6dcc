"""The command line, as `mutagrad` or `python -m mutagrad`."""

import sys

from mutagrad.requirements import EXTRAS, missing


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
