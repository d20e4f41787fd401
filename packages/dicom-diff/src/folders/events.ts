import type { NormalisationId } from '../normalisations.ts'
import type { Difference, Side } from '../difference.ts'
import type { PixelOutcome } from '../pixels/compare-pixels.ts'

/** The files of an instance in both folders. */
export interface ComparedFiles {
  readonly sopInstanceUid: string
  /** Path in the first folder. */
  readonly a: string
  /** Path in the second folder. */
  readonly b: string
}

/** A file that is not compared. */
export interface FileFinding {
  readonly side: Side
  readonly path: string
}

/** A finding of {@link diffFolders}. The summary comes last. */
export type DiffEvent =
  /** The differences of this instance come before this event. */
  | ({
      readonly kind: 'compared'
      readonly differences: number
      readonly pixels: PixelOutcome
    } & ComparedFiles)
  | ({ readonly kind: 'difference' } & ComparedFiles & Difference)
  /** The pixels differ as bytes and cannot be decoded. */
  | ({ readonly kind: 'not-compared'; readonly reason: string } & ComparedFiles)
  /** The instance is only in the first folder. */
  | { readonly kind: 'missing'; readonly sopInstanceUid: string; readonly path: string }
  /** The instance is only in the second folder. */
  | { readonly kind: 'extra'; readonly sopInstanceUid: string; readonly path: string }
  /**
   * Another file of the folder, `comparedPath`, has the same SOP Instance UID and is compared first. If that one
   * differs, this file is compared too, and counts instead if it is equal.
   */
  | ({ readonly kind: 'duplicate'; readonly sopInstanceUid: string; readonly comparedPath: string } & FileFinding)
  /** A file that is not a DICOM instance. */
  | ({ readonly kind: 'left-out'; readonly reason: string } & FileFinding)
  /** A damaged DICOM file, or a file that cannot be read. */
  | ({ readonly kind: 'unreadable'; readonly reason: string } & FileFinding)
  | DiffSummary

/** The totals of {@link diffFolders}. */
export interface DiffSummary {
  readonly kind: 'summary'
  readonly schemaVersion: 1
  /** Number of instances in the first and in the second folder. */
  readonly instances: Readonly<Record<Side, number>>
  readonly compared: number
  /** Compared instances without a difference. */
  readonly equal: number
  readonly different: number
  /** Instances with pixels that were not compared. They may also count as different. */
  readonly notCompared: number
  readonly missing: number
  readonly extra: number
  readonly duplicates: number
  readonly unreadable: number
  readonly leftOut: number
  readonly differences: number
  /** Differences that AHI's normalisations explain, by id. */
  readonly normalised: Readonly<Partial<Record<NormalisationId, number>>>
  /** True if both folders have the same instances, and all of them were compared and are equal. */
  readonly isEqual: boolean
}
