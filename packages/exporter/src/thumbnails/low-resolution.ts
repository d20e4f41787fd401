import { storedSyntax, type DicomInstance, type PixelArray } from '@ahi-dicom/dicomizer'
import type { DecodedFrame, DecoderPool } from '@ahi-dicom/htj2k-decoder'
import { prefixLength, readFrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
import { describeImage, renderFrame, type ImageDescription, type Picture } from '@ahi-dicom/renderer'
import type { ExporterClient } from '../selection/client.ts'
import type { ChosenFrame } from './choose-frames.ts'

/** A picture in a lower resolution, and the bytes fetched for it. */
export interface LowResolution {
  /** Undefined if the frame does not match its attributes. The whole frame must then be read. */
  readonly picture: Picture | undefined
  readonly bytesFetched: number
  readonly byteLength: number | undefined
  /** The number of resolutions left out. At most as many as the code stream has. */
  readonly discardLevels: number
  /** True if the document lists a checksum for this resolution, and it matches. Documents of 2023 list them. */
  readonly isVerified: boolean
}

/** Client, decoder and settings for reading low resolutions. */
export interface LowResolutionParts {
  readonly client: Pick<ExporterClient, 'getImageFrame'>
  readonly pool: DecoderPool
  readonly discardLevels: number
  readonly signal: AbortSignal
}

/** HTJ2K: lossless, lossless in RPCL order, and lossy. */
const htj2kSyntaxes: ReadonlySet<string> = new Set([
  '1.2.840.10008.1.2.4.201',
  '1.2.840.10008.1.2.4.202',
  '1.2.840.10008.1.2.4.203',
])

/**
 * Returns how many resolutions to leave out so that the longer side has at least `size` pixels. Returns 0 if a lower
 * resolution would be wrong: palette indices and single bits have no mean, signed 8-bit samples may overflow, and
 * frames that are not HTJ2K cannot be read in part.
 */
export function discardableLevels(
  { attributes }: DicomInstance,
  { walked: { entry, imageSet } }: ChosenFrame,
  size: number,
): number {
  const { uid } = storedSyntax(entry.instance.StoredTransferSyntaxUID, imageSet.losslessStorageFormat)
  const bits = attributes.number('BitsStored') ?? 0
  const hasMeans = attributes.string('PhotometricInterpretation') !== 'PALETTE COLOR' && bits !== 1
  const maySwapSigns = attributes.number('PixelRepresentation') === 1 && bits <= 8
  if (!htj2kSyntaxes.has(uid) || !hasMeans || maySwapSigns) return 0
  const longest = Math.max(attributes.number('Rows') ?? 0, attributes.number('Columns') ?? 0)
  return Math.max(0, Math.floor(Math.log2(longest / size)))
}

/** Fetches the first part of a frame and renders its lower resolution. */
export async function readLowResolution(
  instance: DicomInstance,
  { walked: { key, entry }, frame }: ChosenFrame,
  { client, pool, discardLevels, signal }: LowResolutionParts,
): Promise<LowResolution> {
  const { datastoreId, imageSetId } = key
  const imageFrameId = entry.instance.ImageFrames[frame]?.ID ?? ''
  const { data, byteLength } = await client.getImageFrame({
    datastoreId,
    imageSetId,
    imageFrameId,
    signal,
    // If the whole frame is needed, nothing more is fetched here. It is then read with memory reserved for all of it.
    beginning: (bytes) => prefixLength(bytes, { discardLevels }) ?? bytes.length,
  })
  const fetched = { bytesFetched: data.length, byteLength, discardLevels: 0, isVerified: false }
  const image = describeImage(instance.attributes, frame)
  if (!isDescribed(data, image)) return { ...fetched, picture: undefined }
  const needed = prefixLength(data, { discardLevels }) ?? byteLength
  if (needed === undefined || needed > data.length) return { ...fetched, picture: undefined }
  const decoded = await decodeUnlessDamaged(pool, data.slice(0, needed), { discardLevels, signal })
  if (decoded === undefined) return { ...fetched, picture: undefined }
  const { width: columns, height: rows } = decoded
  const listed = entry.instance.ImageFrames[frame]?.PixelDataChecksumFromBaseToFullResolution?.find(
    ({ Width, Height }) => Width === columns && Height === rows,
  )
  if (listed !== undefined && listed.Checksum !== decoded.checksum) return { ...fetched, picture: undefined }
  const small = { ...image, rows, columns, planarConfiguration: 0, overlays: undefined }
  const picture = renderFrame(pixelsOf(decoded), small)
  return { ...fetched, picture, discardLevels: levelsBetween(image, decoded), isVerified: listed !== undefined }
}

/** Returns how often the sides of a frame were halved. */
function levelsBetween({ columns, rows }: ImageDescription, { width, height }: DecodedFrame): number {
  let levels = 0
  while (Math.ceil(columns / 2 ** levels) > width || Math.ceil(rows / 2 ** levels) > height) levels += 1
  return levels
}

/** Returns true if a code stream matches the attributes. If not, reading the whole frame corrects or rejects it. */
function isDescribed(codeStream: Uint8Array, image: ImageDescription): boolean {
  const header = readFrameHeader(codeStream)
  return (
    header?.kind === 'htj2k' &&
    header.width === image.columns &&
    header.height === image.rows &&
    header.components === image.samplesPerPixel &&
    header.bitsPerSample <= image.bitsStored &&
    header.isSigned === (image.pixelRepresentation === 1) &&
    (image.highBit ?? image.bitsStored - 1) === image.bitsStored - 1
  )
}

/**
 * Decodes a code stream. Returns undefined if it is damaged. The whole frame is then requested again, which reports the
 * damage.
 */
async function decodeUnlessDamaged(
  pool: DecoderPool,
  codeStream: Uint8Array<ArrayBuffer>,
  options: { readonly discardLevels: number; readonly signal: AbortSignal },
): Promise<DecodedFrame | undefined> {
  try {
    return await pool.decode(codeStream, options)
  } catch (error) {
    if (error instanceof Error && error.name === 'CodeStreamError') return undefined
    throw error
  }
}

function pixelsOf({ pixels, bitsPerSample, isSigned }: DecodedFrame): PixelArray {
  const { buffer, byteOffset, byteLength } = pixels
  if (bitsPerSample <= 8) return isSigned ? new Int8Array(buffer, byteOffset, byteLength) : pixels
  const count = byteLength / 2
  return isSigned ? new Int16Array(buffer, byteOffset, count) : new Uint16Array(buffer, byteOffset, count)
}
