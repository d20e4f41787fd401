import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'
import { missingOf } from './directory-entry.ts'
import type { RecordKeys } from './record-types.ts'

/** Input for invented values. */
export interface InventingContext {
  /** Position of the record among the records of its parent, starting at 1. */
  readonly position: number
  /** Digest of the patient, which distinguishes patients without PatientID. */
  readonly patient: string
}

/**
 * Returns keys with invented values for required keys that are missing, and with empty values for keys that may be
 * empty.
 */
export function completeKeys(values: AttributeMap, keys: RecordKeys, context: InventingContext): AttributeMap {
  const complete: AttributeMap = {}
  for (const keyword of keys.mayBeEmpty) complete[keyword] = null
  for (const keyword of missingOf(values, keys)) complete[keyword] = inventedValue(keyword, context)
  return { ...complete, ...values }
}

/** Returns a neutral value for a missing key of type 1. */
function inventedValue(keyword: string, { position, patient }: InventingContext): JsonValue {
  if (keyword === 'PatientID') return `AHI-${patient}`
  if (numbered.has(keyword)) return String(position)
  return fixedValues[keyword] ?? (keyword.endsWith('Sequence') ? [unknownCode] : 'UNKNOWN')
}

const numbered: ReadonlySet<string> = new Set(['StudyID', 'SeriesNumber', 'InstanceNumber'])

const unknownCode: AttributeMap = {
  CodeValue: 'UNKNOWN',
  CodingSchemeDesignator: '99AHI',
  CodeMeaning: 'Unknown',
}

const [noDate, noTime, none] = ['19000101', '000000', '1']

/** Invented values by keyword. They are valid for their VR. */
const fixedValues: Readonly<Record<string, JsonValue>> = {
  StudyDate: noDate,
  StudyTime: noTime,
  ContentDate: noDate,
  ContentTime: noTime,
  InstanceCreationDate: noDate,
  PresentationCreationDate: noDate,
  PresentationCreationTime: noTime,
  HangingProtocolCreationDateTime: `${noDate}${noTime}`,
  Modality: 'OT',
  CompletionFlag: 'PARTIAL',
  VerificationFlag: 'UNVERIFIED',
  MIMETypeOfEncapsulatedDocument: 'application/octet-stream',
  ImageType: ['ORIGINAL', 'PRIMARY'],
  NumberOfFrames: none,
  Rows: none,
  Columns: none,
  DataPointRows: none,
  DataPointColumns: none,
  NumberOfPriorsReferenced: none,
  HangingProtocolLevel: 'USER_GROUP',
  HangingProtocolDefinitionSequence: [
    { Modality: 'OT', ProcedureCodeSequence: [unknownCode], ReasonForRequestedProcedureCodeSequence: [unknownCode] },
  ],
}
