import { createHash } from 'node:crypto'
import type { FileContent } from '../destination/file-content.ts'
import type { FileDigest } from '../destination/file-writer.ts'

/** Reads a file to its end and returns its size and SHA-256. */
export async function digestOf(content: FileContent): Promise<FileDigest> {
  const digest = createHash('sha256')
  let byteLength = 0
  for await (const chunk of content) {
    digest.update(chunk)
    byteLength += chunk.byteLength
  }
  return { byteLength, sha256: digest.digest('hex') }
}
