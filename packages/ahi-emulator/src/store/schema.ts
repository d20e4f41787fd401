/** Version of this schema. `migrations.ts` continues from it. `PRAGMA user_version` is the version of a folder. */
export const schemaVersion = 3

/**
 * Creates all tables of version 3. Earlier versions were subsets of it, so this also upgrades their folders. Times are
 * in milliseconds since 1970. `study_date_and_time` has 20 digits or is empty. `pending_batches` names folders that are
 * being written. If the process is killed, they are removed at the next start.
 */
export const schema = `
CREATE TABLE IF NOT EXISTS datastores (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  lossless_storage_format TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS datastore_requests (
  datastore_id TEXT PRIMARY KEY REFERENCES datastores (id),
  client_token TEXT NOT NULL UNIQUE,
  kms_key_arn TEXT,
  lambda_authorizer_arn TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS tags (
  resource_arn TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (resource_arn, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS import_jobs (
  id TEXT PRIMARY KEY,
  datastore_id TEXT NOT NULL REFERENCES datastores (id),
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  data_access_role_arn TEXT NOT NULL,
  input_uri TEXT NOT NULL,
  output_uri TEXT NOT NULL,
  client_token TEXT NOT NULL UNIQUE,
  submitted_at INTEGER NOT NULL,
  ended_at INTEGER,
  message TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS import_jobs_by_submission ON import_jobs (datastore_id, submitted_at, id);

CREATE TABLE IF NOT EXISTS image_sets (
  id TEXT PRIMARY KEY,
  datastore_id TEXT NOT NULL REFERENCES datastores (id),
  grouping_key TEXT NOT NULL,
  is_primary INTEGER NOT NULL,
  latest_version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  patient_id TEXT,
  patient_name TEXT,
  patient_birth_date TEXT,
  patient_sex TEXT,
  study_instance_uid TEXT NOT NULL,
  study_id TEXT,
  study_description TEXT,
  study_date TEXT,
  study_time TEXT,
  study_date_and_time TEXT NOT NULL,
  accession_number TEXT,
  series_instance_uid TEXT NOT NULL,
  series_number INTEGER,
  modality TEXT,
  body_part TEXT,
  instance_count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS image_sets_by_update ON image_sets (datastore_id, updated_at, id);
CREATE INDEX IF NOT EXISTS image_sets_by_creation ON image_sets (datastore_id, created_at, id);
CREATE INDEX IF NOT EXISTS image_sets_by_study_date ON image_sets (datastore_id, study_date_and_time, id);
CREATE INDEX IF NOT EXISTS image_sets_by_patient ON image_sets (datastore_id, patient_id);
CREATE INDEX IF NOT EXISTS image_sets_by_study_id ON image_sets (datastore_id, study_id);
CREATE INDEX IF NOT EXISTS image_sets_by_study ON image_sets (datastore_id, study_instance_uid);
CREATE INDEX IF NOT EXISTS image_sets_by_series ON image_sets (datastore_id, series_instance_uid);
CREATE INDEX IF NOT EXISTS image_sets_by_accession ON image_sets (datastore_id, accession_number);

CREATE TABLE IF NOT EXISTS image_set_versions (
  image_set_id TEXT NOT NULL REFERENCES image_sets (id),
  version INTEGER NOT NULL,
  state TEXT NOT NULL,
  workflow_status TEXT NOT NULL,
  is_primary INTEGER NOT NULL,
  message TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  document_path TEXT NOT NULL,
  PRIMARY KEY (image_set_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS packs (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE IF NOT EXISTS frames (
  image_set_id TEXT NOT NULL REFERENCES image_sets (id),
  id TEXT NOT NULL,
  pack_id INTEGER NOT NULL REFERENCES packs (id),
  byte_offset INTEGER NOT NULL,
  byte_length INTEGER NOT NULL,
  transfer_syntax_uid TEXT NOT NULL,
  PRIMARY KEY (image_set_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS pixel_data (
  image_set_id TEXT NOT NULL REFERENCES image_sets (id),
  sop_instance_uid TEXT NOT NULL,
  pack_id INTEGER NOT NULL REFERENCES packs (id),
  byte_offset INTEGER NOT NULL,
  byte_length INTEGER NOT NULL,
  transfer_syntax_uid TEXT NOT NULL,
  vr TEXT NOT NULL,
  is_encapsulated INTEGER NOT NULL,
  PRIMARY KEY (image_set_id, sop_instance_uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS bulk_data (
  image_set_id TEXT NOT NULL REFERENCES image_sets (id),
  hash TEXT NOT NULL,
  pack_id INTEGER NOT NULL REFERENCES packs (id),
  byte_offset INTEGER NOT NULL,
  byte_length INTEGER NOT NULL,
  PRIMARY KEY (image_set_id, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS synthetic_image_sets (
  image_set_id TEXT PRIMARY KEY REFERENCES image_sets (id),
  recipe TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS pending_batches (
  id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
`
