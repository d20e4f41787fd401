import { encodeAttributeValue, type AttributeMap, type ElementValue, type JsonValue } from '@ahi-dicom/ahi-metadata'
import { formatTag, isFileMeta, isGroupLength, isPrivateCreator, tags } from '@ahi-dicom/dicom-standard'
import type { DictionaryEntry } from '@ahi-dicom/dicom-standard/dictionary'
import { textDecoding, type TextDecoding } from '@ahi-dicom/dicom-standard/character-sets'
import {
  type DataElement,
  type DataSet,
  elementValues,
  isBinary,
  plainText,
  readImplicitSequence,
  UnreadableFileError,
  unsignedShort,
} from '@ahi-dicom/dicom-standard/reader'
import { keywordEntry } from './keyword-entry.ts'

/** Form of metadata documents: the service's form of 2023, or its current form. */
export type DocumentForm = '2023' | '2025'

/** An attribute in the form of the metadata document. */
export interface EncodedAttribute {
  readonly tag: number
  /** PS3.6 keyword, or the tag as `GGGGEEEE` if there is no keyword. */
  readonly key: string
  readonly value: JsonValue
}

/** A data set in the form of the metadata document. */
export interface EncodedDataSet {
  /** In tag order. */
  readonly attributes: readonly EncodedAttribute[]
  /** VRs of the attributes keyed by tag, including those in sequence items. */
  readonly vrs: Record<string, string>
  /** Losses compared with the data set, one entry per kind. They name attributes, never values. */
  readonly losses: readonly string[]
}

/** Options of {@link encodeDataSet}. */
export interface EncodeDataSetOptions {
  readonly form: DocumentForm
  /**
   * Stores a binary value outside the document and returns its reference; returns `undefined` to keep the value in the
   * document.
   */
  readonly extractBulkData?: ((value: Uint8Array) => JsonValue | undefined) | undefined
}

interface Context {
  readonly decoding: TextDecoding
  /** 1 if pixels are signed. Decides `US or SS` in implicit VR. Items without one inherit it from their parent. */
  readonly pixelRepresentation: number
  readonly form: DocumentForm
  readonly vrs: Record<string, string>
  /** Attributes by kind of loss. */
  readonly losses: Map<string, Set<string>>
  readonly extractBulkData: (value: Uint8Array) => JsonValue | undefined
}

interface Item {
  readonly dataSet: DataSet
  readonly context: Context
}

/**
 * Encodes a data set in the form of the metadata document. Leaves out Pixel Data, the extended offset tables, and the
 * group lengths that PS3.5 7.2 retired (all but File Meta Information Group Length).
 */
export function encodeDataSet(dataSet: DataSet, options: EncodeDataSetOptions): EncodedDataSet {
  const root: Context = {
    decoding: textDecoding([]),
    pixelRepresentation: 0,
    form: options.form,
    vrs: {},
    losses: new Map(),
    extractBulkData: options.extractBulkData ?? (() => undefined),
  }
  const attributes = encodeElements({ dataSet: withoutPixelData(dataSet), context: contextOf(dataSet, root) })
  return {
    attributes,
    vrs: root.vrs,
    losses: [...root.losses].map(([what, names]) => `${what}: ${[...names].join(', ')}`),
  }
}

function withoutPixelData(dataSet: DataSet): DataSet {
  const pixelTags: readonly number[] = [tags.pixelData, tags.extendedOffsetTable, tags.extendedOffsetTableLengths]
  return new Map([...dataSet].filter(([tag]) => !pixelTags.includes(tag)))
}

/**
 * Returns the context with the character set and pixel representation of a data set. An item without them inherits them
 * from its parent.
 */
function contextOf(dataSet: DataSet, parent: Context): Context {
  const characterSet = dataSet.get(tags.specificCharacterSet)
  const pixelRepresentation = unsignedShort(dataSet.get(tags.pixelRepresentation))
  return {
    ...parent,
    ...(characterSet === undefined ? {} : { decoding: textDecoding(plainText(characterSet).split('\\')) }),
    ...(pixelRepresentation === undefined ? {} : { pixelRepresentation }),
  }
}

/** Encodes elements in tag order. It uses loops instead of callbacks, because every nested sequence takes stack. */
function encodeElements({ dataSet, context }: Item): EncodedAttribute[] {
  const elements = [...dataSet.values()]
    .filter((element) => !isGroupLength(element.tag) || isFileMeta(element.tag))
    .sort((a, b) => a.tag - b.tag)
  const attributes: EncodedAttribute[] = []
  for (const element of elements) {
    if (isKept(element, context)) attributes.push(encodeElement(element, dataSet, context))
  }
  return attributes
}

/** Returns false for the encapsulated pixel data of an item, and records the loss. AHI does not support it. */
function isKept({ tag, fragments }: DataElement, { losses }: Context): boolean {
  if (fragments === undefined) return true
  recordLoss('encapsulated pixel data of items, such as icons, is not kept', formatTag(tag), losses)
  return false
}

function encodeElement(element: DataElement, dataSet: DataSet, context: Context): EncodedAttribute {
  const { tag } = element
  const entry = keywordEntry(tag)
  const vr = resolveVr(element.vr === 'UN' ? knownVr(tag, entry) : element.vr, dataSet, context)
  const value = encodeValue(element, vr, entry, context)
  if (value === undefined) return encodeAsUnknown(element, context)
  if (entry !== undefined && sharesForm(vr, entry.vr)) return { tag, key: entry.keyword, value }
  return { tag, key: keyedByTag(tag, vr, context), value }
}

/**
 * Returns true if a value of the file's VR has the same form as one of the dictionary's VR. Numbers and text count as
 * one form. Base64, tags and items differ, so those attributes are keyed by tag, and DICOMVRs names their VR.
 */
function sharesForm(vr: string, dictionaryVr: string): boolean {
  return dictionaryVr.split(' or ').some((candidate) => formOf(candidate) === formOf(vr))
}

function formOf(vr: string): string {
  if (vr === 'SQ' || vr === 'AT') return vr
  return isBinary(vr) ? 'base64' : 'text or number'
}

/** Returns the dictionary's VR of an element that the file calls UN. Private creators are LO (PS3.5 7.8.1). */
function knownVr(tag: number, entry: DictionaryEntry | undefined): string {
  return isPrivateCreator(tag) ? 'LO' : (entry?.vr ?? 'UN')
}

/** Returns the final VR where PS3.6 allows several, for implicit VR (PS3.5 A.1 and PS3.3 C.11.1.1.1). */
function resolveVr(vr: string, dataSet: DataSet, context: Context): string {
  if (vr === 'US or SS') return context.pixelRepresentation === 0 ? 'US' : 'SS'
  if (vr === 'US or OW') return unsignedShort(dataSet.get(tags.lutDescriptor)) === 1 ? 'US' : 'OW'
  return vr.includes(' or ') ? 'OW' : vr
}

function encodeValue(
  element: DataElement,
  vr: string,
  entry: DictionaryEntry | undefined,
  context: Context,
): JsonValue | undefined {
  const { form } = context
  if (vr === 'SQ') {
    const items = sequenceItems(element)
    if (items === undefined) return undefined
    const values: AttributeMap[] = []
    for (const dataSet of items) values.push(encodeItem({ dataSet, context: contextOf(dataSet, context) }))
    return encodeAttributeValue({ vr, vm: entry?.vm, values }, { form })
  }
  const values = elementValues(element, vr, context.decoding)
  if (values === undefined) return undefined
  if (values.some(isDamaged) && !hasReplacementCharacter(element)) {
    const name = entry?.keyword ?? formatTag(element.tag)
    recordLoss('bytes that the character set does not have became U+FFFD', name, context.losses)
  }
  const [first] = values
  const reference = first instanceof Uint8Array ? context.extractBulkData(first) : undefined
  return reference ?? encodeAttributeValue({ vr, vm: entry?.vm, values }, { form })
}

function recordLoss(what: string, name: string, losses: Context['losses']): void {
  const names = losses.get(what)
  if (names === undefined) losses.set(what, new Set([name]))
  else names.add(name)
}

function isDamaged(value: ElementValue): boolean {
  return typeof value === 'string' && value.includes('\ufffd')
}

/** Returns true if the file's bytes contain U+FFFD in UTF-8, so that decoding did not add it. */
function hasReplacementCharacter({ value }: DataElement): boolean {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).includes('\ufffd')
}

function encodeItem(item: Item): AttributeMap {
  return Object.fromEntries(encodeElements(item).map(({ key, value }) => [key, value]))
}

/**
 * Returns the items of a sequence. A sequence stored as UN is read as implicit VR (PS3.5 6.2.2). Returns `undefined` if
 * it cannot be read.
 */
function sequenceItems(element: DataElement): readonly DataSet[] | undefined {
  if (element.items !== undefined) return element.items
  try {
    return readImplicitSequence(element.value)
  } catch (error) {
    if (error instanceof UnreadableFileError) return undefined
    throw error
  }
}

/** Encodes an element whose value does not fit its VR as UN, with its bytes. */
function encodeAsUnknown(element: DataElement, context: Context): EncodedAttribute {
  const { tag, value } = element
  return {
    tag,
    key: keyedByTag(tag, 'UN', context),
    value:
      context.extractBulkData(value) ?? encodeAttributeValue({ vr: 'UN', values: [value] }, { form: context.form }),
  }
}

/**
 * Records the VR of an attribute keyed by tag and returns its key. DICOMVRs is one map for the whole instance, so if a
 * tag occurs with several VRs, the first is kept.
 */
function keyedByTag(tag: number, vr: string, { vrs, losses }: Context): string {
  const key = formatTag(tag)
  const kept = (vrs[key] ??= vr)
  if (kept !== vr) recordLoss('of attributes that come with several VRs the document has the first one', key, losses)
  return key
}
