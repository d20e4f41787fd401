"""Rebuilds an image set with the Python module AHItoDICOM, at the setting that suits it best.

Usage: ahi_to_dicom.py ENDPOINT DATASTORE_ID IMAGE_SET_ID SAVE_FOLDER. Prints the number of files.
"""

from __future__ import annotations

import multiprocessing
import sys

from AHItoDICOMInterface.AHItoDICOM import AHItoDICOM


def main() -> None:
    endpoint, datastore_id, image_set_id, save_folder = sys.argv[1:]
    module = AHItoDICOM(AHI_endpoint=endpoint, fetcher_process_count=4, dicomizer_process_count=2)
    datasets = module.DICOMizeImageSet(datastore_id=datastore_id, image_set_id=image_set_id)
    saved = [module.saveAsDICOM(dataset, save_folder) for dataset in datasets]
    for process in multiprocessing.active_children():  # the module leaves some that never end
        process.terminate()
    print(sum(saved))


if __name__ == "__main__":
    main()
