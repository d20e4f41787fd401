import type { LosslessStorageFormat } from '@ahi-dicom/dicomizer'
import { losslessTransferSyntax } from '../pixels/frame-storage.ts'
import type { SyntheticSettings } from './options.ts'

/** What an image set is made of again whenever it is asked for: all that is stored of it. */
export interface Recipe extends Omit<SyntheticSettings, 'imageSets'> {
  /** Which one of the image sets that were added with the same settings. */
  readonly index: number
  readonly losslessStorageFormat: LosslessStorageFormat
  /** Frames take these in turn. */
  readonly patterns: readonly FrameFacts[]
}

/** What the metadata document says of a frame. */
export interface FrameFacts {
  readonly checksum: number
  /** `null` for a video. */
  readonly least: number | null
  readonly greatest: number | null
  readonly byteLength: number
}

/** A stream of more than 4 GiB takes several fragments, which only the fragmentable transfer syntaxes allow. */
const largestFragment = 0xffff_fffe
const h264 = '1.2.840.10008.1.2.4.102'
const fragmentableH264 = '1.2.840.10008.1.2.4.102.1'

/** Transfer syntax of the frames of a recipe. */
export function recipeTransferSyntax({
  videoByteLength,
  losslessStorageFormat,
}: Pick<Recipe, 'videoByteLength' | 'losslessStorageFormat'>): string {
  if (videoByteLength === undefined) return losslessTransferSyntax(losslessStorageFormat)
  return videoByteLength > largestFragment ? fragmentableH264 : h264
}

/** Frames that AHI has of each instance: a video is one. */
export function framesOfInstance({ videoByteLength, frames }: Pick<Recipe, 'videoByteLength' | 'frames'>): number {
  return videoByteLength === undefined ? frames : 1
}
