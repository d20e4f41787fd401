import type { Operation } from '../server/operation.ts'
import { getDatastore } from './get-datastore.ts'
import { getImageFrame } from './get-image-frame.ts'
import { getImageSet } from './get-image-set.ts'
import { getImageSetMetadata } from './get-image-set-metadata.ts'
import { listDatastores } from './list-datastores.ts'
import { listImageSetVersions } from './list-image-set-versions.ts'
import { searchImageSets } from './search-image-sets.ts'

/** The operations that are served, the one asked for most first. */
export const OPERATIONS: readonly Operation[] = [
  getImageFrame,
  getImageSetMetadata,
  getImageSet,
  searchImageSets,
  listImageSetVersions,
  getDatastore,
  listDatastores,
]
