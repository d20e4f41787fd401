import { createFormats, verifyExport } from '@ahi-dicom/export-files'
import {
  createExporter,
  type ExportedImageSet,
  type ImageSetToExport,
  type InstanceFilter,
  type OpenExportOptions,
} from '@ahi-dicom/exporter'
import { describe, expect, test } from 'vitest'
import { AhiErrorDouble, clientDouble, decoderDouble, type ClientDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { flatLayout, recordingDestination, type RecordingDestination } from './doubles/recording-destination.ts'
import { createFormat } from './lanes/sum-format.ts'

const [one, two] = ['a'.repeat(32), 'b'.repeat(32)]
const study = { studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.1' }
const first = makeImageSet({ imageSetId: one, ...study, instances: { '1.2': {}, '1.1': { frames: 2 }, '1.3': {} } })
const second = makeImageSet({
  imageSetId: two,
  ...study,
  seriesInstanceUid: '1.2.3.2',
  instances: { '2.1': {}, '2.2': {} },
})
const again = makeImageSet({ imageSetId: two, ...study, instances: { '1.3': {}, '1.4': {} } })

const version = (imageSetId: string) => ({ imageSetId, versionId: '1' })
const ofSeries = { formats: [createFormat()] }
const ofBoth = { formats: [...createFormats(['dcm']), createFormat()] }

async function exportAll(
  client: ClientDouble,
  imageSets: readonly ImageSetToExport[],
  options: Partial<OpenExportOptions> = {},
) {
  const destination = options.destination ?? recordingDestination()
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  const open = await exporter.openExport({ datastoreId, layout: flatLayout, ...options, destination })
  const results: ExportedImageSet[] = []
  for (const imageSet of imageSets) results.push(await open.exportImageSet(imageSet))
  return { results, summary: await open.close() }
}

function sopFilter(sopInstanceUid: string): InstanceFilter {
  return { name: `SOPInstanceUID=${sopInstanceUid}`, matches: (entry) => entry.sopInstanceUid === sopInstanceUid }
}

async function problems(destination: RecordingDestination): Promise<number> {
  let found = 0
  for await (const { kind } of verifyExport(destination)) found += Number(kind === 'problem')
  return found
}

describe('an open export of formats of series', () => {
  test.each([
    ['series', ofSeries],
    ['instances and series', ofBoth],
  ])('writes the files of exportTo: %s', async (_, { formats }) => {
    const [whole, parts] = [recordingDestination(), recordingDestination()]
    await using exporter = createExporter({ client: clientDouble([first, second]), frameDecoder: decoderDouble() })
    await exporter.exportTo({ datastoreId, selectors: 'all', destination: whole, layout: flatLayout, formats })
    const { results, summary } = await exportAll(clientDouble([first, second]), [version(one), version(two)], {
      formats,
      destination: parts,
    })
    expect(Object.fromEntries(parts.files)).toEqual(Object.fromEntries(whole.files))
    expect(results).toMatchObject([
      { instances: 3, frames: 4, skipped: 0, failures: [], left: [] },
      { instances: 2, frames: 2, skipped: 0, failures: [], left: [] },
    ])
    expect(summary).toMatchObject({ outcome: 'complete', instances: { written: 5 }, frames: 6 })
    expect(results.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBe(summary.bytesWritten)
    expect(await problems(parts)).toBe(0)
  })

  test('skips what exists, and says so for each instance', async () => {
    const destination = recordingDestination()
    await exportAll(clientDouble([first]), [version(one)], { ...ofBoth, destination })
    const client = clientDouble([first])
    const resumed = recordingDestination({}, destination)
    const { results } = await exportAll(client, [version(one)], { ...ofBoth, destination: resumed, mode: 'resume' })
    expect(results).toMatchObject([{ instances: 0, skipped: 3, byteLength: 0, left: [] }])
    expect(client.requests.frames).toEqual([])
  })

  test('a missing frame leaves all instances of its series', async () => {
    const client = clientDouble([first, second], {
      frame: (request, stored) =>
        request.imageSetId === one ? Promise.reject(new AhiErrorDouble('AHI_NOT_FOUND')) : Promise.resolve(stored),
    })
    const { results, summary } = await exportAll(client, [version(one), version(two)], ofSeries)
    const [failed, written] = results
    expect(failed).toMatchObject({ instances: 0, failures: [{ code: 'FRAME_MISSING', imageSetId: one }] })
    expect(failed?.failures[0]?.sopInstanceUids).toHaveLength(3)
    expect(failed?.left.map(({ sopInstanceUid }) => sopInstanceUid).toSorted()).toEqual(['1.1', '1.2', '1.3'])
    expect(written).toMatchObject({ instances: 2, failures: [], left: [] })
    expect(summary.instances).toMatchObject({ selected: 5, written: 2, failed: 3, unfinished: 0 })
  })

  test('a series that an earlier image set also has is refused, although that one is exported elsewhere', async () => {
    const imageSet = { ...version(two), after: [version(one)] }
    const { results } = await exportAll(clientDouble([first, again]), [imageSet], ofSeries)
    expect(results).toMatchObject([{ instances: 0, failures: [{ code: 'SERIES_IN_TWO_IMAGE_SETS' }] }])
    expect(results[0]?.left).toEqual([{ seriesInstanceUid: '1.2.3.1', sopInstanceUid: '1.4' }])
    const { results: ofInstances } = await exportAll(clientDouble([first, again]), [imageSet])
    expect(ofInstances).toMatchObject([{ instances: 1, failures: [] }])
  })

  test.each<[string, Pick<ImageSetToExport, 'selectors'>, Partial<OpenExportOptions>]>([
    ['by its selectors', { selectors: [{ ...study, sopInstanceUid: '1.9' }] }, ofSeries],
    ['by the filters', {}, { ...ofSeries, filters: [sopFilter('1.4')] }],
  ])('a series of which an earlier image set exports nothing is written: left out %s', async (_, part, options) => {
    const imageSet = { ...version(two), after: [{ ...version(one), ...part }] }
    const { results, summary } = await exportAll(clientDouble([first, again]), [imageSet], options)
    expect(results).toMatchObject([{ instances: options.filters === undefined ? 2 : 1, failures: [], left: [] }])
    expect(summary).toMatchObject({ outcome: 'complete' })
  })

  test('a series of which an earlier image set exports one instance is refused', async () => {
    const selectors = [{ ...study, sopInstanceUid: '1.1' }]
    const imageSet = { ...version(two), after: [{ ...version(one), selectors }] }
    const { results } = await exportAll(clientDouble([first, again]), [imageSet], ofSeries)
    expect(results).toMatchObject([{ instances: 0, failures: [{ code: 'SERIES_IN_TWO_IMAGE_SETS' }] }])
    expect(results[0]?.left).toHaveLength(2)
  })

  test.each([
    ['a range', { range: { start: 0, end: 1 } }],
    ['instances', { instances: [{ seriesInstanceUid: '1.2.3.1', sopInstanceUid: '1.2' }] }],
  ])('refuses %s of an image set', async (_, part) => {
    const exporting = exportAll(clientDouble([first]), [{ ...version(one), ...part }], ofSeries)
    await expect(exporting).rejects.toThrow(/Expected a whole image set, .* `sums` makes files of whole series/)
  })

  test('starts no series once the caller has stopped waiting, and counts none of its instances', async () => {
    const stopping = new AbortController()
    const destination = recordingDestination()
    const client = clientDouble([first, second], {
      frame(request, stored) {
        if (request.imageSetId === one) stopping.abort(new Error('lost'))
        return Promise.resolve(stored)
      },
    })
    await using exporter = createExporter({ client, frameDecoder: decoderDouble(), lanes: 1 })
    const options = { datastoreId, layout: flatLayout, destination, instanceConcurrency: 1, ...ofBoth }
    const open = await exporter.openExport(options)
    await expect(open.exportImageSet(version(one), { signal: stopping.signal })).rejects.toThrow('lost')
    expect(await open.exportImageSet(version(two))).toMatchObject({ instances: 2 })
    const summary = await open.close()
    expect(summary).toMatchObject({ outcome: 'complete', instances: { selected: 2, written: 2, unfinished: 0 } })
    expect([...destination.files.keys()].filter((path) => path.startsWith('1.2.3/1.2.3.1.sums'))).toEqual([])
  })
})
