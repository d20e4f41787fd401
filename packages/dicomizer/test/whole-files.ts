import { crc32 } from 'node:zlib'

import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import type { DicomInstance, InstanceRequest, InstanceSource } from '@ahi-dicom/dicomizer'

import { imageMetadata, onlyInstance, type TestOptions } from './instances.ts'
import { python } from './tools.ts'

/** A file made by whole_files.py, and its content. */
export interface MadeFile {
  readonly name: string
  readonly file: Buffer
  readonly transferSyntax: string
  readonly attributes: AttributeMap
  readonly frames: readonly MadeFrame[]
}

interface MadeFrame {
  readonly pixels: Buffer
  readonly encoded: Buffer | undefined
}

interface PrintedFile extends Omit<MadeFile, 'file' | 'frames'> {
  readonly file: string
  readonly frames: readonly { readonly pixels: string; readonly encoded: string | null }[]
}

/** Files made by pydicom, and by dcmtk if it is available. */
export function wholeFiles(): MadeFile[] {
  const printed = python('whole_files.py', [])
  if (!Array.isArray(printed)) throw new TypeError('whole_files.py printed no array')
  return printed.map((made: PrintedFile) => ({
    ...made,
    file: Buffer.from(made.file, 'base64'),
    frames: made.frames.map(({ pixels, encoded }) => ({
      pixels: Buffer.from(pixels, 'base64'),
      encoded: encoded === null ? undefined : Buffer.from(encoded, 'base64'),
    })),
  }))
}

/** A source of one file, and its requests. */
export interface FileSource extends InstanceSource {
  readonly requests: InstanceRequest[]
  /** Number of files whose stream was closed or read to the end. */
  ended: number
}

interface FileSourceOptions {
  /** Sizes of chunks, repeated; 0 makes an empty one. Default: one chunk. */
  readonly chunks?: readonly number[]
  readonly byteLength?: number
  /** True if the file is available only in the stored transfer syntax. */
  readonly isStoredOnly?: boolean
}

/** Returns a source that serves a file in chunks. */
export function fileSource(file: Uint8Array, options: FileSourceOptions = {}): FileSource {
  const { chunks = [file.length + 1], byteLength, isStoredOnly = false } = options
  const source: FileSource = {
    requests: [],
    ended: 0,
    getDICOMInstance: async (request) => {
      source.requests.push(request)
      if (isStoredOnly && request.transferSyntax !== '*') {
        throw Object.assign(new Error('not acceptable'), { statusCode: 406 })
      }
      return { byteLength, data: pieces() }
    },
  }
  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      let offset = 0
      for (let index = 0; offset < file.length; index += 1) {
        const length = chunks[index % chunks.length] ?? 1
        yield file.subarray(offset, offset + length)
        offset += length
      }
    } finally {
      source.ended += 1
    }
  }
  return source
}

interface WholeOptions extends Omit<TestOptions, 'instanceSource'> {
  readonly instanceSource: InstanceSource
  /** Members of the document's instance, used instead of the file's. */
  readonly document?: Record<string, unknown>
}

/** Returns the instance of a file with its checksums. AHI decoded it, or kept it if it has code streams. */
export function wholeInstance(made: MadeFile, { document, ...options }: WholeOptions): DicomInstance {
  const isEncoded = ['.50', '.102'].some((ending) => made.transferSyntax.endsWith(`.4${ending}`))
  const ImageFrames = made.frames.map(({ pixels, encoded }, index) => ({
    ID: `frame${index}`,
    PixelDataChecksumFromBaseToFullResolution: [
      { Width: 1, Height: 1, Checksum: crc32(isEncoded && encoded !== undefined ? encoded : pixels) },
    ],
  }))
  const StoredTransferSyntaxUID = isEncoded ? made.transferSyntax : '1.2.840.10008.1.2.4.202'
  const metadata = imageMetadata([], { PixelData: null }, { StoredTransferSyntaxUID, ImageFrames, ...document })
  for (const series of Object.values(metadata.Study.Series)) {
    for (const instance of Object.values(series.Instances)) {
      const { SOPClassUID = null, SOPInstanceUID = null } = instance.DICOM
      instance.DICOM = { SOPClassUID, SOPInstanceUID, ...made.attributes }
    }
  }
  return onlyInstance(metadata, { source: 'instance', ...options })
}
