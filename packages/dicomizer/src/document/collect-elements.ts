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

/** What resolving has to know besides the attributes. */
export interface ResolveOptions {
  /** VRs of the attributes that are keyed by tag, at any depth. */
  readonly vrs: Readonly<Record<string, string>>
  readonly identity: InstanceIdentity
}

/** What is known and found out while the data sets of an instance are resolved. */
export interface ResolveContext extends ResolveOptions {
  readonly notices: NoticeCollector
  hasSeparateBulkData: boolean
}

interface CollectOptions {
  /** Whether the elements are those of an item. */
  readonly isNested: boolean
  readonly context: ResolveContext
}

/** Pixel Data and the offset tables that belong to its encoding. */
const writtenByUs: ReadonlySet<number> = new Set([
  tags.pixelData,
  tags.extendedOffsetTable,
  tags.extendedOffsetTableLengths,
  tags.encapsulatedPixelDataValueTotalLength,
])

/** The elements of the levels sorted by tag, each tag once, with VRs as the dictionary and the document have them. */
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
  if (isGroupLength(tag) || (isNested ? isEmptyPixelData(tag, value) : writtenByUs.has(tag))) return undefined
  if (!isDataElement(tag) || (isNested && isFileMeta(tag))) {
    return lost(context, formatTag(tag), 'no data set can have such an element')
  }
  const vr = undecidedVr(known, key, value, context)
  if (typeof value === 'object' && value !== null && isSeparateBulkData(vr, value)) {
    context.hasSeparateBulkData = true
    return lost(context, formatTag(tag), 'its value is kept apart from the metadata; get the whole instance')
  }
  if (tag === tags.specificCharacterSet && !canNameCharacterSets(value)) {
    return lost(context, formatTag(tag), 'it names no character sets')
  }
  return { tag, vr, value }
}

/** Pixel Data of an item that AHI does not keep. An empty one would be no image to readers. */
function isEmptyPixelData(tag: number, value: JsonValue): boolean {
  return tag === tags.pixelData && valuesOf(value).every((item) => item === null || item === '')
}

function lost({ notices }: ResolveContext, tag: string, why: string): undefined {
  notices.add({ code: 'ATTRIBUTE_NOT_WRITTEN', tag, message: `the file is without it: ${why}`, isLoss: true })
  return undefined
}

/** Keeps the first of equal tags: the sort is stable, so that is the one of the highest level. */
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
  lost(context, formatTag(tag), 'the document has it more than once, and the first value is written')
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
 * Whether a value is no value but says where AHI keeps it: binary ones of more than a megabyte are not in the document.
 * How the document shows that is not documented; DICOM JSON has an object with a BulkDataURI.
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
