"""Writes the golden files of the gallery: what each program of `tests/gallery/programs/` tells under each policy.

    python tools/write_gallery.py [NAME ...]

Read the difference as text before it is committed: these files are the wording of the library's messages. The page
`docs/diagnosis.md` is written from them.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.gallery.page import page  # noqa: E402
from tests.gallery.running import POLICIES, PROGRAMS, expected_path, run  # noqa: E402

if __name__ == "__main__":
    for name in sys.argv[1:] or PROGRAMS:
        for policy in POLICIES:
            path = expected_path(name, policy)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(run(name, policy).text, encoding="utf-8")
    (ROOT / "docs" / "diagnosis.md").write_text(page(), encoding="utf-8")
