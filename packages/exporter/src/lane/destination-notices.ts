import type { InstanceNotice } from '@ahi-dicom/dicomizer'
import type { StoredFile } from '@ahi-dicom/export-files'

/** Returns a notice if the destination answered a file with a warning. */
export function destinationNotices({ answer }: StoredFile): readonly InstanceNotice[] {
  if (answer?.warning === undefined) return []
  const message = `the destination took it with status ${answer.status}: ${answer.warning}`
  return [{ code: 'DESTINATION_WARNING', message, isLoss: false }]
}
