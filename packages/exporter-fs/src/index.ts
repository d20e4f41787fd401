/**
 * Exports into a folder, and writes single DICOM and PNG files. Each file is written whole or not at all.
 * @module
 */
export { documentFolder } from './documents/document-folder.ts'
export { folderDestination } from './folder/folder-destination.ts'
export { createFolderDigester } from './folder/folder-digester.ts'
export type { FolderDigester, FolderDigesterOptions } from './folder/folder-digester.ts'
export { folderFiles } from './folder/folder-files.ts'
export type { FolderFile, FolderFiles } from './folder/folder-files.ts'
export { folderRecord } from './folder/folder-record.ts'
export type { FolderDestinationOptions, FolderOptions, NewFilesOptions } from './folder/folder-writer.ts'
export { writeAtomically } from './write-atomically.ts'
export { writePart10 } from './write-part10.ts'
export { writePng } from './write-png.ts'
