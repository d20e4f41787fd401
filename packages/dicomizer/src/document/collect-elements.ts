import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'

import type { DataElement } from '../data-set/data-set.ts'
import { valuesOf } from '../data-set/encode-value.ts'
import { elementKey, type ElementKey } from './element-key.ts'
import type { InstanceIdentity } from '../errors.ts'
import { guessVr, isItems } from './guess-vr.ts'
import type { NoticeCollector } from '../notices.ts'
import { formatTag, isDataElement, isFileMeta, isGroupLength, isPrivateCreator, tags } from '@ahi-dicom/dicom-standard'
import { canHold } from '../data-set/value-fit.ts'
import { valueRepresentation } from '@ahi-dicom/dicom-standard'

/** Options for resolving the attributes of an instance. */
export interface ResolveOptions {
  /** VRs of attributes that are keyed by tag, at any depth. */
  readonly vrs: Readonly<Record<string, string>>
  readonly identity: InstanceIdentity
}

/** State while the data sets of an instance are resolved. */
export interface ResolveContext extends ResolveOptions {
  readonly notices: NoticeCollector
  hasSeparateBulkData: boolean
}

interface CollectOptions {
  /** True if the elements belong to an item. */
  readonly isNested: boolean
  readonly context: ResolveContext
}

/** Pixel Data and its offset tables. The writer makes them, so they are not collected. */
const elementsOfWriter: ReadonlySet<number> = new Set([
  tags.pixelData,
  tags.extendedOffsetTable,
  tags.extendedOffsetTableLengths,
  tags.encapsulatedPixelDataValueTotalLength,
])

/**
 * Returns the elements of all levels sorted by tag, each tag once. The VR may still be a choice, such as `US or SS`.
 */
export function collectElements(levels: readonly AttributeMap[], options: CollectOptions): DataElement[] {
  const elements: DataElement[] = []
  for (const level of levels) {
    for (const key of Object.keys(level)) {
      const element = collectElement(key, level[key] ?? null, options)
      if (element !== undefined) elements.push(element)
    }
  }
  return uniqueByTag(
    elements.sort((a, b) => a.tag - b.tag),
    options,
  )
}

function collectElement(key: string, value: JsonValue, { isNested, context }: CollectOptions): DataElement | undefined {
  const known = elementKey(key)
  if (known === undefined) return lost(context, key.slice(0, 64), 'PS3.6 has no such keyword')
  const { tag } = known
  if (isGroupLength(tag) || (isNested ? isEmptyPixelData(tag, value) : elementsOfWriter.has(tag))) return undefined
  if (!isDataElement(tag) || (isNested && isFileMeta(tag))) {
    return lost(context, formatTag(tag), 'a data set cannot contain this element')
  }
  const vr = undecidedVr(known, key, value, context)
  if (typeof value === 'object' && value !== null && isSeparateBulkData(vr, value)) {
    context.hasSeparateBulkData = true
    return lost(context, formatTag(tag), 'AHI stores its value outside of the metadata; get the whole instance')
  }
  if (tag === tags.specificCharacterSet && !canNameCharacterSets(value)) {
    return lost(context, formatTag(tag), 'its value is not a list of character set names')
  }
  return { tag, vr, value }
}

/**
 * Returns whether an item has Pixel Data without a value, because AHI did not keep it. Readers would take it for a
 * broken image.
 */
function isEmptyPixelData(tag: number, value: JsonValue): boolean {
  return tag === tags.pixelData && valuesOf(value).every((item) => item === null || item === '')
}

function lost({ notices }: ResolveContext, tag: string, why: string): undefined {
  notices.add({ code: 'ATTRIBUTE_NOT_WRITTEN', tag, message: `the file lacks it: ${why}`, isLoss: true })
  return undefined
}

/** Keeps the first element of each tag. The sort is stable, so this is the element of the highest level. */
function uniqueByTag(elements: DataElement[], { context }: CollectOptions): DataElement[] {
  const hasRepetition = elements.some((element, index) => element.tag === elements[index + 1]?.tag)
  if (!hasRepetition) return elements
  return elements.filter((element, index) => {
    const previous = elements[index - 1]
    if (element.tag !== previous?.tag) return true
    if (element.value !== previous.value) lostRepetition(context, element.tag)
    return false
  })
}

function lostRepetition(context: ResolveContext, tag: number): void {
  lost(context, formatTag(tag), 'the document has it more than once, and only the first value is written')
}

function undecidedVr(known: ElementKey, key: string, value: JsonValue, { vrs }: ResolveOptions): string {
  const { tag, vr } = known
  const stated =
    (known.isKeyword && vr?.includes(' ') !== true) || isPrivateCreator(tag)
      ? undefined
      : (vrs[key] ?? vrs[formatTag(tag)])
  const representation = stated === undefined ? undefined : valueRepresentation(stated)
  if (stated === undefined || representation === undefined) return vr ?? guessVr(value)
  if (vr === undefined) return stated
  if (known.isKeyword) return vr.split(' or ').includes(stated) ? stated : vr
  return canHold(representation, value) ? stated : vr
}

/**
 * Returns whether the document has a reference in place of a value: AHI stores binary values of more than a megabyte
 * elsewhere. Its documentation does not show the form of the reference. DICOM JSON uses an object with a BulkDataURI.
 */
function isSeparateBulkData(vr: string, value: JsonValue): boolean {
  const reference = Array.isArray(value) && value.length === 1 ? value[0] : value
  if (typeof reference !== 'object' || reference === null || Array.isArray(reference)) return false
  if (Object.keys(reference).some((key) => /^bulk-?data/i.test(key))) return true
  const isBinary = valueRepresentation(vr)?.kind === 'binary' || vr.includes(' or O')
  return isBinary && !isItems(reference)
}

function canNameCharacterSets(value: JsonValue): boolean {
  return (Array.isArray(value) ? value : [value]).every(
    (term) => term === null || (typeof term === 'string' && /^[\x20-\x7e]*$/.test(term)),
  )
}
