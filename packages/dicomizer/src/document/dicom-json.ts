import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'
import { toBase64 } from '@ahi-dicom/runtime'

import { ByteWriter } from '../data-set/byte-writer.ts'
import type { ResolveOptions } from './collect-elements.ts'
import type { DataElement, DataSet } from '../data-set/data-set.ts'
import { floatOf, integerOf, tagOf, textOf, valuesOf, writeBinaryValue } from '../data-set/encode-value.ts'
import { resolveInstance } from './resolve-instance.ts'
import { formatTag, tags } from '@ahi-dicom/dicom-standard'
import { valueRepresentation, type ValueRepresentation } from '@ahi-dicom/dicom-standard'

/** A person name, split into its component groups. */
export interface DicomJsonPersonName {
  readonly Alphabetic?: string
  readonly Ideographic?: string
  readonly Phonetic?: string
}

/** One value. `null` stands for an empty value among others. */
export type DicomJsonValue = string | number | null | DicomJsonPersonName | DicomJsonDataSet

/** An element with `Value`, `InlineBinary` (base64) or `BulkDataURI`. An empty element has none of them. */
export interface DicomJsonElement {
  readonly vr: string
  readonly Value?: readonly DicomJsonValue[]
  readonly InlineBinary?: string
  readonly BulkDataURI?: string
}

/** A data set, keyed by tags of eight upper-case hexadecimal digits in ascending order. */
export interface DicomJsonDataSet {
  [tag: string]: DicomJsonElement
}

/** Options of {@link dicomJson}. */
export interface DicomJsonOptions extends ResolveOptions {
  /** Returns a URI for the value of a binary element. `undefined` keeps the value inline. */
  readonly bulkDataUri?: ((bytes: Uint8Array) => string | undefined) | undefined
}

/**
 * Returns attributes of the metadata document in the DICOM JSON Model (PS3.18 annex F), with group 2 if the document
 * has it. If several levels have an attribute, the first level wins. VRs are decided as for a DICOM file. DS and IS
 * become numbers if a number represents them exactly, else they stay text, as do integers beyond 53 bits.
 * SpecificCharacterSet becomes ISO_IR 192, the character set of JSON.
 *
 * @throws {MetadataError} if sequences are nested too deeply for readers
 * @example
 * import { imageSetInstances } from '@ahi-dicom/ahi-metadata'
 * import { dicomJson } from '@ahi-dicom/dicomizer'
 *
 * for (const { patient, study, series, instance, ...uids } of imageSetInstances(metadata)) {
 *   const options = { vrs: instance.DICOMVRs, identity: { ...uids, datastoreId, imageSetId } }
 *   const json = dicomJson([instance.DICOM, series, study, patient], options)
 *   console.log(json['00080060']?.Value) // [ 'CT' ]
 * }
 */
export function dicomJson(levels: readonly AttributeMap[], options: DicomJsonOptions): DicomJsonDataSet {
  const { fileMeta, dataSet } = resolveInstance(levels, options)
  return { ...jsonDataSet(fileMeta, options), ...jsonDataSet(dataSet, options) }
}

function jsonDataSet(dataSet: DataSet, options: DicomJsonOptions): DicomJsonDataSet {
  const json: DicomJsonDataSet = {}
  for (const element of dataSet) json[formatTag(element.tag)] = jsonElement(element, options)
  return json
}

function jsonElement(element: DataElement, options: DicomJsonOptions): DicomJsonElement {
  const { tag, vr, value, items } = element
  if (items !== undefined) return withValues(vr, itemsOf(items, options))
  const representation = valueRepresentation(vr)
  if (value === null || value === '' || representation === undefined) return { vr }
  if (tag === tags.specificCharacterSet) return { vr, Value: ['ISO_IR 192'] }
  if (representation.kind === 'binary') return binaryElement(representation, value, options)
  return withValues(
    vr,
    valuesOf(value).map((item) => jsonValue(representation, item)),
  )
}

/** A loop instead of callbacks: each level of nesting uses stack. */
function itemsOf(items: readonly DataSet[], options: DicomJsonOptions): DicomJsonDataSet[] {
  const json: DicomJsonDataSet[] = []
  for (const item of items) json.push(jsonDataSet(item, options))
  return json
}

function withValues(vr: string, values: readonly DicomJsonValue[]): DicomJsonElement {
  return values.length === 0 ? { vr } : { vr, Value: values }
}

function binaryElement(
  representation: ValueRepresentation,
  value: JsonValue,
  { bulkDataUri }: DicomJsonOptions,
): DicomJsonElement {
  const { vr } = representation
  const writer = new ByteWriter(64)
  writeBinaryValue(writer, representation, value)
  const bytes = writer.take()
  const uri = bulkDataUri?.(bytes)
  if (uri !== undefined) return { vr, BulkDataURI: uri }
  return { vr, InlineBinary: toBase64(bytes) }
}

function jsonValue({ kind, vr }: ValueRepresentation, item: JsonValue): DicomJsonValue {
  if (item === null || item === '') return null
  if (kind === 'integer') return jsonInteger(integerOf(item))
  if (kind === 'float') return jsonFloat(floatOf(item))
  if (kind === 'tag') return formatTag(tagOf(item) ?? 0)
  const text = textOf(item)
  if (vr === 'PN') return personName(text)
  if (vr === 'DS' || vr === 'IS') return decimal(text)
  const trimmed = text.replace(/[\0 ]+$/, '')
  return trimmed === '' ? null : trimmed
}

function jsonInteger(integer: number | bigint | undefined): DicomJsonValue {
  return typeof integer === 'bigint' ? String(integer) : (integer ?? null)
}

/** JSON has no numbers for NaN and infinity, so they become text. */
function jsonFloat(number: number | undefined): DicomJsonValue {
  if (number === undefined || Number.isFinite(number)) return number ?? null
  return Number.isNaN(number) ? 'NaN' : number > 0 ? 'Infinity' : '-Infinity'
}

/** Returns a number if it represents the text exactly, else the text. */
function decimal(text: string): DicomJsonValue {
  const trimmed = text.trim()
  if (trimmed === '') return null
  const isNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)
  const number = Number(trimmed)
  const isExact = Number.isSafeInteger(number) || !/^[+-]?\d+$/.test(trimmed)
  return isNumber && isExact && Number.isFinite(number) ? number : trimmed
}

function personName(text: string): DicomJsonPersonName {
  const [alphabetic = '', ideographic = '', phonetic = ''] = text.split('=').map((group) => group.trimEnd())
  return {
    ...(alphabetic === '' ? {} : { Alphabetic: alphabetic }),
    ...(ideographic === '' ? {} : { Ideographic: ideographic }),
    ...(phonetic === '' ? {} : { Phonetic: phonetic }),
  }
}
