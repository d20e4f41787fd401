import { crc32 } from 'node:zlib'

import type { DicomInstance } from '@ahi-dicom/dicomizer'
import { describe, expect, test } from 'vitest'

import { jpeg, jpeg2000 } from './code-streams.ts'
import { bytesOf, imageInstance, knownFrame } from './instances.ts'

const dicom = '1.2.840.10008.1.2'
const grey = { bitsPerSample: 8 } as const
const { decoded } = knownFrame(0, grey)

const codeStreams = [
  ['.4.91', jpeg2000({ ...grey, isReversible: false })],
  ['.4.203', jpeg2000({ ...grey, isHighThroughput: true, isReversible: false })],
  ['.4.50', jpeg({ identifiers: [1] })],
] as const

async function written(
  uid: string,
  frames: readonly Uint8Array[],
  transferSyntax: 'explicit' | 'stored',
): Promise<DicomInstance> {
  const instance = imageInstance(
    frames.map((bytes) => ({ codeStream: new Uint8Array(bytes), decoded: { ...decoded, checksum: crc32(bytes) } })),
    {
      transferSyntax,
      attributes: { LossyImageCompression: '01' },
      instance: { StoredTransferSyntaxUID: `${dicom}${uid}` },
      frameSource: {
        getImageFrame: async ({ imageFrameId }) => ({
          data: new Uint8Array(frames[Number(imageFrameId.slice(5))] ?? []),
        }),
      },
      frameDecoder: { decode: async () => decoded },
    },
  )
  await bytesOf(instance.part10())
  return instance
}

describe.each(codeStreams)('frames in %s', (uid, bytes) => {
  const padded = Uint8Array.of(...bytes, 0, 0, 0, 0xff)
  const longer = Uint8Array.of(...bytes, 0x0d, 0x0a, 0x1a)

  test.each(['explicit', 'stored'] as const)('have no notice if they are padded: %s', async (transferSyntax) => {
    expect((await written(uid, [bytes, padded], transferSyntax)).notices).toEqual([])
  })

  test.each(['explicit', 'stored'] as const)(
    'that bytes follow have one, first or later: %s',
    async (transferSyntax) => {
      for (const [frame, frames] of [
        [1, [longer, bytes]],
        [3, [bytes, padded, longer]],
      ] as const) {
        expect((await written(uid, frames, transferSyntax)).notices).toEqual([
          {
            code: 'CODE_STREAM_END',
            tag: undefined,
            message: `3 bytes follow the end of the code stream of frame ${frame} and are not part of the image`,
            isLoss: false,
          },
        ])
      }
    },
  )

  test('have a notice if their end is missing', async () => {
    const { notices } = await written(uid, [bytes, bytes.subarray(0, -2)], 'stored')
    expect(notices.map(({ message }) => message)).toEqual([
      'the code stream of frame 2 has no end marker: samples may be missing',
    ])
  })
})

test('frame() gives the reason why a frame that is kept as stored does not decode', async () => {
  for (const [uid, bytes] of codeStreams) {
    const instance = imageInstance(
      [{ codeStream: new Uint8Array(bytes), decoded: { ...decoded, checksum: crc32(bytes) } }],
      {
        instance: { StoredTransferSyntaxUID: `${dicom}${uid}` },
        frameDecoder: { decode: () => Promise.reject(new Error('it has no end marker')) },
      },
    )
    const error: unknown = await instance.frame(0).catch((reason: unknown) => reason)
    await bytesOf(instance.part10())
    const later: unknown = await instance.frame(0).catch((reason: unknown) => reason)
    for (const failure of [error, later]) expect(String(failure)).toContain('it has no end marker')
    expect([error, later]).toMatchObject([{ code: 'FRAME_UNDECODABLE' }, { code: 'TRANSFER_SYNTAX_UNSUPPORTED' }])
  }
})
