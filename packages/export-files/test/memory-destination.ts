import { createHash } from 'node:crypto'
import { memoryRecord } from '@ahi-dicom/export-files'
import type { Destination, NamedRecord, RecordStore } from '@ahi-dicom/export-files'

/** A destination in memory. A power cut empties files that are not flushed. */
export interface MemoryDestination extends Destination {
  readonly files: Map<string, Uint8Array>
  /** Paths of flushed files. */
  readonly flushed: Set<string>
  records?(): Iterable<NamedRecord>
  list(): Iterable<{ readonly path: string; readonly byteLength: number }>
  /** Simulates a power cut: fills files that are not flushed with zeros. */
  cutPower(): void
  /** Returns the lines of a file of the record, or none if it does not exist. */
  linesOf(name: string): Promise<readonly unknown[]>
}

export function memoryDestination(record: RecordStore = memoryRecord()): MemoryDestination {
  const files = new Map<string, Uint8Array>()
  const flushed = new Set<string>()
  const unflushed = new Set<string>()
  return {
    name: 'memory',
    record,
    files,
    flushed,
    async open() {},
    async write({ path, chunks }, { signal } = {}) {
      const parts: Uint8Array[] = []
      for await (const chunk of chunks) {
        signal?.throwIfAborted()
        parts.push(chunk.slice())
      }
      const bytes = Buffer.concat(parts)
      files.set(path, bytes)
      flushed.delete(path)
      unflushed.add(path)
      return { path, byteLength: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') }
    },
    async remove(path) {
      files.delete(path)
    },
    async move(from, to) {
      const bytes = files.get(from)
      if (bytes === undefined) return
      files.delete(from)
      files.set(to, bytes)
      if (flushed.delete(from)) flushed.add(to)
      else unflushed.add(to)
    },
    async flush(others = []) {
      for (const path of [...unflushed, ...others]) flushed.add(path)
      unflushed.clear()
    },
    async close() {},
    async read(path) {
      const bytes = files.get(path)
      return bytes && [bytes]
    },
    list: () => [...files].map(([path, { byteLength }]) => ({ path, byteLength })),
    cutPower() {
      for (const [path, { byteLength }] of files) if (!flushed.has(path)) files.set(path, new Uint8Array(byteLength))
    },
    async linesOf(name) {
      const text = await textOf(record, name)
      return text.split('\n').flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]))
    },
  }
}

/** Returns a destination without some members of another. */
export function without(
  destination: Destination,
  ...names: readonly ('read' | 'list' | 'flush' | 'move')[]
): Destination {
  const rest: Destination = { ...destination }
  for (const name of names) delete rest[name]
  return rest
}

/** Returns the text of a file of the record, or an empty text if it does not exist. */
export async function textOf(record: RecordStore, name: string): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of (await record.read(name)) ?? []) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
