import { crc32 } from 'node:zlib'

import { parseImageSetMetadata, type AttributeMap, type ImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import {
  createFrameReader,
  dicomize,
  type DecodedFrame,
  type DicomInstance,
  type DicomizeOptions,
  type FrameDecoder,
  type FrameSource,
} from '@ahi-dicom/dicomizer'

/** Options of a test instance, and the parts of its frame reader. */
export interface TestOptions extends DicomizeOptions {
  readonly frameSource?: FrameSource | undefined
  readonly frameDecoder?: FrameDecoder | undefined
  /** Default options of `part10` in this test. */
  readonly frameConcurrency?: number | undefined
}

export const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2'

/** A frame of known pixels, with bytes that represent its code stream. */
export interface KnownFrame {
  readonly codeStream: Uint8Array<ArrayBuffer>
  readonly decoded: DecodedFrame
}

type FrameFormat = Partial<Pick<DecodedFrame, 'width' | 'height' | 'components' | 'bitsPerSample' | 'isSigned'>>

/** Returns frames of counting pixels. */
export function knownFrames(count: number, format: FrameFormat = {}): KnownFrame[] {
  return Array.from({ length: count }, (_, index) => knownFrame(index, format))
}

/** Returns a frame whose pixels depend on its index. */
export function knownFrame(index: number, format: FrameFormat = {}): KnownFrame {
  const { width = 4, height = 3, components = 1, bitsPerSample = 16, isSigned = false } = format
  const pixels = new Uint8Array(width * height * components * Math.ceil(bitsPerSample / 8))
  for (let byte = 0; byte < pixels.length; byte++) pixels[byte] = (byte * 37 + index * 101 + 11) % 256
  const decoded = { pixels, width, height, components, bitsPerSample, isSigned, checksum: crc32(pixels) }
  return { codeStream: codeStreamOf(index, 20 + (index % 3)), decoded }
}

/** Returns bytes that begin with the index of the frame. */
function codeStreamOf(index: number, byteLength: number): Uint8Array<ArrayBuffer> {
  const codeStream = new Uint8Array(byteLength).fill(index + 1)
  new DataView(codeStream.buffer).setUint32(0, index)
  return codeStream
}

/** Returns the metadata of one image with these frames. */
export function imageMetadata(
  frames: readonly KnownFrame[],
  attributes: AttributeMap = {},
  instance = {},
): ImageSetMetadata {
  const { width: Columns, height: Rows, components, bitsPerSample, isSigned } = (frames[0] ?? knownFrame(0)).decoded
  return parseImageSetMetadata(
    JSON.stringify({
      SchemaVersion: '1.1',
      DatastoreID: '0123456789abcdef0123456789abcdef',
      ImageSetID: 'fedcba9876543210fedcba9876543210',
      Patient: { DICOM: { PatientID: 'P1' } },
      Study: {
        DICOM: { StudyInstanceUID: '1.2.3' },
        Series: {
          '1.2.3.4': {
            DICOM: { SeriesInstanceUID: '1.2.3.4', Modality: 'CT' },
            Instances: {
              '1.2.3.4.5': {
                DICOM: {
                  SOPClassUID: ctImageStorage,
                  SOPInstanceUID: '1.2.3.4.5',
                  TransferSyntaxUID: '1.2.840.10008.1.2',
                  SamplesPerPixel: components,
                  PhotometricInterpretation: components === 3 ? 'RGB' : 'MONOCHROME2',
                  ...(frames.length > 1 ? { NumberOfFrames: String(frames.length) } : {}),
                  Rows,
                  Columns,
                  BitsAllocated: Math.ceil(bitsPerSample / 8) * 8,
                  BitsStored: bitsPerSample,
                  HighBit: bitsPerSample - 1,
                  PixelRepresentation: isSigned ? 1 : 0,
                  PixelData: null,
                  ...attributes,
                },
                DICOMVRs: {},
                StoredTransferSyntaxUID: '1.2.840.10008.1.2.4.202',
                ImageFrames: frames.map(({ decoded }, index) => ({
                  ID: `frame${index}`,
                  PixelDataChecksumFromBaseToFullResolution: [
                    { Width: 1, Height: 1, Checksum: 1 },
                    { Width: decoded.width, Height: decoded.height, Checksum: decoded.checksum },
                  ],
                })),
                ...instance,
              },
            },
          },
        },
      },
    }),
    // Deeper than the default limit for documents.
    { maxDepth: 100_000 },
  )
}

/** Returns a source and a decoder of known frames. */
export function framesOf(frames: readonly KnownFrame[]): { frameSource: FrameSource; frameDecoder: FrameDecoder } {
  return {
    frameSource: {
      getImageFrame: async ({ imageFrameId }) => ({
        data: frameAt(frames, Number(imageFrameId.slice(5))).codeStream.slice(),
      }),
    },
    frameDecoder: {
      decode: async (codeStream) => frameAt(frames, new DataView(codeStream.buffer).getUint32(0)).decoded,
    },
  }
}

function frameAt(frames: readonly KnownFrame[], index: number): KnownFrame {
  const frame = frames[index]
  if (frame === undefined) throw Object.assign(new Error('no such frame'), { statusCode: 404 })
  return frame
}

/** Returns an instance with these frames. */
export function imageInstance(
  frames: readonly KnownFrame[],
  options: TestOptions & { attributes?: AttributeMap; instance?: object } = {},
): DicomInstance {
  const { attributes, instance, ...others } = options
  return onlyInstance(imageMetadata(frames, attributes, instance), { ...framesOf(frames), ...others })
}

const noFrames: FrameSource = { getImageFrame: () => Promise.reject(new Error('no frame is to be fetched')) }

/** Returns the only instance of a document, with a reader of the source and the decoder. */
export function onlyInstance(metadata: ImageSetMetadata, options: TestOptions = {}): DicomInstance {
  const { frameSource: source, frameDecoder: decoder, frameConcurrency, ...others } = options
  const parts = { source: source ?? noFrames, decoder }
  const frameReader = source === undefined && decoder === undefined ? undefined : createFrameReader(parts)
  const [instance] = dicomize(metadata, { frameReader, ...others })
  if (instance === undefined) throw new Error('no instance')
  if (frameConcurrency === undefined) return instance
  const part10: DicomInstance['part10'] = (reading) => instance.part10({ frameConcurrency, ...reading })
  return Object.create(instance, { part10: { value: part10 } })
}

export async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}
