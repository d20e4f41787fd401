import type { Operation } from '../operation/operation.ts'
import { getDicomBulkdata } from './get-dicom-bulkdata.ts'
import { getDicomInstanceFrames } from './get-dicom-instance-frames.ts'
import { getDicomInstance } from './get-dicom-instance.ts'
import { getDicomInstanceMetadata, getDicomSeriesMetadata } from './get-dicom-metadata.ts'
import { SEARCH_OPERATIONS } from './search.ts'
import { STORE_OPERATIONS } from './store-dicom.ts'

/** The DICOMweb operations that are served; the service has them on a host of their own, `dicom-`. */
export const DICOMWEB_OPERATIONS: readonly Operation[] = [
  getDicomInstanceFrames,
  getDicomInstance,
  getDicomInstanceMetadata,
  getDicomSeriesMetadata,
  getDicomBulkdata,
  ...SEARCH_OPERATIONS,
  ...STORE_OPERATIONS,
]
