import type { FileContent } from '../destination/file-content.ts'

/** Reads a small file to its end and returns its text. */
export async function readText(content: FileContent): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of content) chunks.push(chunk.slice())
  return Buffer.concat(chunks).toString()
}
