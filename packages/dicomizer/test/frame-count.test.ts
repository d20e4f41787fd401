import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'
import { describe, expect, test } from 'vitest'
import { bytesOf, imageInstance, knownFrames } from './instances.ts'

async function expectOneFrame(attributes: AttributeMap): Promise<void> {
  const instance = imageInstance(knownFrames(1), { attributes })
  await expect(instance.frame(0)).resolves.toHaveLength(12)
  await expect(bytesOf(instance.part10())).resolves.toBeInstanceOf(Buffer)
  expect(instance).toMatchObject({ frameCount: 1, pictureCount: 1, source: 'frames', notices: [] })
  expect(instance.frameChecks).toEqual({ verified: 1, unverified: 0 })
}

test('no NumberOfFrames stands for one frame', () => expectOneFrame({}))

describe.each<readonly [JsonValue]>([
  ['0'],
  [0],
  ['0 '],
  [' 0 '],
  [''],
  [null],
  [' '],
  ['00'],
  [['0']],
  [[]],
  ['1'],
  ['+1'],
])('NumberOfFrames %j', (NumberOfFrames) => {
  test('stands for one frame', () => expectOneFrame({ NumberOfFrames }))

  test('does not stand for two', async () => {
    const instance = imageInstance(knownFrames(2), { attributes: { NumberOfFrames } })
    await expect(bytesOf(instance.part10())).rejects.toMatchObject({ code: 'FRAME_MISMATCH' })
  })
})
