import { once } from 'node:events'
import { createExporter, type ExportOptions, type ExportProgress, type ExportSummary } from '@ahi-dicom/exporter'
import { expect, test } from 'vitest'
import { AhiErrorDouble, clientDouble, decoderDouble, type ClientDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { recordingSink, type RecordingSink } from './doubles/recording-sink.ts'

const idA = 'a'.repeat(32)
const idB = 'b'.repeat(32)

/** Two image sets of one study: single frames and a cine in the first, a report and a single frame in the second. */
const study = [
  makeImageSet({ imageSetId: idA, versionId: '3', instances: { '1.1': {}, '1.2': {}, '1.3': { frames: 5 } } }),
  makeImageSet({ imageSetId: idB, seriesInstanceUid: '1.2.3.5', instances: { '2.1': { frames: 0 }, '2.2': {} } }),
]

async function run(
  client: ClientDouble,
  sink: RecordingSink,
  options: Partial<ExportOptions> = {},
): Promise<ExportSummary> {
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  const summary = await exporter.exportTo({ datastoreId, selectors: [{ studyInstanceUid: '1.2.3' }], sink, ...options })
  const { selected, written, skipped, failed, unfinished } = summary.instances
  expect(written + skipped + failed + unfinished).toBe(selected)
  expect(sink.events[0]).toBe('open')
  expect(sink.events.at(-1)).toBe('close')
  expect(sink.summaries).toEqual([summary])
  expect(Object.values(summary.errors).reduce((sum, count) => sum + count, 0)).toBe(
    sink.events.filter((event) => event.startsWith('report')).length,
  )
  return summary
}

test('every instance of a study is written, verified, journaled and counted', async () => {
  const sink = recordingSink()
  const summary = await run(clientDouble(study), sink)
  expect(summary).toMatchObject({
    outcome: 'complete',
    datastoreId,
    imageSets: { selected: 2, failed: 0 },
    instances: { selected: 5, written: 5, skipped: 0, failed: 0, unfinished: 0 },
    frames: 8,
    unverifiedFrames: 0,
    files: 5,
    bytesFetched: 8 * 18,
    errors: {},
    warnings: {},
    checksumMismatches: 0,
    retryableOnly: false,
  })
  expect(summary.bytesWritten).toBe([...sink.files.values()].reduce((sum, file) => sum + file.length, 0))
  expect(summary.fatal).toBeUndefined()
  const cine = sink.manifest.find((entry) => entry.sopInstanceUid === '1.3')
  expect(cine).toEqual({
    datastoreId,
    imageSetId: idA,
    versionId: '3',
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.3.4',
    sopInstanceUid: '1.3',
    sopClassUid: '1.2.840.10008.5.1.4.1.1.7',
    path: '1.3.dcm',
    format: 'dcm',
    bytes: sink.files.get('1.3.dcm')?.length,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    frames: 5,
    storedTransferSyntaxUid: '1.2.840.10008.1.2.4.202',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    source: 'frames',
    checksum: 'verified',
  })
  expect(sink.manifest.find((entry) => entry.sopInstanceUid === '2.1')).toMatchObject({ frames: 0, checksum: 'none' })
})

test('pixels are in the files as they were', async () => {
  const sink = recordingSink()
  await run(clientDouble(study), sink)
  const frames = study.flatMap(({ frames }) => [...frames])
  for (const [imageFrameId, stored] of frames) {
    const [uid] = imageFrameId.split('#')
    expect(Buffer.from(sink.files.get(`${uid}.dcm`) ?? []).includes(Buffer.from(stored.subarray(2)))).toBe(true)
  }
})

test('the journal line of an instance follows its write, and the error of another does not hold it up', async () => {
  const sink = recordingSink({
    beforeWrite: async ({ sopInstanceUid }) => {
      if (sopInstanceUid === '1.2') throw new Error('Cannot write: no')
    },
  })
  await run(clientDouble(study), sink)
  for (const { sopInstanceUid } of sink.manifest) {
    expect(sink.events.indexOf(`write ${sopInstanceUid}`)).toBeGreaterThan(0)
    expect(sink.events.indexOf(`journal ${sopInstanceUid}`)).toBeGreaterThan(
      sink.events.indexOf(`write ${sopInstanceUid}`),
    )
  }
  expect(sink.manifest).toHaveLength(4)
})

test('instances that the sink has are skipped, and nothing of them is fetched', async () => {
  const client = clientDouble(study)
  const sink = recordingSink({ completed: (key) => key.sopInstanceUid !== '1.3' && key.imageSetId === idA })
  const summary = await run(client, sink)
  expect(summary).toMatchObject({ outcome: 'complete', instances: { written: 3, skipped: 2 }, duplicates: 0 })
  expect(client.requests.frames.some((id) => id.startsWith('1.1#'))).toBe(false)
})

test('headers only: no frame is fetched', async () => {
  const client = clientDouble(study)
  const sink = recordingSink()
  const summary = await run(client, sink, { headerOnly: true })
  expect(summary).toMatchObject({ outcome: 'complete', instances: { written: 5 }, frames: 0, bytesFetched: 0 })
  expect(client.requests.frames).toEqual([])
  expect(new Set(sink.manifest.map((entry) => entry.checksum))).toEqual(new Set(['none']))
})

test('stored frames are written as AHI keeps them, verified by decoding once', async () => {
  const decoded: number[] = []
  const client = clientDouble(study)
  const sink = recordingSink()
  await using exporter = createExporter({
    client,
    frameDecoder: decoderDouble((bytes) => void decoded.push(bytes.length)),
  })
  const options = { datastoreId, selectors: [{ imageSetId: idA }], sink, transferSyntax: 'stored' } as const
  const summary = await exporter.exportTo(options)
  expect(summary).toMatchObject({ outcome: 'complete', frames: 7, unverifiedFrames: 0 })
  expect(decoded).toHaveLength(7)
  const [stored] = study[0]?.frames.values() ?? []
  expect(Buffer.from(sink.files.get('1.1.dcm') ?? []).includes(Buffer.from(stored ?? [1]))).toBe(true)
  expect(sink.manifest[0]).toMatchObject({ transferSyntaxUid: '1.2.840.10008.1.2.4.202', checksum: 'verified' })
})

test('stored frames that are not verified are said to be so', async () => {
  const sink = recordingSink()
  const summary = await run(clientDouble(study), sink, { transferSyntax: 'stored', verifyFrames: false })
  expect(summary).toMatchObject({ outcome: 'complete', frames: 8, unverifiedFrames: 8 })
  expect(sink.manifest.find((entry) => entry.sopInstanceUid === '1.1')).toMatchObject({ checksum: 'unverified' })
})

test.each(['explicit', 'stored'] as const)(
  '%s: a frame damaged on its way is fetched once more',
  async (transferSyntax) => {
    const damaged = new Set(['1.1#0', '1.3#2'])
    const client = clientDouble(study, {
      frame: async ({ imageFrameId }, stored) => {
        if (damaged.delete(imageFrameId)) stored[5] = (stored[5] ?? 0) ^ 1
        return stored
      },
    })
    const sink = recordingSink()
    expect(await run(client, sink, { transferSyntax })).toMatchObject({ outcome: 'complete', unverifiedFrames: 0 })
    expect(client.requests.frames).toHaveLength(10)
    const untouched = recordingSink()
    await run(clientDouble(study), untouched, { transferSyntax })
    expect(sink.files.get('1.3.dcm')).toEqual(untouched.files.get('1.3.dcm'))
  },
)

test.each(['explicit', 'stored'] as const)(
  '%s: a frame that stays damaged is named, and the rest is written',
  async (transferSyntax) => {
    const client = clientDouble(study, {
      frame: async ({ imageFrameId }, stored) => {
        if (imageFrameId === '1.3#2') stored[5] = (stored[5] ?? 0) ^ 1
        return stored
      },
    })
    const sink = recordingSink()
    const summary = await run(client, sink, { transferSyntax })
    expect(summary).toMatchObject({
      outcome: 'checksum-mismatch',
      instances: { written: 4, failed: 1 },
      errors: { FRAME_CHECKSUM_MISMATCH: 1 },
      checksumMismatches: 1,
      retryableOnly: false,
    })
    expect(sink.errors[0]).toMatchObject({
      imageSetId: idA,
      seriesInstanceUid: '1.2.3.4',
      sopInstanceUid: '1.3',
      imageFrameId: '1.3#2',
      code: 'FRAME_CHECKSUM_MISMATCH',
      retryable: false,
    })
    expect(client.requests.frames.filter((id) => id === '1.3#2')).toHaveLength(2)
  },
)

test('a frame that does not decode, and one that is not there, fail their instances alone', async () => {
  const client = clientDouble(study, {
    frame: async ({ imageFrameId }, stored) => {
      if (imageFrameId === '1.2#0') throw new AhiErrorDouble('AHI_NOT_FOUND')
      return imageFrameId === '1.1#0' ? stored.subarray(7).slice() : stored
    },
  })
  const summary = await run(client, recordingSink())
  expect(summary).toMatchObject({
    outcome: 'failed',
    instances: { written: 3, failed: 2 },
    errors: { FRAME_UNDECODABLE: 1, FRAME_MISSING: 1 },
    checksumMismatches: 0,
  })
})

test('failures that may pass by themselves, and only those, make the job retryable', async () => {
  const throttled = { frame: async () => Promise.reject(new AhiErrorDouble('AHI_THROTTLED', true)) }
  const summary = await run(clientDouble(study, throttled), recordingSink())
  expect(summary).toMatchObject({
    outcome: 'retryable',
    instances: { written: 1, failed: 4 },
    errors: { AHI_THROTTLED: 4 },
    retryableOnly: true,
  })
})

test('an image set whose metadata cannot be read fails alone', async () => {
  const client = clientDouble(study, {
    metadata: async (imageSetId) => {
      if (imageSetId === idA) throw new AhiErrorDouble('METADATA_NOT_JSON')
    },
  })
  const sink = recordingSink()
  expect(await run(client, sink)).toMatchObject({
    outcome: 'failed',
    imageSets: { selected: 2, failed: 1 },
    instances: { selected: 2, written: 2 },
  })
  expect(sink.errors).toMatchObject([{ imageSetId: idA, code: 'METADATA_NOT_JSON' }])
})

test.each(['AHI_CREDENTIALS', 'AHI_ACCESS_DENIED'])('%s ends the job and keeps what is done', async (code) => {
  const client = clientDouble(study, {
    frame: async ({ imageFrameId }, stored) => {
      if (imageFrameId.startsWith('1.2')) throw new AhiErrorDouble(code)
      return stored
    },
  })
  const sink = recordingSink()
  const summary = await run(client, sink, { instanceConcurrency: 1 })
  expect(summary).toMatchObject({
    outcome: 'fatal',
    instances: { selected: 5, written: 1, failed: 1, unfinished: 3 },
    fatal: { code },
  })
  expect(sink.manifest.map((entry) => entry.sopInstanceUid)).toEqual(['1.1'])
})

test.each([
  Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' }),
  Object.assign(new Error('Cannot write'), { code: 'OUTPUT_DISK_FULL', fatal: true }),
  new Error('Cannot write', { cause: Object.assign(new Error('EROFS'), { code: 'EROFS', syscall: 'open' }) }),
])('a sink that can write no more ends the job: %s', async (failure) => {
  const sink = recordingSink({
    beforeWrite: async () => {
      throw failure
    },
  })
  expect(await run(clientDouble(study), sink, { instanceConcurrency: 1 })).toMatchObject({
    outcome: 'fatal',
    instances: { written: 0, failed: 1, unfinished: 4 },
  })
})

test('a failure that cannot be recorded ends the job', async () => {
  const sink = recordingSink({ report: async () => Promise.reject(new Error('Cannot record')) })
  await using exporter = createExporter({ client: clientDouble([]), frameDecoder: decoderDouble() })
  const summary = await exporter.exportTo({ datastoreId, selectors: [{ imageSetId: idA }], sink })
  expect(summary).toMatchObject({ outcome: 'fatal', errors: { AHI_NOT_FOUND: 1 }, fatal: { message: 'Cannot record' } })
})

test('an instance that cannot be journaled counts as failed', async () => {
  const sink = recordingSink({
    journal: async ({ sopInstanceUid }) => {
      if (sopInstanceUid === '1.1') throw new Error('Cannot journal')
    },
  })
  expect(await run(clientDouble(study), sink)).toMatchObject({
    outcome: 'failed',
    instances: { written: 4, failed: 1 },
  })
})

test('a sink that cannot be opened or closed rejects', async () => {
  await using exporter = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
  const job = { datastoreId, selectors: [{ imageSetId: idA }] }
  const closed = { ...recordingSink(), open: async () => Promise.reject(new Error('Cannot open')) }
  await expect(exporter.exportTo({ ...job, sink: closed })).rejects.toThrow('Cannot open')
  const stuck = { ...recordingSink(), close: async () => Promise.reject(new Error('Cannot close')) }
  await expect(exporter.exportTo({ ...job, sink: stuck })).rejects.toThrow('Cannot close')
})

test('a data store that does not exist is fatal', async () => {
  const client = clientDouble([], { search: async () => Promise.reject(new AhiErrorDouble('AHI_NOT_FOUND')) })
  for (const selectors of ['all', [{ studyInstanceUid: '1.2.3' }]] as const) {
    expect(await run(client, recordingSink(), { selectors })).toMatchObject({
      outcome: 'fatal',
      fatal: { code: 'AHI_NOT_FOUND' },
    })
  }
})

test('a search that fails otherwise fails its selector alone', async () => {
  let searches = 0
  const client = clientDouble(study, {
    search: async () => {
      searches += 1
      if (searches === 1) throw new AhiErrorDouble('AHI_UNAVAILABLE', true)
    },
  })
  const sink = recordingSink()
  const selectors = [{ studyInstanceUid: '1.9' }, { studyInstanceUid: '1.2.3' }]
  expect(await run(client, sink, { selectors })).toMatchObject({ outcome: 'retryable', instances: { written: 5 } })
  expect(sink.errors).toMatchObject([{ studyInstanceUid: '1.9', code: 'AHI_UNAVAILABLE', retryable: true }])
})

test('selectors that lead to nothing are named', async () => {
  const sink = recordingSink()
  const nothing = [
    { studyInstanceUid: '9.9' },
    { studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.4', sopInstanceUid: '7.7' },
  ]
  expect(await run(clientDouble(study), sink, { selectors: nothing })).toMatchObject({
    outcome: 'nothing-selected',
    instances: { selected: 0 },
    errors: { NOTHING_SELECTED: 2 },
  })
  expect(sink.errors).toMatchObject([{ studyInstanceUid: '9.9' }, { studyInstanceUid: '1.2.3', sopInstanceUid: '7.7' }])
  const some = [...nothing, { imageSetId: idB }]
  expect(await run(clientDouble(study), recordingSink(), { selectors: some })).toMatchObject({
    outcome: 'failed',
    instances: { written: 2 },
  })
})

test('an empty data store and an empty list of selectors select nothing', async () => {
  expect(await run(clientDouble([]), recordingSink(), { selectors: 'all' })).toMatchObject({
    outcome: 'nothing-selected',
  })
  expect(await run(clientDouble(study), recordingSink(), { selectors: [] })).toMatchObject({
    outcome: 'nothing-selected',
  })
})

test('a series and an instance select just that', async () => {
  const sink = recordingSink()
  const selectors = [
    { studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.5' },
    { studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.4', sopInstanceUid: '1.2' },
  ]
  const client = clientDouble(study)
  expect(await run(client, sink, { selectors })).toMatchObject({ outcome: 'complete', instances: { written: 3 } })
  expect([...sink.files.keys()].sort()).toEqual(['1.2.dcm', '2.1.dcm', '2.2.dcm'])
  expect(client.requests.metadata.sort()).toEqual([idA, idB])
})

test('many instances of one image set cost one search and one document', async () => {
  const client = clientDouble(study)
  const selectors = ['1.1', '1.2', '1.3'].map((sopInstanceUid) => ({
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.3.4',
    sopInstanceUid,
  }))
  async function* lines(): AsyncGenerator<(typeof selectors)[number]> {
    yield* selectors
  }
  expect(await run(client, recordingSink(), { selectors: lines() })).toMatchObject({ instances: { written: 3 } })
  expect(client.requests).toMatchObject({ searches: ['1.2.3'], metadata: [idA] })
})

const copies = [
  makeImageSet({ imageSetId: idB, isPrimary: false, instances: { '1.1': {}, '1.9': {} } }),
  makeImageSet({ imageSetId: idA, instances: { '1.1': {}, '1.2': {} } }),
]

test('image sets that are not primary are left out', async () => {
  for (const selectors of ['all', [{ studyInstanceUid: '1.2.3' }]] as const) {
    const sink = recordingSink()
    const summary = await run(clientDouble(copies), sink, { selectors })
    expect(summary).toMatchObject({ outcome: 'complete', imageSets: { selected: 1 }, instances: { written: 2 } })
    expect(sink.manifest.every((entry) => entry.imageSetId === idA)).toBe(true)
  }
})

test('a study that only non-primary image sets have selects nothing and says so', async () => {
  const sink = recordingSink()
  const summary = await run(clientDouble(copies.slice(0, 1)), sink)
  expect(summary.outcome).toBe('nothing-selected')
  expect(sink.errors[0]?.message).toMatch(/only image sets that are not primary have it \(1\)/)
})

test('with non-primary image sets the primary one wins duplicates, wherever the search puts it', async () => {
  const sink = recordingSink()
  const summary = await run(clientDouble(copies), sink, { includeNonPrimary: true })
  expect(summary).toMatchObject({
    outcome: 'complete',
    instances: { selected: 4, written: 3, skipped: 1 },
    duplicates: 1,
  })
  expect(sink.manifest.find((entry) => entry.sopInstanceUid === '1.1')).toMatchObject({ imageSetId: idA })
})

test('a non-primary image set can be named by its id', async () => {
  const sink = recordingSink()
  await run(clientDouble(copies), sink, { selectors: [{ imageSetId: idB }] })
  expect(sink.manifest.map((entry) => entry.sopInstanceUid).sort()).toEqual(['1.1', '1.9'])
})

test('abort in the middle: the rest is unfinished, what is written stays, the sink is closed', async () => {
  const controller = new AbortController()
  const sink = recordingSink({
    beforeWrite: async ({ sopInstanceUid }) => {
      if (sopInstanceUid === '1.3') controller.abort(new Error('enough'))
    },
  })
  const summary = await run(clientDouble(study), sink, { signal: controller.signal, instanceConcurrency: 1 })
  expect(summary).toMatchObject({
    outcome: 'interrupted',
    instances: { selected: 5, written: 2, failed: 0, unfinished: 3 },
    errors: {},
  })
  expect(sink.manifest.map((entry) => entry.sopInstanceUid)).toEqual(['1.1', '1.2'])
})

test('abort after the last instance interrupts nothing', async () => {
  const controller = new AbortController()
  const onProgress = ({ instances }: ExportProgress): void => {
    if (instances.done === 5) controller.abort(new Error('too late'))
  }
  const summary = await run(clientDouble(study), recordingSink(), { signal: controller.signal, onProgress })
  expect(summary).toMatchObject({ outcome: 'complete', instances: { written: 5, unfinished: 0 } })
})

test('abort ends requests that hang', async () => {
  const controller = new AbortController()
  const client = clientDouble(study, {
    frame: async ({ signal = controller.signal }) => {
      if (client.requests.frames.length >= 6) controller.abort(new Error('enough'))
      else await once(signal, 'abort')
      throw signal.reason
    },
  })
  const summary = await run(client, recordingSink(), { signal: controller.signal })
  expect(summary).toMatchObject({ outcome: 'interrupted', instances: { failed: 0 }, errors: {} })
})

test('a signal that has aborted leaves the sink alone', async () => {
  const sink = recordingSink()
  await using exporter = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(exporter.exportTo({ datastoreId, selectors: 'all', sink, signal })).rejects.toThrow('enough')
  expect(sink.events).toEqual([])
})

test('closing the exporter interrupts its jobs and waits for them', async () => {
  const exporter = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
  let closing: Promise<void> | undefined
  const sink = recordingSink({
    beforeWrite: async () => {
      closing ??= exporter.close()
    },
  })
  const summary = await exporter.exportTo({ datastoreId, selectors: 'all', sink })
  await closing
  expect(summary.outcome).toBe('interrupted')
  await expect(exporter.exportTo({ datastoreId, selectors: 'all', sink })).rejects.toMatchObject({
    code: 'EXPORTER_CLOSED',
  })
})

test('progress never goes back, and ends at the totals', async () => {
  const seen: ExportProgress[] = []
  await run(clientDouble(study), recordingSink(), { onProgress: (progress) => seen.push(progress) })
  for (const [index, progress] of seen.entries()) {
    const before = seen[index - 1] ?? progress
    expect(progress.instances.done).toBeGreaterThanOrEqual(before.instances.done)
    expect(progress.bytesWritten).toBeGreaterThanOrEqual(before.bytesWritten)
    expect(progress.instances.done).toBeLessThanOrEqual(progress.instances.total)
  }
  expect(seen.at(-1)).toMatchObject({
    imageSets: { done: 2, total: 2 },
    instances: { done: 5, total: 5, failed: 0 },
    isTotalKnown: true,
    frames: { done: 8, total: 8 },
  })
})

test('whoever watches and throws ends the job, and no instance is counted twice', async () => {
  const summary = await run(clientDouble(study), recordingSink(), {
    onProgress: () => {
      throw new Error('Cannot show progress')
    },
  })
  expect(summary).toMatchObject({ outcome: 'fatal', fatal: { message: 'Cannot show progress' } })
})

async function* brokenList(): AsyncGenerator<{ imageSetId: string }> {
  yield { imageSetId: idB }
  throw new Error('Cannot read the list')
}

test('selectors that cannot be read to the end are fatal', async () => {
  const summary = await run(clientDouble(study), recordingSink(), { selectors: brokenList() })
  expect(summary).toMatchObject({ outcome: 'fatal', fatal: { message: 'Cannot read the list' } })
})

test('at most two documents are read ahead of the instances', async () => {
  const many = Array.from({ length: 9 }, (_, index) =>
    makeImageSet({
      imageSetId: String(index).repeat(32),
      seriesInstanceUid: `1.2.3.${index}`,
      instances: { [`3.${index}`]: {} },
    }),
  )
  const client = clientDouble(many)
  const documentsAtWrite: number[] = []
  const sink = recordingSink({ beforeWrite: async () => void documentsAtWrite.push(client.requests.metadata.length) })
  await run(client, sink, { instanceConcurrency: 1 })
  for (const [index, documents] of documentsAtWrite.entries()) expect(documents).toBeLessThanOrEqual(index + 1 + 1 + 2)
})
