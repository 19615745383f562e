"""The SQL of the facts, as it stands in the files beside this one."""

import re
from pathlib import Path

COMMENT = re.compile(r"^\s*--.*\n", re.MULTILINE)
TEXTS = {
    path.stem: COMMENT.sub("", path.read_text(encoding="utf-8")).strip()
    for path in sorted(Path(__file__).parent.glob("*.sql"))
}
