import { describe, expect, test } from 'vitest'
import { createFormats, openRecord, recordNames } from '@ahi-dicom/export-files'
import { instanceDouble } from './instance-double.ts'
import { memoryDestination, textOf, without } from './memory-destination.ts'
import type { MemoryDestination } from './memory-destination.ts'
import { openExport } from './open-export.ts'
import type { OpenExport } from './open-export.ts'

const instances = [1, 2, 3, 4].map((number) =>
  instanceDouble({ sopInstanceUid: `1.${number}`, chunks: [Buffer.from(`file ${number}`)] }),
)
const [first = instanceDouble(), second = instanceDouble(), third = instanceDouble(), fourth = instanceDouble()] =
  instances

async function noteOf(destination: MemoryDestination): Promise<unknown> {
  const text = await textOf(destination.record, recordNames.flushed)
  return text === '' ? undefined : JSON.parse(text)
}

/** Exports four instances and notes the first two as flushed. Ends without flushing the others. */
async function stopHalfway(destination: MemoryDestination): Promise<void> {
  const running = await openExport(destination)
  await running.export(first)
  await running.export(second)
  await running.flush()
  await running.export(third)
  await running.export(fourth)
  await running.record.close()
}

function missing(running: OpenExport): readonly string[] {
  return instances.filter((instance) => !running.completed(instance)).map(({ sopInstanceUid }) => sopInstanceUid)
}

describe('the flushed note', () => {
  test('starts at 0, then covers the lines before the flush', async () => {
    const destination = memoryDestination()
    await using running = await openExport(destination)
    expect(await noteOf(destination)).toEqual({ manifestBytes: 0 })
    await running.export(first)
    const position = running.record.position()
    await running.export(second)
    expect(running.record.unflushedPaths()).toEqual(['1.1.dcm', '1.2.dcm'])
    await destination.flush?.()
    await running.record.flushed(position)
    expect(await noteOf(destination)).toEqual({ manifestBytes: position })
    expect(running.record.unflushedPaths()).toEqual(['1.2.dcm'])
  })

  test('covers lines only once the manifest is flushed', async () => {
    const destination = memoryDestination()
    const calls: string[] = []
    const { record } = destination
    const watched = {
      ...record,
      async append(name: string, keepBytes: number) {
        const log = await record.append(name, keepBytes)
        return { ...log, flush: async () => (calls.push(`flush ${name}`), log.flush()) }
      },
      write: async (name: string, bytes: Uint8Array) => (calls.push(`write ${name}`), record.write(name, bytes)),
    }
    await using running = await openExport({ ...destination, record: watched })
    calls.length = 0
    await running.export(first)
    await running.flush()
    expect(calls).toEqual(['flush manifest.ndjson', 'write flushed.json'])
  })

  test('covers no line after the export is started over', async () => {
    const destination = memoryDestination()
    await stopHalfway(destination)
    const before = await noteOf(destination)
    await using running = await openExport(destination, { mode: 'overwrite' })
    expect(await noteOf(destination)).toEqual(before)
    expect(before).toMatchObject({ manifestBytes: expect.any(Number) })
    await running.export(first)
    expect(running.record.unflushedPaths()).toEqual(['1.1.dcm'])
  })

  test('is not written for a destination that flushes each file', async () => {
    const destination = memoryDestination()
    const flushing = without(destination, 'flush')
    const running = await openExport(flushing)
    await running.export(first)
    await running.flush()
    expect(running.record.unflushedPaths()).toEqual([])
    await running.record.close()
    expect(await noteOf(destination)).toBeUndefined()
    await using again = await openExport(flushing, { mode: 'resume' })
    expect(again.completed(first)).toBe(true)
  })
})

describe('after a power cut', () => {
  test('files that are not noted as flushed are compared by their bytes', async () => {
    const destination = memoryDestination()
    await stopHalfway(destination)
    destination.cutPower()
    await using running = await openExport(destination, { mode: 'resume' })
    expect(missing(running)).toEqual(['1.3', '1.4'])
  })

  test('damaged files are removed, so that no later run counts them as flushed', async () => {
    const destination = memoryDestination()
    await stopHalfway(destination)
    destination.cutPower()
    const running = await openExport(destination, { mode: 'resume' })
    expect([...destination.files.keys()]).toEqual(['1.1.dcm', '1.2.dcm'])
    await running.export(third)
    await running.flush()
    await running.record.close()
    await using again = await openExport(destination, { mode: 'resume' })
    expect(missing(again)).toEqual(['1.4'])
  })

  test('a file that cannot be read is written again', async () => {
    const destination = memoryDestination()
    await stopHalfway(destination)
    const read: MemoryDestination['read'] = async (path) => {
      if (path === '1.3.dcm') throw new Error('EIO')
      return destination.read?.(path)
    }
    await using running = await openExport({ ...destination, read }, { mode: 'resume' })
    expect(missing(running)).toEqual(['1.3'])
    expect([...destination.files.keys()]).not.toContain('1.3.dcm')
  })

  test('files that are noted as flushed are compared by size', async () => {
    const destination = memoryDestination()
    await stopHalfway(destination)
    destination.files.set('1.1.dcm', Buffer.from('FILE 1'))
    destination.files.set('1.2.dcm', Buffer.from('file'))
    let reads = 0
    const read: MemoryDestination['read'] = (...args) => ((reads += 1), destination.read?.(...args) ?? Promise.reject())
    await using running = await openExport({ ...destination, read }, { mode: 'resume' })
    expect(missing(running)).toEqual(['1.2'])
    expect(reads).toBe(2)
  })

  test('the next run flushes files that an earlier run did not flush', async () => {
    const destination = memoryDestination()
    const running = await openExport(destination)
    await running.export(first)
    await running.record.close()
    // After a kill, the bytes are still there.
    const flushedPaths: string[] = []
    const flush = async (others: Iterable<string> = []): Promise<void> => void flushedPaths.push(...others)
    await using again = await openExport({ ...destination, flush }, { mode: 'resume' })
    expect(flushedPaths).toEqual(['1.1.dcm'])
    expect(again.completed(first)).toBe(true)
  })

  test('the check stops when the signal aborts', async () => {
    const destination = memoryDestination()
    await stopHalfway(destination)
    const controller = new AbortController()
    const reason = new Error('enough')
    const read: MemoryDestination['read'] = (...args) => {
      controller.abort(reason)
      return destination.read?.(...args) ?? Promise.reject(reason)
    }
    const options = { mode: 'resume', formats: createFormats(['dcm']), signal: controller.signal } as const
    await expect(openRecord({ ...destination, read }, options)).rejects.toBe(reason)
    await (await openExport(destination, { mode: 'resume' })).record.close()
  })

  test('a damaged note covers nothing', async () => {
    const destination = memoryDestination()
    await stopHalfway(destination)
    for (const note of ['', '\0\0\0\0', 'null', '{}']) {
      await destination.record.write(recordNames.flushed, Buffer.from(note))
      destination.files.set('1.1.dcm', Buffer.from('FILE 1'))
      await using running = await openExport(destination, { mode: 'resume' })
      expect(missing(running)).toContain('1.1')
      expect(await noteOf(destination)).toEqual({ manifestBytes: 0 })
      await running.export(first)
    }
  })

  test('a note beyond the end of the manifest does not cover new lines', async () => {
    const destination = memoryDestination()
    await stopHalfway(destination)
    const length = Buffer.byteLength(await textOf(destination.record, recordNames.manifest))
    const note = { manifestBytes: length * 2 }
    await destination.record.write(recordNames.flushed, Buffer.from(JSON.stringify(note)))
    await using _running = await openExport(destination, { mode: 'resume' })
    expect(await noteOf(destination)).toEqual({ manifestBytes: length })
  })

  test('an export of an older version without the note counts as flushed', async () => {
    const destination = memoryDestination()
    await stopHalfway(destination)
    await destination.record.remove(recordNames.flushed)
    destination.cutPower()
    const length = Buffer.byteLength(await textOf(destination.record, recordNames.manifest))
    await using running = await openExport(destination, { mode: 'resume' })
    expect(missing(running)).toEqual([])
    expect(await noteOf(destination)).toEqual({ manifestBytes: length })
  })
})
