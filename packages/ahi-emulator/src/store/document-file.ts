import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Batch } from './batch.ts'

/** Compresses a metadata document as the store keeps it and the API sends it. */
export const compressDocument: (text: string) => Promise<Uint8Array<ArrayBuffer>> = promisify(gzip)

/** Writes a metadata document into a batch. Returns its path. */
export async function writeDocument(batch: Batch, text: string): Promise<string> {
  const documentPath = batch.newFile('json.gz')
  await batch.append(documentPath, await compressDocument(text))
  return documentPath
}
