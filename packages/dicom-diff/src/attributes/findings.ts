import { formatTag, valueRepresentation } from '@ahi-dicom/dicom-standard'
import { lookUpTag } from '@ahi-dicom/dicom-standard/dictionary'
import type { DataElement, FieldValue, FileElement } from '@ahi-dicom/dicom-standard/reader'
import { otherSide, type Difference, type DifferenceKind, type Side } from '../difference.ts'
import type { NormalisationId } from '../normalisations.ts'
import type { Scope, ScopePair } from './scope.ts'
import { canonicalValue } from './values.ts'
import { choicesOf } from './vrs.ts'

/** An attribute in the original and in the export. */
export interface Place {
  readonly tag: number
  /** Path of its item, such as `OtherPatientIDsSequence[0].`. Empty at the top level. */
  readonly path: string
  readonly original: FileElement | undefined
  readonly output: FileElement | undefined
}

/** A difference that the pixels or other instances may explain. */
export interface OpenQuestion {
  readonly place: Place
  readonly difference: Difference
}

/** The findings so far of a comparison of two files. */
export interface Findings {
  /** The file that counts as the export. */
  readonly output: Side
  readonly showValues: boolean
  readonly differences: Difference[]
  /** Top-level differences that the pixels or other instances may explain. */
  readonly questions: OpenQuestion[]
  /** Elements whose values were left in their files. */
  readonly left: Place[]
}

/** The contents of a reported difference. */
export interface Report {
  readonly difference: Exclude<DifferenceKind, 'only-in-a' | 'only-in-b'> | 'absent'
  readonly detail?: string
  readonly normalisation?: NormalisationId | undefined
}

/** Longest text of a shown value. */
const longestShown = 200

/**
 * Returns a difference in an attribute. Values are shown only on request, as text in the character set of their scope.
 */
export function describeDifference(
  { output: outputSide, showValues }: Findings,
  { tag, path, original, output }: Place,
  { difference, detail, normalisation }: Report,
  scopes?: ScopePair,
): Difference {
  const keyword = lookUpTag(tag)?.keyword
  const originalSide = otherSide(outputSide)
  const bySide = <Value>(
    originalValue: Value | undefined,
    outputValue: Value | undefined,
  ): Partial<Record<Side, Value>> => ({
    ...(originalValue !== undefined && { [originalSide]: originalValue }),
    ...(outputValue !== undefined && { [outputSide]: outputValue }),
  })
  const isShown = showValues && scopes !== undefined && difference !== 'items'
  return {
    difference: difference === 'absent' ? `only-in-${output === undefined ? originalSide : outputSide}` : difference,
    attribute: `${path}${keyword ?? formatTag(tag)}`,
    tag: formatTag(tag),
    ...(keyword !== undefined && { keyword }),
    vr: bySide(original?.vr, output?.vr),
    ...(detail !== undefined && { detail }),
    ...(isShown && { values: bySide(shown(original, scopes.original), shown(output, scopes.output)) }),
    ...(normalisation !== undefined && { normalisation }),
  }
}

function shown(element: FileElement | undefined, scope: Scope): string | undefined {
  if (element === undefined) return undefined
  const { items, fragments, fragmentPlaces, place } = element
  if (items !== undefined) return `${items.length} items`
  if (fragments !== undefined || fragmentPlaces !== undefined) return 'encapsulated'
  if (place !== undefined) return `${place.byteLength} bytes`
  return cut(textOf(element, scope))
}

function textOf(element: DataElement, scope: Scope): string {
  const [vr = 'UN'] = choicesOf(element.vr)
  const { untrimmed } = canonicalValue(element, vr, scope)
  if (valueRepresentation(vr)?.kind === 'tag') return untrimmed.map((value) => formatTag(Number(value))).join('\\')
  return untrimmed.map(valueText).join('\\')
}

function valueText(value: FieldValue): string {
  return value instanceof Uint8Array
    ? `${value.byteLength} bytes: ${Buffer.from(value.subarray(0, 64)).toString('hex')}`
    : `${value}`
}

function cut(text: string): string {
  return text.length <= longestShown ? text : `${text.slice(0, longestShown - 1)}…`
}
