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

/** Which documents to write like: those of 2023, or those of now. */
export type DocumentForm = '2023' | '2025'

/** An attribute as the metadata document has it. */
export interface EncodedAttribute {
  readonly tag: number
  /** PS3.6 keyword, or `GGGGEEEE` of an attribute without one. */
  readonly key: string
  readonly value: JsonValue
}

/** The attributes of a data set in tag order, and the VRs of those keyed by tag, items of sequences included. */
export interface EncodedDataSet {
  readonly attributes: readonly EncodedAttribute[]
  readonly vrs: Record<string, string>
  /** What the document does not have of the data set, each once. Names attributes, never values. */
  readonly losses: readonly string[]
}

/** How to encode a data set. */
export interface EncodeDataSetOptions {
  readonly form: DocumentForm
  /** Gives what is to stand for a binary value in the document; `undefined` for one that stays in it. */
  readonly keepApart?: ((value: Uint8Array) => JsonValue | undefined) | undefined
}

interface Context {
  readonly decoding: TextDecoding
  /** 1 where pixels are signed: decides `US or SS` of implicit VR. Items without one go by their parent's. */
  readonly pixelRepresentation: number
  readonly form: DocumentForm
  readonly vrs: Record<string, string>
  /** Attributes by what is lost of them. */
  readonly losses: Map<string, Set<string>>
  readonly keepApart: (value: Uint8Array) => JsonValue | undefined
}

interface Item {
  readonly dataSet: DataSet
  readonly context: Context
}

/**
 * Encodes a data set in the value forms of the metadata document. Group lengths, which PS3.5 7.2 retired, are left out
 * (File Meta Information Group Length aside), and so is what holds or describes the encoded pixels.
 */
export function encodeDataSet(dataSet: DataSet, options: EncodeDataSetOptions): EncodedDataSet {
  const root: Context = {
    decoding: textDecoding([]),
    pixelRepresentation: 0,
    form: options.form,
    vrs: {},
    losses: new Map(),
    keepApart: options.keepApart ?? (() => undefined),
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

/** A data set may name its own character set and pixel representation; an item without them has its parent's. */
function contextOf(dataSet: DataSet, parent: Context): Context {
  const characterSet = dataSet.get(tags.specificCharacterSet)
  const pixelRepresentation = unsignedShort(dataSet.get(tags.pixelRepresentation))
  return {
    ...parent,
    ...(characterSet === undefined ? {} : { decoding: textDecoding(plainText(characterSet).split('\\')) }),
    ...(pixelRepresentation === undefined ? {} : { pixelRepresentation }),
  }
}

/** Loops, and no callbacks, on the way to the items of sequences: every level of nesting takes stack. */
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

/** Encapsulated pixel data of an item: AHI does not support it, and the document has no form for it. */
function isKept({ tag, fragments }: DataElement, { losses }: Context): boolean {
  if (fragments === undefined) return true
  lose('encapsulated pixel data of items, such as icons, is not kept', formatTag(tag), losses)
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
 * Whether a value of the VR of the file looks like one of the dictionary's VR: numbers and text do for each other, but
 * base64, tags and items would be taken for something else. Those are keyed by tag, for which the document names a VR.
 */
function sharesForm(vr: string, dictionaryVr: string): boolean {
  return dictionaryVr.split(' or ').some((candidate) => formOf(candidate) === formOf(vr))
}

function formOf(vr: string): string {
  if (vr === 'SQ' || vr === 'AT') return vr
  return isBinary(vr) ? 'base64' : 'text or number'
}

/** What an element that the file has as UN is known to be; private creators are LO (PS3.5 7.8.1). */
function knownVr(tag: number, entry: DictionaryEntry | undefined): string {
  return isPrivateCreator(tag) ? 'LO' : (entry?.vr ?? 'UN')
}

/** Decides the VRs that PS3.6 leaves open, for implicit VR (PS3.5 A.1 and PS3.3 C.11.1.1.1). */
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
    lose('bytes that the character set does not have became U+FFFD', name, context.losses)
  }
  const [first] = values
  const reference = first instanceof Uint8Array ? context.keepApart(first) : undefined
  return reference ?? encodeAttributeValue({ vr, vm: entry?.vm, values }, { form })
}

function lose(what: string, name: string, losses: Context['losses']): void {
  const names = losses.get(what)
  if (names === undefined) losses.set(what, new Set([name]))
  else names.add(name)
}

function isDamaged(value: ElementValue): boolean {
  return typeof value === 'string' && value.includes('\ufffd')
}

/** Whether the text may have U+FFFD itself, in UTF-8. */
function hasReplacementCharacter({ value }: DataElement): boolean {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).includes('\ufffd')
}

function encodeItem(item: Item): AttributeMap {
  return Object.fromEntries(encodeElements(item).map(({ key, value }) => [key, value]))
}

/** UN of defined length holds a known sequence as implicit VR (PS3.5 6.2.2); `undefined` where it does not. */
function sequenceItems(element: DataElement): readonly DataSet[] | undefined {
  if (element.items !== undefined) return element.items
  try {
    return readImplicitSequence(element.value)
  } catch (error) {
    if (error instanceof UnreadableFileError) return undefined
    throw error
  }
}

/** Keeps the bytes of an element whose value does not fit its VR. */
function encodeAsUnknown(element: DataElement, context: Context): EncodedAttribute {
  const { tag, value } = element
  return {
    tag,
    key: keyedByTag(tag, 'UN', context),
    value: context.keepApart(value) ?? encodeAttributeValue({ vr: 'UN', values: [value] }, { form: context.form }),
  }
}

/** DICOMVRs is one flat map for the whole instance: where a tag comes with several VRs, the first stays. */
function keyedByTag(tag: number, vr: string, { vrs, losses }: Context): string {
  const key = formatTag(tag)
  const kept = (vrs[key] ??= vr)
  if (kept !== vr) lose('of attributes that come with several VRs the document has the first one', key, losses)
  return key
}
