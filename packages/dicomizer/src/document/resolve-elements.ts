import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'

import { resolveAmbiguousVr } from './ambiguous-vr.ts'
import { collectElements, type ResolveContext } from './collect-elements.ts'
import { findElement, type DataElement, type DataSet } from '../data-set/data-set.ts'
import { MetadataError } from '../errors.ts'
import { heldByAnotherVr, plainOrJsonText } from './guess-vr.ts'
import { formatTag, isPrivate, tags } from '@ahi-dicom/dicom-standard'
import { canHold, isMixedSign } from '../data-set/value-fit.ts'
import { valueRepresentation } from '@ahi-dicom/dicom-standard'

/** The data sets that enclose an element, innermost first. */
type Scopes = readonly DataSet[]

/** The most words in a value with an even 16-bit length. */
const mostShortWords = 0x7fff

/** Readers were tested to follow 1024 levels. Each level uses stack. */
const deepestNesting = 1024

/**
 * Returns the elements of one data set, merged from its levels. VRs that depend on other elements are decided after all
 * are collected. A value that does not fit its VR gets another VR.
 */
export function resolveElements(
  levels: readonly AttributeMap[],
  ancestors: Scopes,
  context: ResolveContext,
): DataElement[] {
  const elements = collectElements(levels, { isNested: ancestors.length > 0, context })
  const scopes = [elements, ...ancestors]
  let index = 0
  for (const element of elements) elements[index++] = resolveElement(element, scopes, context)
  return elements
}

function resolveElement(element: DataElement, scopes: Scopes, context: ResolveContext): DataElement {
  const decided = element.vr.length > 2 ? decideElement(element, scopes) : element
  if (decided.vr === 'SQ') return resolveSequence(decided, scopes, context)
  return fitsItsVr(decided) ? decided : elementInOtherVr(decided, scopes, context)
}

function fitsItsVr({ tag, vr, value, signUndecided }: DataElement): boolean {
  const representation = valueRepresentation(vr)
  if (representation === undefined || (isPrivate(tag) && isNumberAsText(vr, value))) return false
  return canHold(representation, value) || (signUndecided === true && isMixedSign(representation, value))
}

/**
 * Returns whether a number has a text VR other than DS and IS. The map of private VRs has one VR a tag for all private
 * creators, so this VR belongs to another element. Text would not keep the number exactly.
 */
function isNumberAsText(vr: string, value: JsonValue): boolean {
  if (vr === 'DS' || vr === 'IS' || valueRepresentation(vr)?.kind !== 'text') return false
  const [first] = Array.isArray(value) ? value : [value]
  return typeof first === 'number' || typeof first === 'bigint'
}

function decideElement(element: DataElement, scopes: Scopes): DataElement {
  const vr = resolveAmbiguousVr(element, (tag) => {
    for (const scope of scopes) {
      const value = findElement(scope, tag)?.value
      if (value !== undefined && value !== null) return firstNumber(value)
    }
    return undefined
  })
  const signUndecided = element.vr.startsWith('US or SS')
  const chosen = signUndecided ? vrOfSign(vr, element.value) : vr
  if (element.vr.endsWith('or OW') && !fitsShortValue(chosen, element.value) && fits('OW', element.value)) {
    return { ...element, vr: 'OW' }
  }
  return { ...element, vr: chosen, signUndecided }
}

/**
 * Returns whether a value fits its VR and a 16-bit length. LUT Data that has both signs or too many entries does not;
 * it is written as OW, which PS3.6 allows too.
 */
function fitsShortValue(vr: string, value: JsonValue): boolean {
  return fits(vr, value) && !(Array.isArray(value) && value.length > mostShortWords)
}

function firstNumber(value: JsonValue): number {
  const first = Array.isArray(value) ? value[0] : value
  return typeof first === 'number' || typeof first === 'string' ? Number(first) : Number.NaN
}

const otherSign: Readonly<Record<string, string>> = { US: 'SS', SS: 'US' }

/** Returns the VR of the opposite sign if the value fits only that, else the VR that PixelRepresentation implies. */
function vrOfSign(vr: string, value: JsonValue): string {
  const other = otherSign[vr]
  return other === undefined || fits(vr, value) || !fits(other, value) ? vr : other
}

function fits(vr: string, value: JsonValue): boolean {
  const representation = valueRepresentation(vr)
  return representation !== undefined && canHold(representation, value)
}

/**
 * Writes a value that does not fit its VR in another VR. A sequence in UN is legal (PS3.5 6.2.2), so it gets no notice.
 */
function elementInOtherVr(element: DataElement, scopes: Scopes, context: ResolveContext): DataElement {
  const { tag, vr } = element
  const held = jsonOr(element, context, () => heldByAnotherVr(element.value))
  if (vr !== 'UN' || held.vr !== 'SQ') {
    context.notices.add({
      code: 'VALUE_REPRESENTATION_BROKEN',
      tag: formatTag(tag),
      message: `its value does not fit VR ${vr} and is written as ${held.vr}`,
    })
  }
  const moved = { tag, ...held }
  return held.vr === 'SQ' ? resolveSequence(moved, scopes, context) : moved
}

function resolveSequence(element: DataElement, scopes: Scopes, context: ResolveContext): DataElement {
  if (scopes.length > deepestNesting) {
    const why = `its sequences are nested deeper than ${deepestNesting} levels`
    throw new MetadataError(context.identity, formatTag(element.tag), why)
  }
  const items: DataSet[] = []
  // A loop instead of callbacks: each level of nesting uses stack.
  for (const item of sequenceItems(element, context)) {
    const resolved = resolveElements([item], scopes, context)
    if (lacksPixels(item, resolved)) noteMissingPixels(element, context)
    items.push(resolved)
  }
  return { ...element, items }
}

/**
 * Returns whether the document has an empty Pixel Data for an item, or describes an image without pixels (PS3.3
 * C.7.6.1.1.6).
 */
function lacksPixels(item: AttributeMap, resolved: DataSet): boolean {
  const has = (tag: number): boolean => findElement(resolved, tag) !== undefined
  if ([tags.pixelData, tags.floatPixelData, tags.doubleFloatPixelData].some(has)) return false
  return (
    'PixelData' in item || formatTag(tags.pixelData) in item || [tags.rows, tags.columns, tags.bitsAllocated].every(has)
  )
}

function noteMissingPixels({ tag }: DataElement, { notices }: ResolveContext): void {
  const message = 'the image of an item, such as an icon, is written without its pixels: the document lacks them'
  notices.add({ code: 'ITEM_PIXELS_MISSING', tag: formatTag(tag), message })
}

function sequenceItems(element: DataElement, context: ResolveContext): AttributeMap[] {
  const { value } = element
  if (value === null || value === '') return []
  const items = Array.isArray(value) ? value : [value]
  return items.map((item) => {
    if (item === null) return {}
    return typeof item === 'object' && !Array.isArray(item) ? item : itemWithTextValue(element, item, context)
  })
}

/**
 * Makes an item with a TextValue from a value that is not an item. Text in place of items would make a file that tools
 * reject as damaged when they write it in Implicit VR or look for the items.
 */
function itemWithTextValue(element: DataElement, item: JsonValue, context: ResolveContext): AttributeMap {
  context.notices.add({
    code: 'VALUE_REPRESENTATION_BROKEN',
    tag: formatTag(element.tag),
    message: 'a value of the sequence is not an item and is written as an item with a TextValue',
  })
  return { TextValue: jsonOr(element, context, () => plainOrJsonText(item)) }
}

/** Returns the result of `write`. JSON.stringify throws a RangeError for deeply nested values. */
function jsonOr<Result>({ tag }: DataElement, { identity }: ResolveContext, write: () => Result): Result {
  try {
    return write()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new MetadataError(identity, formatTag(tag), 'its value is nested too deeply')
  }
}
