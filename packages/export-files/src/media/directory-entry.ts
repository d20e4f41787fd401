import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'
import type { DicomAttributes } from '@ahi-dicom/dicom-standard'
import { lookUpKeyword } from '@ahi-dicom/dicom-standard/dictionary'
import { levelKeys, recordKeysOf, recordTypeOf, type RecordKeys } from './record-types.ts'

/**
 * Keys of an instance for a DICOMDIR (PS3.3 F.5). Missing keys are left out. Plain data that contains patient data.
 * `patient`, `study` and `series` come from this instance; the values of other instances may differ.
 */
export interface DirectoryEntry {
  /** Type of the directory record, such as `IMAGE`. */
  readonly type: string
  /** Value of SpecificCharacterSet. Absent if the instance has none. */
  readonly characterSet?: readonly string[] | undefined
  readonly patient: AttributeMap
  readonly study: AttributeMap
  readonly series: AttributeMap
  readonly instance: AttributeMap
}

/** An instance to list in a DICOMDIR. */
export interface InstanceToList {
  readonly sopClassUid: string
  readonly attributes: ReadableAttributes
}

/** Attributes of an instance in memory or of a file. */
export type ReadableAttributes = Pick<DicomAttributes, 'strings' | 'has' | 'keywords'> & {
  items(keyword: string): readonly ReadableAttributes[]
}

/**
 * Returns the keys of an instance for a DICOMDIR.
 *
 * @example
 * import { directoryEntry } from '@ahi-dicom/export-files'
 *
 * const { type, patient } = directoryEntry(instance)
 * console.log(type, Object.keys(patient)) // IMAGE …
 */
export function directoryEntry({ sopClassUid, attributes }: InstanceToList): DirectoryEntry {
  const type = recordTypeOf(sopClassUid, attributes.has('Rows'))
  const characterSet = attributes.strings('SpecificCharacterSet')
  return {
    type,
    ...(characterSet.length > 0 && { characterSet }),
    patient: keysOf(attributes, levelKeys.patient),
    study: keysOf(attributes, levelKeys.study),
    series: keysOf(attributes, levelKeys.series),
    instance: keysOf(attributes, recordKeysOf(type)),
  }
}

/**
 * Returns the keywords of the required keys that an instance lacks. A DICOMDIR gets invented values for them.
 *
 * @example
 * import { directoryEntry, missingKeys } from '@ahi-dicom/export-files'
 *
 * console.log(missingKeys(directoryEntry(instance))) // []
 */
export function missingKeys({ type, patient, study, series, instance }: DirectoryEntry): readonly string[] {
  return [
    ...missingOf(patient, levelKeys.patient),
    ...missingOf(study, levelKeys.study),
    ...missingOf(series, levelKeys.series),
    ...missingOf(instance, recordKeysOf(type)),
  ]
}

/** Returns the keywords of type 1 that have no value. */
export function missingOf(values: AttributeMap, { required }: RecordKeys): readonly string[] {
  return required.filter((keyword) => values[keyword] === undefined)
}

function keysOf(attributes: ReadableAttributes, { required, mayBeEmpty, conditional }: RecordKeys): AttributeMap {
  const values: AttributeMap = {}
  for (const keyword of [...required, ...mayBeEmpty, ...conditional]) {
    const value = keyOf(attributes, keyword)
    if (value !== undefined) values[keyword] = value
  }
  return values
}

function keyOf(attributes: ReadableAttributes, keyword: string): JsonValue | undefined {
  if (keyword === 'VerificationDateTime') return lastVerification(attributes)
  if (lookUpKeyword(keyword)?.vr !== 'SQ') return valueOf(attributes, keyword)
  const items = attributes.items(keyword).filter((item) => isOfKey(item, keyword))
  return items.length === 0 ? undefined : items.map((item) => itemOf(item, membersOfItems[keyword]))
}

function valueOf(attributes: ReadableAttributes, keyword: string): JsonValue | undefined {
  const values = attributes.strings(keyword)
  if (values.every((value) => value.trim() === '')) return undefined
  return values.length === 1 ? values[0] : [...values]
}

/** Returns the date and time of the latest verification of a report. */
function lastVerification(attributes: ReadableAttributes): JsonValue | undefined {
  const observers = attributes.items('VerifyingObserverSequence')
  return observers
    .flatMap((observer) => observer.strings('VerificationDateTime'))
    .toSorted()
    .at(-1)
}

/** Returns true if an item belongs in a record. In ContentSequence, only modifiers of the document title do. */
function isOfKey(item: ReadableAttributes, keyword: string): boolean {
  return keyword !== 'ContentSequence' || item.strings('RelationshipType')[0] === 'HAS CONCEPT MOD'
}

/** Attributes of the items of a key. Items of other keys keep all attributes. */
const membersOfItems: Readonly<Record<string, readonly string[]>> = {
  BlendingSequence: ['StudyInstanceUID', 'ReferencedSeriesSequence'],
  HangingProtocolDefinitionSequence: [
    'Modality',
    'AnatomicRegionSequence',
    'Laterality',
    'ProcedureCodeSequence',
    'ReasonForRequestedProcedureCodeSequence',
  ],
}

/** Returns an item as plain data, without private and binary attributes. */
function itemOf(item: ReadableAttributes, members: readonly string[] | undefined): AttributeMap {
  const values: AttributeMap = {}
  for (const keyword of members ?? item.keywords()) {
    const vr = lookUpKeyword(keyword)?.vr
    if (vr === undefined) continue
    const value = vr === 'SQ' ? item.items(keyword).map((nested) => itemOf(nested, undefined)) : valueOf(item, keyword)
    if (value !== undefined) values[keyword] = value
  }
  return values
}
