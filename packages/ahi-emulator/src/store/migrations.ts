import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { parseImageSetMetadata, type ImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { textColumn } from './row.ts'
import { searchIndexes } from './search-indexes.ts'
import { openSyntheticImageSets } from './synthetic-image-sets.ts'

/** Migrates a data folder from one schema version to the next. */
type Migration = (database: DatabaseSync, folder: string) => void

/** The migrations in order. The first one starts from the schema in `schema.ts`. New folders run all of them. */
export const migrations: readonly Migration[] = [
  addDicomWebColumns,
  (database) => database.exec(searchIndexes),
  addPrimaryIndexes,
  addModifications,
  addAccessTimes,
  (database) => database.exec('ALTER TABLE import_jobs ADD COLUMN metadata_mappings TEXT'),
  addInstanceWarnings,
]

/** Adds the columns that DICOMweb searches need in addition to SearchImageSets, and indexes in their orders. */
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
 * Adds the tables of modifications. `modifications` has those that are accepted and not yet applied.
 * `unlisted_versions` has versions of image sets without content: deleted ones, and destinations of copies that have
 * not succeeded. `unused_files` has files to remove.
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

/** Adds the times of last access, which decide the storage tiers of image sets. */
function addAccessTimes(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE image_set_accesses (
      image_set_id TEXT PRIMARY KEY REFERENCES image_sets (id),
      accessed_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `)
}

/** Adds warning codes, which searches match. The codes of earlier imports are not known. */
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

/** Adds covering indexes for searches of studies and series, so that only the rows of results are looked up. */
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
