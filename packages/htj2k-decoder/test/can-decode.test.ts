import { readdirSync } from 'node:fs'
import { canDecode, decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { readFrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
import { describe, expect, test } from 'vitest'
import { fixture } from './fixtures.ts'
import type { KnownCoding } from '@ahi-dicom/htj2k-decoder'

const files = readdirSync(new URL('fixtures/', import.meta.url)).filter((name) => !name.endsWith('.md'))

function headerOf(bytes: Uint8Array): KnownCoding {
  const header = readFrameHeader(bytes)
  if (header === undefined) throw new Error('The bytes have no header')
  return header
}

test.each(files)('canDecode agrees with decodeFrame on %s', async (name) => {
  const [outcome] = await Promise.allSettled([decodeFrame(fixture(name))])
  expect(outcome?.status === 'fulfilled').toBe(canDecode(headerOf(fixture(name))))
})

describe('canDecode and decodeFrame both refuse', () => {
  test.each([
    ['another process', 'jpeg-2x2.jpg', 0xffc0, -3, 0xc9],
    ['JPEG of 12 bits', 'jpeg-2x2.jpg', 0xffc0, 0, 12],
    ['JPEG 2000 of 17 bits', 'part1-rgb-8-bit-without-transform.j2k', 0xff51, 36, 16],
    ['HTJ2K of 17 bits', 'rgb-8-bit-without-transform.j2c', 0xff51, 36, 16],
  ])('%s', async (_name, file, marker, offset, value) => {
    const bytes = fixture(file)
    bytes[Buffer.from(bytes).indexOf(Uint8Array.of(marker >> 8, marker & 0xff)) + 4 + offset] = value
    expect(canDecode(headerOf(bytes))).toBe(false)
    await expect(decodeFrame(bytes)).rejects.toMatchObject({ code: 'CODE_STREAM_UNSUPPORTED' })
  })
})

test.each<[KnownCoding, boolean]>([
  [{ kind: 'htj2k' }, true],
  [{ kind: 'htj2k', components: 4 }, true],
  [{ kind: 'jpeg2000' }, true],
  [{ kind: 'jpeg2000', components: 4 }, false],
  [{ kind: 'jpeg' }, true],
  [{ kind: 'jpeg', process: 'extended' }, true],
  [{ kind: 'jpeg', process: 'lossless', bitsPerSample: 16 }, true],
  [{ kind: 'jpeg', process: 'extended', bitsPerSample: 12 }, false],
  [{ kind: 'jpeg', process: 'lossless-arithmetic' }, false],
  [{ kind: 'jpeg', process: 'jpeg-ls' }, false],
  [{ kind: 'jpeg', components: 4 }, false],
  [{ kind: 'jpeg-xl' }, false],
])('canDecode(%o) is %s', (coding, isDecoded) => {
  expect(canDecode(coding)).toBe(isDecoded)
})
