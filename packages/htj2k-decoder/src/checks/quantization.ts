import { markers } from '../headers/markers.ts'
import { invalid, markerName } from './required-segment.ts'
import type { MarkerSegment } from '../headers/marker-segment.ts'
import type { ComponentStyle } from './coding-style.ts'

const none = 0
const derived = 1
const expounded = 2

/**
 * Checks that a QCD or QCC segment (T.800 A.6.4, A.6.5) has a step for every subband, of the kind that the wavelet
 * needs.
 */
export function requireQuantization(
  codeStream: DataView,
  segment: MarkerSegment,
  { components, decompositions, isReversible }: ComponentStyle & { readonly components: number },
): void {
  const name = markerName(segment.marker)
  const content = segment.content + componentLength(segment, components)
  if (content >= segment.end) throw invalid(codeStream, `its ${name} segment is too short`)
  const style = codeStream.getUint8(content) & 0x1f
  if (isReversible ? style !== none : style !== derived && style !== expounded) {
    throw invalid(codeStream, `its ${name} segment does not fit its wavelet`)
  }
  const stepLength = style === none ? 1 : 2
  const byteLength = segment.end - content - 1
  const steps = style === derived ? 1 : 3 * decompositions + 1
  const isWhole = style === derived ? byteLength === 2 : byteLength % (3 * stepLength) === stepLength
  if (!isWhole || byteLength < steps * stepLength) {
    throw invalid(codeStream, `its ${name} segment has no step for every subband`)
  }
}

/** Returns the component of a QCC segment. Returns `undefined` for QCD, which applies to all other components. */
export function quantizedComponent(
  codeStream: DataView,
  segment: MarkerSegment,
  components: number,
): number | undefined {
  const { content, end } = segment
  const length = componentLength(segment, components)
  if (length === 0) return undefined
  if (content + length > end) throw invalid(codeStream, 'its QCC segment is too short')
  const component = length === 2 ? codeStream.getUint16(content) : codeStream.getUint8(content)
  if (component >= components)
    throw invalid(codeStream, `its QCC segment names component ${component}, which does not exist`)
  return component
}

/** Returns how many bytes name the component. */
function componentLength({ marker }: MarkerSegment, components: number): 0 | 1 | 2 {
  if (marker !== markers.QCC) return 0
  return components > 256 ? 2 : 1
}
