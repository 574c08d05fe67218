"""Whether the store can take a file now."""

import os
import tempfile

from guichet.files import stores


def sound() -> None:
    """Write to the folder of uploads, and ask an S3 store about its bucket.

    Raises ``OSError`` where the folder can't be written to, and what boto3 raises where the store does not
    answer or refuses.
    """
    with tempfile.NamedTemporaryFile(dir=stores.incoming(), prefix="sonde-") as file:
        file.write(bytes(4096))
        file.flush()
        os.fsync(file.fileno())
    store = stores.store()
    if isinstance(store, stores.S3Store):
        store.storage.connection.meta.client.head_bucket(Bucket=store.storage.bucket_name)
