import { createHash } from 'node:crypto'
import { createFormats, verifyExport, type Format, type VerificationEvent } from '@ahi-dicom/export-files'
import {
  createExporter,
  type ExportOptions,
  type ExportSummary,
  type SeriesFileEntry,
  type SeriesFormat,
  type SyncOptions,
} from '@ahi-dicom/exporter'
import { describe, expect, test } from 'vitest'
import { AhiErrorDouble, clientDouble, decoderDouble, type ClientDouble, type ClientFaults } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { flatLayout, recordingDestination, type RecordingDestination } from './doubles/recording-destination.ts'
import { createFormat } from './lanes/sum-format.ts'

const [one, two] = ['a'.repeat(32), 'b'.repeat(32)]
const first = makeImageSet({
  imageSetId: one,
  studyInstanceUid: '1.2.3',
  seriesInstanceUid: '1.2.3.1',
  instances: { '1.2': {}, '1.1': { frames: 2 }, '1.3': {} },
})
const second = makeImageSet({
  imageSetId: two,
  studyInstanceUid: '1.2.3',
  seriesInstanceUid: '1.2.3.2',
  instances: { '2.1': {}, '2.2': {} },
})

function store(faults: ClientFaults = {}): ClientDouble {
  return clientDouble([first, second], faults)
}

type Options = Partial<ExportOptions> & Partial<Pick<SyncOptions, 'deleteGone'>>

interface Run {
  readonly destination: RecordingDestination
  readonly summary: ExportSummary
  readonly lines: readonly SeriesFileEntry[]
}

async function run(client: ClientDouble, options: Options = {}, earlier?: RecordingDestination): Promise<Run> {
  const destination = recordingDestination({}, earlier)
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  const job = { datastoreId, selectors: 'all', layout: flatLayout, destination, formats: [createFormat()] } as const
  const summary = await exporter.exportTo({ ...job, ...options })
  return { destination, summary, lines: linesOf(destination) }
}

async function sync(
  client: ClientDouble,
  earlier: RecordingDestination,
  options: Partial<SyncOptions> = {},
): Promise<Run> {
  const destination = recordingDestination({}, earlier)
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  const job = { datastoreId, selectors: 'all', layout: flatLayout, destination, formats: [createFormat()] } as const
  const summary = await exporter.sync({ ...job, ...options })
  return { destination, summary, lines: linesOf(destination) }
}

function linesOf({ manifest }: RecordingDestination): readonly SeriesFileEntry[] {
  const lines: readonly object[] = manifest
  return lines.filter((line): line is SeriesFileEntry => 'scope' in line && 'path' in line)
}

function textOf({ files }: RecordingDestination, path: string): string {
  return Buffer.from(files.get(path) ?? []).toString()
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

async function findings(destination: RecordingDestination): Promise<readonly VerificationEvent[]> {
  const events: VerificationEvent[] = []
  for await (const event of verifyExport(destination)) events.push(event)
  return events
}

const firstFiles = ['1.2.3/1.2.3.1.sums.txt', '1.2.3/1.2.3.1_about.json']
const allFiles = [...firstFiles, '1.2.3/1.2.3.2.sums.txt', '1.2.3/1.2.3.2_about.json']

describe('an export of formats of series', () => {
  test('writes the files of each series from all its instances, in the order of the document', async () => {
    const { destination, summary } = await run(store())
    expect([...destination.files.keys()].toSorted()).toEqual(allFiles)
    const lines = textOf(destination, '1.2.3/1.2.3.1.sums.txt').trim().split('\n')
    const instances = lines.map((line) => line.split(' ').slice(0, 2).join(' '))
    expect(instances.toSorted()).toEqual(['1.1 0', '1.1 1', '1.2 0', '1.3 0'])
    expect(summary).toMatchObject({
      outcome: 'complete',
      instances: { selected: 5, written: 5, skipped: 0, failed: 0, unfinished: 0 },
      frames: 6,
      files: 4,
      unverifiedInstances: 0,
    })
    const events = await findings(destination)
    expect(events.filter(({ kind }) => kind === 'problem')).toEqual([])
    expect(events.at(-1)).toMatchObject({ kind: 'summary', files: 4, verified: 4, isComplete: true })
  })

  test('counts the frames of a series whose instances have no files of their own', async () => {
    const none: Format = { name: 'none', mediaType: 'text/plain', readsPixels: true, leastFrames: 9, files: () => [] }
    const { summary } = await run(store(), { formats: [none, createFormat()] })
    expect(summary).toMatchObject({ outcome: 'complete', instances: { written: 5 }, frames: 6, files: 4 })
  })

  test('records a line for each file, without the UID of an instance', async () => {
    const { lines, destination } = await run(store())
    const line = lines.find(({ path }) => path === firstFiles[0])
    expect(line).toMatchObject({
      datastoreId,
      imageSetId: one,
      studyInstanceUid: '1.2.3',
      seriesInstanceUid: '1.2.3.1',
      scope: 'series',
      instances: 3,
      instancesSha256: sha256('1.1\n1.2\n1.3\n'),
      suffix: '.sums.txt',
      files: 2,
      format: 'sums',
      sha256: sha256(textOf(destination, firstFiles[0] ?? '')),
      frames: 4,
      checksum: 'verified',
      source: 'frames',
      request: { form: 'explicit', source: 'frames', settings: { factor: 1 } },
    })
    expect(line).not.toHaveProperty('sopInstanceUid')
    expect(lines.find(({ suffix }) => suffix === '_about.json')).toMatchObject({ checksum: 'none', frames: 0 })
  })

  test('counts an instance once, even if it has its own files too', async () => {
    const formats = [...createFormats(['dcm']), createFormat()]
    const { destination, summary } = await run(store(), { formats })
    expect(summary).toMatchObject({
      outcome: 'complete',
      instances: { selected: 5, written: 5, failed: 0, unfinished: 0 },
      frames: 6,
      files: 9,
    })
    const again = await run(store(), { formats, mode: 'resume' }, destination)
    expect(again.summary).toMatchObject({ outcome: 'complete', instances: { skipped: 5, written: 0 }, files: 0 })
  })

  test('reports progress that ends with all instances', async () => {
    const seen: [number, number][] = []
    const formats = [...createFormats(['dcm']), createFormat()]
    await run(store(), {
      formats,
      onProgress: ({ instances, frames }) => void seen.push([instances.done, frames.done]),
    })
    expect(seen.at(-1)).toEqual([5, 6])
  })

  test('writes paths by the layout of series', async () => {
    const { destination } = await run(store(), { seriesLayout: '{Modality}/{StudyInstanceUID}/{SeriesInstanceUID}' })
    expect([...destination.files.keys()].every((path) => path.split('/').length === 3)).toBe(true)
    const other = run(store(), { mode: 'resume' }, destination)
    await expect(other).rejects.toThrow(/seriesLayout: recorded .*asked/)
    const shorter = await run(store(), { seriesLayout: 'volumes/{StudyInstanceUID}' })
    expect([...shorter.destination.files.keys()]).toHaveLength(4)
  })

  test.each([
    ['{SOPInstanceUID}', /`seriesLayout`, got `\{SOPInstanceUID\}`/],
    ['{SeriesInstanceUID}/{InstanceNumber}', /got `\{InstanceNumber\}`/],
    ['media', /got `media`/],
  ])('refuses the layout of series %s', async (seriesLayout, message) => {
    await expect(run(store(), { seriesLayout })).rejects.toThrow(message)
  })

  test('refuses options that conflict', async () => {
    await expect(run(store(), { headerOnly: true })).rejects.toThrow(/`headerOnly` option, got `sums`/)
    await expect(run(store(), { layout: 'media' })).rejects.toThrow(/layout `media`, got `sums`/)
  })

  test('plans files and frames', async () => {
    await using exporter = createExporter({ client: store(), frameDecoder: decoderDouble() })
    const alone = await exporter.plan({ datastoreId, selectors: 'all', formats: [createFormat()] })
    expect(alone).toMatchObject({ instances: 5, series: 2, frames: 6, files: { sums: { files: 4, bytes: 200 } } })
    expect(alone.requests).toMatchObject({ GetImageFrame: 6 })
    const both = await exporter.plan({
      datastoreId,
      selectors: 'all',
      formats: [...createFormats(['dcm']), createFormat()],
    })
    expect(both).toMatchObject({ instances: 5, frames: 6, files: { sums: { files: 4 }, dcm: { files: 5 } } })
    expect(both.requests).toMatchObject({ GetImageFrame: 12 })
  })
})

describe('failures', () => {
  const missingFrame: ClientFaults = {
    frame: (request, stored) =>
      request.imageSetId === one ? Promise.reject(new AhiErrorDouble('AHI_NOT_FOUND')) : Promise.resolve(stored),
  }

  test('a missing frame fails its series, which is reported with its instances, and others continue', async () => {
    const { destination, summary } = await run(store(missingFrame))
    expect([...destination.files.keys()].toSorted()).toEqual(allFiles.slice(2))
    expect(summary).toMatchObject({
      outcome: 'failed',
      instances: { selected: 5, written: 2, failed: 3, unfinished: 0 },
    })
    expect(destination.errors).toMatchObject([{ imageSetId: one, seriesInstanceUid: '1.2.3.1', code: 'FRAME_MISSING' }])
    const [error] = destination.errors
    expect(error?.sopInstanceUids?.toSorted()).toEqual(['1.1', '1.2', '1.3'])
    expect(error).not.toHaveProperty('sopInstanceUid')
    const mended = await run(store(), { mode: 'resume' }, destination)
    expect(mended.summary).toMatchObject({ outcome: 'complete', instances: { written: 3, skipped: 2 } })
  })

  test('a reason that several formats share is reported once', async () => {
    const formats = ['one', 'other'].map((name) => failingFormat(name, 'slices are missing'))
    const { destination } = await run(store(), { formats })
    expect(destination.errors.map(({ message }) => message)).toEqual(['slices are missing', 'slices are missing'])
    expect(new Set(destination.errors.map(({ imageSetId }) => imageSetId)).size).toBe(2)
  })

  test('a part without a file leaves the others, and a later run writes all of them again', async () => {
    const part = [createFormat({ missing: '1.1' })]
    const { destination, summary, lines } = await run(store(), { formats: part })
    expect(summary).toMatchObject({ outcome: 'failed', instances: { written: 2, failed: 3 }, files: 3 })
    expect(lines.find(({ imageSetId }) => imageSetId === one)).toMatchObject({ suffix: '_about.json', hasLoss: true })
    const mended = await run(store(), { mode: 'resume' }, destination)
    expect(mended.summary).toMatchObject({ outcome: 'complete', instances: { written: 3, skipped: 2 } })
  })

  test('a failing format leaves the files of other formats, and none of its own', async () => {
    const formats = [createFormat(), createFormat({ name: 'other' })]
    const { destination, summary } = await run(store(), { formats })
    expect(summary.errors).toEqual({ SERIES_FILE_REPEATED: 2 })
    expect(summary.instances).toMatchObject({ written: 0, failed: 5 })
    expect([...destination.files.keys()].toSorted()).toEqual(allFiles)
  })

  test('a series in two image sets is made from the first one, and the error names both', async () => {
    const again = makeImageSet({
      imageSetId: two,
      studyInstanceUid: '1.2.3',
      seriesInstanceUid: '1.2.3.1',
      instances: { '1.3': {}, '1.4': {} },
    })
    const { destination, summary } = await run(clientDouble([first, again]), { nonPrimary: 'include' })
    expect([...destination.files.keys()].toSorted()).toEqual(firstFiles)
    expect(summary).toMatchObject({ duplicates: 1, instances: { written: 3, skipped: 1, failed: 1 } })
    const [error] = destination.errors
    expect(error).toMatchObject({ code: 'SERIES_IN_TWO_IMAGE_SETS', sopInstanceUids: ['1.4'] })
    expect(error?.message).toContain(one)
    expect(error?.message).toContain(two)
  })

  test('messages mask parts of paths that may name a patient', async () => {
    const again = makeImageSet({
      imageSetId: two,
      studyInstanceUid: '1.2.3',
      seriesInstanceUid: '1.2.3.1',
      instances: { '1.4': {} },
    })
    const failing: SeriesFormat = {
      ...createFormat(),
      async *files({ instances: [instance] }) {
        yield { suffix: '.txt', mediaType: 'text/plain', frames: 0, chunks: [] }
        const patient = instance?.attributes.string('PatientID') ?? ''
        throw new Error(`Cannot write ${patient}/${patient}-1.2.3.1.txt`)
      },
    }
    const options = {
      formats: [failing],
      nonPrimary: 'include',
      seriesLayout: '{PatientID}/{PatientID}-{SeriesInstanceUID}',
    } as const
    const { destination } = await run(clientDouble([first, again]), options)
    const messages = destination.errors.map(({ message }) => message).toSorted()
    expect(messages).toEqual([
      expect.stringMatching(/^Cannot write the files of series 1\.2\.3\.1 from image set b+: /),
      'Cannot write {PatientID}/{PatientID}-{SeriesInstanceUID}.txt',
    ])
  })

  test('a failed instance file does not prevent the file of its series', async () => {
    const { destination, summary } = await run(
      store({
        frame: (() => {
          let left = 1
          return (_, stored) => {
            left -= 1
            return left >= 0 ? Promise.reject(new AhiErrorDouble('AHI_NOT_FOUND')) : Promise.resolve(stored)
          }
        })(),
      }),
      { formats: [...createFormats(['dcm']), createFormat()], instanceConcurrency: 1 },
    )
    expect(summary).toMatchObject({ outcome: 'failed', instances: { selected: 5, written: 4, failed: 1 } })
    expect(allFiles.every((path) => destination.files.has(path))).toBe(true)
  })
})

function failingFormat(name: string, message: string): SeriesFormat {
  return {
    ...createFormat({ name }),
    files: () => {
      throw new Error(message)
    },
  }
}

describe('later runs', () => {
  test('a resumed run skips series whose files exist', async () => {
    const { destination } = await run(store())
    const client = store()
    const again = await run(client, { mode: 'resume' }, destination)
    expect(again.summary).toMatchObject({ outcome: 'complete', instances: { skipped: 5, written: 0 }, files: 0 })
    expect(client.requests.frames).toEqual([])
  })

  test('a series that lacks a file is written again', async () => {
    const { destination } = await run(store())
    destination.files.delete('1.2.3/1.2.3.1_about.json')
    const again = await run(store(), { mode: 'resume' }, destination)
    expect(again.summary).toMatchObject({ outcome: 'complete', instances: { skipped: 2, written: 3 }, files: 2 })
  })

  test('a run with other instances of a series writes it again as a whole', async () => {
    const selectors = [{ studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.1', sopInstanceUid: '1.1' }]
    const several = [createFormat({ suffixes: ['_a.txt', '_b.txt'] })]
    const { destination, summary } = await run(store(), { selectors, formats: several })
    expect(summary).toMatchObject({ outcome: 'complete', instances: { written: 1 }, files: 3 })
    const { lines, ...all } = await run(store(), { mode: 'resume', formats: several }, destination)
    expect(all.summary).toMatchObject({ outcome: 'complete', instances: { written: 5 } })
    expect(lines.filter(({ imageSetId }) => imageSetId === one).every(({ instances }) => instances === 3)).toBe(true)
    const events = await findings(all.destination)
    expect(events.filter(({ kind }) => kind === 'problem')).toEqual([])
  })

  test('other settings are refused, and an export that starts over has the new ones', async () => {
    const { destination } = await run(store())
    const formats = [createFormat({ factor: 2, suffixes: ['_twice.txt'] })]
    await expect(run(store(), { mode: 'resume', formats }, destination)).rejects.toThrow(/factor of sums \(series\)/)
    const over = await run(store(), { mode: 'overwrite', formats }, destination)
    expect(over.summary).toMatchObject({ outcome: 'complete', instances: { written: 5 } })
    expect([...over.destination.files.keys()].filter((path) => path.includes('1.2.3.1')).toSorted()).toEqual([
      '1.2.3/1.2.3.1_about.json',
      '1.2.3/1.2.3.1_twice.txt',
    ])
  })

  test('a sync skips recorded image sets, and replaces the files of a new version', async () => {
    const { destination } = await run(store())
    const unchanged = await sync(store(), destination)
    expect(unchanged.summary).toMatchObject({ outcome: 'complete', sync: { imageSets: { unchanged: 2 } } })
    const changed = makeImageSet({
      imageSetId: one,
      versionId: '2',
      studyInstanceUid: '1.2.3',
      seriesInstanceUid: '1.2.3.1',
      instances: { '1.1': {}, '1.3': {} },
    })
    const updated = await sync(clientDouble([changed, second]), unchanged.destination)
    expect(updated.summary).toMatchObject({
      outcome: 'complete',
      instances: { selected: 4, written: 2, skipped: 2 },
      sync: { imageSets: { updated: 1, unchanged: 1 } },
    })
    expect([...updated.destination.files.keys()].toSorted()).toEqual(allFiles)
    const events = await findings(updated.destination)
    expect(events.filter(({ kind }) => kind === 'problem')).toEqual([])
    const gone = await sync(clientDouble([second]), updated.destination, { deleteGone: true })
    expect([...gone.destination.files.keys()].toSorted()).toEqual(allFiles.slice(2))
  })
})
