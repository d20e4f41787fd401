import type { Operation } from '../server/operation.ts'
import { getDicomInstance } from './get-dicom-instance.ts'

/** The DICOMweb operations that are served; the service has them on a host of their own, `dicom-`. */
export const DICOMWEB_OPERATIONS: readonly Operation[] = [getDicomInstance]
