import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'

import { resolveAmbiguousVr } from './ambiguous-vr.ts'
import { lookUpKeyword, lookUpTag } from './dictionary.ts'
import { fitsFloat, fitsInteger } from './encode-value.ts'
import { MetadataError, type InstanceIdentity } from './errors.ts'
import { guessVr } from './guess-vr.ts'
import { formatTag, isGroupLength, isPrivateCreator, parseTag, tags } from './tags.ts'
import { valueRepresentation } from './value-representation.ts'

/** One element: its VR is decided, its value as the document has it. */
export interface DataElement {
  readonly tag: number
  readonly vr: string
  readonly value: JsonValue
  /** The items of a sequence. */
  readonly items?: readonly DataSet[]
  /** PS3.6 has `US or SS` for it: its values may need both signs, as those of LUT descriptors do. */
  readonly signUndecided?: boolean
}

/** Elements sorted by tag, each tag once. */
export type DataSet = readonly DataElement[]

/** A data set and its group 2, which the document keeps among the attributes of the instance. */
export interface ResolvedInstance {
  readonly fileMeta: DataSet
  readonly dataSet: DataSet
}

export interface ResolveOptions {
  /** VRs of the attributes that are keyed by tag, at any depth. */
  readonly vrs: Readonly<Record<string, string>>
  readonly identity: InstanceIdentity
}

/** The data sets that enclose an element, innermost first. */
type Scopes = readonly DataSet[]

const keysByName = new Map<string, { readonly tag: number; readonly vr: string | undefined }>()

/**
 * Merges the levels of an instance, the first that has an attribute wins, and gives every element its tag and VR.
 * Group lengths, Pixel Data and its offset tables are left out: the writer makes them.
 *
 * @throws {MetadataError} for a key that is neither a keyword of PS3.6 nor a tag, and for a sequence that is none.
 */
export function resolveInstance(levels: readonly AttributeMap[], options: ResolveOptions): ResolvedInstance {
  const elements = resolveElements(levels, [], options)
  const firstOfDataSet = elements.findIndex((element) => element.tag >= 0x00030000)
  const split = firstOfDataSet < 0 ? elements.length : firstOfDataSet
  return {
    fileMeta: elements.slice(0, split),
    dataSet: elements.slice(split).filter((element) => !writtenByUs.has(element.tag)),
  }
}

/** Finds an element by binary search. */
export function findElement(dataSet: DataSet, tag: number): DataElement | undefined {
  let low = 0
  let high = dataSet.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const element = dataSet[middle]
    if (element === undefined || element.tag === tag) return element
    if (element.tag < tag) low = middle + 1
    else high = middle - 1
  }
  return undefined
}

/** Replaces elements, adds those that are new, and removes those whose replacement is undefined. */
export function withElements(
  dataSet: DataSet,
  replacements: readonly { readonly tag: number; readonly element: DataElement | undefined }[],
): DataSet {
  const replaced = new Set(replacements.map(({ tag }) => tag))
  const added = replacements.flatMap(({ element }) => (element === undefined ? [] : [element]))
  return [...dataSet.filter(({ tag }) => !replaced.has(tag)), ...added].sort((a, b) => a.tag - b.tag)
}

/** Pixel Data and the offset tables that belong to its encoding. */
const writtenByUs: ReadonlySet<number> = new Set([tags.pixelData, 0x7fe00001, 0x7fe00002, 0x7fe00003])

/** The elements of one data set, merged from its levels; VRs that depend on other elements are decided at the end. */
function resolveElements(levels: readonly AttributeMap[], ancestors: Scopes, options: ResolveOptions): DataElement[] {
  const elements = uniqueByTag(collectElements(levels, options).sort((a, b) => a.tag - b.tag))
  const scopes = [elements, ...ancestors]
  for (const [index, element] of elements.entries()) {
    if (element.vr === 'SQ') elements[index] = resolveSequence(element, scopes, options)
    else if (element.vr.length > 2) elements[index] = decideElement(element, scopes)
  }
  return elements
}

function collectElements(levels: readonly AttributeMap[], options: ResolveOptions): DataElement[] {
  const elements: DataElement[] = []
  for (const level of levels) {
    for (const key of Object.keys(level)) {
      const known = elementKey(key, options.identity)
      if (isGroupLength(known.tag)) continue
      const value = level[key] ?? null
      elements.push({ tag: known.tag, vr: undecidedVr(known, key, value, options), value })
    }
  }
  return elements
}

/** Keeps the first of equal tags: the sort is stable, so that is the one of the highest level. */
function uniqueByTag(elements: DataElement[]): DataElement[] {
  const hasRepetition = elements.some((element, index) => element.tag === elements[index + 1]?.tag)
  return hasRepetition ? elements.filter((element, index) => element.tag !== elements[index - 1]?.tag) : elements
}

function elementKey(
  key: string,
  identity: InstanceIdentity,
): { readonly tag: number; readonly vr: string | undefined } {
  const known = keysByName.get(key)
  if (known !== undefined) return known
  const entry = lookUpKeyword(key)
  const tag = entry?.tag ?? parseTag(key)
  if (tag === undefined) throw new MetadataError(identity, key, 'PS3.6 has no such keyword')
  const found = { tag, vr: entry?.vr ?? publicVr(tag) }
  if (entry !== undefined) keysByName.set(key, found)
  return found
}

/** The VR of an element that is keyed by tag although it has a meaning of its own. */
function publicVr(tag: number): string | undefined {
  return isPrivateCreator(tag) ? 'LO' : lookUpTag(tag)?.vr
}

function undecidedVr(
  known: { readonly tag: number; readonly vr: string | undefined },
  key: string,
  value: JsonValue,
  options: ResolveOptions,
): string {
  if (known.vr !== undefined && !known.vr.includes(' ')) return known.vr
  const stated = options.vrs[key] ?? options.vrs[formatTag(known.tag)]
  if (known.vr !== undefined) return stated !== undefined && known.vr.split(' or ').includes(stated) ? stated : known.vr
  if (stated === undefined || valueRepresentation(stated) === undefined) return guessVr(value)
  if (canHold(stated, value)) return stated
  return isText(value) ? 'UT' : guessVr(value)
}

/**
 * The map of VRs is flat: a private tag that stands for one thing here and for another in an item of a sequence has one
 * of the two VRs in it, which may be the other's.
 */
function canHold(vr: string, value: JsonValue): boolean {
  const representation = valueRepresentation(vr)
  if (representation === undefined) return false
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return true
  if (isSequence(value)) return representation.kind === 'sequence'
  if (representation.kind === 'integer') return fitsInteger(representation, value)
  return representation.kind === 'float' ? fitsFloat(value) : representation.kind !== 'sequence'
}

function isText(value: JsonValue): boolean {
  return typeof value === 'string' || (Array.isArray(value) && value.some((item) => typeof item === 'string'))
}

function isSequence(value: JsonValue): boolean {
  return Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null)
}

function decideElement(element: DataElement, scopes: Scopes): DataElement {
  const vr = resolveAmbiguousVr(element, (tag) => {
    for (const scope of scopes) {
      const value = findElement(scope, tag)?.value
      if (value !== undefined && value !== null) return Number(Array.isArray(value) ? value[0] : value)
    }
    return undefined
  })
  const signUndecided = element.vr.startsWith('US or SS')
  return { ...element, vr: signUndecided ? vrOfSign(vr, element.value) : vr, signUndecided }
}

const otherSign: Readonly<Record<string, string>> = { US: 'SS', SS: 'US' }

/** A value that does not fit the sign that PixelRepresentation says takes the other VR, where it fits that. */
function vrOfSign(vr: string, value: JsonValue): string {
  const other = otherSign[vr]
  const isEmpty = value === null || value === ''
  return other === undefined || isEmpty || fits(vr, value) || !fits(other, value) ? vr : other
}

function fits(vr: string, value: JsonValue): boolean {
  const representation = valueRepresentation(vr)
  return representation !== undefined && fitsInteger(representation, value)
}

function resolveSequence(element: DataElement, scopes: Scopes, options: ResolveOptions): DataElement {
  const items = sequenceItems(element, options).map((item) => resolveElements([item], scopes, options))
  return { ...element, items }
}

function sequenceItems(element: DataElement, options: ResolveOptions): AttributeMap[] {
  const { value } = element
  if (value === null || value === '') return []
  const items = Array.isArray(value) ? value : [value]
  return items.map((item) => {
    if (item === null) return {}
    if (typeof item === 'object' && !Array.isArray(item)) return item
    throw new MetadataError(options.identity, formatTag(element.tag), 'a sequence holds something that is no item')
  })
}
