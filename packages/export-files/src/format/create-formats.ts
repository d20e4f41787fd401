import { contactSheetFormat } from './contact-sheet-format.ts'
import type { ContactSheetFormatOptions } from './contact-sheet-format.ts'
import { dcmFormat } from './dcm-format.ts'
import { gzippedNiftiFormat, niftiFormat } from './nifti-formats.ts'
import type { NiftiFormatOptions } from './nifti-formats.ts'
import { npzFormat } from './npz-format.ts'
import { pngFormat } from './png-format.ts'
import type { PngFormatOptions } from './png-format.ts'
import type { Format } from './format.ts'
import type { SeriesFormat } from './series-format.ts'
import { gifFormat, jpgFormat, webpFormat } from './sharp-formats.ts'
import type { GifFormatOptions, JpgFormatOptions, WebpFormatOptions } from './sharp-formats.ts'
import type { VolumeFormatOptions } from './volume-format.ts'
import { zarrFormat } from './zarr-format.ts'

/** Names of the formats of this package, in the order of writing. Formats of series come last. */
export const formatNames = [
  'dcm',
  'png',
  'jpg',
  'webp',
  'gif',
  'nii',
  'nii.gz',
  'npz',
  'zarr',
  'contact-sheet',
] as const

/** Name of a format of this package. */
export type FormatName = (typeof formatNames)[number]

/** Name of a format of this package that writes files of series. */
export type SeriesFormatName = 'nii' | 'nii.gz' | 'npz' | 'zarr' | 'contact-sheet'

/** The type of the format with a name. */
export type FormatOf<Name extends FormatName> = Name extends SeriesFormatName ? SeriesFormat : Format

/** Options of formats, by the name of the format. */
export interface FormatOptions {
  readonly png?: PngFormatOptions | undefined
  readonly jpg?: JpgFormatOptions | undefined
  readonly webp?: WebpFormatOptions | undefined
  readonly gif?: GifFormatOptions | undefined
  readonly nii?: NiftiFormatOptions | undefined
  readonly 'nii.gz'?: NiftiFormatOptions | undefined
  readonly npz?: VolumeFormatOptions | undefined
  readonly zarr?: VolumeFormatOptions | undefined
  readonly 'contact-sheet'?: ContactSheetFormatOptions | undefined
}

const makers: { readonly [Name in FormatName]: (options: FormatOptions) => FormatOf<Name> } = {
  dcm: () => dcmFormat(),
  png: ({ png }) => pngFormat(png),
  jpg: ({ jpg }) => jpgFormat(jpg),
  webp: ({ webp }) => webpFormat(webp),
  gif: ({ gif }) => gifFormat(gif),
  nii: ({ nii }) => niftiFormat(nii),
  'nii.gz': (options) => gzippedNiftiFormat(options['nii.gz']),
  npz: ({ npz }) => npzFormat(npz),
  zarr: ({ zarr }) => zarrFormat(zarr),
  'contact-sheet': (options) => contactSheetFormat(options['contact-sheet']),
}

/**
 * Creates formats by their names, each once, in the order of {@link formatNames}. If both `nii` and `nii.gz` are
 * created, only `nii` writes the sidecar, because theirs are the same.
 *
 * @throws {SharpError} if a format needs the optional package `sharp`, and it cannot be used
 * @throws {ZarritaError} if a format needs the optional package `zarrita`, and it cannot be used
 * @example
 * import { createFormats } from '@ahi-dicom/export-files'
 *
 * const formats = createFormats(['dcm', 'png'], { png: { window: { center: 40, width: 400 } } })
 * await exporter.exportTo({ datastoreId, selectors: 'all', destination, formats })
 */
export function createFormats<Name extends FormatName>(
  names: readonly Name[],
  options: FormatOptions = {},
): readonly FormatOf<Name>[] {
  const isSidecarThere = names.some((name) => name === 'nii')
  const settled = isSidecarThere ? { ...options, 'nii.gz': { ...options['nii.gz'], sidecar: false } } : options
  return names
    .filter((name, index) => names.indexOf(name) === index)
    .toSorted((a, b) => formatNames.indexOf(a) - formatNames.indexOf(b))
    .map((name) => makers[name](settled))
}
