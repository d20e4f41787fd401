import { longestValueLength } from '@ahi-dicom/dicom-standard/part10'
import { mpeg4Hp41, mpeg4Hp41F } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { losslessTransferSyntax, type LosslessStorageFormat } from '@ahi-dicom/dicomizer'
import type { SyntheticSettings } from './options.ts'

/** The settings that a synthetic image set is generated from. Nothing else of it is stored. */
export interface Recipe extends Omit<SyntheticSettings, 'imageSets'> {
  /** Index among the image sets that were added with the same settings. */
  readonly index: number
  readonly losslessStorageFormat: LosslessStorageFormat
  /** The patterns that the frames use in turn. */
  readonly patterns: readonly FrameFacts[]
}

/** The data of a frame in the metadata document. */
export interface FrameFacts {
  readonly checksum: number
  /** `null` for a video. */
  readonly least: number | null
  readonly greatest: number | null
  readonly byteLength: number
}

/**
 * Returns the transfer syntax of a recipe's frames. A stream of more than 4 GiB needs several fragments, which only the
 * fragmentable transfer syntaxes allow.
 */
export function recipeTransferSyntax({
  videoByteLength,
  losslessStorageFormat,
}: Pick<Recipe, 'videoByteLength' | 'losslessStorageFormat'>): string {
  if (videoByteLength === undefined) return losslessTransferSyntax(losslessStorageFormat)
  return videoByteLength > longestValueLength ? mpeg4Hp41F : mpeg4Hp41
}

/** Returns the number of frames that AHI stores per instance. A video counts as one. */
export function framesOfInstance({ videoByteLength, frames }: Pick<Recipe, 'videoByteLength' | 'frames'>): number {
  return videoByteLength === undefined ? frames : 1
}
