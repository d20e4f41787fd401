"""Stores files with dicomweb-client and reads them back. Arguments: the URL of a data store, and files. The last file
belongs to another study than the others. Prints the answers, and the studies that a search finds."""

import json
import sys
import warnings

import pydicom
from dicomweb_client.api import DICOMwebClient

warnings.simplefilter("ignore")

url, *files = sys.argv[1:]
client = DICOMwebClient(url=url)
instances = [pydicom.dcmread(file) for file in files]
answer = client.store_instances(instances[:-1], study_instance_uid=instances[0].StudyInstanceUID)
other = client.store_instances(instances[-1:])
studies = [pydicom.Dataset.from_json(study).StudyInstanceUID for study in client.search_for_studies()]

json.dump(
    {
        "referenced": [item.ReferencedSOPInstanceUID for item in answer.ReferencedSOPSequence],
        "failed": len(answer.get("FailedSOPSequence", [])),
        "other": [item.RetrieveURL for item in other.ReferencedSOPSequence],
        "studies": studies,
    },
    sys.stdout,
)
