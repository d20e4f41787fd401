import { PictureEncodingError } from '../errors.ts'
import type { AnimationFrame } from './animation.ts'
import { createTimeRounder } from './frame-times.ts'

/** The picture of a GIF file (GIF89a 20 to 22). */
interface GifPicture {
  readonly width: number
  readonly height: number
  readonly packed: number
  readonly colours: Uint8Array
  /** Minimum code size, sub-blocks, and block terminator. */
  readonly data: Uint8Array
}

const imageSeparator = 0x2c
const extensionIntroducer = 0x21
const trailer = 0x3b
const hundredth = 10

/**
 * Joins GIF files of one picture each into one animated GIF that loops forever. Each frame keeps its own colours. Only
 * one frame is in memory at a time.
 *
 * @throws {PictureEncodingError} if a frame is not a GIF, or its size differs from the first frame's
 */
export async function* encodeGifAnimation(frames: AsyncIterable<AnimationFrame>): AsyncGenerator<Uint8Array> {
  const round = createTimeRounder(hundredth, 0xffff)
  let first: GifPicture | undefined
  for await (const { file, time } of frames) {
    const picture = readPicture(Buffer.from(file.buffer, file.byteOffset, file.byteLength))
    if (first === undefined) yield header(picture)
    first ??= picture
    if (picture.width !== first.width || picture.height !== first.height) throw invalid('its frames differ in size')
    yield encodeFrame(picture, round(time))
  }
  if (first !== undefined) yield Buffer.of(trailer)
}

/** Returns the signature, the logical screen without a colour table, and the Netscape extension that loops forever. */
function header({ width, height }: GifPicture): Uint8Array {
  const screen = Buffer.alloc(7)
  screen.writeUInt16LE(width, 0)
  screen.writeUInt16LE(height, 2)
  screen.writeUInt8(0x70, 4)
  return Buffer.concat([
    Buffer.from('GIF89a', 'latin1'),
    screen,
    Buffer.from('!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0', 'latin1'),
  ])
}

/** Returns the graphic control extension, the image descriptor, the colour table and the data of a frame. */
function encodeFrame({ width, height, packed, colours, data }: GifPicture, delay: number): Uint8Array {
  const control = Buffer.of(extensionIntroducer, 0xf9, 4, 0x04, 0, 0, 0, 0)
  control.writeUInt16LE(delay, 4)
  const descriptor = Buffer.alloc(10)
  descriptor.writeUInt8(imageSeparator, 0)
  descriptor.writeUInt16LE(width, 5)
  descriptor.writeUInt16LE(height, 7)
  descriptor.writeUInt8(packed, 9)
  return Buffer.concat([control, descriptor, colours, data])
}

function readPicture(file: Buffer): GifPicture {
  if (file.byteLength < 13 || file.toString('latin1', 0, 3) !== 'GIF') throw invalid('a frame is not a GIF')
  const width = file.readUInt16LE(6)
  const height = file.readUInt16LE(8)
  const screen = colourTable(file, 13, file.readUInt8(10))
  let at = 13 + screen.byteLength
  while (file[at] === extensionIntroducer) at = endOfBlocks(file, at + 2)
  if (file[at] !== imageSeparator || at + 10 > file.byteLength) throw invalid('a frame has no picture')
  const packed = file.readUInt8(at + 9)
  const isWhole =
    file.readUInt32LE(at + 1) === 0 && file.readUInt16LE(at + 5) === width && file.readUInt16LE(at + 7) === height
  if (!isWhole) throw invalid('a frame does not fill its logical screen')
  const own = colourTable(file, at + 10, packed)
  const start = at + 10 + own.byteLength
  const data = file.subarray(start, endOfBlocks(file, start + 1))
  const colours = own.byteLength > 0 ? own : screen
  const sizeBits = own.byteLength > 0 ? packed & 7 : file.readUInt8(10) & 7
  // Local colour table of the same size; interlaced if the file is.
  return { width, height, packed: 0x80 | (packed & 0x40) | sizeBits, colours, data }
}

/**
 * Returns the colour table, if there is one. The highest bit of `packed` says if there is, the lowest three give its
 * size.
 */
function colourTable(file: Buffer, start: number, packed: number): Uint8Array {
  return file.subarray(start, start + (packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0))
}

function endOfBlocks(file: Buffer, start: number): number {
  let at = start
  for (;;) {
    const length = file[at]
    if (length === undefined) throw invalid('a frame is truncated')
    at += 1 + length
    if (length === 0) return at
  }
}

function invalid(why: string): PictureEncodingError {
  return new PictureEncodingError('PICTURE_ENCODING_FAILED', `Cannot encode an animated GIF: ${why}`)
}
