import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { shortHash } from '../layout/safe-name.ts'
import type { DirectoryEntry } from './directory-entry.ts'
import { completeKeys } from './invented-values.ts'
import { isRootType, levelKeys, privateRecordType, recordKeysOf } from './record-types.ts'

/** A file that a DICOMDIR lists. */
export interface ListedInstance {
  /** File ID, with forward slashes between the components. */
  readonly path: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly transferSyntaxUid: string
  readonly entry: DirectoryEntry
}

/** A directory record, without its offsets. */
export interface DirectoryRecord {
  /** Level in the hierarchy. 0 for a record of the root. */
  readonly level: number
  readonly attributes: AttributeMap
}

/** Length that InstanceNumber is padded to. Longer numbers are not sorted correctly. */
const numberLength = 12

/** Returns a sort key for the files of a DICOMDIR. It keeps the files of a patient, a study and a series together. */
export function directoryOrder(file: ListedInstance): string {
  const { entry, studyInstanceUid, seriesInstanceUid, path } = file
  const { type, instance } = entry
  const { InstanceNumber } = instance
  const number = typeof InstanceNumber === 'string' ? InstanceNumber.trim() : ''
  return [
    isRootType(type) ? 1 : 0,
    shortHash(patientOf(file)),
    patientOf(file),
    studyInstanceUid,
    seriesInstanceUid,
    type,
    number.padStart(numberLength, '0'),
    path,
  ]
    .map((part) => String(part).replaceAll('/', '_'))
    .join('/')
}

/**
 * Yields the directory records of files, each before the records below it. The files must be sorted by {@link
 * directoryOrder}.
 */
export function* directoryRecords(files: Iterable<ListedInstance>): Generator<DirectoryRecord> {
  /** Patient, study and series of the previous file. */
  let parents: readonly string[] = []
  const positions = [0, 0, 0, 0]

  function next(level: number): number {
    positions.fill(0, level + 1)
    positions[level] = (positions[level] ?? 0) + 1
    return positions[level]
  }

  for (const file of files) {
    const patient = shortHash(patientOf(file))
    if (isRootType(file.entry.type)) {
      parents = []
      yield leafRecord(file, { level: 0, position: next(0), patient })
      continue
    }
    const names = [patientOf(file), file.studyInstanceUid, file.seriesInstanceUid]
    const shared = names.findIndex((name, level) => name !== parents[level])
    const first = shared < 0 ? names.length : shared
    for (let level = first; level < names.length; level += 1) {
      yield upperRecord(file, { level, position: next(level), patient })
    }
    parents = names
    yield leafRecord(file, { level: names.length, position: next(names.length), patient })
  }
}

interface Place {
  readonly level: number
  readonly position: number
  readonly patient: string
}

/** Returns a key of the patient. Without a PatientID, each study counts as a patient. */
function patientOf({ entry: { patient }, studyInstanceUid }: ListedInstance): string {
  const { PatientID, IssuerOfPatientID = '' } = patient
  return PatientID === undefined ? `of ${studyInstanceUid}` : JSON.stringify([PatientID, IssuerOfPatientID])
}

function upperRecord({ entry, studyInstanceUid, seriesInstanceUid }: ListedInstance, place: Place): DirectoryRecord {
  if (place.level === 0) return record('PATIENT', entry, completeKeys(entry.patient, levelKeys.patient, place), place)
  if (place.level === 1) {
    const study = { ...entry.study, StudyInstanceUID: studyInstanceUid }
    return record('STUDY', entry, completeKeys(study, levelKeys.study, place), place)
  }
  const series = { ...entry.series, SeriesInstanceUID: seriesInstanceUid }
  return record('SERIES', entry, completeKeys(series, levelKeys.series, place), place)
}

function leafRecord({ entry, ...file }: ListedInstance, place: Place): DirectoryRecord {
  const keys = completeKeys(entry.instance, recordKeysOf(entry.type), place)
  return record(
    entry.type,
    entry,
    {
      ...keys,
      ...(entry.type === privateRecordType && { PrivateRecordUID: file.sopClassUid }),
      ReferencedFileID: file.path.split('/'),
      ReferencedSOPClassUIDInFile: file.sopClassUid,
      ReferencedSOPInstanceUIDInFile: file.sopInstanceUid,
      ReferencedTransferSyntaxUIDInFile: file.transferSyntaxUid,
    },
    place,
  )
}

function record(type: string, { characterSet }: DirectoryEntry, keys: AttributeMap, { level }: Place): DirectoryRecord {
  const isNamed = characterSet !== undefined && hasOtherThanAscii(keys)
  return {
    level,
    attributes: {
      DirectoryRecordType: type,
      ...(isNamed && { SpecificCharacterSet: [...characterSet] }),
      ...keys,
    },
  }
}

/**
 * Returns true if keys contain characters other than ASCII, so that the record needs a character set (PS3.3
 * C.12.1.1.2).
 */
function hasOtherThanAscii(keys: AttributeMap): boolean {
  return /[^\x20-\x7e]/u.test(JSON.stringify(keys))
}
