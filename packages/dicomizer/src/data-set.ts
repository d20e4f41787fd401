import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'

import { resolveAmbiguousVr } from './ambiguous-vr.ts'
import { lookUpKeyword, lookUpTag } from './dictionary.ts'
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
  /** PS3.6 has `US or SS` for it: the value may take the other VR where it does not fit this one. */
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

interface UndecidedElement {
  readonly tag: number
  readonly vr: string
  readonly value: JsonValue
}

/** The data sets that enclose an item, innermost first. */
type Ancestors = readonly ReadonlyMap<number, UndecidedElement>[]

const keysByName = new Map<string, { readonly tag: number; readonly vr: string | undefined }>()

/**
 * Merges the levels of an instance, the first that has an attribute wins, and gives every element its tag and VR.
 * Group lengths, Pixel Data and its offset tables are left out: the writer makes them.
 *
 * @throws {MetadataError} for a key that is neither a keyword of PS3.6 nor a tag, and for a sequence that is none.
 */
export function resolveInstance(levels: readonly AttributeMap[], options: ResolveOptions): ResolvedInstance {
  const elements = collectElements(levels, options)
  for (const tag of writtenByUs) elements.delete(tag)
  const dataSet = decideElements(elements, [], options)
  const firstOfDataSet = dataSet.findIndex((element) => element.tag >>> 16 > 2)
  const split = firstOfDataSet < 0 ? dataSet.length : firstOfDataSet
  return { fileMeta: dataSet.slice(0, split), dataSet: dataSet.slice(split) }
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
const writtenByUs: readonly number[] = [tags.pixelData, 0x7fe00001, 0x7fe00002, 0x7fe00003]

function collectElements(levels: readonly AttributeMap[], options: ResolveOptions): Map<number, UndecidedElement> {
  const elements = new Map<number, UndecidedElement>()
  for (const level of levels) {
    for (const [key, value] of Object.entries(level)) {
      const known = elementKey(key, options.identity)
      if (elements.has(known.tag) || isGroupLength(known.tag)) continue
      elements.set(known.tag, { tag: known.tag, vr: undecidedVr(known, key, value, options), value })
    }
  }
  return elements
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
  return stated === 'UN' && isSequence(value) ? 'SQ' : stated
}

function isSequence(value: JsonValue): boolean {
  return Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null)
}

function decideElements(
  elements: ReadonlyMap<number, UndecidedElement>,
  ancestors: Ancestors,
  options: ResolveOptions,
): DataElement[] {
  const decided: DataElement[] = []
  for (const element of elements.values()) {
    if (element.vr === 'SQ') decided.push(resolveSequence(element, [elements, ...ancestors], options))
    else if (element.vr.includes(' ')) decided.push(decideElement(element, [elements, ...ancestors]))
    else decided.push(element)
  }
  return decided.sort((a, b) => a.tag - b.tag)
}

function decideElement(element: UndecidedElement, scopes: Ancestors): DataElement {
  const vr = resolveAmbiguousVr(element, (tag) => {
    for (const scope of scopes) {
      const value = scope.get(tag)?.value
      if (value !== undefined && value !== null) return Number(Array.isArray(value) ? value[0] : value)
    }
    return undefined
  })
  return { ...element, vr, signUndecided: element.vr.startsWith('US or SS') }
}

function resolveSequence(element: UndecidedElement, scopes: Ancestors, options: ResolveOptions): DataElement {
  const items = sequenceItems(element, options).map((item) => {
    const elements = collectElements([item], options)
    return decideElements(elements, scopes, options)
  })
  return { ...element, items }
}

function sequenceItems(element: UndecidedElement, options: ResolveOptions): AttributeMap[] {
  const { value } = element
  if (value === null || value === '') return []
  const items = Array.isArray(value) ? value : [value]
  return items.map((item) => {
    if (item === null) return {}
    if (typeof item === 'object' && !Array.isArray(item)) return item
    throw new MetadataError(options.identity, formatTag(element.tag), 'a sequence holds something that is no item')
  })
}
