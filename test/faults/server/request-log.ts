import type { EmulatorRequest } from '@ahi-dicom/ahi-emulator'

/** One request, as far as scenarios look at it. */
export interface LoggedRequest {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly operation: string
  /** Frame of GetImageFrame, SOP instance of GetDICOMInstance, image set of the others; empty if it is missing. */
  readonly of: string
  /** Empty if the path names none. */
  readonly imageSetId: string
}

/** Returns the logged fields of a request. */
export function loggedRequest({ operation, path, body }: EmulatorRequest): LoggedRequest {
  const [, imageSetId = ''] = /\/imageSet\/(\w+)/.exec(path) ?? []
  return { at: Date.now(), operation, of: subjectOf(operation, path, body), imageSetId }
}

function subjectOf(operation: string, path: string, body: Uint8Array): string {
  if (operation === 'GetImageFrame') return /"imageFrameId":"(\w+)"/.exec(Buffer.from(body).toString())?.[1] ?? ''
  return /\/(?:imageSet|instances)\/([\w.]+)/.exec(path)?.[1] ?? ''
}
