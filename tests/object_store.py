"""An S3-compatible store of one's own, on the loopback."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import boto3
from moto.server import ThreadedMotoServer

REGION: Final = "eu-west-3"
KEY: Final = "fictif"


@contextmanager
def object_store() -> Iterator[dict[str, str]]:
    """The settings that lead to a new bucket: ``STORE_URL``, ``STORE_ACCESS_KEY``, ``STORE_SECRET_KEY``.

    The servers of one process share what they store, so that each bucket bears a name of its own.
    """
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint, bucket = f"http://{host}:{port}", f"depots-{uuid.uuid4().hex}"
    try:
        boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=REGION,
            aws_access_key_id=KEY,
            aws_secret_access_key=KEY,
        ).create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        yield {
            "STORE_URL": f"s3://{bucket}?endpoint={endpoint}&region={REGION}",
            "STORE_ACCESS_KEY": KEY,
            "STORE_SECRET_KEY": KEY,
        }
    finally:
        server.stop()
