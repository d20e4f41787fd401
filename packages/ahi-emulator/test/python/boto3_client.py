"""Uses an emulator with boto3 like any script. Arguments: endpoint, data store id. Prints the answers as JSON."""

import gzip
import json
import sys

import boto3
from botocore.exceptions import ClientError

endpoint, datastore_id = sys.argv[1:]
client = boto3.client("medical-imaging", endpoint_url=endpoint, region_name="us-east-1")


def pages(operation, key, **arguments):
    paginator = client.get_paginator(operation)
    return [item for page in paginator.paginate(PaginationConfig={"PageSize": 1}, **arguments) for item in page[key]]


def error_of(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]
    return None


image_sets = pages("search_image_sets", "imageSetsMetadataSummaries", datastoreId=datastore_id, searchCriteria={})
image_set_id = image_sets[-1]["imageSetId"]
place = {"datastoreId": datastore_id, "imageSetId": image_set_id}
metadata = client.get_image_set_metadata(**place)
document = json.loads(gzip.decompress(metadata["imageSetMetadataBlob"].read()))
series = next(iter(document["Study"]["Series"].values()))
frame = next(iter(series["Instances"].values()))["ImageFrames"][0]
answer = client.get_image_frame(**place, imageFrameInformation={"imageFrameId": frame["ID"]})

json.dump(
    {
        "datastores": [one["datastoreStatus"] for one in pages("list_datastores", "datastoreSummaries")],
        "datastore": client.get_datastore(datastoreId=datastore_id)["datastoreProperties"]["createdAt"].year >= 2024,
        "imageSets": len({one["imageSetId"] for one in image_sets}),
        "imageSet": client.get_image_set(**place)["imageSetState"],
        "versions": [
            [one["versionId"], one["ImageSetWorkflowStatus"]]
            for one in pages("list_image_set_versions", "imageSetPropertiesList", **place)
        ],
        "encoding": metadata["contentEncoding"],
        "contentType": answer["contentType"],
        "frameLength": len(answer["imageFrameBlob"].read()) == frame["FrameSizeInBytes"],
        "missing": error_of(client.get_datastore, datastoreId="a" * 32),
        "malformed": error_of(client.get_image_set, datastoreId="A", imageSetId="B"),
    },
    sys.stdout,
)
