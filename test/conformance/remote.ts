import type { Target } from './target.ts'

/** True if the suite talks to a service that it did not start. */
export const isRemote = process.env['REMOTE'] === '1'

/** True if the user permits that. Otherwise the suite prints the intended changes and sends nothing. */
export const isConfirmed = process.env['REMOTE_CONFIRM'] === '1'

/** Requests of each changing operation, for each client. */
export const CHANGES: Readonly<Record<string, string>> = {
  CreateDatastore: 'makes a data store of its own, "conformance/...", which takes one of the quota of 10',
  TagResource: 'tags that data store',
  UntagResource: 'takes the tags away',
  DeleteDatastore: 'deletes that data store',
  StartDICOMImportJob:
    'imports the study of the client from the input folder; writes the results below the output folder',
  CopyImageSet: 'copies an imported image set, and promotes the copy once the first one is deleted',
  UpdateImageSetMetadata: 'changes the copy three times',
  DeleteImageSet: 'deletes the copies, and in the end all image sets of the patients that it imported',
}

/** Returns a description of all changes that the suite makes to a service. The user reads it before permitting them. */
export function plan({ region, endpoint, datastoreId, inputS3Uri, outputS3Uri }: Target): string {
  const service = endpoint ?? `AWS HealthImaging in ${region}`
  const changes = Object.entries(CHANGES).map(([operation, change]) => `  ${operation}: ${change}`)
  return [
    `The conformance suite, with each of its clients, changes at ${service}, data store ${datastoreId}:`,
    ...changes,
    `Input: ${inputS3Uri}CLIENT/, output: ${outputS3Uri}. Storage, imports and requests are charged for as usual.`,
    isConfirmed ? 'REMOTE_CONFIRM=1: it begins.' : 'Nothing was sent. REMOTE_CONFIRM=1 has it begin.',
    '',
  ].join('\n')
}
