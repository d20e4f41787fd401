import { assembleVolume, planVolumes } from '@ahi-dicom/volumes'
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
