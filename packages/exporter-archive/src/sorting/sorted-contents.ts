import { openNamelessFile, type NamelessFile } from '../file/nameless-file.ts'
import type { SpooledContent } from '../spool/spool.ts'
import { createSortedTexts } from './sorted-texts.ts'

/** Contents that are returned in the order of their paths. They are kept in one temporary file. */
export interface SortedContents {
  add(path: string, content: SpooledContent): Promise<void>
  contents(): Iterable<readonly [path: string, content: SpooledContent]>
  close(): Promise<void>
}

/** Creates an empty collection. */
export function createSortedContents(folder: string): SortedContents {
  const places = createSortedTexts()
  let file: NamelessFile | undefined
  return {
    async add(path, content) {
      file ??= await openNamelessFile(folder)
      const { byteLength, sha256 } = content
      places.add(path, JSON.stringify({ start: file.byteLength, byteLength, sha256 }))
      for await (const chunk of content.chunks()) await file.append(chunk)
    },
    *contents() {
      for (const [path, text] of places.texts()) if (file !== undefined) yield [path, contentAt(file, JSON.parse(text))]
    },
    async close() {
      places[Symbol.dispose]()
      await file?.close()
    },
  }
}

interface Place {
  readonly start: number
  readonly byteLength: number
  readonly sha256: string
}

function contentAt(file: NamelessFile, { start, byteLength, sha256 }: Place): SpooledContent {
  const chunks = (): AsyncIterable<Buffer> => file.read({ start, byteLength })
  return { byteLength, sha256, bytes: undefined, chunks, release: async () => {} }
}
