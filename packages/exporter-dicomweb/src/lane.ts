/**
 * Stores instances from a lane, which is a thread that exports. Each lane has separate connections.
 * @module
 */
export { createDicomwebWriter as createFileWriter } from './store/dicomweb-writer.ts'
