import type { DatabaseSync } from 'node:sqlite'
import type { SearchAttributes } from '../document/search-attributes.ts'
import { readPackLocation, type PackLocation } from './pack-location.ts'
import { integerColumn, optionalInteger, optionalText, readFound, textColumn, type Row } from './row.ts'
import { openVersionTable, type VersionTable } from './version-table.ts'

/** The latest version of an image set. */
export interface ImageSet extends SearchAttributes {
  readonly id: string
  readonly datastoreId: string
  /** The seven grouping attributes as one text. */
  readonly groupingKey: string
  readonly isPrimary: boolean
  readonly latestVersion: number
  readonly createdAt: number
  readonly updatedAt: number
}

/** The location of a frame's bytes. */
export interface FrameLocation extends PackLocation {
  readonly transferSyntaxUid: string
}

/** The image sets in a folder, with their versions and frames. Writes take part in the caller's transaction. */
export interface ImageSetTable extends VersionTable {
  get(datastoreId: string, imageSetId: string): ImageSet | undefined
  ofSeries(datastoreId: string, seriesInstanceUid: string): ImageSet[]
  /** Adds an image set, or updates all columns but its data store and time of creation. */
  save(imageSet: ImageSet): void
  frame(datastoreId: string, imageSetId: string, imageFrameId: string): FrameLocation | undefined
  /** Records a pack. Returns its id. */
  addPack(packPath: string): number | bigint
  addFrames(imageSetId: string, packId: number | bigint, frames: readonly NewFrame[]): void
}

/** A frame that was written to a pack. */
export interface NewFrame {
  readonly id: string
  readonly byteOffset: number
  readonly byteLength: number
  readonly transferSyntaxUid: string
}

/** Opens the tables of image sets. */
export function openImageSetTable(database: DatabaseSync): ImageSetTable {
  const select = database.prepare('SELECT * FROM image_sets WHERE id = ? AND datastore_id = ?')
  const selectOfSeries = database.prepare(
    // The plus sign keeps SQLite from scanning the whole data store in the order of creation.
    'SELECT * FROM image_sets WHERE datastore_id = ? AND series_instance_uid = ? ORDER BY +created_at, id',
  )
  const save = database.prepare(saveStatement)
  const selectFrame = database.prepare(
    `SELECT packs.path, frames.byte_offset, frames.byte_length, frames.transfer_syntax_uid
     FROM frames JOIN packs ON packs.id = frames.pack_id JOIN image_sets ON image_sets.id = frames.image_set_id
     WHERE frames.image_set_id = ? AND frames.id = ? AND image_sets.datastore_id = ?`,
  )
  const insertPack = database.prepare('INSERT INTO packs (path) VALUES (?)')
  const insertFrame = database.prepare(
    `INSERT INTO frames (image_set_id, id, pack_id, byte_offset, byte_length, transfer_syntax_uid)
     VALUES (?, ?, ?, ?, ?, ?)`,
  )
  return {
    get: (datastoreId, imageSetId) => readFound(select.get(imageSetId, datastoreId), readImageSet),
    ofSeries: (datastoreId, seriesInstanceUid) => selectOfSeries.all(datastoreId, seriesInstanceUid).map(readImageSet),
    save: (imageSet) => void save.run(imageSetParameters(imageSet)),
    ...openVersionTable(database),
    frame: (datastoreId, imageSetId, imageFrameId) =>
      readFound(selectFrame.get(imageSetId, imageFrameId, datastoreId), readFrameLocation),
    addPack: (packPath) => insertPack.run(packPath).lastInsertRowid,
    addFrames(imageSetId, packId, frames) {
      for (const { id, byteOffset, byteLength, transferSyntaxUid } of frames) {
        insertFrame.run(imageSetId, id, packId, byteOffset, byteLength, transferSyntaxUid)
      }
    },
  }
}

const saveStatement = `
INSERT INTO image_sets (
  id, datastore_id, grouping_key, is_primary, latest_version, created_at, updated_at,
  patient_id, patient_name, patient_birth_date, patient_sex, study_instance_uid, study_id, study_description,
  study_date, study_time, study_date_and_time, accession_number, series_instance_uid, series_number, modality,
  body_part, instance_count, patient_birth_time, referring_physician_name, series_description, series_order
) VALUES (
  :id, :datastoreId, :groupingKey, :isPrimary, :latestVersion, :createdAt, :updatedAt,
  :patientId, :patientName, :patientBirthDate, :patientSex, :studyInstanceUid, :studyId, :studyDescription,
  :studyDate, :studyTime, :studyDateAndTime, :accessionNumber, :seriesInstanceUid, :seriesNumber, :modality,
  :bodyPart, :instanceCount, :patientBirthTime, :referringPhysicianName, :seriesDescription, :seriesOrder
)
ON CONFLICT (id) DO UPDATE SET
  grouping_key = excluded.grouping_key, study_instance_uid = excluded.study_instance_uid,
  series_instance_uid = excluded.series_instance_uid,
  is_primary = excluded.is_primary, latest_version = excluded.latest_version, updated_at = excluded.updated_at,
  patient_id = excluded.patient_id, patient_name = excluded.patient_name,
  patient_birth_date = excluded.patient_birth_date, patient_sex = excluded.patient_sex,
  study_id = excluded.study_id, study_description = excluded.study_description, study_date = excluded.study_date,
  study_time = excluded.study_time, study_date_and_time = excluded.study_date_and_time,
  accession_number = excluded.accession_number, series_number = excluded.series_number,
  modality = excluded.modality, body_part = excluded.body_part, instance_count = excluded.instance_count,
  patient_birth_time = excluded.patient_birth_time, referring_physician_name = excluded.referring_physician_name,
  series_description = excluded.series_description, series_order = excluded.series_order`

type Parameters = Record<string, string | number | null>

function imageSetParameters(imageSet: ImageSet): Parameters {
  const { isPrimary, ...columns } = imageSet
  const { studyDate, studyTime, seriesNumber } = imageSet
  return {
    ...nullForUndefined(columns),
    isPrimary: Number(isPrimary),
    // Series without a number come last.
    seriesOrder: seriesNumber ?? Number.MAX_SAFE_INTEGER,
    studyDateAndTime: studyDate === undefined ? '' : studyDateAndTime(studyDate, studyTime),
  }
}

function nullForUndefined(values: Readonly<Record<string, string | number | undefined>>): Parameters {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value ?? null]))
}

/**
 * Returns a DA and a TM as one text of 20 digits that sorts by time. Like in the service, a missing time counts as
 * midnight. The old forms `YYYY.MM.DD` and `HH:MM:SS` are converted.
 */
export function studyDateAndTime(date: string, time: string | undefined): string {
  return date.replaceAll('.', '').padEnd(8, '0') + timeKey(time ?? '')
}

/** Returns a TM as 12 digits that sort by time. */
export function timeKey(time: string): string {
  const [whole = '', fraction = ''] = time.replaceAll(':', '').split('.')
  return whole.trim().padEnd(6, '0') + fraction.trim().padEnd(6, '0')
}

/** Reads an image set from a row with all columns. */
export function readImageSet(row: Row): ImageSet {
  return {
    id: textColumn(row, 'id'),
    datastoreId: textColumn(row, 'datastore_id'),
    groupingKey: textColumn(row, 'grouping_key'),
    isPrimary: integerColumn(row, 'is_primary') === 1,
    latestVersion: integerColumn(row, 'latest_version'),
    createdAt: integerColumn(row, 'created_at'),
    updatedAt: integerColumn(row, 'updated_at'),
    patientId: optionalText(row, 'patient_id'),
    patientName: optionalText(row, 'patient_name'),
    patientBirthDate: optionalText(row, 'patient_birth_date'),
    patientBirthTime: optionalText(row, 'patient_birth_time'),
    patientSex: optionalText(row, 'patient_sex'),
    studyInstanceUid: textColumn(row, 'study_instance_uid'),
    studyId: optionalText(row, 'study_id'),
    studyDescription: optionalText(row, 'study_description'),
    studyDate: optionalText(row, 'study_date'),
    studyTime: optionalText(row, 'study_time'),
    accessionNumber: optionalText(row, 'accession_number'),
    referringPhysicianName: optionalText(row, 'referring_physician_name'),
    seriesInstanceUid: textColumn(row, 'series_instance_uid'),
    seriesNumber: optionalInteger(row, 'series_number'),
    seriesDescription: optionalText(row, 'series_description'),
    modality: optionalText(row, 'modality'),
    bodyPart: optionalText(row, 'body_part'),
    instanceCount: integerColumn(row, 'instance_count'),
  }
}

function readFrameLocation(row: Row): FrameLocation {
  return { ...readPackLocation(row), transferSyntaxUid: textColumn(row, 'transfer_syntax_uid') }
}
