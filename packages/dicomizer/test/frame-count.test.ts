import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { expect, test } from 'vitest'
import { bytesOf, imageInstance, knownFrames } from './instances.ts'

const stated = ['0', 0, '0 ', ' 0 ', '', null, ' ', '00', ['0'], [], '1', '+1']
const ofOneFrame: readonly AttributeMap[] = stated.map((NumberOfFrames) => ({ NumberOfFrames }))

test.each([{}, ...ofOneFrame])('%j means one frame', async (attributes) => {
  const instance = imageInstance(knownFrames(1), { attributes })
  await expect(instance.frame(0)).resolves.toHaveLength(12)
  await expect(bytesOf(instance.part10())).resolves.toBeInstanceOf(Buffer)
  expect(instance).toMatchObject({ frameCount: 1, pictureCount: 1, source: 'frames', notices: [] })
  expect(instance.frameChecks).toEqual({ verified: 1, unverified: 0 })
})

test.each(ofOneFrame)('%j does not mean two frames', async (attributes) => {
  const instance = imageInstance(knownFrames(2), { attributes })
  await expect(bytesOf(instance.part10())).rejects.toMatchObject({ code: 'FRAME_MISMATCH' })
})
