import type { DicomAttributes } from '@ahi-dicom/dicom-standard'
import {
  bytesInMemory,
  dataSetAttributes,
  openPart10,
  UnreadableFileError,
  type ByteSource,
  type OpenedPart10,
} from '@ahi-dicom/dicom-standard/reader'
import type { Destination } from '@ahi-dicom/export-files'
import { encodePicture, fittingSize, scalePicture, type Picture } from '@ahi-dicom/renderer'
import type { SeriesFile } from '../contents/series-files.ts'
import { pictureOfDicom } from './picture-of-dicom.ts'
import { pictureOfPng } from './picture-of-png.ts'
import { readFile, type FileBytes } from './read-file.ts'

/** Options of {@link readSeriesFile}. */
export interface ReadSeriesOptions {
  /** Longest side of a thumbnail in pixels. */
  readonly size: number
  /** Maximum bytes of a file to read. Larger files give attributes, but no thumbnail. */
  readonly mostBytes: number
  /** If false, instances with BurnedInAnnotation YES have no thumbnail. */
  readonly withPatientData: boolean
  readonly signal?: AbortSignal | undefined
}

/** The attributes and the thumbnail of a file. */
export interface ReadSeriesFile {
  /** Undefined for a file that is not DICOM, or cannot be read. */
  readonly attributes: DicomAttributes | undefined
  /** The bytes of a PNG. */
  readonly thumbnail: Uint8Array | undefined
  readonly isRead: boolean
}

/** First tag of the group of pixel data (7FE0). */
const pixelGroup = 0x7fe00000
/** Most pixels of a picture. One of this size takes about 200 MB of memory. */
const mostPixels = 32 * 1024 * 1024

/** Reads the file that the attributes and the thumbnail of a series come from. */
export async function readSeriesFile(
  destination: Destination,
  file: SeriesFile,
  options: ReadSeriesOptions,
): Promise<ReadSeriesFile> {
  const { mostBytes, signal, size } = options
  const read = await readFile(destination, file.path, { mostBytes, signal })
  if (read === undefined) return { attributes: undefined, thumbnail: undefined, isRead: false }
  if (file.format === 'png') {
    const picture = read.isWhole ? pictureOfPng(read.bytes, mostPixels) : undefined
    return { attributes: undefined, thumbnail: picture && pngOf(picture, size), isRead: true }
  }
  const opened = await openFile(read, file.bytes)
  if (opened === undefined) return { attributes: undefined, thumbnail: undefined, isRead: false }
  const attributes = dataSetAttributes(opened.dataSet)
  const mayShow = options.withPatientData || attributes.string('BurnedInAnnotation')?.trim() !== 'YES'
  const frame = Math.max(0, Math.floor((file.frames - 1) / 2))
  const picture = read.isWhole && mayShow ? await pictureOfDicom(opened, { attributes, frame, mostPixels }) : undefined
  return { attributes, thumbnail: picture && pngOf(picture, size), isRead: true }
}

async function openFile({ bytes, isWhole }: FileBytes, byteLength: number): Promise<OpenedPart10 | undefined> {
  try {
    if (isWhole) return await openPart10(bytesInMemory(bytes))
    const beginning: ByteSource = { ...bytesInMemory(bytes), byteLength }
    return await openPart10(beginning, { endBefore: pixelGroup })
  } catch (error) {
    if (error instanceof UnreadableFileError) return undefined
    throw error
  }
}

function pngOf(picture: Picture, size: number): Uint8Array {
  return encodePicture(scalePicture(picture, fittingSize(picture, size)))
}
