"""Reads frames as AWS's Python sample does: many processes, each with a boto3 client of 200 connections and as many threads.

Usage: load.py ENDPOINT DATASTORE_ID IMAGE_SET_ID PROCESSES FRAMES_OF_EACH ATTEMPTS < JSON list of frame ids. Prints
JSON: {"frames",
"failures": [text], "digests": {frame id: [SHA-256]}}.
"""

import hashlib
import itertools
import json
import multiprocessing
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

CONNECTIONS = 200
endpoint, datastore_id, image_set_id, processes, frames_of_each, attempts = sys.argv[1:]


def read_frames(frame_ids):
    """In a process of its own."""
    retries = {"mode": "standard", "total_max_attempts": int(attempts)}
    config = Config(max_pool_connections=CONNECTIONS, retries=retries, inject_host_prefix=False)
    client = boto3.client("medical-imaging", endpoint_url=endpoint, config=config)

    def read_frame(frame_id):
        try:
            answer = client.get_image_frame(
                datastoreId=datastore_id, imageSetId=image_set_id, imageFrameInformation={"imageFrameId": frame_id}
            )
            return frame_id, hashlib.sha256(answer["imageFrameBlob"].read()).hexdigest()
        except Exception as error:
            return frame_id, f"failed: {error!r}"

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        return list(threads.map(read_frame, frame_ids))


def main():
    frame_ids = json.load(sys.stdin)
    shares = [list(itertools.islice(itertools.cycle(frame_ids), i, i + int(frames_of_each))) for i in range(int(processes))]
    with multiprocessing.get_context("fork").Pool(int(processes)) as pool:
        answers = list(itertools.chain.from_iterable(pool.imap_unordered(read_frames, shares)))
    failures = [answer for _, answer in answers if answer.startswith("failed")]
    digests = {}
    for frame_id, digest in answers:
        digests.setdefault(frame_id, set()).add(digest)
    report = {"frames": len(answers), "failures": failures, "digests": {key: sorted(of) for key, of in digests.items()}}
    json.dump(report, sys.stdout)


main()
