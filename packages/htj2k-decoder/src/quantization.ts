import { Marker, invalid, markerName } from './marker-segment.ts'
import type { CodingStyle } from './coding-style.ts'
import type { MarkerSegment } from './marker-segment.ts'

const NONE = 0
const DERIVED = 1
const EXPOUNDED = 2

/** Checks that a QCD or QCC segment (T.800 A.6.4, A.6.5) has a step for every subband, of the kind the wavelet needs. */
export function requireQuantization(
  codeStream: DataView,
  segment: MarkerSegment,
  { components, decompositions, isReversible }: CodingStyle & { readonly components: number },
): void {
  const name = markerName(segment.marker)
  const content = segment.marker === Marker.QCC ? skipComponent(codeStream, segment, components) : segment.content
  if (content >= segment.end) throw invalid(codeStream, `its ${name} segment is too short`)
  const style = codeStream.getUint8(content) & 0x1f
  if (isReversible ? style !== NONE : style !== DERIVED && style !== EXPOUNDED) {
    throw invalid(codeStream, `its ${name} segment does not fit its wavelet`)
  }
  const stepLength = style === NONE ? 1 : 2
  const byteLength = segment.end - content - 1
  const steps = style === DERIVED ? 1 : 3 * decompositions + 1
  const isWhole = style === DERIVED ? byteLength === 2 : byteLength % (3 * stepLength) === stepLength
  if (!isWhole || byteLength < steps * stepLength) {
    throw invalid(codeStream, `its ${name} segment has no step for every subband`)
  }
}

function skipComponent(codeStream: DataView, { content, end }: MarkerSegment, components: number): number {
  const isWide = components > 256
  const next = content + (isWide ? 2 : 1)
  if (next > end) throw invalid(codeStream, 'its QCC segment is too short')
  const component = isWide ? codeStream.getUint16(content) : codeStream.getUint8(content)
  if (component >= components) throw invalid(codeStream, `its QCC segment names the component ${component}`)
  return next
}
