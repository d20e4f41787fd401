import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { call, frameOf, importAlone, instancesOf, metadataOf, type ImageSetPlace } from './support/client.ts'
import {
  copy,
  destinationOf,
  foundIn,
  holdWrites,
  post,
  propertiesOf,
  remove,
  settled,
  update,
} from './support/modify.ts'
import { secondaryCapture } from './support/secondary-capture.ts'

describe('DeleteImageSet', () => {
  let data: string
  let emulator: Emulator

  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'ahi-emulator-test-'))
    emulator = await startEmulator({ data })
  })

  afterEach(async () => {
    await emulator.close()
    await rm(data, { recursive: true, force: true })
  })

  const files = (): string[] =>
    existsSync(join(data, 'batches'))
      ? readdirSync(join(data, 'batches'), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map(({ name }) => name)
      : []

  test('locks, then deletes all but the answers of GetImageSet and ListImageSetVersions', async () => {
    const place = await importAlone(emulator, [secondaryCapture()])
    await update(place, { updatable: { Study: { DICOM: { StudyDescription: 'A' } } } })
    const { createdAt } = await settled(place)
    const held = await holdWrites(emulator)
    const { datastoreId, imageSetId } = place
    const deleting = { imageSetState: 'LOCKED', imageSetWorkflowStatus: 'DELETING' }
    expect((await remove(place)).json).toEqual({ datastoreId, imageSetId, ...deleting })
    expect(await propertiesOf(place)).toMatchObject({ versionId: '2', ...deleting })
    expect(instancesOf(await metadataOf(place))).toHaveLength(1)
    expect((await remove(place)).status).toBe(409)
    await held.release()
    const deleted = { imageSetState: 'DELETED', imageSetWorkflowStatus: 'DELETED', deletedAt: expect.any(Number) }
    expect(await settled(place)).toMatchObject({ versionId: '2', createdAt, ...deleted })
    expect(await propertiesOf(place, '1')).toMatchObject({ versionId: '1', ...deleted })
    expect((await post(place, 'listImageSetVersions?maxResults=1')).json).toMatchObject({
      imageSetPropertiesList: [{ versionId: '2', imageSetState: 'DELETED', ImageSetWorkflowStatus: 'DELETED' }],
      nextToken: expect.any(String),
    })
    expect(await foundIn(place)).toEqual([])
    for (const operation of ['getImageSetMetadata', 'updateImageSetMetadata?latestVersion=2', 'copyImageSet']) {
      const body = {
        revertToVersionId: operation.startsWith('update') ? '1' : undefined,
        sourceImageSet: { latestVersionId: '2' },
      }
      const { status, json } = await post(place, operation, body)
      expect([status, json['message']]).toEqual([404, `Image set ${imageSetId} is deleted`])
    }
    expect((await remove(place)).json).toMatchObject({ imageSetState: 'DELETED', imageSetWorkflowStatus: 'DELETED' })
  })

  test('allows the data store to be deleted afterwards', async () => {
    const place = await importAlone(emulator, [secondaryCapture()])
    const deleteDatastore = (): ReturnType<typeof call> =>
      call(place.endpoint, `/datastore/${place.datastoreId}`, { method: 'DELETE' })
    expect((await deleteDatastore()).status).toBe(409)
    await remove(place)
    await settled(place)
    expect((await deleteDatastore()).status).toBe(200)
  })

  test('removes only files that nothing else uses', async () => {
    const place = await importAlone(emulator, [secondaryCapture()])
    const [frame] = instancesOf(await metadataOf(place)).flatMap(({ ImageFrames }) => ImageFrames)
    const frameId = frame?.ID ?? ''
    const pixels = await frameOf(place, frameId)
    const copied = destinationOf(place, await copy(place))
    await settled(copied)
    expect(files()).toHaveLength(3)
    await remove(place)
    await settled(place)
    const kinds = (): (string | undefined)[] => files().map((name) => name.split('.').pop())
    await expect.poll(kinds).toHaveLength(2)
    expect(new Set(kinds())).toEqual(new Set(['frames', 'gz']))
    expect(await frameOf(copied, frameId)).toEqual(pixels)
    await expect(frameOf(place, frameId)).rejects.toThrow(/is deleted/)
    await remove(copied)
    await settled(copied)
    await expect.poll(files).toEqual([])
    expect(readdirSync(join(data, 'batches'))).toEqual([])
  })

  test('allows a new primary image set of the series', async () => {
    const place = await importAlone(emulator, [secondaryCapture()])
    await settled(destinationOf(place, await copy(place)))
    await remove(place)
    await settled(place)
    const { imageSets } = await emulator.importDicom([secondaryCapture()], { datastoreId: place.datastoreId })
    expect(imageSets).toMatchObject([{ versionId: '1', isPrimary: true }])
    expect(imageSets[0]?.imageSetId).not.toBe(place.imageSetId)
  })

  test('deletes synthetic image sets', async () => {
    const [synthetic] = await emulator.addSyntheticImageSets({ imageSets: 1 })
    const { endpoint, datastoreId } = emulator
    const place: ImageSetPlace = { endpoint, datastoreId, imageSetId: synthetic?.imageSetId ?? '' }
    const [frame] = instancesOf(await metadataOf(place)).flatMap(({ ImageFrames }) => ImageFrames)
    expect((await frameOf(place, frame?.ID ?? '')).byteLength).toBeGreaterThan(0)
    await remove(place)
    expect(await settled(place)).toMatchObject({ imageSetState: 'DELETED' })
    await expect(frameOf(place, frame?.ID ?? '')).rejects.toThrow(/is deleted/)
  })

  test('does not find image sets of another data store', async () => {
    const place = await importAlone(emulator, [secondaryCapture()])
    expect((await remove({ ...place, datastoreId: emulator.datastoreId })).status).toBe(404)
    expect((await remove({ ...place, imageSetId: 'a'.repeat(32) })).status).toBe(404)
    expect((await remove({ ...place, imageSetId: 'A' })).status).toBe(400)
  })
})
