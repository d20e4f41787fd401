/**
 * Stores instances from a lane, a thread that exports, over connections of its own.
 * @module
 */
export { createDicomwebWriter as createFileWriter } from './store/dicomweb-writer.ts'
