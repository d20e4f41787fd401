import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from '../../ahi-emulator/test/support/client.ts'
import { copy, destinationOf, foundIn, remove, settled, update } from '../../ahi-emulator/test/support/modify.ts'
import { secondaryCapture } from '../../ahi-emulator/test/support/secondary-capture.ts'
import { makeFolder, readExport } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'
import { startCli } from './support/run-cli.ts'

let ahi: LocalAhi
/** Image sets of the data store, by series. */
const imageSets = new Map<string, { imageSetId: string; version: number }>()
const instancesOfSeries = 6

beforeAll(async () => {
  ahi = await startLocalAhi()
})
afterAll(() => ahi[Symbol.asyncDispose]())

function place(imageSetId: string) {
  const { endpoint, datastoreId } = ahi.emulator
  return { endpoint, datastoreId, imageSetId }
}

async function importSeries(series: string): Promise<void> {
  const files = Array.from({ length: instancesOfSeries }, (_, index) =>
    secondaryCapture({
      SeriesInstanceUID: series,
      SOPInstanceUID: `${series}.${index + 1}`,
      InstanceNumber: String(index + 1),
      StudyInstanceUID: '2.25.77',
    }),
  )
  const { imageSets: made } = await ahi.emulator.importDicom(files)
  imageSets.set(series, { imageSetId: made[0]?.imageSetId ?? '', version: 1 })
}

async function changeSeries(series: string): Promise<void> {
  const known = imageSets.get(series)
  if (known === undefined) throw new TypeError(`Expected series ${series}`)
  const DICOM = { ImageComments: `version ${known.version}` }
  const Instances = { [`${series}.1`]: { DICOM }, [`${series}.2`]: { DICOM } }
  const updatable = { Study: { Series: { [series]: { Instances } } } }
  const { status, json } = await update(place(known.imageSetId), { updatable }, { latestVersion: known.version })
  expect({ status, ...json }).toMatchObject({ status: 200 })
  await settled(place(known.imageSetId))
  imageSets.set(series, { ...known, version: known.version + 1 })
}

async function deleteSeries(series: string): Promise<void> {
  const known = imageSets.get(series)
  if (known === undefined) throw new TypeError(`Expected series ${series}`)
  await remove(place(known.imageSetId))
  await expect.poll(() => foundIn(place(known.imageSetId)), { timeout: 10_000 }).not.toContain(known.imageSetId)
  imageSets.delete(series)
}

/** Copies a series, deletes the original, and makes the copy primary. The instances are then in another image set. */
async function promoteCopy(series: string): Promise<void> {
  const known = imageSets.get(series)
  if (known === undefined) throw new TypeError(`Expected series ${series}`)
  const source = place(known.imageSetId)
  const copied = destinationOf(source, await copy(source, { latestVersion: String(known.version) }))
  await settled(copied)
  await deleteSeries(series)
  const promoted = destinationOf(copied, await copy(copied, { query: '?promoteToPrimary=true' }))
  await settled(promoted)
  imageSets.set(series, { imageSetId: promoted.imageSetId, version: 1 })
}

/** Changes of one round. Each keeps the series that later changes need. */
const rounds: readonly (() => Promise<void>)[] = [
  async () => {
    await importSeries('2.25.201')
    await importSeries('2.25.202')
  },
  () => changeSeries('2.25.201'),
  async () => {
    await changeSeries('2.25.202')
    await importSeries('2.25.203')
    await deleteSeries('2.25.201')
  },
  async () => {
    await importSeries('2.25.201')
    await changeSeries('2.25.203')
  },
  () => promoteCopy('2.25.203'),
  async () => {
    await changeSeries('2.25.201')
    await deleteSeries('2.25.202')
    await importSeries('2.25.202')
  },
]

/** Starts a sync, and kills it after a delay. */
async function killed(out: string, afterMs: number): Promise<void> {
  const { child, result } = startCli(['sync', '--all', '--delete', '--out', out, '--no-progress'], { env: ahi.env })
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs)
  await result
  clearTimeout(timer)
}

test('a sync that is killed again and again ends as a new export', { timeout: 600_000 }, async () => {
  const out = await makeFolder()
  await ahi.run(['export', '--all', '--out', out])
  ahi.emulator.faults.set({ rules: [{ operations: ['GetImageFrame'], fault: { kind: 'latency', ms: 30 } }] })
  for (const round of rounds) {
    await round()
    for (const share of [0.35, 0.6, 0.85]) await killed(out, 500 + share * 1500 * Math.random())
    expect(await ahi.run(['sync', '--out', out, '--delete'])).toMatchObject({ exitCode: 0 })
    const fresh = await makeFolder()
    await ahi.run(['export', '--all', '--out', fresh])
    expect(await readExport(out)).toEqual(await readExport(fresh))
    expect(await ahi.run(['verify', out])).toMatchObject({ exitCode: 0 })
    ahi.emulator.resetCounters()
    expect(await ahi.run(['sync', '--out', out, '--delete'])).toMatchObject({ exitCode: 0 })
    expect(Object.keys(ahi.emulator.counters().requests)).toEqual(['SearchImageSets'])
  }
  const { json } = await call(ahi.emulator.endpoint, `/datastore/${ahi.emulator.datastoreId}/searchImageSets`, {
    body: {},
  })
  expect(json['imageSetsMetadataSummaries']).toHaveLength(ahi.imageSets.length + imageSets.size + 1)
})
