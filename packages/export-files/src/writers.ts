/**
 * Names and record folders of the writers that share a destination. Loads no other module of this package.
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
