import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { parseImageSetMetadata, type ImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { textColumn } from './row.ts'
import { searchIndexes } from './search-indexes.ts'
import { openSyntheticImageSets } from './synthetic-image-sets.ts'

/** Takes a data folder from one version of the schema to the next. */
type Migration = (database: DatabaseSync, folder: string) => void

/** The first goes on from the version of `schema.ts`, with which a new folder starts, too. */
export const migrations: readonly Migration[] = [
  addDicomWebColumns,
  (database) => database.exec(searchIndexes),
  addPrimaryIndexes,
  addModifications,
  addAccessTimes,
  (database) => database.exec('ALTER TABLE import_jobs ADD COLUMN metadata_mappings TEXT'),
  addInstanceWarnings,
]

/** What DICOMweb searches match and show besides what SearchImageSets does, and indexes in their orders. */
function addDicomWebColumns(database: DatabaseSync, folder: string): void {
  database.exec(`
    ALTER TABLE image_sets ADD COLUMN patient_birth_time TEXT;
    ALTER TABLE image_sets ADD COLUMN referring_physician_name TEXT;
    ALTER TABLE image_sets ADD COLUMN series_description TEXT;
    CREATE INDEX primary_image_sets_by_update ON image_sets (datastore_id, updated_at, id, study_instance_uid)
      WHERE is_primary = 1;
    CREATE INDEX primary_image_sets_by_series_number
      ON image_sets (datastore_id, series_number IS NULL, series_number, series_instance_uid, id) WHERE is_primary = 1;
  `)
  const update = database.prepare(
    'UPDATE image_sets SET patient_birth_time = ?, referring_physician_name = ?, series_description = ? WHERE id = ?',
  )
  const latest = database.prepare(
    `SELECT image_sets.id, document_path FROM image_sets JOIN image_set_versions
     ON image_set_id = image_sets.id AND version = latest_version`,
  )
  const synthetic = openSyntheticImageSets(database)
  for (const row of latest.all()) {
    const id = textColumn(row, 'id')
    const { Patient, Study } = synthetic.document(id) ?? readDocument(folder, textColumn(row, 'document_path'))
    const values = [
      Patient.DICOM['PatientBirthTime'],
      Study.DICOM['ReferringPhysicianName'],
      Object.values(Study.Series)[0]?.DICOM['SeriesDescription'],
    ].map((value) => (typeof value === 'string' ? value : null))
    update.run(...values, id)
  }
}

/**
 * `modifications` are accepted and not yet done. `unlisted_versions` are those of image sets without content: deleted
 * ones, and destinations of copies that have not succeeded. `unused_files` are to be removed.
 */
function addModifications(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE modifications (
      id INTEGER PRIMARY KEY,
      datastore_id TEXT NOT NULL REFERENCES datastores (id),
      request TEXT NOT NULL
    ) STRICT;
    CREATE INDEX modifications_by_datastore ON modifications (datastore_id);
    CREATE TABLE forced_versions (
      image_set_id TEXT NOT NULL REFERENCES image_sets (id),
      version INTEGER NOT NULL,
      PRIMARY KEY (image_set_id, version)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE unlisted_versions (
      image_set_id TEXT NOT NULL,
      version INTEGER NOT NULL,
      datastore_id TEXT NOT NULL REFERENCES datastores (id),
      state TEXT NOT NULL,
      workflow_status TEXT NOT NULL,
      is_primary INTEGER NOT NULL,
      is_forced INTEGER NOT NULL,
      message TEXT,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      deleted_at INTEGER,
      PRIMARY KEY (image_set_id, version)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE unused_files (path TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
    CREATE INDEX frames_by_pack ON frames (pack_id);
  `)
}

/** When image sets were last read, which decides their storage tiers. */
function addAccessTimes(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE image_set_accesses (
      image_set_id TEXT PRIMARY KEY REFERENCES image_sets (id),
      accessed_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `)
}

/** Reasons of warnings, which searches find. Those of earlier imports are not known. */
function addInstanceWarnings(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE instance_warnings (
      image_set_id TEXT NOT NULL REFERENCES image_sets (id),
      sop_instance_uid TEXT NOT NULL,
      position INTEGER NOT NULL,
      code INTEGER NOT NULL,
      PRIMARY KEY (image_set_id, sop_instance_uid, position)
    ) STRICT, WITHOUT ROWID;
  `)
}

function readDocument(folder: string, documentPath: string): ImageSetMetadata {
  return parseImageSetMetadata(readFileSync(join(folder, documentPath)))
}

/** Indexes that have all that a search of studies or series looks at: rows are looked up for what is found alone. */
function addPrimaryIndexes(database: DatabaseSync): void {
  database.exec(`
    ALTER TABLE image_sets ADD COLUMN series_order INTEGER NOT NULL DEFAULT 0;
    UPDATE image_sets SET series_order = ifnull(series_number, 9007199254740991);
    DROP INDEX primary_image_sets_by_series_number;
    CREATE INDEX primary_image_sets_by_series_order ON image_sets (datastore_id, series_order, series_instance_uid, id)
      WHERE is_primary = 1;
    CREATE INDEX primary_image_sets_by_modality ON image_sets (datastore_id, modality, study_instance_uid)
      WHERE is_primary = 1;
    CREATE INDEX primary_image_sets_by_patient_name
      ON image_sets (datastore_id, patient_name, updated_at, id, study_instance_uid) WHERE is_primary = 1;
    CREATE INDEX primary_image_sets_by_study_date
      ON image_sets (datastore_id, study_date_and_time, updated_at, id, study_instance_uid) WHERE is_primary = 1;
  `)
}
