import type { Operation } from '../operation/operation.ts'
import { copyImageSet } from './copy-image-set.ts'
import { createDatastore } from './create-datastore.ts'
import { deleteDatastore } from './delete-datastore.ts'
import { deleteImageSet } from './delete-image-set.ts'
import { getDatastore } from './get-datastore.ts'
import { getDicomImportJob } from './get-dicom-import-job.ts'
import { getImageFrame } from './get-image-frame.ts'
import { getImageSetMetadata } from './get-image-set-metadata.ts'
import { getImageSet } from './get-image-set.ts'
import { listDatastores } from './list-datastores.ts'
import { listDicomImportJobs } from './list-dicom-import-jobs.ts'
import { listImageSetVersions } from './list-image-set-versions.ts'
import { listTagsForResource } from './list-tags-for-resource.ts'
import { searchImageSets } from './search-image-sets.ts'
import { startDicomImportJob } from './start-dicom-import-job.ts'
import { tagResource } from './tag-resource.ts'
import { untagResource } from './untag-resource.ts'
import { updateImageSetMetadata } from './update-image-set-metadata.ts'

/** All operations of the API. The most requested come first. */
export const apiOperations: readonly Operation[] = [
  getImageFrame,
  getImageSetMetadata,
  getImageSet,
  searchImageSets,
  listImageSetVersions,
  getDatastore,
  listDatastores,
  createDatastore,
  deleteDatastore,
  startDicomImportJob,
  getDicomImportJob,
  listDicomImportJobs,
  listTagsForResource,
  tagResource,
  untagResource,
  copyImageSet,
  updateImageSetMetadata,
  deleteImageSet,
]
