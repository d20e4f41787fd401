import { defaultLayout } from '@ahi-dicom/export-files'
import { UsageError } from '../errors.ts'

/** Attributes that tell any two instances of a data store apart. */
const identifying = ['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID'] as const

/**
 * Refuses layouts by which two instances could get the same path: workers do not know what paths others use.
 * @throws {UsageError} that says what is missing
 */
export function checkRunLayout(layout: string = defaultLayout): void {
  const missing = identifying.filter((keyword) => !layout.includes(`{${keyword}}`))
  if (missing.length === 0) return
  throw new UsageError(
    `Cannot use this --layout with a fleet: two workers could write to the same path; add ${missing.map((keyword) => `{${keyword}}`).join(', ')}`,
  )
}
