import { CodeStreamError } from '../errors.ts'
import { markerSegmentAt } from '../headers/marker-segment.ts'
import { markers } from '../headers/markers.ts'
import type { CodeStreamErrorCode } from '../errors.ts'
import type { MarkerSegment } from '../headers/marker-segment.ts'

/**
 * Reads the marker at an offset.
 *
 * @throws {CodeStreamError} if it does not end within `limit`
 */
export function requireMarker(codeStream: DataView, offset: number, limit: number = codeStream.byteLength): number {
  if (offset + 2 > limit) throw truncated(codeStream, `it ends at byte ${limit}; a marker is missing`)
  return codeStream.getUint16(offset)
}

/**
 * Reads the marker segment at an offset.
 *
 * @throws {CodeStreamError} if there is no segment, or it does not end within `limit`
 */
export function requireSegment(
  codeStream: DataView,
  start: number,
  limit: number = codeStream.byteLength,
): MarkerSegment {
  const segment = markerSegmentAt(codeStream, start, limit)
  if (segment === undefined) throw noSegment(codeStream, start, limit)
  return segment
}

function noSegment(codeStream: DataView, start: number, limit: number): CodeStreamError {
  const name = markerName(requireMarker(codeStream, start, limit))
  if (codeStream.getUint16(start) < 0xff00)
    return invalid(codeStream, `expected a marker at byte ${start}, found ${name}`)
  const length = start + 4 > limit ? undefined : codeStream.getUint16(start + 2)
  if (length === undefined || length >= 2) return truncated(codeStream, `it ends within the ${name} segment`)
  return invalid(codeStream, `the ${name} segment at byte ${start} has the length ${length}`)
}

/** Returns the name of a marker, or its value in hexadecimal. */
export function markerName(marker: number): string {
  const known = Object.entries(markers).find(([, value]) => value === marker)
  return known?.[0] ?? marker.toString(16).toUpperCase().padStart(4, '0')
}

/** Returns the error for a code stream that breaks the standard. */
export function invalid(codeStream: DataView, why: string): CodeStreamError {
  return codeStreamError('CODE_STREAM_INVALID', codeStream, `it is damaged, or neither JPEG 2000 nor JPEG: ${why}`)
}

/** Returns the error for a code stream that ends early. */
export function truncated(codeStream: DataView, why: string): CodeStreamError {
  return codeStreamError('CODE_STREAM_TRUNCATED', codeStream, `${why}; fetch it again`)
}

/** Returns the error for a code stream that uses an option that this package does not decode. */
export function unsupported(codeStream: DataView, why: string): CodeStreamError {
  return codeStreamError('CODE_STREAM_UNSUPPORTED', codeStream, `${why}; use another decoder for it`)
}

function codeStreamError(code: CodeStreamErrorCode, { byteLength }: DataView, why: string): CodeStreamError {
  return new CodeStreamError(code, { byteLength, why })
}
