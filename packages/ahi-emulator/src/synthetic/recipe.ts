import { longestValueLength } from '@ahi-dicom/dicom-standard/part10'
import { mpeg4Hp41, mpeg4Hp41F } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { losslessTransferSyntax, type LosslessStorageFormat } from '@ahi-dicom/dicomizer'
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

/**
 * Transfer syntax of the frames of a recipe. A stream of more than 4 GiB takes several fragments, which only the
 * fragmentable transfer syntaxes allow.
 */
export function recipeTransferSyntax({
  videoByteLength,
  losslessStorageFormat,
}: Pick<Recipe, 'videoByteLength' | 'losslessStorageFormat'>): string {
  if (videoByteLength === undefined) return losslessTransferSyntax(losslessStorageFormat)
  return videoByteLength > longestValueLength ? mpeg4Hp41F : mpeg4Hp41
}

/** Frames that AHI has of each instance: a video is one. */
export function framesOfInstance({ videoByteLength, frames }: Pick<Recipe, 'videoByteLength' | 'frames'>): number {
  return videoByteLength === undefined ? frames : 1
}
