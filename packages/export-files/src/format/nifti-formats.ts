import { bidsSidecar, encodeNifti, niftiByteLength } from '@ahi-dicom/volumes'
import type { PlannedVolume } from '@ahi-dicom/volumes'
import { gzipChunks } from '../volumes/gzip-chunks.ts'
import type { SeriesFile, SeriesFormat } from './series-format.ts'
import { volumeFormat } from './volume-format.ts'
import type { VolumeFormatOptions, VolumeToEncode } from './volume-format.ts'

/** Options of {@link niftiFormat} and {@link gzippedNiftiFormat}. */
export interface NiftiFormatOptions extends VolumeFormatOptions {
  /** If true, each volume gets a sidecar: a JSON file with BIDS names and without patient data. Default true. */
  readonly sidecar?: boolean | undefined
}

/**
 * Creates the format for NIfTI files. They are NIfTI-1, or NIfTI-2 if a volume is too large for NIfTI-1.
 *
 * @example
 * import { niftiFormat } from '@ahi-dicom/export-files'
 *
 * const formats = [niftiFormat({ values: 'real-world', sidecar: false })]
 * await exporter.exportTo({ datastoreId, selectors: 'all', destination, formats })
 */
export function niftiFormat(options: NiftiFormatOptions = {}): SeriesFormat {
  return niftiFormatOf('nii', options)
}

/**
 * Creates the format for NIfTI files that are compressed with gzip.
 *
 * @example
 * import { gzippedNiftiFormat } from '@ahi-dicom/export-files'
 *
 * const formats = [gzippedNiftiFormat({ gaps: 'split' })]
 * await exporter.exportTo({ datastoreId, selectors: 'all', destination, formats })
 */
export function gzippedNiftiFormat(options: NiftiFormatOptions = {}): SeriesFormat {
  return niftiFormatOf('nii.gz', options)
}

function niftiFormatOf(name: 'nii' | 'nii.gz', options: NiftiFormatOptions): SeriesFormat {
  const { sidecar = true } = options
  const isCompressed = name === 'nii.gz'
  return volumeFormat({
    name,
    options,
    settings: { ...(!sidecar && { sidecar }) },
    *encode({ volume, suffix, frames, reading }: VolumeToEncode): Generator<SeriesFile, void, undefined> {
      const chunks = encodeNifti(volume, { ...reading, reusesMemory: true })
      yield {
        suffix: `${suffix}.${name}`,
        mediaType: isCompressed ? 'application/gzip' : 'application/octet-stream',
        chunks: isCompressed ? gzipChunks(chunks) : chunks,
        frames,
      }
      if (sidecar) {
        yield { suffix: `${suffix}.json`, mediaType: 'application/json', chunks: [sidecarBytes(volume)], frames: 0 }
      }
    },
    check: (volume) => void niftiByteLength(volume),
    measure(volume) {
      const byteLength = niftiByteLength(volume) + (sidecar ? sidecarBytes(volume).byteLength : 0)
      return { files: sidecar ? 2 : 1, byteLength, accuracy: isCompressed ? 'at-most' : 'exact' }
    },
  })
}

function sidecarBytes(volume: PlannedVolume): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(bidsSidecar(volume), undefined, 2)}\n`)
}
