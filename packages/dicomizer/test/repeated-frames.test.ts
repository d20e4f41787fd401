import { expect, test } from 'vitest'

import { bytesOf, imageInstance, knownFrames } from './instances.ts'

/** Returns a document that lists the frames of an instance as in a known case, with `stated` in NumberOfFrames. */
function listed(ids: readonly string[], stated: number): ReturnType<typeof imageInstance> {
  const images = new Map(
    knownFrames(2).map(({ decoded }, index) => [
      `frame${index}`,
      {
        ID: `frame${index}`,
        PixelDataChecksumFromBaseToFullResolution: [
          { Width: decoded.width, Height: decoded.height, Checksum: decoded.checksum },
        ],
      },
    ]),
  )
  const ImageFrames = ids.flatMap((id) => images.get(id) ?? [])
  return imageInstance(knownFrames(2), { instance: { ImageFrames }, attributes: { NumberOfFrames: String(stated) } })
}

test('frames that are listed twice and counted once are written once, and verified', async () => {
  const plain = listed(['frame0', 'frame1'], 2)
  const bytes = await bytesOf(plain.part10())
  for (const ids of [
    ['frame0', 'frame0', 'frame1'],
    ['frame0', 'frame1', 'frame0', 'frame1'],
  ]) {
    const instance = listed(ids, 2)
    expect([instance.frameCount, instance.source]).toEqual([2, 'frames'])
    expect(await bytesOf(instance.part10())).toEqual(bytes)
    expect(instance.frameChecks).toEqual({ verified: 2, unverified: 0 })
  }
})

test('a frame that NumberOfFrames counts several times is written that often', async () => {
  const instance = listed(['frame0', 'frame0'], 2)
  await bytesOf(instance.part10())
  expect(instance.frameChecks).toEqual({ verified: 2, unverified: 0 })
})

test('frames that NumberOfFrames counts in neither way are an error', async () => {
  await expect(bytesOf(listed(['frame0', 'frame1', 'frame1'], 1).part10())).rejects.toMatchObject({
    code: 'FRAME_MISMATCH',
  })
})

test('pictureChecks has whether each frame matched a checksum', async () => {
  const good = listed(['frame0', 'frame1'], 2)
  await good.frame(1)
  expect([...good.pictureChecks]).toEqual([[1, true]])
  const unknown = imageInstance(knownFrames(1), { instance: { ImageFrames: [{ ID: 'frame0' }] } })
  await unknown.frame(0)
  expect([...unknown.pictureChecks]).toEqual([[0, false]])
})
