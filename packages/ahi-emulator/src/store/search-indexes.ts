/**
 * Covering indexes of SearchImageSets. The filtered or sorted column comes first. Each index also contains all columns
 * that searches compare dates and flags with, and all sort columns.
 */
export const searchIndexes = `
DROP INDEX image_sets_by_update;
DROP INDEX image_sets_by_creation;
DROP INDEX image_sets_by_study_date;
DROP INDEX image_sets_by_patient;
DROP INDEX image_sets_by_study_id;
DROP INDEX image_sets_by_study;
DROP INDEX image_sets_by_series;
DROP INDEX image_sets_by_accession;
CREATE INDEX image_sets_by_update
  ON image_sets (datastore_id, updated_at, id, created_at, study_date_and_time, is_primary);
CREATE INDEX image_sets_by_creation
  ON image_sets (datastore_id, created_at, id, updated_at, study_date_and_time, is_primary);
CREATE INDEX image_sets_by_study_date
  ON image_sets (datastore_id, study_date_and_time, id, updated_at, created_at, is_primary);
CREATE INDEX image_sets_by_patient
  ON image_sets (datastore_id, patient_id, updated_at, id, created_at, study_date_and_time, is_primary);
CREATE INDEX image_sets_by_study_id
  ON image_sets (datastore_id, study_id, updated_at, id, created_at, study_date_and_time, is_primary);
CREATE INDEX image_sets_by_study
  ON image_sets (datastore_id, study_instance_uid, updated_at, id, created_at, study_date_and_time, is_primary);
CREATE INDEX image_sets_by_series
  ON image_sets (datastore_id, series_instance_uid, updated_at, id, created_at, study_date_and_time, is_primary);
CREATE INDEX image_sets_by_accession
  ON image_sets (datastore_id, accession_number, updated_at, id, created_at, study_date_and_time, is_primary);
`
