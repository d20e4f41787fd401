import type { Datastore, ImageSet, ImageSetSummary } from '@ahi-dicom/ahi-client'
import type { DecodedFrame, FrameDecoder, FrameRequest, StoredFrame } from '@ahi-dicom/dicomizer'
import { frameChecksum } from '@ahi-dicom/ahi-metadata'
import type { ExporterClient } from '@ahi-dicom/exporter'
import { datastoreId, type ImageSetDouble } from './image-sets.ts'

/** Stands in for AHI: image sets in memory, frames by a function that a test may replace, and what was asked for. */
export interface ClientDouble extends ExporterClient {
  readonly requests: { frames: string[]; metadata: string[]; searches: string[]; datastores: string[] }
}

/** What goes wrong, and when. */
export interface ClientFaults {
  /** Gives the frame; by default the stored one at once. */
  readonly frame?: (request: FrameRequest, stored: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>
  readonly metadata?: (imageSetId: string) => Promise<void>
  readonly search?: () => Promise<void>
  /** Gives the lossless storage format of the data store; by default none, as AHI does. */
  readonly datastore?: () => Promise<string | undefined>
}

/** An error with the fields of ahi-client's. */
export class AhiErrorDouble extends Error {
  override readonly name = 'AhiErrorDouble'
  readonly code: string
  readonly retryable: boolean

  constructor(code: string, retryable = false) {
    super(`Cannot do it: ${code}`)
    this.code = code
    this.retryable = retryable
  }
}

export function clientDouble(imageSets: readonly ImageSetDouble[], faults: ClientFaults = {}): ClientDouble {
  const requests: ClientDouble['requests'] = { frames: [], metadata: [], searches: [], datastores: [] }
  const byId = new Map(imageSets.map((imageSet) => [imageSet.spec.imageSetId, imageSet]))

  function find(imageSetId: string): ImageSetDouble {
    const found = byId.get(imageSetId)
    if (found === undefined) throw new AhiErrorDouble('AHI_NOT_FOUND')
    return found
  }

  return {
    requests,
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

/** Decodes what image-sets.ts makes; takes the bytes away as a pool of threads does. */
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
  const { imageSetId, versionId = '1', isPrimary = true } = spec
  const { studyInstanceUid = '1.2.3', seriesInstanceUid = '1.2.3.4' } = spec
  return {
    datastoreId,
    imageSetId,
    versionId,
    isPrimary,
    studyInstanceUid,
    seriesInstanceUid,
    createdAt: undefined,
    updatedAt: undefined,
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

function imageSetOf({ imageSetId, versionId = '1', isPrimary = true }: ImageSetDouble['spec']): ImageSet {
  return {
    datastoreId,
    imageSetId,
    versionId,
    isPrimary,
    imageSetState: 'ACTIVE',
    imageSetWorkflowStatus: undefined,
    createdAt: undefined,
    updatedAt: undefined,
    deletedAt: undefined,
    message: undefined,
    forced: false,
    imageSetArn: undefined,
    lastAccessedAt: undefined,
    storageTier: undefined,
  }
}
