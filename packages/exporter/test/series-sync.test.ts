import { dcmFormat, verifyExport, type Destination, type SeriesFormat } from '@ahi-dicom/export-files'
import { createExporter, type AnyFormat, type ExportSummary } from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { expect, test } from 'vitest'
import { AhiErrorDouble, clientDouble, decoderDouble, type ClientDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet, type ImageSetDouble, type InstanceSpec } from './doubles/image-sets.ts'
import { exportedFiles, temporaryFolder } from './doubles/lane-store.ts'

const one = 'a'.repeat(32)
const other = 'b'.repeat(32)
const series = '1.2.3.1'

/** A format whose file names contain the number of instances, so another version of the series has other files. */
const counted: SeriesFormat = {
  scope: 'series',
  name: 'count',
  async *files({ instances }) {
    for (const instance of instances) await instance.frame(0)
    yield {
      suffix: '.txt',
      mediaType: 'text/plain',
      frames: instances.length,
      chunks: [Buffer.from(String(instances.length))],
    }
    yield { suffix: `_${instances.length}.txt`, mediaType: 'text/plain', frames: 0, chunks: [Buffer.from('same')] }
  },
}

function imageSet(
  versionId: string,
  uids: readonly string[],
  { imageSetId = one, isPrimary = true }: Partial<Pick<ImageSetDouble['spec'], 'imageSetId' | 'isPrimary'>> = {},
): ImageSetDouble {
  const instances = Object.fromEntries(uids.map((uid): [string, InstanceSpec] => [uid, {}]))
  const ids = { imageSetId, studyInstanceUid: '1.2.3', seriesInstanceUid: series }
  return makeImageSet({ ...ids, versionId, isPrimary, instances })
}

async function sync(
  client: ClientDouble,
  destination: Destination,
  formats: readonly AnyFormat[] = [counted],
): Promise<ExportSummary> {
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  const selection = { selectors: 'all', nonPrimary: 'include' } as const
  return await exporter.sync({ datastoreId, ...selection, destination, formats, deleteGone: true })
}

async function problemsOf(destination: Destination): Promise<readonly unknown[]> {
  const found: unknown[] = []
  for await (const event of verifyExport(destination)) if (event.kind === 'problem') found.push(event)
  return found
}

test.each([
  ['only series files', [counted], 0],
  ['instance files, too', [dcmFormat(), counted], 1],
])('a new version replaces the files of a series as a whole: %s', async (_, formats, ofInstances) => {
  await using folder = await temporaryFolder()
  const destination = folderDestination({ directory: folder.path })
  const all = { selected: 3, written: 3, failed: 0, unfinished: 0 }
  const first = await sync(clientDouble([imageSet('1', ['1.1', '1.2', '1.3'])]), destination, formats)
  expect(first).toMatchObject({ outcome: 'complete', instances: all, frames: 3, files: 2 + 3 * ofInstances })
  const second = await sync(clientDouble([imageSet('2', ['1.1', '1.4'])]), destination, formats)
  expect(second).toMatchObject({
    outcome: 'complete',
    instances: { selected: 2, written: 2, failed: 0, unfinished: 0 },
    frames: 2,
    files: 2 + 2 * ofInstances,
    sync: { imageSets: { updated: 1 } },
  })
  const files = exportedFiles(folder.path)
  const paths = [...files.keys()].filter((path) => path.endsWith('.txt'))
  expect(paths).toEqual([`1.2.3/${series}.txt`, `1.2.3/${series}_2.txt`])
  expect(files.get(`1.2.3/${series}.txt`)?.toString()).toBe('2')
  expect(files.size).toBe(2 + 2 * ofInstances)
  expect(await problemsOf(destination)).toEqual([])
})

test('a new version with a missing frame keeps the files of the earlier one', async () => {
  await using folder = await temporaryFolder()
  const destination = folderDestination({ directory: folder.path })
  await sync(clientDouble([imageSet('1', ['1.1', '1.2', '1.3'])]), destination)
  const before = exportedFiles(folder.path)
  const broken = clientDouble([imageSet('2', ['1.1', '1.4'])], {
    frame: ({ imageFrameId }, stored) =>
      imageFrameId.startsWith('1.4') ? Promise.reject(new AhiErrorDouble('AHI_NOT_FOUND')) : Promise.resolve(stored),
  })
  const failed = await sync(broken, destination, [counted])
  expect(failed).toMatchObject({
    outcome: 'failed',
    instances: { selected: 2, written: 0, failed: 2, unfinished: 0 },
    errors: { FRAME_MISSING: 1, IMAGE_SET_NOT_REPLACED: 1 },
  })
  expect(exportedFiles(folder.path)).toEqual(before)
  const mended = await sync(clientDouble([imageSet('2', ['1.1', '1.4'])]), destination)
  expect(mended).toMatchObject({ outcome: 'complete', instances: { written: 2 } })
  expect(await problemsOf(destination)).toEqual([])
})

test('a series that moved to another image set replaces its files', async () => {
  await using folder = await temporaryFolder()
  const destination = folderDestination({ directory: folder.path })
  await sync(clientDouble([imageSet('1', ['1.1', '1.2', '1.3'])]), destination)
  const copied = await sync(clientDouble([imageSet('1', ['1.1', '1.2'], { imageSetId: other })]), destination)
  expect(copied).toMatchObject({ outcome: 'complete', instances: { written: 2 }, sync: { imageSets: { new: 1 } } })
  const files = exportedFiles(folder.path)
  expect([...files.keys()]).toEqual([`1.2.3/${series}.txt`, `1.2.3/${series}_2.txt`])
  expect(files.get(`1.2.3/${series}.txt`)?.toString()).toBe('2')
  expect(await problemsOf(destination)).toEqual([])
})

test.each([
  ['of files of series alone', [counted]],
  ['of files of instances, too', [dcmFormat(), counted]],
])('another sync leaves out what the image set of a series has already: %s', async (_, formats) => {
  await using folder = await temporaryFolder()
  const destination = folderDestination({ directory: folder.path })
  const whole = imageSet('1', ['1.1', '1.2', '1.3'])
  const copy = imageSet('1', ['1.1', '1.3'], { imageSetId: other, isPrimary: false })
  const first = await sync(clientDouble([whole, copy]), destination, formats)
  expect(first).toMatchObject({ outcome: 'complete', instances: { written: 3 }, duplicates: 2 })
  const second = await sync(clientDouble([whole, copy]), destination, formats)
  expect(second).toMatchObject({ outcome: 'complete', instances: { written: 0, skipped: 5 }, duplicates: 2 })
  const more = imageSet('1', ['1.1', '1.4'], { imageSetId: other, isPrimary: false })
  const third = await sync(clientDouble([whole, more]), destination, formats)
  expect(third).toMatchObject({ duplicates: 1, errors: { SERIES_IN_TWO_IMAGE_SETS: 1 } })
})
