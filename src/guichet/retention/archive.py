"""The ZIP archive that a person gets: one JSON file that says everything, and the files beside it."""

import hashlib
import json
import shutil
import tempfile
import zipfile
from pathlib import Path

from django.core.serializers.json import DjangoJSONEncoder

from guichet.accounts.models import Account
from guichet.files import queries as files
from guichet.files import stores
from guichet.files.operations import Content
from guichet.kernel import clock
from guichet.retention import personal

DATA, GUIDE = "vos-donnees.json", "LISEZ-MOI.txt"
CHUNK = 1 << 20


def write_archive(account: Account) -> Content:
    """The archive on the store's disk, hashed; the caller has it kept, or removes it.

    What the antivirus has not let through is named in the JSON, and left out. Raises ``stores.Missing``
    where a content is gone: a copy that lacks something in silence would be none.
    """
    with tempfile.NamedTemporaryFile(dir=stores.incoming(), suffix=".zip", delete=False) as target:
        path = Path(target.name)
        try:
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
                _fill(archive, account)
        except BaseException:
            path.unlink()
            raise
    with path.open("rb") as written:
        sha256 = hashlib.file_digest(written, "sha256").hexdigest()
    return Content(path=path, sha256=sha256, size=path.stat().st_size, media_type="application/zip")


def _fill(archive: zipfile.ZipFile, account: Account) -> None:
    depots = []
    for told, contents in personal.filings(account):
        depots.append(told)
        for name, sha256 in contents:
            _add(archive, name, sha256)
    data = personal.of_account(account) | {"depots": depots}
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    for name, content in ((DATA, text), (GUIDE, personal.guide())):
        archive.writestr(_entry(name), content.encode(), compress_type=zipfile.ZIP_DEFLATED)


def _add(archive: zipfile.ZipFile, name: str, sha256: str) -> None:
    # PDF and images are compressed already.
    entry = _entry(name)
    entry.compress_type = zipfile.ZIP_STORED
    with files.open_stored(sha256=sha256) as content, archive.open(entry, "w", force_zip64=True) as target:
        shutil.copyfileobj(content, target, CHUNK)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, clock.now().timetuple()[:6])
    entry.external_attr = 0o600 << 16
    return entry
