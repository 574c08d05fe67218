"""Commands with arguments that can't be meant: a sentence, never a traceback."""

from pathlib import Path

import pytest

from guichet.cli.backup import NoFolder, backup


def test_a_backup_into_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoFolder, match="rien-ici"):
        backup(tmp_path / "rien-ici" / "portail.tar")
