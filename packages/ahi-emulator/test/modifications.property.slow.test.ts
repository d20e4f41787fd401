import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serializeImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { array, assert, asyncProperty, constantFrom, nat, record } from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { call, frameOf, instancesOf, metadataOf, type ImageSetPlace } from './support/client.ts'
import { copy, destinationOf, foundIn, propertiesOf, remove, settled, update } from './support/modify.ts'
import { secondaryCapture } from './support/secondary-capture.ts'

/** The expected state of an image set: the documents of its versions, the oldest first. */
interface Expected {
  readonly place: ImageSetPlace
  readonly documents: string[]
}

const steps = array(
  record({ kind: constantFrom('copy', 'update', 'fail', 'revert', 'delete', 'import'), which: nat(20) }),
  {
    minLength: 1,
    maxLength: 8,
  },
)

test('any modifications keep old versions, increase version numbers, and keep every frame available', async () => {
  await using emulator = await startEmulator()
  await assert(
    asyncProperty(steps, async (taken) => {
      const { datastoreId } = await emulator.createDatastore()
      const first = await imported(emulator, datastoreId, 0)
      const sets = [first]
      const answers: number[] = []
      for (const [index, { kind, which }] of taken.entries()) {
        const target = sets[which % Math.max(1, sets.length)]
        if (target === undefined || kind === 'import') sets.push(await imported(emulator, datastoreId, index + 1))
        else answers.push(await take({ kind, which, target, sets, index }))
      }
      expect(answers.filter((status) => status !== 200)).toEqual([])
      for (const set of sets) await check(set)
      expect(await foundIn(first.place)).toEqual(sets.map(idOf).sort((a, b) => (a < b ? -1 : 1)))
    }),
    { numRuns: 15 },
  )
})

function idOf({ place }: Expected): string {
  return place.imageSetId
}

async function imported(emulator: Emulator, datastoreId: string, series: number): Promise<Expected> {
  const file = secondaryCapture({ SeriesInstanceUID: `2.25.${series + 1}`, SOPInstanceUID: `2.25.${series + 1}.1` })
  const { imageSets } = await emulator.importDicom([file], { datastoreId })
  const place = { endpoint: emulator.endpoint, datastoreId, imageSetId: imageSets[0]?.imageSetId ?? '' }
  return { place, documents: [await textOf(place)] }
}

/** Takes a step and updates the expected state. Returns the status of the answer. */
async function take(step: {
  readonly kind: string
  readonly target: Expected
  readonly sets: Expected[]
  readonly index: number
  readonly which: number
}): Promise<number> {
  const { kind, target, sets, index } = step
  const { place, documents } = target
  const latestVersion = documents.length
  if (kind === 'copy') {
    const answer = await copy(place, { latestVersion: String(latestVersion) })
    const copied = destinationOf(place, answer)
    await settled(copied)
    await settled(place)
    sets.push({ place: copied, documents: [await textOf(copied)] })
    return answer.status
  }
  if (kind === 'delete') {
    const { status } = await remove(place)
    await settled(place)
    sets.splice(sets.indexOf(target), 1)
    return status
  }
  const [oldest = ''] = documents
  const revertTo = kind === 'revert' && latestVersion > 1 ? (step.which % (latestVersion - 1)) + 1 : undefined
  const changes = instanceUpdate(oldest, `step ${index}`)
  const change = revertTo === undefined ? { updatable: changes } : { revertTo: String(revertTo) }
  const { status } = await update(place, kind === 'fail' ? { removable: changes } : change, { latestVersion })
  const { imageSetWorkflowStatus } = await settled(place)
  expect(imageSetWorkflowStatus).toBe(kind === 'fail' ? 'UPDATE_FAILED' : 'UPDATED')
  const expected = kind === 'fail' ? documents.at(-1) : documents[(revertTo ?? 0) - 1]
  documents.push(expected ?? (await textOf(place)))
  return status
}

/** Returns an update of Study and Instance attributes, which primary image sets allow. */
function instanceUpdate(document: string, comments: string): unknown {
  const { Study } = JSON.parse(document)
  const [series = ''] = Object.keys(Study.Series)
  const [instance = ''] = Object.keys(Study.Series[series].Instances)
  const Instances = { [instance]: { DICOM: { ImageComments: comments } } }
  return { Study: { DICOM: { StudyDescription: comments }, Series: { [series]: { Instances } } } }
}

async function check({ place, documents }: Expected): Promise<void> {
  expect(await propertiesOf(place)).toMatchObject({ versionId: String(documents.length), imageSetState: 'ACTIVE' })
  expect(await summaryOf(place)).toEqual({
    version: documents.length,
    studyDescription: JSON.parse(documents.at(-1) ?? '').Study.DICOM.StudyDescription,
  })
  for (const [index, document] of documents.entries()) {
    const version = String(index + 1)
    expect(await textOf(place, version)).toBe(document)
    for (const { ImageFrames } of instancesOf(await metadataOf(place, version))) {
      for (const { ID } of ImageFrames) expect((await frameOf(place, ID)).byteLength).toBeGreaterThan(0)
    }
  }
}

/** Returns the data of an image set in SearchImageSets. */
async function summaryOf({ endpoint, datastoreId, imageSetId }: ImageSetPlace): Promise<unknown> {
  const { json } = await call(endpoint, `/datastore/${datastoreId}/searchImageSets`, { body: {} })
  const summary = [json['imageSetsMetadataSummaries']].flat().find((one) => Object(one).imageSetId === imageSetId)
  const { version, DICOMTags } = Object(summary)
  return { version, studyDescription: DICOMTags.DICOMStudyDescription }
}

async function textOf(place: ImageSetPlace, version?: string): Promise<string> {
  return serializeImageSetMetadata(await metadataOf(place, version))
}

/** Runs a script and kills it when it prints. Returns the data folder and the output. */
async function runAndKill(script: string): Promise<{ readonly data: string; readonly printed: string }> {
  const data = await mkdtemp(join(tmpdir(), 'ahi-modifications-'))
  onTestFinished(() => rm(data, { recursive: true }))
  const path = fileURLToPath(new URL(`support/${script}`, import.meta.url))
  const args = [...process.execArgv, '--conditions=@ahi-dicom/source', path, data]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [printed] = await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  return { data, printed: String(printed) }
}

test('accepted modifications of a killed process are applied at the next start', async () => {
  const { data, printed } = await runAndKill('killed-while-locked.ts')
  await using emulator = await startEmulator({ data })
  const places: Record<string, ImageSetPlace> = JSON.parse(printed)
  const now = await Promise.all(
    Object.entries(places).map(async ([name, { datastoreId, imageSetId }]) => {
      const properties = await propertiesOf({ endpoint: emulator.endpoint, datastoreId, imageSetId })
      return [name, [properties['versionId'], properties['imageSetState'], properties['imageSetWorkflowStatus']]]
    }),
  )
  expect(Object.fromEntries(now)).toEqual({
    copied: ['1', 'ACTIVE', 'CREATED'],
    destination: ['1', 'ACTIVE', 'COPIED'],
    updated: ['2', 'ACTIVE', 'UPDATED'],
    failing: ['2', 'ACTIVE', 'UPDATE_FAILED'],
    deleted: ['1', 'DELETED', 'DELETED'],
  })
  expect(readdirSync(data, { recursive: true }).filter((file) => String(file).endsWith('.frames'))).toHaveLength(3)
})

test('a killed process leaves no image set locked or incomplete', async () => {
  const { data } = await runAndKill('killed-modifications.ts')
  await using emulator = await startEmulator({ data })
  const { endpoint, datastoreId } = emulator
  const found = await foundIn({ endpoint, datastoreId, imageSetId: '' })
  expect(found.length).toBeGreaterThanOrEqual(3)
  for (const imageSetId of found) {
    const place = { endpoint, datastoreId, imageSetId }
    expect(await settled(place)).toMatchObject({ imageSetState: 'ACTIVE' })
    const frames = instancesOf(await metadataOf(place)).flatMap(({ ImageFrames }) => ImageFrames)
    for (const { ID } of frames) expect((await frameOf(place, ID)).byteLength).toBeGreaterThan(0)
  }
})
