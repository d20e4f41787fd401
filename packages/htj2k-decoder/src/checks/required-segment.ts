import { CodeStreamError } from '../errors.ts'
import type { CodeStreamErrorCode } from '../errors.ts'

/** Markers of JPEG 2000 (T.800 table A.2 and T.814) that this package reads, or refuses by name. */
export const Marker = {
  SOC: 0xff4f,
  CAP: 0xff50,
  SIZ: 0xff51,
  COD: 0xff52,
  COC: 0xff53,
  TLM: 0xff55,
  PRF: 0xff56,
  PLM: 0xff57,
  PLT: 0xff58,
  CPF: 0xff59,
  QCD: 0xff5c,
  QCC: 0xff5d,
  RGN: 0xff5e,
  POC: 0xff5f,
  PPM: 0xff60,
  PPT: 0xff61,
  CRG: 0xff63,
  COM: 0xff64,
  NLT: 0xff76,
  SOT: 0xff90,
  SOD: 0xff93,
  EOC: 0xffd9,
} as const

/** A marker with its segment. */
export interface MarkerSegment {
  readonly marker: number
  /** Offset of the marker. */
  readonly start: number
  /** Offset of the first byte behind the length field. */
  readonly content: number
  /** Offset of the first byte behind the segment. */
  readonly end: number
}

/** Reads the marker at an offset; the bytes must reach to `limit` at least. */
export function readMarker(codeStream: DataView, offset: number, limit: number = codeStream.byteLength): number {
  if (offset + 2 > limit) throw truncated(codeStream, `it ends at byte ${limit}, where a marker should be`)
  return codeStream.getUint16(offset)
}

/** Reads the length of the marker segment at an offset and checks that the segment ends within `limit`. */
export function readSegment(codeStream: DataView, start: number, limit: number = codeStream.byteLength): MarkerSegment {
  const marker = readMarker(codeStream, start, limit)
  if (marker < 0xff00) throw invalid(codeStream, `no marker but ${markerName(marker)} at byte ${start}`)
  if (start + 4 > limit) throw truncated(codeStream, `it ends within the ${markerName(marker)} segment`)
  const length = codeStream.getUint16(start + 2)
  if (length < 2)
    throw invalid(codeStream, `the ${markerName(marker)} segment at byte ${start} has the length ${length}`)
  const end = start + 2 + length
  if (end > limit) throw truncated(codeStream, `it ends within the ${markerName(marker)} segment`)
  return { marker, start, content: start + 4, end }
}

/** The name of a marker, or its hex value. */
export function markerName(marker: number): string {
  const known = Object.entries(Marker).find(([, value]) => value === marker)
  return known?.[0] ?? marker.toString(16).toUpperCase().padStart(4, '0')
}

/** An error for a code stream that breaks the standard. */
export function invalid(codeStream: DataView, why: string): CodeStreamError {
  return codeStreamError('CODE_STREAM_INVALID', codeStream, `it is damaged, or neither JPEG 2000 nor JPEG: ${why}`)
}

/** An error for a code stream that ends early. */
export function truncated(codeStream: DataView, why: string): CodeStreamError {
  return codeStreamError('CODE_STREAM_TRUNCATED', codeStream, `${why}; fetch it again`)
}

/** An error for a code stream that uses what is not decoded here. */
export function unsupported(codeStream: DataView, why: string): CodeStreamError {
  return codeStreamError('CODE_STREAM_UNSUPPORTED', codeStream, `${why}; use another decoder for it`)
}

function codeStreamError(code: CodeStreamErrorCode, { byteLength }: DataView, why: string): CodeStreamError {
  return new CodeStreamError(code, { byteLength, why })
}
