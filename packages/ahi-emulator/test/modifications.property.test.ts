import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serializeImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import type { Emulator } from '@ahi-dicom/ahi-emulator'
import { array, assert, asyncProperty, constantFrom, nat, record } from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { frameOf, instancesOf, metadataOf } from './support/client.ts'
import type { ImageSetPlace } from './support/client.ts'
import { copy, destinationOf, foundIn, propertiesOf, remove, settled, update } from './support/modify.ts'
import { secondaryCapture } from './support/secondary-capture.ts'

/** An image set as it has to be: the documents of its versions, the oldest first. */
interface Expected {
  readonly place: ImageSetPlace
  readonly documents: string[]
}

const steps = array(record({ kind: constantFrom('copy', 'update', 'revert', 'delete', 'import'), which: nat(20) }), {
  minLength: 1,
  maxLength: 8,
})

test('old versions stay as they are, versions count up, and every frame is served, whatever is modified', async () => {
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
        else answers.push(await take({ kind, target, sets, index }))
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

/** Takes a step and keeps what has to be true from then on; gives the status of the answer. */
async function take(step: {
  readonly kind: string
  readonly target: Expected
  readonly sets: Expected[]
  readonly index: number
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
  const [oldest = '', ...newer] = documents
  const isReverted = kind === 'revert' && newer.length > 0
  const change = isReverted ? { revertTo: '1' } : { updatable: instanceUpdate(oldest, `step ${index}`) }
  const { status } = await update(place, change, { latestVersion })
  await settled(place)
  documents.push(isReverted ? oldest : await textOf(place))
  return status
}

/** An attribute of an instance may change in primary image sets, too. */
function instanceUpdate(document: string, comments: string): unknown {
  const { Study } = JSON.parse(document)
  const [series = ''] = Object.keys(Study.Series)
  const [instance = ''] = Object.keys(Study.Series[series].Instances)
  return { Study: { Series: { [series]: { Instances: { [instance]: { DICOM: { ImageComments: comments } } } } } } }
}

async function check({ place, documents }: Expected): Promise<void> {
  expect(await propertiesOf(place)).toMatchObject({ versionId: String(documents.length), imageSetState: 'ACTIVE' })
  for (const [index, document] of documents.entries()) {
    const version = String(index + 1)
    expect(await textOf(place, version)).toBe(document)
    for (const { ImageFrames } of instancesOf(await metadataOf(place, version))) {
      for (const { ID } of ImageFrames) expect((await frameOf(place, ID)).byteLength).toBeGreaterThan(0)
    }
  }
}

async function textOf(place: ImageSetPlace, version?: string): Promise<string> {
  return serializeImageSetMetadata(await metadataOf(place, version))
}

test('a process that is killed leaves no image set locked or half made', async () => {
  const data = await mkdtemp(join(tmpdir(), 'ahi-modifications-'))
  onTestFinished(() => rm(data, { recursive: true }))
  const script = fileURLToPath(new URL('support/killed-modifications.ts', import.meta.url))
  const args = [...process.execArgv, '--conditions=@ahi-dicom/source', script, data]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
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
