import type { RecordLog } from '@ahi-dicom/export-files'
import { createPace, type Pace } from './pace.ts'
import { partName, type RecordObjects, type RecordPart } from './record-objects.ts'

/** Bytes of a full part. Each append writes the last part again. When the part is full, the next append begins a new one. */
const fullPart = 2 ** 18

/** Options of {@link openGrowingObject}. */
export interface GrowingObjectOptions {
  /** Bytes of the file to keep. */
  readonly keepBytes: number
  /** Limits how often to append. Default: at most twice a second. */
  readonly pace?: Pace | undefined
}

/**
 * Opens a file that consists of parts, for appending after its first `keepBytes` bytes. Bytes after them are removed, the last
 * part first, so that a kill leaves a beginning of the old file. Once `append` has resolved, its text is stored for good. A
 * text is stored whole or not at all, because one request writes the part that ends with it.
 */
export async function openGrowingObject(
  objects: RecordObjects,
  name: string,
  { keepBytes, pace = createPace() }: GrowingObjectOptions,
): Promise<RecordLog> {
  for (const { key } of await objects.olderParts(name)) await objects.remove(key)
  let { last, tail } = await cut(objects, name, keepBytes)

  return {
    turn: () => pace.turn(),
    async append(text) {
      const longer = Buffer.concat([tail, Buffer.from(text)])
      await objects.put(keyOfPart(objects, name, last), [longer])
      const isFull = longer.byteLength >= fullPart
      tail = isFull ? Buffer.alloc(0) : longer
      if (isFull) last = { ...last, number: last.number + 1 }
    },
    // Appended text is already stored. Calling pace.hurry() here would only make requests more frequent.
    async flush() {},
    async close() {
      pace.hurry()
    },
  }
}

interface Tail {
  /** The part that the next append writes. It begins with `tail`. */
  readonly last: Pick<RecordPart, 'generation' | 'number'>
  readonly tail: Buffer
}

function keyOfPart(objects: RecordObjects, name: string, part: Tail['last']): string {
  return `${objects.keyOf(name)}/${partName(part)}`
}

async function cut(objects: RecordObjects, name: string, keepBytes: number): Promise<Tail> {
  const parts = await objects.parts(name)
  const starts: number[] = []
  let byteLength = 0
  for (const part of parts) {
    starts.push(byteLength)
    byteLength += part.byteLength
  }
  const [first] = parts
  const lastKept = Math.max(
    0,
    starts.findLastIndex((start) => start < keepBytes),
  )
  for (const { key } of parts.slice(lastKept + 1).toReversed()) await objects.remove(key)
  const part = parts[lastKept]
  const last = { generation: part?.generation ?? first?.generation ?? 1, number: part?.number ?? 1 }
  const kept = keepBytes - (starts[lastKept] ?? 0)
  if (part !== undefined && kept === part.byteLength && kept >= fullPart) {
    return { last: { ...last, number: last.number + 1 }, tail: Buffer.alloc(0) }
  }
  const tail = part === undefined ? Buffer.alloc(0) : (await readAll(objects, part.key)).subarray(0, kept)
  if (part === undefined || kept < part.byteLength) await objects.put(keyOfPart(objects, name, last), [tail])
  return { last, tail }
}

async function readAll(objects: RecordObjects, key: string): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of (await objects.read(key, undefined)) ?? []) chunks.push(chunk)
  return Buffer.concat(chunks)
}
