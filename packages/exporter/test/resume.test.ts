import { createExporter, type ExporterClient, type ExportOptions, type ExportSummary } from '@ahi-dicom/exporter'
import { createFormats, recordNames, verifyExport } from '@ahi-dicom/export-files'
import { describe, expect, test } from 'vitest'
import {
  clientDouble,
  decoderDouble,
  oneByOne,
  wholeInstance,
  type ClientDouble,
  type ClientFaults,
} from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { flatLayout, recordingDestination, type RecordingDestination } from './doubles/recording-destination.ts'

const imageSetId = 'a'.repeat(32)
const study = [makeImageSet({ imageSetId, instances: { '1.1': {}, '1.2': { frames: 2 }, '1.3': {}, '1.4': {} } })]

interface Run {
  readonly client: ClientDouble
  readonly destination: RecordingDestination
  readonly summary: ExportSummary
}

async function run(
  options: Partial<ExportOptions> = {},
  earlier?: RecordingDestination,
  faults: ClientFaults = {},
): Promise<Run> {
  const client = clientDouble(study, { instance: oneByOne, ...faults })
  const destination = recordingDestination({}, earlier)
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  const mode = earlier === undefined ? 'new' : 'resume'
  const job = { datastoreId, selectors: 'all', destination, layout: flatLayout, mode } as const
  return { client, destination, summary: await exporter.exportTo({ ...job, ...options }) }
}

/** Returns the content of the files of a new export. */
async function afresh(options: Partial<ExportOptions>): Promise<Record<string, string>> {
  return contentOf((await run(options)).destination)
}

function contentOf({ files }: RecordingDestination): Record<string, string> {
  return Object.fromEntries([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('hex')]))
}

async function problemsOf(destination: RecordingDestination): Promise<readonly string[]> {
  const problems: string[] = []
  for await (const event of verifyExport(destination)) if (event.kind === 'problem') problems.push(event.message)
  return problems
}

const some = [{ studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.4', sopInstanceUid: '1.1' }]

function pngs(options: Parameters<typeof createFormats>[1]): Partial<ExportOptions> {
  return { formats: createFormats(['png'], options) }
}

/** Removes the description of an export. Records of older versions do not have one. */
async function withoutDescription(destination: RecordingDestination): Promise<RecordingDestination> {
  await destination.record.remove(recordNames.description)
  return destination
}

describe('an export with other options than the recorded ones', () => {
  test.each<[string, Partial<ExportOptions>, Partial<ExportOptions>]>([
    ['only attributes, then all', { headerOnly: true }, {}],
    ['all, then only attributes', {}, { headerOnly: true }],
    ['decoded, then as stored', {}, { transferSyntax: 'stored' }],
    ['from frames, then whole instances', {}, { source: 'instance' }],
    ['whole instances, then from frames', { source: 'instance' }, {}],
    ['another layout', { layout: 'a/{SOPInstanceUID}' }, { layout: 'b/{SOPInstanceUID}' }],
    ['other bits', pngs({ png: { bits: 16 } }), pngs({})],
    ['another window', pngs({}), pngs({ png: { window: { center: 40, width: 400 } } })],
    ['overlays', pngs({}), pngs({ png: { overlays: true } })],
  ])('is refused, or writes files again if there is no description: %s', async (_, before, after) => {
    const first = await run({ ...before, selectors: some })
    const files = contentOf(first.destination)
    await expect(run(after, first.destination)).rejects.toMatchObject({
      code: 'OUTPUT_DIFFERENT',
      message: expect.stringMatching(/recorded .*, asked .*mode 'overwrite'/),
    })
    expect(contentOf(first.destination)).toEqual(files)
    const mixed = await run(after, await withoutDescription(first.destination))
    expect(mixed.summary).toMatchObject({ outcome: 'complete', instances: { written: 4, skipped: 0 } })
    expect(contentOf(mixed.destination)).toEqual(await afresh(after))
    expect(await problemsOf(mixed.destination)).toEqual([])
    const { size } = mixed.destination.files
    const again = await run(after, mixed.destination)
    expect(again.summary).toMatchObject({
      outcome: 'complete',
      instances: { written: 0, skipped: 4 },
      record: { files: size },
    })
    expect(again.client.requests).toMatchObject({ frames: [], instances: [] })
  })

  test('writes only those files again that were made with other options', async () => {
    const first = await run({ transferSyntax: 'stored' })
    const half = await run({ selectors: some }, await withoutDescription(first.destination))
    expect(half.summary.instances).toMatchObject({ written: 1 })
    const { summary, destination } = await run({}, half.destination)
    expect(summary.instances).toMatchObject({ written: 3, skipped: 1 })
    expect(destination.manifest.map(({ sopInstanceUid }) => sopInstanceUid).toSorted()).toEqual(['1.2', '1.3', '1.4'])
    expect(contentOf(destination)).toEqual(await afresh({}))
  })
})

describe('frames that were not verified', () => {
  /** Returns other bytes for one frame. */
  const wrongFrame: ClientFaults = {
    frame: async ({ imageFrameId }, stored) => {
      if (imageFrameId === '1.3#0') stored[5] = (stored[5] ?? 0) ^ 1
      return stored
    },
  }

  test('are read again by an export that verifies, if verification was turned off', async () => {
    const stored = { transferSyntax: 'stored' } as const
    const first = await run({ ...stored, verifyFrames: false }, undefined, wrongFrame)
    expect(first.summary).toMatchObject({ outcome: 'complete', uncheckedInstances: 4, unverifiedInstances: 0 })
    const unchanged = await run({ ...stored, verifyFrames: false }, first.destination)
    expect(unchanged.summary).toMatchObject({ outcome: 'complete', instances: { skipped: 4 }, uncheckedInstances: 4 })
    const { summary, destination } = await run(stored, unchanged.destination)
    expect(summary).toMatchObject({ outcome: 'complete', instances: { written: 4 }, uncheckedInstances: 0 })
    expect(contentOf(destination)).toEqual(await afresh(stored))
  })

  test('are reported, counted, and not read again, if they cannot be verified', async () => {
    const [imageSet = study[0]] = study
    const metadata = structuredClone(imageSet?.metadata)
    const instances = Object.values(metadata?.Study.Series ?? {}).flatMap(({ Instances }) => Object.values(Instances))
    for (const { ImageFrames } of instances.slice(0, 2)) {
      for (const frame of ImageFrames) delete frame.PixelDataChecksumFromBaseToFullResolution
    }
    if (imageSet === undefined || metadata === undefined) throw new TypeError('no image set')
    const client = clientDouble([{ ...imageSet, metadata }])
    await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
    const destination = recordingDestination()
    const job = { datastoreId, selectors: 'all', layout: flatLayout } as const
    const summary = await exporter.exportTo({ ...job, destination })
    expect(summary).toMatchObject({
      outcome: 'unverified',
      instances: { written: 4 },
      frames: 5,
      unverifiedFrames: 3,
      unverifiedInstances: 2,
      warnings: { FRAMES_UNVERIFIED: 2 },
      record: { unverifiedFiles: 2 },
    })
    expect(destination.warnings).toMatchObject([
      { code: 'FRAMES_UNVERIFIED', sopInstanceUid: '1.1', message: expect.stringContaining('1 of 1 frames') },
      { code: 'FRAMES_UNVERIFIED', sopInstanceUid: '1.2', message: expect.stringContaining('2 of 2 frames') },
    ])
    client.requests.frames.length = 0
    const again = recordingDestination({}, destination)
    expect(await exporter.exportTo({ ...job, destination: again, mode: 'resume' })).toMatchObject({
      outcome: 'unverified',
      instances: { written: 0, skipped: 4 },
      unverifiedInstances: 2,
    })
    expect(client.requests.frames).toEqual([])
    expect(await problemsOf(again)).toEqual([])
    // Pictures are made from single frames.
    const pictures = recordingDestination()
    const formats = createFormats(['png'])
    expect(await exporter.exportTo({ ...job, destination: pictures, formats })).toMatchObject({
      outcome: 'unverified',
      frames: 5,
      unverifiedFrames: 3,
      unverifiedInstances: 2,
    })
  })
})

test('an export of one selection does not complete an export of another', async () => {
  const refusing: ClientFaults = { frame: async () => Promise.reject(new Error('no')) }
  const other = [{ studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.4', sopInstanceUid: '1.2' }]
  const failed = await run({ selectors: some }, undefined, refusing)
  const second = await run({ selectors: other }, failed.destination)
  expect(second.summary.outcome).toBe('complete')
  expect(await problemsOf(second.destination)).toEqual([
    'an earlier run of another selection was not complete; resume it with what it selected',
  ])
  const third = await run({ selectors: other }, second.destination)
  expect(await problemsOf(third.destination)).toHaveLength(1)
  const last = await run({ selectors: some }, third.destination)
  expect(await problemsOf(last.destination)).toEqual([])
  const all = await run({}, second.destination)
  expect(await problemsOf(all.destination)).toEqual([])
})

test('an export of everything completes only exports of the same data store, with primary image sets and latest versions', async () => {
  const refusing: ClientFaults = { frame: async () => Promise.reject(new Error('no')) }
  const [withNonPrimary, version] = [
    { nonPrimary: 'include' },
    { selectors: [{ imageSetId, versionId: '1' }] },
  ] as const
  for (const [failing, completing, isComplete] of [
    [withNonPrimary, {}, false],
    [withNonPrimary, withNonPrimary, true],
    [{ selectors: some, ...withNonPrimary }, {}, false],
    [{ selectors: some, ...withNonPrimary }, withNonPrimary, true],
    [{}, withNonPrimary, true],
    [{ selectors: some }, {}, true],
    [{ selectors: [{ imageSetId }] }, {}, true],
    [version, withNonPrimary, false],
    [version, version, true],
    [{ datastoreId: 'f'.repeat(32) }, withNonPrimary, false],
  ] satisfies readonly (readonly [Partial<ExportOptions>, Partial<ExportOptions>, boolean])[]) {
    const failed = await run(failing, undefined, refusing)
    const { destination, summary } = await run(completing, await withoutDescription(failed.destination))
    expect(summary.outcome).toBe('complete')
    expect(await problemsOf(destination)).toHaveLength(isComplete ? 0 : 1)
  }
})

test('frames are counted when they are read, whatever the document lists', async () => {
  const [imageSet] = study
  const metadata = structuredClone(imageSet?.metadata)
  const [instance] = Object.values(metadata?.Study.Series ?? {}).flatMap(({ Instances }) => Object.values(Instances))
  if (imageSet === undefined || metadata === undefined || instance === undefined) throw new TypeError('no image set')
  const images = Array.from({ length: 1000 }, (_, index) => ({ ID: `1.1#${index}` }))
  instance.ImageFrames = [...instance.ImageFrames, ...images.slice(1)]
  const whole = await wholeInstance(imageSet, '1.1', 'explicit')
  const client: ExporterClient = {
    ...clientDouble([{ ...imageSet, metadata }]),
    getDICOMInstance: async () => ({ data: oneByOne(whole), contentType: 'application/dicom', byteLength: undefined }),
  }
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  const destination = recordingDestination()
  const summary = await exporter.exportTo({ datastoreId, selectors: some, destination, layout: flatLayout })
  expect(summary).toMatchObject({ instances: { written: 1 }, frames: 1, unverifiedFrames: 1, outcome: 'unverified' })
})

describe('an export into a folder that loses something', () => {
  test('is not complete, and reports the lost files at the end', async () => {
    const destination = recordingDestination({
      journal: async ({ sopInstanceUid }) => {
        if (sopInstanceUid === '1.4') for (const path of ['1.1.dcm', '1.2.dcm']) destination.files.delete(path)
      },
    })
    const client = clientDouble(study)
    await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
    const job = { datastoreId, selectors: 'all', layout: flatLayout, instanceConcurrency: 1 } as const
    expect(await exporter.exportTo({ ...job, destination })).toMatchObject({
      outcome: 'failed',
      instances: { written: 2, failed: 2 },
      errors: { OUTPUT_FILE_LOST: 2 },
    })
    expect(destination.errors).toMatchObject([{ sopInstanceUid: '1.1' }, { sopInstanceUid: '1.2' }])
    const again = recordingDestination({}, destination)
    expect(await exporter.exportTo({ ...job, destination: again, mode: 'resume' })).toMatchObject({
      outcome: 'complete',
      instances: { written: 2, skipped: 2 },
    })
  })

  test('reports a hundred instances, and counts the others', async () => {
    const instances = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`5.${index}`, { frames: 0 }]))
    const many = [makeImageSet({ imageSetId, instances })]
    const destination = recordingDestination({
      journal: async () => destination.files.clear(),
    })
    await using exporter = createExporter({ client: clientDouble(many), frameDecoder: decoderDouble() })
    const summary = await exporter.exportTo({ datastoreId, selectors: 'all', destination, layout: flatLayout })
    expect(summary.outcome).toBe('failed')
    expect(summary.instances.failed).toBeGreaterThan(110)
    expect(destination.errors).toHaveLength(101)
    expect(destination.errors.at(-1)?.message).toMatch(/files of \d+ more instances/)
  })

  test('ends when the record is gone', async () => {
    const destination = recordingDestination({
      journal: async ({ sopInstanceUid }) => {
        if (sopInstanceUid === '1.4') await destination.record.remove('manifest.ndjson')
      },
    })
    await using exporter = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
    const job = { datastoreId, selectors: 'all', layout: flatLayout, instanceConcurrency: 1 } as const
    expect(await exporter.exportTo({ ...job, destination })).toMatchObject({
      outcome: 'fatal',
      fatal: { code: 'OUTPUT_RECORD_LOST' },
    })
  })
})

describe('an export that is started over', () => {
  test('with another layout leaves no file of the earlier one', async () => {
    const first = await run({ layout: 'old/{SOPInstanceUID}' })
    const { summary, destination } = await run({ mode: 'overwrite' }, first.destination)
    expect(summary).toMatchObject({ outcome: 'complete', record: { files: 4 } })
    expect(contentOf(destination)).toEqual(await afresh({}))
    expect(await problemsOf(destination)).toEqual([])
  })

  test('that fails keeps files of the earlier one', async () => {
    const first = await run({ layout: 'old/{SOPInstanceUID}' })
    const refusing: ClientFaults = { frame: async () => Promise.reject(new Error('no')) }
    const { summary, destination } = await run({ mode: 'overwrite' }, first.destination, refusing)
    expect(summary).toMatchObject({ outcome: 'failed', instances: { failed: 4 } })
    expect([...destination.files.keys()]).toHaveLength(4)
    expect(await problemsOf(destination)).toContainEqual(
      expect.stringContaining('ended as "failed", 4 instances failed'),
    )
    const resumed = await run({}, destination)
    expect(resumed.summary).toMatchObject({ outcome: 'complete', instances: { written: 4 } })
    expect(contentOf(resumed.destination)).toEqual(await afresh({}))
  })

  test('and selects nothing removes nothing', async () => {
    const first = await run({ layout: 'old/{SOPInstanceUID}' })
    const { summary, destination } = await run({ mode: 'overwrite', selectors: [] }, first.destination)
    expect(summary.outcome).toBe('nothing-selected')
    expect([...destination.files.keys()]).toHaveLength(4)
  })
})
