import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'
import { formatTag, isPrivate, isPrivateCreator } from '@ahi-dicom/dicom-standard'
import { lookUpKeyword } from '@ahi-dicom/dicom-standard/dictionary'
import type { DicomJsonDataSet } from '@ahi-dicom/dicomizer'
import { keywordEntry } from '../document/keyword-entry.ts'

/** Attributes that a search requests in addition to those that every result has. */
export interface IncludedFields {
  readonly all: boolean
  /** Each path is one tag, or the tags of nested sequences followed by the tag of an attribute in their items. */
  readonly paths: readonly (readonly number[])[]
  /** Private creators by the tag of the block that `paths` uses for them. */
  readonly creators: ReadonlyMap<number, string>
}

/**
 * Parses the name of a field: `GGGGEEEE` or a keyword, with dots between nested sequences. Returns `undefined` for an
 * unknown name.
 */
export function fieldPath(name: string): number[] | undefined {
  const tags = name.split('.').map(attributeTag)
  return tags.every((tag) => tag !== undefined) ? tags : undefined
}

/** Returns the tag of a PS3.6 keyword or of eight hexadecimal digits, or `undefined` for any other text. */
export function attributeTag(name: string): number | undefined {
  if (/^[\da-f]{8}$/i.test(name)) return Number.parseInt(name, 16)
  return lookUpKeyword(name)?.tag
}

/**
 * Returns the requested attributes of a level. Adds PixelRepresentation, because VRs depend on it. {@link
 * onlyRequested} removes it again.
 */
export function selectAttributes(attributes: AttributeMap, fields: IncludedFields): AttributeMap {
  if (fields.all) return attributes
  const selected: AttributeMap = {}
  const select = (key: string): void => {
    const value = attributes[key]
    if (value !== undefined) selected[key] = value
  }
  for (const [tag = 0] of fields.paths) {
    for (const key of isPrivate(tag) ? privateKeys(tag, attributes, fields) : keysOf(tag)) select(key)
  }
  if (Object.keys(selected).length > 0) select('PixelRepresentation')
  return selected
}

/** Returns only the requested attributes of a data set and of its sequence items. */
export function onlyRequested(dataSet: DicomJsonDataSet, fields: IncludedFields): DicomJsonDataSet {
  if (fields.all) return dataSet
  const kept: DicomJsonDataSet = {}
  for (const [tag, element] of Object.entries(dataSet)) {
    const number = Number.parseInt(tag, 16)
    const paths = fields.paths.filter(([first]) => first === number)
    if (paths.length === 0 && !isPrivate(number)) continue
    const isWhole = paths.length === 0 || paths.some((path) => path.length === 1)
    kept[tag] = isWhole ? element : withItems(element, { ...fields, paths: paths.map((path) => path.slice(1)) })
  }
  return kept
}

function withItems(element: DicomJsonDataSet[string], fields: IncludedFields): DicomJsonDataSet[string] {
  const { vr, Value = [] } = element
  if (vr !== 'SQ') return element
  return { vr, Value: Value.map((item) => (isItem(item) ? onlyRequested(item, fields) : item)) }
}

function isItem(value: unknown): value is DicomJsonDataSet {
  return typeof value === 'object' && value !== null
}

function keysOf(tag: number): string[] {
  const entry = keywordEntry(tag)
  return entry === undefined ? [formatTag(tag)] : [entry.keyword, formatTag(tag)]
}

/**
 * Returns the keys of a private element and of its creator. The requested creator may have reserved another block in
 * the data set (PS3.5 7.8.1). Without a requested creator, the tag is used unchanged.
 */
function privateKeys(tag: number, attributes: AttributeMap, { creators }: IncludedFields): string[] {
  const group = tag & 0xffff0000
  if (isPrivateCreator(tag)) return [formatTag(tag)]
  const wanted = creators.get((group | ((tag >>> 8) & 0xff)) >>> 0)
  if (wanted === undefined) return [formatTag(tag), formatTag((group | ((tag >>> 8) & 0xff)) >>> 0)]
  return Object.entries(attributes).flatMap(([key, value]) => {
    const creator = /^[\dA-F]{8}$/.test(key) ? Number.parseInt(key, 16) : 0
    if (!isPrivateCreator(creator) || (creator & 0xffff0000) !== group || !isText(value, wanted)) return []
    const block = (creator & 0xff) << 8
    return [key, formatTag((group | block | (tag & 0xff)) >>> 0)]
  })
}

function isText(value: JsonValue, wanted: string): boolean {
  return typeof value === 'string' && value.trim() === wanted
}
