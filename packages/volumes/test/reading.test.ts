import type { PixelArray } from '@ahi-dicom/dicom-standard'
import { assembleVolume, encodeNifti, encodeNpz, planVolumes, type VolumeInstance } from '@ahi-dicom/volumes'
import { expect, test } from 'vitest'
import { seriesOf, stack } from './series.ts'

const instances = seriesOf({ positions: stack(20, [0, 0, 0], [0, 0, 2]) })

test('a plan reads no frame', () => {
  const unread = instances.map((instance) => ({ ...instance, frame: () => Promise.reject(new Error('read')) }))
  expect(planVolumes(unread)[0]?.shape).toEqual([20, 3, 4])
})

test('slices come in order, and few frames are read at a time', async () => {
  let reading = 0
  let most = 0
  const counted = instances.map((instance) => ({
    ...instance,
    async frame(index: number) {
      most = Math.max(most, (reading += 1))
      await new Promise(setImmediate)
      reading -= 1
      return await instance.frame(index)
    },
  }))
  const [volume] = planVolumes(counted)
  const order: number[] = []
  for await (const { k } of volume?.slices({ frameConcurrency: 3 }) ?? []) order.push(k)
  expect(order).toEqual(Array.from({ length: 20 }, (_, k) => k))
  expect(most).toBe(3)
})

test('the error of a frame passes through, and the others are aborted', async () => {
  const signals: AbortSignal[] = []
  const failing = instances.map((instance, slice) => ({
    ...instance,
    async frame(index: number, { signal }: { readonly signal?: AbortSignal | undefined } = {}) {
      if (signal !== undefined) signals.push(signal)
      if (slice === 2) throw new Error('damaged')
      return await instance.frame(index)
    },
  }))
  await expect(assembleVolume(failing)).rejects.toThrow('damaged')
  expect(signals.length).toBeLessThan(10)
  expect(signals.every(({ aborted }) => aborted)).toBe(true)
})

test('reading ends with the reason of its signal', async () => {
  const aborting = new AbortController()
  aborting.abort(new Error('enough'))
  await expect(assembleVolume(instances, { signal: aborting.signal })).rejects.toThrow('enough')
})

test('a consumer that has enough ends the reading', async () => {
  const [volume] = planVolumes(instances)
  for await (const { k, t } of volume?.slices() ?? []) {
    expect([k, t]).toEqual([0, 0])
    break
  }
})

/** Instances that lend their frames from two arrays, and overwrite one that was given back. */
function lendingInstances(): { readonly instances: VolumeInstance[]; readonly lent: Set<PixelArray> } {
  const lent = new Set<PixelArray>()
  const idle: Int16Array[] = []
  const lending = instances.map((instance) => ({
    ...instance,
    async borrowFrame(index: number) {
      const samples = await instance.frame(index)
      const pixels = idle.pop() ?? new Int16Array(samples.length)
      pixels.set(samples)
      lent.add(pixels)
      return {
        pixels,
        release() {
          pixels.fill(-1)
          idle.push(pixels)
        },
      }
    },
  }))
  return { instances: lending, lent }
}

test('slices that are released lend their memory to others', async () => {
  const { instances: lending, lent } = lendingInstances()
  const volume = await assembleVolume(lending, { frameConcurrency: 3 })
  expect(volume.data).toEqual((await assembleVolume(instances)).data)
  expect(lent.size).toBeLessThanOrEqual(4)
})

test('voxels that are not samples lie in few arrays', async () => {
  const [volume] = planVolumes(instances, { values: 'real-world' })
  const arrays = new Set<PixelArray>()
  for await (const slice of volume?.slices({ frameConcurrency: 3 }) ?? []) {
    arrays.add(slice.data)
    slice.release()
  }
  expect(arrays.size).toBeLessThanOrEqual(4)
})

test.each([
  ['NIfTI', encodeNifti],
  ['NPZ', encodeNpz],
])('%s has the same bytes in memory that is used again', async (_, encode) => {
  const { instances: lending, lent } = lendingInstances()
  const gather = async (from: VolumeInstance[], reusesMemory: boolean): Promise<Buffer> => {
    const chunks: Uint8Array[] = []
    const [volume] = planVolumes(from)
    if (volume === undefined) throw new Error('expected a volume')
    for await (const chunk of encode(volume, { reusesMemory })) chunks.push(chunk.slice())
    return Buffer.concat(chunks)
  }
  const [expected, actual] = [await gather(instances, false), await gather(lending, true)]
  expect(actual.equals(expected)).toBe(true)
  expect(lent.size).toBeLessThan(12)
})

test('a consumer that has enough gives back what was read ahead', async () => {
  let borrowed = 0
  const counted = instances.map((instance) => ({
    ...instance,
    async borrowFrame(index: number) {
      borrowed += 1
      return { pixels: await instance.frame(index), release: () => void (borrowed -= 1) }
    },
  }))
  const [volume] = planVolumes(counted)
  for await (const slice of volume?.slices() ?? []) {
    slice.release()
    break
  }
  expect(borrowed).toBe(0)
})
