import { decodeFrame, readCodeStreamHeader } from '@ahi-dicom/htj2k-decoder'
import { describe, expect, test } from 'vitest'
import { encodeFrame } from './encode-frame.ts'
import { encodeJpeg2000 } from './encode-jpeg2000.ts'
import { smoothSamples } from './samples.ts'

/** Offsets in a code stream with SIZ directly after SOC (T.800 A.5.1). */
const [xsiz, ysiz, xtsiz, ytsiz, firstSpacing] = [8, 12, 24, 28, 43]

/** Puts the same samples on a larger reference grid, with the fewest points for this number of samples. */
function onWiderGrid(codeStream: Uint8Array, columnSpacing: number, rowSpacing: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(codeStream)
  const view = new DataView(copy.buffer)
  const widen = (offset: number, spacing: number, less: number): void =>
    view.setUint32(offset, view.getUint32(offset) * spacing - less)
  widen(xsiz, columnSpacing, columnSpacing - 1)
  widen(ysiz, rowSpacing, rowSpacing - 1)
  widen(xtsiz, columnSpacing, 0)
  widen(ytsiz, rowSpacing, 0)
  for (let component = 0; component < view.getUint16(40); component += 1) {
    copy.set([columnSpacing, rowSpacing], firstSpacing + 3 * component)
  }
  return copy
}

const gray = { width: 67, height: 59, components: 1, bitsPerSample: 12, isSigned: false }
const colour = { width: 67, height: 59, components: 3, bitsPerSample: 8, isSigned: false }
const narrow = { ...gray, bitsPerSample: 8, isSigned: true }

describe('a reference grid with more points than samples', () => {
  test.each([
    ['JPEG 2000, gray', gray, encodeJpeg2000(smoothSamples(gray), gray)],
    ['JPEG 2000, colour', colour, encodeJpeg2000(smoothSamples(colour), colour)],
    ['HTJ2K, gray', gray, encodeFrame(smoothSamples(gray), gray)],
    ['HTJ2K, colour', colour, encodeFrame(smoothSamples(colour), colour)],
    ['HTJ2K in tiles', gray, encodeFrame(smoothSamples(gray), gray, { tile: { width: 32, height: 20 } })],
    ['HTJ2K, LRCP', gray, encodeFrame(smoothSamples(gray), gray, { progressionOrder: 0 })],
    ['HTJ2K, PCRL', colour, encodeFrame(smoothSamples(colour), colour, { progressionOrder: 3 })],
  ])('%s', async (_name, { width, height }, codeStream) => {
    const expected = await decodeFrame(codeStream)
    for (const [across, down] of [
      [2, 2],
      [1, 2],
      [3, 1],
      [4, 5],
    ] as const) {
      const wider = onWiderGrid(codeStream, across, down)
      expect(readCodeStreamHeader(wider)).toMatchObject({ width, height, isOnWiderGrid: true })
      expect(await decodeFrame(wider)).toEqual(expected)
      expect(await decodeFrame(wider, { discardLevels: 1 })).toEqual(
        await decodeFrame(codeStream, { discardLevels: 1 }),
      )
    }
  })

  test('signed samples of 8 bits', async () => {
    const wide = new Uint8Array(Int16Array.from(new Int8Array(smoothSamples(narrow).buffer)).buffer)
    const codeStream = encodeFrame(wide, { ...narrow, bitsPerSample: 16 })
    codeStream[42] = 0x87
    expect((await decodeFrame(onWiderGrid(codeStream, 2, 2))).pixels).toEqual(smoothSamples(narrow))
  })

  test('is refused if a tile ends within a sample', async () => {
    const codeStream = onWiderGrid(encodeFrame(smoothSamples(gray), gray, { tile: { width: 32, height: 20 } }), 2, 2)
    new DataView(codeStream.buffer).setUint32(xtsiz, 63)
    await expect(decodeFrame(codeStream)).rejects.toMatchObject({ code: 'CODE_STREAM_UNSUPPORTED' })
  })
})
