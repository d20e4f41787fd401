import type { RecordLog } from '@ahi-dicom/export-files'
import { createPace, type Pace } from './pace.ts'
import { partName, type RecordObjects, type RecordPart } from './record-objects.ts'

/** The last part is written again with each text, until it is so long. Then another part begins. */
const fullPart = 2 ** 18

/** Options of {@link openGrowingObject}. */
export interface GrowingObjectOptions {
  /** Bytes of the file that stay. */
  readonly keepBytes: number
  /** When it is time to append. Default: twice a second at most. */
  readonly pace?: Pace | undefined
}

/**
 * Opens a file of parts for appending after its first `keepBytes` bytes. What follows them is cut off: the last parts go
 * first, so that the file is a beginning of what it was at any time. A text is there for good once `append` has resolved,
 * and as a whole: the part that ends with it is written at once. `turn` comes twice a second at most.
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
    // A text that was appended is there for good: to hurry the next one would take the pace away.
    async flush() {},
    async close() {
      pace.hurry()
    },
  }
}

interface Tail {
  /** The part that goes on with `tail`. */
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
