import { crc32 } from 'node:zlib'

import type { DicomInstance } from '@ahi-dicom/dicomizer'
import { describe, expect, test } from 'vitest'

import { jpeg } from './code-streams.ts'
import { bytesOf, imageInstance, knownFrame, type TestOptions } from './instances.ts'
import { fileSource } from './whole-files.ts'

const tile = jpeg({ identifiers: [1] })
const empty = new Uint8Array(0)
const { decoded } = knownFrame(0, { bitsPerSample: 8 })
const baseline = '1.2.840.10008.1.2.4.50'

function slide(
  frames: readonly Uint8Array[],
  transferSyntax: 'explicit' | 'stored',
  options: TestOptions = {},
): DicomInstance {
  return imageInstance(
    frames.map((codeStream) => ({ codeStream: new Uint8Array(codeStream), decoded })),
    {
      transferSyntax,
      attributes: { LossyImageCompression: '01' },
      instance: {
        StoredTransferSyntaxUID: baseline,
        ImageFrames: frames.map((bytes, index) => ({
          ID: `frame${index}`,
          FrameSizeInBytes: bytes.length,
          PixelDataChecksumFromBaseToFullResolution: [{ Width: 4, Height: 3, Checksum: crc32(bytes) }],
        })),
      },
      frameSource: {
        getImageFrame: async ({ imageFrameId }) => ({
          data: new Uint8Array(frames[Number(imageFrameId.slice(5))] ?? []),
        }),
      },
      frameDecoder: { decode: async () => decoded },
      ...options,
    },
  )
}

/** Returns the fragments of the Pixel Data at the end of a file, the offset table first (PS3.5 A.4). */
function fragmentsOf(file: Buffer): Buffer[] {
  let offset = file.indexOf(Buffer.from('e07f10004f420000ffffffff', 'hex')) + 12
  const fragments: Buffer[] = []
  while (file.readUInt16LE(offset + 2) === 0xe000) {
    const end = offset + 8 + file.readUInt32LE(offset + 4)
    fragments.push(file.subarray(offset + 8, end))
    offset = end
  }
  return fragments
}

describe.each(['explicit', 'stored'] as const)('a frame without bytes, %s', (transferSyntax) => {
  test.each([
    ['first', [empty, tile, tile]],
    ['in the middle', [tile, empty, tile]],
    ['last', [tile, tile, empty]],
    ['all', [empty, empty]],
  ] as const)('%s is written without', async (_name, frames) => {
    const instance = slide(frames, transferSyntax)
    const [table, ...fragments] = fragmentsOf(await bytesOf(instance.part10()))
    expect(fragments.map(({ length }) => length)).toEqual(frames.map(({ length }) => length + (length % 2)))
    expect(table?.length).toBe(4 * frames.length)
    expect(instance.transferSyntaxUid).toBe(baseline)
    expect(instance.frameChecks).toEqual({ verified: frames.length, unverified: 0 })
    const codes = instance.notices.map(({ code }) => code)
    expect(codes).toEqual(transferSyntax === 'explicit' ? ['PIXELS_NOT_DECODED', 'FRAME_EMPTY'] : ['FRAME_EMPTY'])
  })

  test('is damaged if the document states a length', async () => {
    const wrong = cutOnItsWay()
    await expect(wrong).rejects.toMatchObject({ code: 'FRAME_CHECKSUM_MISMATCH' })
  })

  async function cutOnItsWay(): Promise<Buffer> {
    const frames = [tile, tile]
    const instance = imageInstance(
      frames.map((codeStream) => ({ codeStream, decoded: { ...decoded, checksum: crc32(codeStream) } })),
      {
        transferSyntax,
        instance: { StoredTransferSyntaxUID: baseline },
        frameSource: {
          getImageFrame: async ({ imageFrameId }) => ({
            data: imageFrameId === 'frame0' ? tile.slice() : empty.slice(),
          }),
        },
        frameDecoder: { decode: async () => decoded },
      },
    )
    return bytesOf(instance.part10())
  }
})

test('frame() returns the other frames', async () => {
  const instance = slide([tile, empty, tile], 'explicit')
  expect(await instance.frame(0)).toHaveLength(12)
  expect(await instance.frame(2)).toHaveLength(12)
  await expect(instance.frame(1)).rejects.toMatchObject({ code: 'FRAME_UNDECODABLE' })
})

test.each(['explicit', 'stored'] as const)('a whole instance has the notice too: %s', async (transferSyntax) => {
  const frames = [tile, empty, tile]
  const file = await bytesOf(slide(frames, 'stored').part10())
  const instanceSource = fileSource(file, { isStoredOnly: true })
  const instance = slide(frames, transferSyntax, { instanceSource, source: 'instance' })
  expect((await bytesOf(instance.part10())).equals(file)).toBe(true)
  expect(instance.notices).toContainEqual(expect.objectContaining({ code: 'FRAME_EMPTY' }))
})
