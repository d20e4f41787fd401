import { once } from 'node:events'
import { createExporter, type ExportOptions, type ExportProgress, type ExportSummary } from '@ahi-dicom/exporter'
import { expect, test } from 'vitest'
import { AhiErrorDouble, clientDouble, decoderDouble, type ClientDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { flatLayout, recordingDestination, uidOf, type RecordingDestination } from './doubles/recording-destination.ts'

const idA = 'a'.repeat(32)
const idB = 'b'.repeat(32)

/** Two image sets of one study: single frames and a cine in the first, a report and a single frame in the second. */
const study = [
  makeImageSet({ imageSetId: idA, versionId: '3', instances: { '1.1': {}, '1.2': {}, '1.3': { frames: 5 } } }),
  makeImageSet({ imageSetId: idB, seriesInstanceUid: '1.2.3.5', instances: { '2.1': { frames: 0 }, '2.2': {} } }),
]

async function run(
  client: ClientDouble,
  destination: RecordingDestination,
  options: Partial<ExportOptions> = {},
): Promise<ExportSummary> {
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  const job = { datastoreId, selectors: [{ studyInstanceUid: '1.2.3' }], destination, layout: flatLayout }
  const summary = await exporter.exportTo({ ...job, ...options })
  const { selected, written, skipped, failed, unfinished } = summary.instances
  expect(written + skipped + failed + unfinished).toBe(selected)
  expect(destination.events[0]).toBe('open')
  expect(destination.events.at(-1)).toBe('close')
  expect(destination.summaries).toEqual([summary])
  expect(Object.values(summary.errors).reduce((sum, count) => sum + count, 0)).toBe(
    destination.events.filter((event) => event.startsWith('report')).length,
  )
  return summary
}

test('every instance of a study is written, verified, journaled and counted', async () => {
  const destination = recordingDestination()
  const summary = await run(clientDouble(study), destination)
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
  expect(summary.bytesWritten).toBe([...destination.files.values()].reduce((sum, file) => sum + file.length, 0))
  expect(summary.fatal).toBeUndefined()
  const cine = destination.manifest.find((entry) => entry.sopInstanceUid === '1.3')
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
    bytes: destination.files.get('1.3.dcm')?.length,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    frames: 5,
    storedTransferSyntaxUid: '1.2.840.10008.1.2.4.202',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    source: 'frames',
    request: { form: 'explicit', source: 'frames' },
    checksum: 'verified',
    crc32: expect.stringMatching(/^[0-9a-f]{8}$/),
  })
  expect(destination.manifest.find((entry) => entry.sopInstanceUid === '2.1')).toMatchObject({
    frames: 0,
    checksum: 'none',
  })
})

test('files contain the original pixels', async () => {
  const destination = recordingDestination()
  await run(clientDouble(study), destination)
  const frames = study.flatMap(({ frames }) => [...frames])
  for (const [imageFrameId, stored] of frames) {
    const [uid] = imageFrameId.split('#')
    expect(Buffer.from(destination.files.get(`${uid}.dcm`) ?? []).includes(Buffer.from(stored.subarray(2)))).toBe(true)
  }
})

test('an instance is recorded after it is written, and does not wait for the error of another', async () => {
  const destination = recordingDestination({
    beforeWrite: async (file) => {
      if (uidOf(file) === '1.2') throw new Error('Cannot write: no')
    },
  })
  await run(clientDouble(study), destination)
  for (const { sopInstanceUid } of destination.manifest) {
    expect(destination.events.indexOf(`write ${sopInstanceUid}`)).toBeGreaterThan(0)
    expect(destination.events.indexOf(`journal ${sopInstanceUid}`)).toBeGreaterThan(
      destination.events.indexOf(`write ${sopInstanceUid}`),
    )
  }
  expect(destination.manifest).toHaveLength(4)
})

test('instances that the destination has are skipped, and not fetched', async () => {
  const client = clientDouble(study)
  const earlier = recordingDestination()
  const { sopInstanceUid, ...series } = {
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.3.4',
    sopInstanceUid: '1.1',
  }
  const selectors = [
    { ...series, sopInstanceUid },
    { ...series, sopInstanceUid: '1.2' },
  ]
  await run(clientDouble(study), earlier, { selectors })
  const destination = recordingDestination({}, earlier)
  const summary = await run(client, destination, { mode: 'resume' })
  expect(summary).toMatchObject({ outcome: 'complete', instances: { written: 3, skipped: 2 }, duplicates: 0 })
  expect(client.requests.frames.some((id) => id.startsWith('1.1#'))).toBe(false)
})

test('headers only: no frame is fetched', async () => {
  const client = clientDouble(study)
  const destination = recordingDestination()
  const summary = await run(client, destination, { headerOnly: true })
  expect(summary).toMatchObject({ outcome: 'complete', instances: { written: 5 }, frames: 0, bytesFetched: 0 })
  expect(client.requests.frames).toEqual([])
  expect(new Set(destination.manifest.map((entry) => entry.checksum))).toEqual(new Set(['none']))
})

test('stored frames are written unchanged, and decoded once to verify them', async () => {
  const decoded: number[] = []
  const client = clientDouble(study)
  const destination = recordingDestination()
  await using exporter = createExporter({
    client,
    frameDecoder: decoderDouble((bytes) => void decoded.push(bytes.length)),
  })
  const job = { datastoreId, selectors: [{ imageSetId: idA }], destination, layout: flatLayout }
  const summary = await exporter.exportTo({ ...job, transferSyntax: 'stored' })
  expect(summary).toMatchObject({ outcome: 'complete', frames: 7, unverifiedFrames: 0 })
  expect(decoded).toHaveLength(7)
  const [stored] = study[0]?.frames.values() ?? []
  expect(Buffer.from(destination.files.get('1.1.dcm') ?? []).includes(Buffer.from(stored ?? [1]))).toBe(true)
  expect(destination.manifest[0]).toMatchObject({ transferSyntaxUid: '1.2.840.10008.1.2.4.202', checksum: 'verified' })
})

test('stored frames that are not verified are reported as such', async () => {
  const destination = recordingDestination()
  const summary = await run(clientDouble(study), destination, { transferSyntax: 'stored', verifyFrames: false })
  expect(summary).toMatchObject({ outcome: 'complete', frames: 8, unverifiedFrames: 8, uncheckedInstances: 4 })
  expect(destination.manifest.find((entry) => entry.sopInstanceUid === '1.1')).toMatchObject({ checksum: 'skipped' })
})

test.each(['explicit', 'stored'] as const)(
  '%s: a frame damaged in transit is fetched once more',
  async (transferSyntax) => {
    const damaged = new Set(['1.1#0', '1.3#2'])
    const client = clientDouble(study, {
      frame: async ({ imageFrameId }, stored) => {
        if (damaged.delete(imageFrameId)) stored[5] = (stored[5] ?? 0) ^ 1
        return stored
      },
    })
    const destination = recordingDestination()
    expect(await run(client, destination, { transferSyntax })).toMatchObject({
      outcome: 'complete',
      unverifiedFrames: 0,
    })
    expect(client.requests.frames).toHaveLength(10)
    const untouched = recordingDestination()
    await run(clientDouble(study), untouched, { transferSyntax })
    expect(destination.files.get('1.3.dcm')).toEqual(untouched.files.get('1.3.dcm'))
  },
)

test.each(['explicit', 'stored'] as const)(
  '%s: a frame that stays damaged is reported, and the rest is written',
  async (transferSyntax) => {
    const client = clientDouble(study, {
      frame: async ({ imageFrameId }, stored) => {
        if (imageFrameId === '1.3#2') stored[5] = (stored[5] ?? 0) ^ 1
        return stored
      },
    })
    const destination = recordingDestination()
    const summary = await run(client, destination, { transferSyntax })
    expect(summary).toMatchObject({
      outcome: 'checksum-mismatch',
      instances: { written: 4, failed: 1 },
      errors: { FRAME_CHECKSUM_MISMATCH: 1 },
      checksumMismatches: 1,
      retryableOnly: false,
    })
    expect(destination.errors[0]).toMatchObject({
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

test('a frame that does not decode, and a missing frame, fail only their instances', async () => {
  const client = clientDouble(study, {
    frame: async ({ imageFrameId }, stored) => {
      if (imageFrameId === '1.2#0') throw new AhiErrorDouble('AHI_NOT_FOUND')
      return imageFrameId === '1.1#0' ? stored.subarray(7).slice() : stored
    },
  })
  const summary = await run(client, recordingDestination())
  expect(summary).toMatchObject({
    outcome: 'failed',
    instances: { written: 3, failed: 2 },
    errors: { FRAME_UNDECODABLE: 1, FRAME_MISSING: 1 },
    checksumMismatches: 0,
  })
})

test('the job is retryable only if all failures may pass on a retry', async () => {
  const throttled = { frame: async () => Promise.reject(new AhiErrorDouble('AHI_THROTTLED', true)) }
  const summary = await run(clientDouble(study, throttled), recordingDestination())
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
  const destination = recordingDestination()
  expect(await run(client, destination)).toMatchObject({
    outcome: 'failed',
    imageSets: { selected: 2, failed: 1 },
    instances: { selected: 2, written: 2 },
  })
  expect(destination.errors).toMatchObject([{ imageSetId: idA, code: 'METADATA_NOT_JSON' }])
})

test('credentials that AHI refuses end the job, and written files stay', async () => {
  const code = 'AHI_CREDENTIALS'
  const client = clientDouble(study, {
    frame: async ({ imageFrameId }, stored) => {
      if (imageFrameId.startsWith('1.2')) throw new AhiErrorDouble(code)
      return stored
    },
  })
  const destination = recordingDestination()
  const summary = await run(client, destination, { instanceConcurrency: 1 })
  expect(summary).toMatchObject({
    outcome: 'fatal',
    instances: { selected: 5, written: 1, failed: 1, unfinished: 3 },
    fatal: { code },
  })
  expect(destination.manifest.map((entry) => entry.sopInstanceUid)).toEqual(['1.1'])
})

/** Image sets with one instance each. */
const many = Array.from({ length: 60 }, (_, index) =>
  makeImageSet({ imageSetId: String(index).padStart(32, '0'), instances: { [`4.${index + 1}`]: { frames: 1 } } }),
)
const refused = (operation?: string): Promise<never> =>
  Promise.reject(new AhiErrorDouble('AHI_ACCESS_DENIED', false, operation))

test.each([
  ['metadata', { metadata: () => refused('GetImageSetMetadata') }],
  ['frames', { frame: () => refused('GetImageFrame') }],
])('if %s are refused for the first 20 image sets, the job ends', async (_, faults) => {
  const client = clientDouble(many, faults)
  const summary = await run(client, recordingDestination(), { instanceConcurrency: 1 })
  expect(summary).toMatchObject({
    outcome: 'fatal',
    errors: { AHI_ACCESS_DENIED: 20 },
    fatal: { code: 'AHI_ACCESS_DENIED', message: expect.stringContaining('first 20 image sets') },
  })
  // Up to 33 more were requested ahead.
  expect(client.requests.metadata.length).toBeLessThan(56)
})

test('if one image set is permitted, refused ones are reported and the rest is exported', async () => {
  const client = clientDouble(many, {
    metadata: async (imageSetId) => {
      if (Number(imageSetId) % 5 !== 0) await refused()
    },
  })
  const destination = recordingDestination()
  const summary = await run(client, destination)
  expect(summary).toMatchObject({ outcome: 'failed', instances: { written: 12 }, imageSets: { failed: 48 } })
  expect(destination.errors.map(({ imageSetId }) => Number(imageSetId) % 5)).not.toContain(0)
})

test('a resumed job with one exported image set continues when the others are refused', async () => {
  const faults = {
    metadata: async (imageSetId: string) => {
      if (Number(imageSetId) > 0) await refused()
    },
  }
  const first = recordingDestination()
  await run(clientDouble(many, faults), first)
  const summary = await run(clientDouble(many, faults), recordingDestination({}, first), { mode: 'resume' })
  expect(summary).toMatchObject({ outcome: 'failed', instances: { skipped: 1 }, imageSets: { failed: 59 } })
})

test.each([
  Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' }),
  Object.assign(new Error('Cannot write'), { code: 'OUTPUT_DISK_FULL', fatal: true }),
  new Error('Cannot write', { cause: Object.assign(new Error('EROFS'), { code: 'EROFS', syscall: 'open' }) }),
])('a destination that cannot take more files ends the job: %s', async (failure) => {
  const destination = recordingDestination({
    beforeWrite: async () => {
      throw failure
    },
  })
  expect(await run(clientDouble(study), destination, { instanceConcurrency: 1 })).toMatchObject({
    outcome: 'fatal',
    instances: { written: 0, failed: 1, unfinished: 4 },
  })
})

test('a failure that cannot be recorded ends the job', async () => {
  const destination = recordingDestination({ report: async () => Promise.reject(new Error('Cannot record')) })
  await using exporter = createExporter({ client: clientDouble([]), frameDecoder: decoderDouble() })
  const summary = await exporter.exportTo({ datastoreId, selectors: [{ imageSetId: idA }], destination })
  expect(summary).toMatchObject({
    outcome: 'fatal',
    errors: { NOTHING_SELECTED: 1 },
    fatal: { message: 'Cannot record' },
  })
  expect(summary.unrecorded).toEqual([{ name: 'errors.ndjson', message: 'Cannot record', entries: 1 }])
  expect(destination.summaries).toMatchObject([{ outcome: 'fatal', unrecorded: summary.unrecorded }])
})

test('an instance that cannot be recorded counts as failed', async () => {
  const destination = recordingDestination({
    journal: async ({ sopInstanceUid }) => {
      if (sopInstanceUid === '1.1') throw new Error('Cannot journal')
    },
  })
  expect(await run(clientDouble(study), destination, { instanceConcurrency: 1 })).toMatchObject({
    outcome: 'failed',
    instances: { written: 4, failed: 1 },
  })
})

test('a destination that cannot be opened or closed rejects', async () => {
  await using exporter = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
  const job = { datastoreId, selectors: [{ imageSetId: idA }] }
  const closed = { ...recordingDestination(), open: async () => Promise.reject(new Error('Cannot open')) }
  await expect(exporter.exportTo({ ...job, destination: closed })).rejects.toThrow('Cannot open')
  const stuck = { ...recordingDestination(), close: async () => Promise.reject(new Error('Cannot close')) }
  await expect(exporter.exportTo({ ...job, destination: stuck })).rejects.toThrow('Cannot close')
})

test('a data store that does not exist is fatal', async () => {
  const client = clientDouble([], { search: async () => Promise.reject(new AhiErrorDouble('AHI_NOT_FOUND')) })
  for (const selectors of ['all', [{ studyInstanceUid: '1.2.3' }]] as const) {
    expect(await run(client, recordingDestination(), { selectors })).toMatchObject({
      outcome: 'fatal',
      fatal: { code: 'AHI_NOT_FOUND' },
    })
  }
})

test('a search that fails for another reason fails only its selector', async () => {
  let searches = 0
  const client = clientDouble(study, {
    search: async () => {
      searches += 1
      if (searches === 1) throw new AhiErrorDouble('AHI_UNAVAILABLE', true)
    },
  })
  const destination = recordingDestination()
  const selectors = [{ studyInstanceUid: '1.9' }, { studyInstanceUid: '1.2.3' }]
  expect(await run(client, destination, { selectors })).toMatchObject({
    outcome: 'retryable',
    instances: { written: 5 },
  })
  expect(destination.errors).toMatchObject([{ studyInstanceUid: '1.9', code: 'AHI_UNAVAILABLE', retryable: true }])
})

test('selectors that match nothing are reported', async () => {
  const destination = recordingDestination()
  const nothing = [
    { studyInstanceUid: '9.9' },
    { studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.4', sopInstanceUid: '7.7' },
  ]
  expect(await run(clientDouble(study), destination, { selectors: nothing })).toMatchObject({
    outcome: 'nothing-selected',
    instances: { selected: 0 },
    errors: { NOTHING_SELECTED: 2 },
  })
  expect(destination.errors).toMatchObject([
    { studyInstanceUid: '9.9' },
    { studyInstanceUid: '1.2.3', sopInstanceUid: '7.7' },
  ])
  const some = [...nothing, { imageSetId: idB }]
  expect(await run(clientDouble(study), recordingDestination(), { selectors: some })).toMatchObject({
    outcome: 'failed',
    instances: { written: 2 },
  })
})

test('an empty data store and an empty list of selectors select nothing', async () => {
  expect(await run(clientDouble([]), recordingDestination(), { selectors: 'all' })).toMatchObject({
    outcome: 'nothing-selected',
  })
  expect(await run(clientDouble(study), recordingDestination(), { selectors: [] })).toMatchObject({
    outcome: 'nothing-selected',
  })
})

test('a selector of a series or an instance selects only that', async () => {
  const destination = recordingDestination()
  const selectors = [
    { studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.5' },
    { studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.4', sopInstanceUid: '1.2' },
  ]
  const client = clientDouble(study)
  expect(await run(client, destination, { selectors })).toMatchObject({
    outcome: 'complete',
    instances: { written: 3 },
  })
  expect([...destination.files.keys()].sort()).toEqual(['1.2.dcm', '2.1.dcm', '2.2.dcm'])
  expect(client.requests.metadata.sort()).toEqual([idA, idB])
})

test('many instances of one image set need one search and one document', async () => {
  const client = clientDouble(study)
  const selectors = ['1.1', '1.2', '1.3'].map((sopInstanceUid) => ({
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.3.4',
    sopInstanceUid,
  }))
  async function* lines(): AsyncGenerator<(typeof selectors)[number]> {
    yield* selectors
  }
  expect(await run(client, recordingDestination(), { selectors: lines() })).toMatchObject({ instances: { written: 3 } })
  expect(client.requests).toMatchObject({ searches: ['1.2.3'], metadata: [idA] })
})

const copies = [
  makeImageSet({ imageSetId: idB, isPrimary: false, instances: { '1.1': {}, '1.9': {} } }),
  makeImageSet({ imageSetId: idA, instances: { '1.1': {}, '1.2': {} } }),
]

test('image sets that are not primary are left out', async () => {
  for (const selectors of ['all', [{ studyInstanceUid: '1.2.3' }]] as const) {
    const destination = recordingDestination()
    const summary = await run(clientDouble(copies), destination, { selectors })
    expect(summary).toMatchObject({ outcome: 'complete', imageSets: { selected: 1 }, instances: { written: 2 } })
    expect(destination.manifest.every((entry) => entry.imageSetId === idA)).toBe(true)
  }
})

test('a study that is only in non-primary image sets selects nothing, and the message says why', async () => {
  const destination = recordingDestination()
  const summary = await run(clientDouble(copies.slice(0, 1)), destination)
  expect(summary.outcome).toBe('nothing-selected')
  expect(destination.errors[0]?.message).toMatch(/only image sets that are not primary have it \(1\)/)
})

test('a duplicate is taken from the primary image set, in any order of the search', async () => {
  const destination = recordingDestination()
  const summary = await run(clientDouble(copies), destination, { nonPrimary: 'include' })
  expect(summary).toMatchObject({
    outcome: 'complete',
    instances: { selected: 4, written: 3, skipped: 1 },
    duplicates: 1,
  })
  expect(destination.manifest.find((entry) => entry.sopInstanceUid === '1.1')).toMatchObject({ imageSetId: idA })
})

test('a non-primary image set can be named by its id', async () => {
  const destination = recordingDestination()
  await run(clientDouble(copies), destination, { selectors: [{ imageSetId: idB }] })
  expect(destination.manifest.map((entry) => entry.sopInstanceUid).sort()).toEqual(['1.1', '1.9'])
})

test('an abort leaves the rest unfinished, keeps written files, and closes the destination', async () => {
  const controller = new AbortController()
  const destination = recordingDestination({
    beforeWrite: async (file) => {
      if (uidOf(file) === '1.3') controller.abort(new Error('enough'))
    },
  })
  const summary = await run(clientDouble(study), destination, { signal: controller.signal, instanceConcurrency: 1 })
  expect(summary).toMatchObject({
    outcome: 'interrupted',
    instances: { selected: 5, written: 2, failed: 0, unfinished: 3 },
    errors: {},
  })
  expect(destination.manifest.map((entry) => entry.sopInstanceUid)).toEqual(['1.1', '1.2'])
})

test('an abort after the last instance interrupts nothing', async () => {
  const controller = new AbortController()
  const onProgress = ({ instances }: ExportProgress): void => {
    if (instances.done === 5) controller.abort(new Error('too late'))
  }
  const summary = await run(clientDouble(study), recordingDestination(), { signal: controller.signal, onProgress })
  expect(summary).toMatchObject({ outcome: 'complete', instances: { written: 5, unfinished: 0 } })
})

test('an abort ends hanging requests', async () => {
  const controller = new AbortController()
  const client = clientDouble(study, {
    frame: async ({ signal = controller.signal }) => {
      if (client.requests.frames.length >= 4) controller.abort(new Error('enough'))
      else await once(signal, 'abort')
      throw signal.reason
    },
  })
  const summary = await run(client, recordingDestination(), { signal: controller.signal })
  expect(summary).toMatchObject({ outcome: 'interrupted', instances: { failed: 0 }, errors: {} })
})

test('if the signal has already aborted, the destination is not opened', async () => {
  const destination = recordingDestination()
  await using exporter = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(exporter.exportTo({ datastoreId, selectors: 'all', destination, signal })).rejects.toThrow('enough')
  expect(destination.events).toEqual([])
})

test('closing the exporter interrupts its jobs and waits for them', async () => {
  const exporter = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
  let closing: Promise<void> | undefined
  const destination = recordingDestination({
    beforeWrite: async () => {
      closing ??= exporter.close()
    },
  })
  const summary = await exporter.exportTo({ datastoreId, selectors: 'all', destination, layout: flatLayout })
  await closing
  expect(summary.outcome).toBe('interrupted')
  await expect(
    exporter.exportTo({ datastoreId, selectors: 'all', destination, layout: flatLayout }),
  ).rejects.toMatchObject({
    code: 'EXPORTER_CLOSED',
  })
})

test('progress never decreases, and ends at the totals', async () => {
  const seen: ExportProgress[] = []
  await run(clientDouble(study), recordingDestination(), { onProgress: (progress) => seen.push(progress) })
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

test('a callback that throws ends the job, and no instance is counted twice', async () => {
  const summary = await run(clientDouble(study), recordingDestination(), {
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
  const summary = await run(clientDouble(study), recordingDestination(), { selectors: brokenList() })
  expect(summary).toMatchObject({ outcome: 'fatal', fatal: { message: 'Cannot read the list' } })
})

test('at most 32 documents are read ahead of the instances', async () => {
  const many = Array.from({ length: 50 }, (_, index) =>
    makeImageSet({
      imageSetId: String(index).padStart(32, '0'),
      seriesInstanceUid: `1.2.3.${index}`,
      instances: { [`3.${index}`]: {} },
    }),
  )
  const client = clientDouble(many)
  const documentsAtWrite: number[] = []
  const destination = recordingDestination({
    beforeWrite: async () => void documentsAtWrite.push(client.requests.metadata.length),
  })
  await run(client, destination, { instanceConcurrency: 1 })
  for (const [index, documents] of documentsAtWrite.entries()) expect(documents).toBeLessThanOrEqual(index + 1 + 1 + 32)
})

test.each([false, true])(
  'messages about files name no patient, whatever the destination reports; fatal: %s',
  async (fatal) => {
    const templates = ['{SeriesDescription}/{SOPInstanceUID}', '{SeriesDescription}/{SeriesDescription}']
    for (const layout of templates) {
      const destination = recordingDestination({
        async beforeWrite({ path }) {
          const [folder, name] = path.split('/')
          const message = `EACCES: permission denied, mkdir '/out/${folder}', for "/out/${path}", rename '/out/${folder}/.${name}.part'`
          throw Object.assign(new Error(message), { code: 'DENIED', fatal })
        },
      })
      const summary = await run(clientDouble(study), destination, { layout })
      const [message = ''] = destination.errors.map((entry) => entry.message)
      expect(message).toMatch(/mkdir '\/out\/\{SeriesDescription\}', for "\/out\/\{SeriesDescription\}\//)
      expect(JSON.stringify([destination.errors, summary])).not.toContain('noise')
      expect(summary.outcome).toBe(fatal ? 'fatal' : 'failed')
    }
  },
)
