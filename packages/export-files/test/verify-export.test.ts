import { describe, expect, test } from 'vitest'
import { createFormats, memoryRecord, openRecord, recordNames, verifyExport } from '@ahi-dicom/export-files'
import type { Destination, NamedRecord, OpenRecordOptions, VerificationEvent } from '@ahi-dicom/export-files'
import { instanceDouble } from './instance-double.ts'
import { memoryDestination, textOf, without } from './memory-destination.ts'
import type { MemoryDestination } from './memory-destination.ts'
import { openExport } from './open-export.ts'
import { recordMemory } from './record-memory.ts'

async function exported(count: number): Promise<MemoryDestination> {
  const destination = memoryDestination()
  await using running = await openExport(destination, { layout: 'study/{SOPInstanceUID}' })
  for (let number = 1; number <= count; number++) {
    await running.export(instanceDouble({ sopInstanceUid: `1.${number}`, chunks: [Buffer.from(`file ${number}`)] }))
    if (number === 1) await running.flush()
  }
  await running.record.close({ outcome: 'complete' })
  return destination
}

async function eventsOf(destination: Destination): Promise<readonly VerificationEvent[]> {
  const events: VerificationEvent[] = []
  for await (const event of verifyExport(destination, { maxMemory: recordMemory.bytes })) events.push(event)
  return events
}

test('verifyExport verifies any destination, and counts the flushed files', async () => {
  expect(await eventsOf(await exported(3))).toEqual([
    { kind: 'verified', path: 'study/1.1.dcm', byteLength: 6 },
    { kind: 'verified', path: 'study/1.2.dcm', byteLength: 6 },
    { kind: 'verified', path: 'study/1.3.dcm', byteLength: 6 },
    {
      kind: 'summary',
      files: 3,
      flushed: 1,
      verified: 3,
      byteLength: 18,
      problems: 0,
      isComplete: true,
      unverified: 0,
      unchecked: 0,
    },
  ])
})

test('verifyExport points to the line of a failure that names no item', async () => {
  const destination = memoryDestination()
  {
    await using running = await openExport(destination, { layout: 'study/{SOPInstanceUID}' })
    const failure = { datastoreId: 'd', message: 'no', retryable: true }
    await running.record.fail({ ...failure, code: 'AHI_OUTAGE' })
    await running.record.fail({ ...failure, code: 'AHI_NOT_FOUND', sopInstanceUid: '1.2' })
    await running.record.close({ outcome: 'retryable' })
  }
  const failed = (await eventsOf(destination)).filter((event) => 'problem' in event && event.problem === 'failed')
  expect(failed.map((event) => 'message' in event && event.message)).toEqual([
    'AHI_OUTAGE: see line 1',
    'AHI_NOT_FOUND, instance 1.2 was not exported',
  ])
})

test('verifyExport finds files that a power cut has emptied', async () => {
  const destination = await exported(3)
  destination.cutPower()
  expect(await eventsOf(destination)).toMatchObject([
    { kind: 'verified' },
    { problem: 'hash', path: 'study/1.2.dcm' },
    { problem: 'hash', path: 'study/1.3.dcm' },
    { files: 3, flushed: 1, verified: 1, problems: 2 },
  ])
})

test('verifyExport reports a missing manifest, and refuses a folder without an export', async () => {
  const destination = await exported(2)
  await destination.record.remove(recordNames.manifest)
  const events = await eventsOf(destination)
  expect(events[0]).toMatchObject({ problem: 'record', path: recordNames.manifest })
  expect(events).toContainEqual(expect.objectContaining({ problem: 'unlisted', path: 'study/1.1.dcm' }))
  expect(events.at(-1)).toMatchObject({ files: 0, verified: 0, isComplete: false })
  await expect(eventsOf(memoryDestination())).rejects.toMatchObject({ code: 'OUTPUT_NO_MANIFEST' })
})

function withMessage(message: string): unknown {
  return expect.arrayContaining([expect.stringContaining(message)])
}

test.each(['new', 'overwrite'] as const)(
  'verifyExport says that a run of mode %s was killed, also after a run of another selection',
  async (mode) => {
    const destination = await exported(1)
    if (mode === 'new') await destination.record.remove(recordNames.manifest)
    const formats = createFormats(['dcm'])
    const run = async (options: Pick<OpenRecordOptions, 'mode' | 'selection'>, outcome?: string): Promise<void> => {
      await using record = await openRecord(destination, { formats, ...options })
      // A kill leaves the record without a summary.
      if (outcome !== undefined) await record.close({ outcome })
    }
    const problems = async (): Promise<readonly unknown[]> =>
      (await eventsOf(destination)).flatMap((event) => ('path' in event && 'message' in event ? [event.message] : []))
    await run({ mode, selection: 'large' })
    expect(await problems()).toEqual(withMessage('the last run was stopped, or has not ended'))
    await run({ mode: 'resume', selection: 'small' })
    await run({ mode: 'resume', selection: 'small' }, 'complete')
    expect(await problems()).toEqual(withMessage('an earlier run of another selection was not complete'))
    await run({ mode: 'resume', selection: 'large' }, 'complete')
    expect(await problems()).not.toEqual(withMessage('another selection'))
  },
)

test('files of an export that was started over stay until its selection is complete', async () => {
  const destination = await exported(2)
  const formats = createFormats(['dcm'])
  const run = async (options: Pick<OpenRecordOptions, 'mode' | 'selection'>): Promise<readonly string[]> => {
    await using record = await openRecord(destination, { formats, ...options })
    if (options.mode === 'resume') {
      await record.finish({ isComplete: true })
      await record.close({ outcome: 'complete' })
    }
    return [...destination.files.keys()]
  }
  const both = ['study/1.1.dcm', 'study/1.2.dcm']
  expect(await run({ mode: 'overwrite', selection: 'large' })).toEqual(both)
  expect(await run({ mode: 'resume', selection: 'small' })).toEqual(both)
  expect(await run({ mode: 'resume', selection: 'large' })).toEqual([])
})

test('verifyExport reports a file that cannot be read, and continues', async () => {
  const destination = await exported(2)
  const read: Destination['read'] = async (path) => {
    if (path === 'study/1.1.dcm') throw Object.assign(new Error('it says no'), { code: 'EIO' })
    return destination.read?.(path)
  }
  expect(await eventsOf({ ...destination, read })).toMatchObject([
    { problem: 'unreadable', path: 'study/1.1.dcm', message: 'it cannot be read: EIO' },
    { kind: 'verified' },
    { problems: 1 },
  ])
})

test('verifyExport never reads a path outside of the destination', async () => {
  for (const path of ['../secret', 'study/../../secret', '/secret', 'C:\\secret', 'study\\..\\..\\secret']) {
    const destination = await exported(1)
    const manifest = await textOf(destination.record, recordNames.manifest)
    // A line of an older version has no checksum that would show the change.
    const changed = manifest.replace('"study/1.1.dcm"', () => JSON.stringify(path)).replace(/,"crc32":"\w+"/, '')
    await destination.record.write(recordNames.manifest, Buffer.from(changed))
    const events = await eventsOf(destination)
    expect(events[0]).toMatchObject({ problem: 'outside', path })
  }
})

test('verifyExport refuses a destination that cannot be read back', async () => {
  const destination = without(await exported(1), 'read')
  await expect(eventsOf(destination)).rejects.toMatchObject({ code: 'OUTPUT_NOT_READABLE' })
})

test('verifyExport uses the option digest, and reports the number of files', async () => {
  const destination = without(await exported(3), 'read')
  const asked: string[] = []
  let planned = 0
  const events: VerificationEvent[] = []
  const options = {
    digest: async (path: string) => {
      asked.push(path)
      return path.endsWith('1.2.dcm') ? undefined : { byteLength: 6, sha256: '0'.repeat(64) }
    },
    onStart: ({ files }: { readonly files: number }) => {
      planned = files
    },
  }
  for await (const event of verifyExport(destination, options)) events.push(event)
  expect({ asked, planned }).toEqual({ asked: ['study/1.1.dcm', 'study/1.2.dcm', 'study/1.3.dcm'], planned: 3 })
  expect(events).toMatchObject([{ problem: 'hash' }, { problem: 'missing' }, { problem: 'hash' }, { kind: 'summary' }])
})

test('verifyExport yields failures and damaged lines as it reads them', async () => {
  const destination = await exported(1)
  const { record } = destination
  await record.remove(recordNames.summary)
  const damaged = 1000
  const manifest = await textOf(record, recordNames.manifest)
  await record.write(recordNames.manifest, Buffer.from(`${'no entry\n'.repeat(damaged)}${manifest}torn`))
  let read = 0
  async function* failures(): AsyncGenerator<Uint8Array> {
    for (; read < 100_000; read += 1) yield Buffer.from(`{"code":"AHI_NOT_FOUND","imageSetId":"${read}"}\n`)
  }
  const readRecord = async (name: string) => (name === recordNames.errors ? failures() : await record.read(name))
  let lines = 0
  let failed = 0
  for await (const event of verifyExport({ ...destination, record: { ...record, read: readRecord } })) {
    if (event.kind !== 'problem') continue
    if (event.problem === 'line') lines += 1
    if (event.problem === 'failed') failed += 1
    if (failed === 10) break
  }
  expect(lines).toBe(damaged + 1)
  expect(read).toBeLessThan(20)
})

test('verifyExport reports files in the staging folder of a complete export', async () => {
  const destination = await exported(1)
  destination.files.set('.ahi-dicom/staged/abc/1.9.dcm', Buffer.from('x'))
  const left = { problem: 'unlisted', path: '.ahi-dicom/staged/abc/1.9.dcm' }
  expect(await eventsOf(destination)).toMatchObject([{ kind: 'verified' }, left, { problems: 1 }])
  await destination.record.remove(recordNames.summary)
  expect(await eventsOf(destination)).toMatchObject([{ kind: 'verified' }, { problem: 'incomplete' }, { problems: 1 }])
})

async function problemsOf(destination: Destination): Promise<readonly string[]> {
  const events = await eventsOf(destination)
  return events.flatMap((event) =>
    event.kind === 'problem' ? [`${event.problem} ${event.path}: ${event.message}`] : [],
  )
}

/** Exports instances with several writers. */
async function exportedBy(selections: Readonly<Record<string, readonly string[]>>): Promise<MemoryDestination> {
  const shared = memoryDestination()
  const records: NamedRecord[] = [{ name: '', record: memoryRecord() }]
  for (const [name, contents] of Object.entries(selections)) {
    const record = memoryRecord()
    records.push({ name, record })
    await using running = await openExport({ ...shared, record }, { layout: 'study/{SOPInstanceUID}' })
    for (const content of contents) {
      const [sopInstanceUid = ''] = content.split(' ')
      await running.export(instanceDouble({ sopInstanceUid, chunks: [Buffer.from(content)] }))
    }
    await running.record.close({ outcome: 'complete' })
  }
  return { ...shared, records: () => records }
}

describe('several records of one destination', () => {
  test('are verified together, and may name the same file', async () => {
    const destination = await exportedBy({ 'writers/a': ['1.1 x', '1.2 x'], 'writers/b': ['1.2 x', '1.3 x'] })
    expect((await eventsOf(destination)).at(-1)).toMatchObject({ files: 4, verified: 4, problems: 0, isComplete: true })
  })

  test('name the other record of a file that differs, and report files of none', async () => {
    const destination = await exportedBy({ 'writers/a': ['1.1 x', '1.2 x'], 'writers/b': ['1.2 y'] })
    destination.files.set('study/1.4.dcm', Buffer.from('of nobody'))
    expect(await problemsOf(destination)).toEqual([
      expect.stringMatching(
        /^hash study\/1\.2\.dcm: .*, writers\/a\/manifest\.ndjson says .*; writers\/b\/manifest\.ndjson names a file at this path as well$/u,
      ),
      'unlisted study/1.4.dcm: it is not in the manifest',
    ])
  })

  test('have separate problems', async () => {
    const destination = await exportedBy({ 'writers/a': ['1.1 x'], 'writers/b': ['1.2 y'] })
    for (const { name, record } of destination.records?.() ?? []) {
      if (name === 'writers/b') await record.remove(recordNames.summary)
    }
    const [problem, ...others] = await problemsOf(destination)
    expect(problem).toContain('incomplete writers/b/summary.json: it is not there')
    expect(others).toEqual([])
  })
})
