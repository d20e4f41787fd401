import { stat } from 'node:fs/promises'
import { PassThrough, Writable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { streamDestination } from '@ahi-dicom/exporter-archive'
import { entryOf, instanceDouble } from '../../export-files/test/instance-double.ts'
import { openExport } from '../../export-files/test/open-export.ts'
import { fileOf, noise, readByPython, temporaryFolder } from './support.ts'

/** Creates a stream that keeps the bytes written to it. */
function collector(): { readonly stream: Writable; readonly bytes: () => Buffer } {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(Buffer.from(chunk))
      done()
    },
  })
  return { stream, bytes: () => Buffer.concat(chunks) }
}

describe('streamDestination', () => {
  test.each(['tar', 'tar.gz'] as const)('writes a %s with the record, and leaves the stream open', async (format) => {
    using folder = temporaryFolder()
    const { stream, bytes } = collector()
    {
      await using running = await openExport(streamDestination({ stream, format }))
      await running.export(instanceDouble({ sopInstanceUid: '1.2.3' }))
      await running.record.finish({ isComplete: true })
      await running.record.close({ outcome: 'complete' })
    }
    expect(stream.writableEnded).toBe(false)
    const path = folder.at(`x.${format}`)
    writeFileSync(path, bytes())
    expect(Object.keys(readByPython(path))).toEqual(['1.2.3.dcm', 'manifest.ndjson', 'summary.json'])
  })

  test('waits for the reader, so that unread bytes are bounded', async () => {
    const stream = new PassThrough({ highWaterMark: 1000 })
    const maxMemory = 100_000
    const destination = streamDestination({ stream, format: 'tar', maxMemory })
    const running = await openExport(destination)
    let taken = 0
    let isDone = false
    async function exportAll(): Promise<void> {
      for (let number = 0; number < 200; number++) {
        const instance = instanceDouble({ sopInstanceUid: `1.2.${number}` })
        const stored = await destination.write(fileOf(`${number}.dcm`, [noise(10_000)]))
        taken += 1
        await running.record.add([entryOf(instance, { ...stored, format: 'dcm' })])
      }
      isDone = true
    }
    const exporting = exportAll()
    // Waits until the export makes no more progress without a reader.
    for (let before = -1, turns = 0; turns < 100; turns++) {
      if (before !== taken) turns = 0
      before = taken
      await stat('.')
    }
    expect(isDone).toBe(false)
    expect(taken * 10_000).toBeLessThanOrEqual(maxMemory + 100_000)
    stream.resume()
    await exporting
    await running.record.close({ outcome: 'complete' })
    await destination.close()
    expect(isDone).toBe(true)
  })

  test('fails with a clear error when the reader is gone', async () => {
    const stream = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    })
    const destination = streamDestination({ stream, format: 'tar', name: 'standard output', maxMemory: 1000 })
    const running = await openExport(destination)
    await running.export(instanceDouble({ sopInstanceUid: '1.2.3' }))
    const refused = {
      code: 'OUTPUT_NOT_WRITABLE',
      fatal: true,
      message: expect.stringContaining('"standard output": the program that reads it has stopped'),
    }
    await running.record.close()
    await expect(destination.close()).rejects.toMatchObject(refused)
  })

  test('leaves out the end of the archive if the export does not finish', async () => {
    const { stream, bytes } = collector()
    const destination = streamDestination({ stream, format: 'tar.gz' })
    const running = await openExport(destination)
    await running.export(instanceDouble({ sopInstanceUid: '1.2.3' }))
    await running.record.close()
    await destination.close({ isFinished: false })
    expect(() => gunzipSync(bytes())).toThrow('unexpected end of file')
  })
})
