import { storedSyntax, type DicomInstance, type PixelArray } from '@ahi-dicom/dicomizer'
import type { DecodedFrame, DecoderPool } from '@ahi-dicom/htj2k-decoder'
import { prefixLength, readFrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
import { describeImage, renderFrame, type ImageDescription, type Picture } from '@ahi-dicom/renderer'
import type { ExporterClient } from '../selection/client.ts'
import type { ChosenFrame } from './choose-frames.ts'

/** A picture of a lower resolution, and how many bytes were fetched for it. */
export interface LowResolution {
  /** Undefined if the frame is not what its attributes say, as far as that shows: the whole frame is to decide. */
  readonly picture: Picture | undefined
  readonly bytesFetched: number
  readonly byteLength: number | undefined
  /** Resolutions that were left out: no more than the code stream has. */
  readonly discardLevels: number
  /** Whether the document has a checksum of this resolution, as those of 2023 do, and it is that of the picture. */
  readonly isVerified: boolean
}

/** Client, decoder and settings for reading low resolutions. */
export interface LowResolutionParts {
  readonly client: Pick<ExporterClient, 'getImageFrame'>
  readonly pool: DecoderPool
  readonly discardLevels: number
  readonly signal: AbortSignal
}

/** HTJ2K, lossless, lossless in RPCL order, and lossy. */
const htj2kSyntaxes: ReadonlySet<string> = new Set([
  '1.2.840.10008.1.2.4.201',
  '1.2.840.10008.1.2.4.202',
  '1.2.840.10008.1.2.4.203',
])

/**
 * Returns the resolutions to leave out for a picture whose longer side has at least `size` pixels; 0 where a lower resolution
 * shows something else: numbers of palette entries and single bits have no mean, signed samples of 8 bits overshoot into the
 * other sign, and frames that are not HTJ2K have no prefix.
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

/** Fetches the beginning of a frame and renders its lower resolution. */
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
    // Where nothing but the whole frame will do, it is read with memory reserved for all of it.
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

/** Whether a code stream agrees with the attributes. If not, reading the whole frame corrects or refuses it. */
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

/** A frame that does not decode is read whole, which asks for it again and tells what is wrong. */
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
