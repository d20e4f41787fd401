import { frameChecksum, type ImageSetMetadata, type InstanceMetadata } from '@ahi-dicom/ahi-metadata'

/** An instance to make. Its frames are noise with a known seed. */
export interface InstanceSpec {
  readonly frames?: number
  readonly rows?: number
  readonly columns?: number
  /** `null`: the document does not name the transfer syntax. Default: HTJ2K. */
  readonly storedTransferSyntaxUid?: string | null
}

/** An image set to make. */
export interface ImageSetSpec {
  readonly imageSetId: string
  readonly studyInstanceUid?: string
  readonly seriesInstanceUid?: string
  readonly isPrimary?: boolean
  readonly versionId?: string
  readonly updatedAt?: Date
  readonly instances: Readonly<Record<string, InstanceSpec>>
}

/** An image set in memory. */
export interface ImageSetDouble {
  readonly spec: ImageSetSpec
  readonly metadata: ImageSetMetadata
  /** The stored frames by imageFrameId. */
  readonly frames: ReadonlyMap<string, Uint8Array<ArrayBuffer>>
}

export const datastoreId = 'd'.repeat(32)

/** HTJ2K Lossless RPCL. */
const htj2k = '1.2.840.10008.1.2.4.202'

/** Makes an image set. Its code streams are the pixels after a header of two bytes, see {@link decodeDouble}. */
export function makeImageSet(spec: ImageSetSpec): ImageSetDouble {
  const { imageSetId, studyInstanceUid = '1.2.3', seriesInstanceUid = '1.2.3.4' } = spec
  const frames = new Map<string, Uint8Array<ArrayBuffer>>()
  const instances = Object.entries(spec.instances).map(([uid, instance]) => [uid, makeInstance(uid, instance, frames)])
  const metadata: ImageSetMetadata = {
    SchemaVersion: '1.1',
    DatastoreID: datastoreId,
    ImageSetID: imageSetId,
    Patient: { DICOM: { PatientID: 'P1' } },
    Study: {
      DICOM: { StudyInstanceUID: studyInstanceUid },
      Series: {
        [seriesInstanceUid]: {
          DICOM: {
            SeriesInstanceUID: seriesInstanceUid,
            Modality: 'OT',
            SeriesNumber: '7 ',
            SeriesDescription: 'noise',
          },
          Instances: Object.fromEntries(instances),
        },
      },
    },
  }
  return { spec, metadata, frames }
}

function makeInstance(
  sopInstanceUid: string,
  { frames: count = 1, rows = 4, columns = 4, storedTransferSyntaxUid = htj2k }: InstanceSpec,
  frames: Map<string, Uint8Array<ArrayBuffer>>,
): InstanceMetadata {
  const ImageFrames = Array.from({ length: count }, (_, index) => {
    const imageFrameId = `${sopInstanceUid}#${index}`
    const pixels = noise(rows * columns, imageFrameId)
    const stored = Uint8Array.of(0xff, 0x4f, ...pixels)
    const summed = isVideo(storedTransferSyntaxUid) ? stored : pixels
    const checksum = { Width: columns, Height: rows, Checksum: frameChecksum(summed) }
    frames.set(imageFrameId, stored)
    return {
      ID: imageFrameId,
      PixelDataChecksumFromBaseToFullResolution: [checksum],
      FrameSizeInBytes: pixels.length + 2,
    }
  })
  const pixelModule = {
    Rows: rows,
    Columns: columns,
    SamplesPerPixel: 1,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    PhotometricInterpretation: 'MONOCHROME2',
    ...(count > 1 && { NumberOfFrames: String(count) }),
  }
  return {
    DICOM: {
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
      SOPInstanceUID: sopInstanceUid,
      ...(count > 0 && pixelModule),
    },
    DICOMVRs: {},
    ...(storedTransferSyntaxUid !== null && { StoredTransferSyntaxUID: storedTransferSyntaxUid }),
    ImageFrames,
  }
}

/** Returns true for videos. AHI keeps videos as imported, and their checksums cover the encoded bytes. */
function isVideo(storedTransferSyntaxUid: string | null): boolean {
  return storedTransferSyntaxUid?.startsWith('1.2.840.10008.1.2.4.10') === true
}

/** Returns noise that depends only on the seed. */
function noise(length: number, seed: string): Uint8Array<ArrayBuffer> {
  let state = frameChecksum(Buffer.from(seed)) | 1
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 24
  })
}
