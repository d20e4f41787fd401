import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'
import { missingOf } from './directory-entry.ts'
import type { RecordKeys } from './record-types.ts'

/** What invented values are made from. */
export interface InventingContext {
  /** Position of the record among those of its parent, counted from 1. */
  readonly position: number
  /** Tells patients without PatientID apart. */
  readonly patient: string
}

/** Returns keys with a value for each that needs one, and empty where one may be. */
export function completeKeys(values: AttributeMap, keys: RecordKeys, context: InventingContext): AttributeMap {
  const complete: AttributeMap = {}
  for (const keyword of keys.mayBeEmpty) complete[keyword] = null
  for (const keyword of missingOf(values, keys)) complete[keyword] = inventedValue(keyword, context)
  return { ...complete, ...values }
}

/** Returns a value that says nothing of the instance, for a key of type 1. */
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

/** Values that their VR allows. */
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
