import type {
  Datastore,
  GetDICOMInstanceOptions,
  GetImageFrameOptions,
  ImageSet,
  ImageSetSummary,
  StreamedBytes,
} from '@ahi-dicom/ahi-client'
import {
  createFrameReader,
  dicomize,
  type DecodedFrame,
  type FrameDecoder,
  type FrameRequest,
  type StoredFrame,
} from '@ahi-dicom/dicomizer'
import { frameChecksum } from '@ahi-dicom/ahi-metadata'
import type { ExporterClient } from '@ahi-dicom/exporter'
import { datastoreId, type ImageSetDouble } from './image-sets.ts'

/**
 * A double for the AHI client. It serves image sets from memory, a test may replace its frames, and it records all
 * requests.
 */
export interface ClientDouble extends ExporterClient {
  readonly requests: {
    frames: string[]
    metadata: string[]
    searches: string[]
    datastores: string[]
    instances: string[]
    streams: string[]
  }
}

/** The faults of a {@link ClientDouble}. */
export interface ClientFaults {
  /** Returns a frame. Default: the stored frame, at once. */
  readonly frame?: (request: FrameRequest, stored: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>
  readonly metadata?: (imageSetId: string) => Promise<void>
  readonly search?: () => Promise<void>
  /** Returns the lossless storage format of the data store. Default: undefined, as from AHI. */
  readonly datastore?: () => Promise<string | undefined>
  /** Yields the chunks of a streamed frame. Default: frames cannot be streamed. */
  readonly stream?: (stored: Uint8Array<ArrayBuffer>) => AsyncIterable<Uint8Array>
  /** Yields the chunks of a whole instance, possibly changed. Default: there are no whole instances. */
  readonly instance?: (chunks: readonly Uint8Array[], sopInstanceUid: string) => AsyncIterable<Uint8Array>
}

/** An error with the same fields as those from ahi-client. */
export class AhiErrorDouble extends Error {
  override readonly name = 'AhiErrorDouble'
  readonly code: string
  readonly retryable: boolean
  readonly operation: string | undefined

  constructor(code: string, retryable = false, operation?: string) {
    super(`Cannot do it: ${code}`)
    this.code = code
    this.retryable = retryable
    this.operation = operation
  }
}

export function clientDouble(imageSets: readonly ImageSetDouble[], faults: ClientFaults = {}): ClientDouble {
  const requests: ClientDouble['requests'] = {
    frames: [],
    metadata: [],
    searches: [],
    datastores: [],
    instances: [],
    streams: [],
  }
  const byId = new Map(imageSets.map((imageSet) => [imageSet.spec.imageSetId, imageSet]))

  function find(imageSetId: string): ImageSetDouble {
    const found = byId.get(imageSetId)
    if (found === undefined) throw new AhiErrorDouble('AHI_NOT_FOUND')
    return found
  }

  const { instance: chunksOf, stream } = faults
  async function getDICOMInstance(request: GetDICOMInstanceOptions): Promise<StreamedBytes> {
    const { sopInstanceUid, imageSetId = '', transferSyntax = '*' } = request
    requests.instances.push(`${sopInstanceUid} ${transferSyntax}`)
    const chunks = await wholeInstance(find(imageSetId), sopInstanceUid, transferSyntax)
    const data = chunksOf?.(chunks, sopInstanceUid) ?? oneByOne(chunks)
    return { data, contentType: 'application/dicom', byteLength: undefined }
  }

  async function streamImageFrame({ imageSetId, imageFrameId }: GetImageFrameOptions): Promise<StreamedBytes> {
    requests.streams.push(imageFrameId)
    const stored = find(imageSetId).frames.get(imageFrameId)
    if (stored === undefined) throw new AhiErrorDouble('AHI_NOT_FOUND')
    return { data: stream?.(stored) ?? oneByOne([stored]), contentType: 'video/mp4', byteLength: stored.length }
  }

  return {
    requests,
    ...(stream !== undefined && { streamImageFrame }),
    ...(chunksOf !== undefined && { getDICOMInstance }),
    async *searchImageSets({ filters }) {
      requests.searches.push(filters?.studyInstanceUid ?? 'all')
      await faults.search?.()
      for (const { spec } of imageSets) {
        const { studyInstanceUid = '1.2.3' } = spec
        if ((filters?.studyInstanceUid ?? studyInstanceUid) === studyInstanceUid) yield summaryOf(spec)
      }
    },
    async getImageSet({ imageSetId }) {
      return imageSetOf(find(imageSetId).spec)
    },
    async getImageSetMetadata({ imageSetId }) {
      requests.metadata.push(imageSetId)
      await faults.metadata?.(imageSetId)
      return find(imageSetId).metadata
    },
    async getDatastore({ datastoreId: id }) {
      requests.datastores.push(id)
      return datastoreOf(await faults.datastore?.())
    },
    async getImageFrame(request): Promise<StoredFrame & { contentType: string }> {
      requests.frames.push(request.imageFrameId)
      request.signal?.throwIfAborted()
      const stored = find(request.imageSetId).frames.get(request.imageFrameId)
      if (stored === undefined) throw new AhiErrorDouble('AHI_NOT_FOUND')
      const data = faults.frame === undefined ? stored.slice() : await faults.frame(request, stored.slice())
      return { data, contentType: 'image/jph' }
    },
  }
}

/** Returns AHI's own file of an instance, made from intact frames whatever `faults.frame` does. */
export async function wholeInstance(
  { metadata, frames }: ImageSetDouble,
  sopInstanceUid: string,
  transferSyntax: string,
): Promise<readonly Uint8Array[]> {
  const source = {
    getImageFrame: async ({ imageFrameId }: FrameRequest) => ({
      data: Uint8Array.from(frames.get(imageFrameId) ?? []),
    }),
  }
  const frameReader = createFrameReader({ source, decoder: decoderDouble() })
  const kind = transferSyntax === '*' ? 'stored' : 'explicit'
  for (const instance of dicomize(metadata, { frameReader, transferSyntax: kind })) {
    if (instance.sopInstanceUid !== sopInstanceUid) continue
    const chunks: Uint8Array[] = []
    for await (const chunk of instance.part10()) chunks.push(chunk)
    return chunks
  }
  throw new AhiErrorDouble('AHI_NOT_FOUND')
}

/** Yields chunks one by one. */
export async function* oneByOne(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

/**
 * Returns a decoder for the code streams of image-sets.ts. It transfers the input bytes away, like a pool of threads.
 */
export function decoderDouble(onDecode?: (codeStream: Uint8Array) => void): FrameDecoder {
  return {
    async decode(codeStream, options): Promise<DecodedFrame> {
      options?.signal?.throwIfAborted()
      onDecode?.(codeStream)
      const own = structuredClone(codeStream, { transfer: [codeStream.buffer] })
      await Promise.resolve()
      options?.signal?.throwIfAborted()
      if (own[0] !== 0xff || own[1] !== 0x4f) throw new Error('Cannot decode the code stream: no SOC marker')
      const pixels = own.slice(2)
      const width = Math.sqrt(pixels.length)
      return {
        pixels,
        width,
        height: pixels.length / width,
        components: 1,
        bitsPerSample: 8,
        isSigned: false,
        checksum: frameChecksum(pixels),
      }
    },
  }
}

function summaryOf(spec: ImageSetDouble['spec']): ImageSetSummary {
  const { imageSetId, versionId = '1', isPrimary = true, updatedAt } = spec
  const { studyInstanceUid = '1.2.3', seriesInstanceUid = '1.2.3.4' } = spec
  return {
    datastoreId,
    imageSetId,
    versionId,
    isPrimary,
    studyInstanceUid,
    seriesInstanceUid,
    createdAt: undefined,
    updatedAt,
    lastAccessedAt: undefined,
    storageTier: undefined,
    patientId: undefined,
    patientName: undefined,
    patientBirthDate: undefined,
    patientSex: undefined,
    studyId: undefined,
    studyDescription: undefined,
    studyDate: undefined,
    studyTime: undefined,
    accessionNumber: undefined,
    numberOfStudyRelatedSeries: undefined,
    numberOfStudyRelatedInstances: undefined,
    seriesModality: undefined,
    seriesBodyPart: undefined,
    seriesNumber: undefined,
  }
}

function datastoreOf(losslessStorageFormat: string | undefined): Datastore {
  return {
    datastoreId,
    datastoreName: undefined,
    datastoreStatus: 'ACTIVE',
    datastoreArn: undefined,
    createdAt: undefined,
    updatedAt: undefined,
    kmsKeyArn: undefined,
    lambdaAuthorizerArn: undefined,
    losslessStorageFormat,
  }
}

function imageSetOf({ imageSetId, versionId = '1', isPrimary = true, updatedAt }: ImageSetDouble['spec']): ImageSet {
  return {
    datastoreId,
    imageSetId,
    versionId,
    isPrimary,
    imageSetState: 'ACTIVE',
    imageSetWorkflowStatus: undefined,
    createdAt: undefined,
    updatedAt,
    deletedAt: undefined,
    message: undefined,
    forced: false,
    imageSetArn: undefined,
    lastAccessedAt: undefined,
    storageTier: undefined,
  }
}
