import type { Operation } from '../errors/operations.ts'

/** A quota of an operation: requests per second, and how many may come at once. */
export interface Quota {
  readonly rate: number
  readonly burst: number
}

/** Quotas by the name of the operation. */
export type Quotas = Readonly<Record<string, Quota>>

const imageSetWrites = { rate: 0.25, burst: 1 }
const tagging = { rate: 10, burst: 20 }
const dicomWebRetrieval = { rate: 50, burst: 100 }

/**
 * The default quotas of AHI (developer guide, "Throttling limits"), each for an account and a region. AWS raises them on
 * request. Other operations have no documented rate.
 */
export const documentedQuotas: Quotas & Readonly<Record<Operation, Quota>> = {
  CreateDatastore: { rate: 0.085, burst: 1 },
  DeleteDatastore: { rate: 0.085, burst: 1 },
  GetDatastore: { rate: 10, burst: 20 },
  ListDatastores: { rate: 5, burst: 10 },
  StartDICOMImportJob: { rate: 1, burst: 2 },
  GetDICOMImportJob: { rate: 25, burst: 50 },
  ListDICOMImportJobs: { rate: 10, burst: 20 },
  SearchImageSets: { rate: 25, burst: 50 },
  GetImageSet: { rate: 25, burst: 50 },
  GetImageSetMetadata: { rate: 50, burst: 100 },
  GetImageFrame: { rate: 1000, burst: 2000 },
  ListImageSetVersions: { rate: 25, burst: 50 },
  UpdateImageSetMetadata: imageSetWrites,
  CopyImageSet: imageSetWrites,
  DeleteImageSet: imageSetWrites,
  ListTagsForResource: tagging,
  TagResource: tagging,
  UntagResource: tagging,
  GetDICOMInstance: dicomWebRetrieval,
  GetDICOMInstanceMetadata: dicomWebRetrieval,
  GetDICOMInstanceFrames: dicomWebRetrieval,
  GetDICOMSeriesMetadata: dicomWebRetrieval,
}
