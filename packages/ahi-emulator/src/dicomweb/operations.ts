import type { Operation } from '../operation/operation.ts'
import { getDicomBulkdata } from './get-dicom-bulkdata.ts'
import { getDicomInstanceFrames } from './get-dicom-instance-frames.ts'
import { getDicomInstance } from './get-dicom-instance.ts'
import { getDicomInstanceMetadata, getDicomSeriesMetadata } from './get-dicom-metadata.ts'
import { searchOperations } from './search.ts'
import { storeOperations } from './store-dicom.ts'

/** All DICOMweb operations. The service has them on a separate host, with the prefix `dicom-`. */
export const dicomWebOperations: readonly Operation[] = [
  getDicomInstanceFrames,
  getDicomInstance,
  getDicomInstanceMetadata,
  getDicomSeriesMetadata,
  getDicomBulkdata,
  ...searchOperations,
  ...storeOperations,
]
