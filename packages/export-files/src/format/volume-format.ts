import type { DicomInstance } from '@ahi-dicom/dicomizer'
import { planVolumes } from '@ahi-dicom/volumes'
import type { PlannedVolume, PlanVolumesOptions, VolumeWarning } from '@ahi-dicom/volumes'
import type { FormatSettings } from '../destination/file-writer.ts'
import type { Accuracy } from './format.ts'
import { laneOf } from './format-lane.ts'
import type { SeriesFile, SeriesFormat, SeriesFormatItem } from './series-format.ts'

/** Options of all volume formats. */
export interface VolumeFormatOptions extends Omit<PlanVolumesOptions, 'onRefused'> {}

/** A volume to encode. */
export interface VolumeToEncode {
  readonly volume: PlannedVolume
  /** Start of the suffix of its files: empty, or `_` and the name of the volume. */
  readonly suffix: string
  /**
   * Number of AHI's frames that the volume is read from. 0 if its pixels are real numbers, which AHI stores as
   * attributes.
   */
  readonly frames: number
  readonly reading: SeriesFormatItem['reading']
}

/** Expected number and size of the files of one volume. */
interface ForeseenVolume {
  readonly files: number
  readonly byteLength: number
  readonly accuracy: Accuracy
}

/** Parts of a volume format, for {@link volumeFormat}. */
export interface VolumeFormatParts {
  readonly name: 'nii' | 'nii.gz' | 'npz' | 'zarr'
  /** The options as the caller gave them. */
  readonly options: VolumeFormatOptions
  readonly settings?: FormatSettings | undefined
  readonly encode: (volume: VolumeToEncode) => Iterable<SeriesFile> | AsyncIterable<SeriesFile>
  /**
   * Checks that the format can hold a volume. Default: it can hold any.
   *
   * @throws {VolumeError} if it cannot
   */
  readonly check?: ((volume: PlannedVolume) => void) | undefined
  readonly measure: (volume: PlannedVolume) => ForeseenVolume
}

/**
 * Creates a volume format. If a part of a series is not a volume, it fails with a `VolumeError`. Other parts are
 * written.
 */
export function volumeFormat(parts: VolumeFormatParts): SeriesFormat {
  const { name, options, encode, measure, check } = parts
  return {
    scope: 'series',
    name,
    settings: { ...volumeSettings(options), ...parts.settings },
    async *files({ instances, reading, onNotice, onFailure }) {
      for (const volume of planVolumes(instances, { ...options, onRefused: onFailure })) {
        for (const warning of volume.warnings) onNotice({ ...noticeOf(warning, volume), isLoss: false })
        try {
          check?.(volume)
        } catch (error) {
          onFailure(error)
          continue
        }
        const suffix = volume.name === '' ? '' : `_${volume.name}`
        yield* encode({ volume, suffix, frames: framesOf(volume, instances), reading })
      }
    },
    foresee(instances) {
      const volumes = planVolumes(instances, options)
      for (const volume of volumes) check?.(volume)
      const measured = volumes.map(measure)
      return {
        files: measured.reduce((sum, { files }) => sum + files, 0),
        byteLength: measured.reduce((sum, { byteLength }) => sum + byteLength, 0),
        accuracy: measured[0]?.accuracy ?? 'exact',
        frames: volumes.reduce((sum, volume) => sum + framesOf(volume, instances), 0),
      }
    },
    get lane() {
      return laneOf(name, { [name]: options })
    },
  }
}

/**
 * Returns the settings for the manifest. `gaps` and `positionTolerance` have no fixed default, so they may be absent.
 */
function volumeSettings({ gaps, positionTolerance, values, segments }: VolumeFormatOptions): FormatSettings {
  return {
    values: values ?? 'stored',
    segments: segments ?? 'labels',
    ...(gaps !== undefined && { gaps }),
    ...(positionTolerance !== undefined && { positionTolerance }),
  }
}

function noticeOf({ code, message }: VolumeWarning, { name }: PlannedVolume): VolumeWarning {
  return { code, message: name === '' || code === 'SERIES_SPLIT' ? message : `Volume "${name}": ${message}` }
}

function framesOf(volume: PlannedVolume, instances: readonly DicomInstance[]): number {
  const uids = new Set(volume.instances.map(({ sopInstanceUid }) => sopInstanceUid))
  const hasFrames = instances.some(({ sopInstanceUid, frameCount }) => uids.has(sopInstanceUid) && frameCount > 0)
  return hasFrames ? volume.frameCount : 0
}
