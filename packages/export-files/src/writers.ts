/**
 * Names of the writers that share a destination, and where their records lie. Loads nothing else.
 * @module
 */
export {
  isWriterName,
  recordFolder,
  recordFolderOf,
  requireWriterName,
  sharedDicomdir,
  writersFolder,
} from './destination/writer-names.ts'
