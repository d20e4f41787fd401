import {
  contactSheetFormat,
  createFormats,
  createSeriesAnimations,
  mediaLayout,
  parseLayout,
  parseSeriesLayout,
  type AnyFormat,
  type ContactSheetFormatOptions,
  type FormatName,
  type FormatOptions,
  type PictureFormatOptions,
  type VolumeFormatOptions,
} from '@ahi-dicom/export-files'
import type { ExportOptions } from '@ahi-dicom/exporter'
import { UsageError } from '../errors.ts'
import type { FrameRange, Window } from './option-values.ts'
import { hasSheetOptions, sheetOptions, type SheetOptions } from './sheet-options.ts'

/** Options that shape the files of an export. */
export interface FileOptions extends SheetOptions {
  readonly format?: readonly FormatName[]
  readonly transferSyntax: 'explicit' | 'stored'
  readonly source: 'frames' | 'instance'
  readonly layout?: string
  readonly dicomdir?: true
  readonly headerOnly?: true
  readonly verify: boolean
  readonly pngBits?: '8' | '16'
  readonly frame?: readonly FrameRange[]
  readonly window?: Window
  /** Counted from 1. */
  readonly windowIndex?: number
  readonly overlays?: true
  /** Longest edge of pictures in pixels. */
  readonly size?: number
  /** 1 to 100. */
  readonly quality?: number
  readonly cine?: true
  readonly seriesLayout?: string
  readonly gaps?: 'error' | 'fill' | 'split'
  readonly values?: 'stored' | 'real-world'
  readonly segments?: 'labels' | 'separate'
}

/** The files that an export writes, as options of a job. */
export type Files = Pick<
  ExportOptions,
  'formats' | 'layout' | 'seriesLayout' | 'dicomdir' | 'transferSyntax' | 'source' | 'headerOnly' | 'verifyFrames'
>

/** Returns the files that the options ask for. Throws a `UsageError` if they cannot be combined. */
export function filesOf(options: FileOptions): Files {
  checkPictureOptions(options)
  checkSheetOptions(options)
  checkVolumeOptions(options)
  checkMediaOptions(options)
  const { layout, seriesLayout, dicomdir, transferSyntax, source, headerOnly, verify } = options
  if (layout !== undefined) parseLayout(layout)
  if (seriesLayout !== undefined) checkSeriesLayout(seriesLayout)
  return {
    formats: formatsOf(options),
    layout: dicomdir === true ? mediaLayout : layout,
    seriesLayout,
    dicomdir,
    transferSyntax,
    source,
    headerOnly: headerOnly === true,
    verifyFrames: verify,
  }
}

/** Returns the formats. `--cine` adds animations of series to those of instances. */
function formatsOf(options: FileOptions): readonly AnyFormat[] {
  const { format = ['dcm'], cine } = options
  const made = formatOptions(options)
  const animated = cine === true ? (['webp', 'gif'] as const).filter((name) => format.includes(name)) : []
  return [...createFormats(writtenFormats(options), made), ...createSeriesAnimations(animated, made)]
}

/** Returns the formats of `--format`, and contact sheets if `--contact-sheet` is given. */
function writtenFormats({ format = ['dcm'], contactSheet }: FileOptions): readonly FormatName[] {
  return contactSheet === true && !format.includes('contact-sheet') ? [...format, 'contact-sheet'] : format
}

function contactSheetOptions(options: FileOptions): ContactSheetFormatOptions {
  const { frames: _, size: __, ...rendering } = pictureOptions(options)
  return { ...rendering, ...sheetOptions(options) }
}

function formatOptions(options: FileOptions): FormatOptions {
  const { pngBits, quality } = options
  const cine = options.cine === true && 'series'
  const pictures = pictureOptions(options)
  const volumes = volumeOptions(options)
  return {
    png: { ...pictures, ...(pngBits === undefined ? {} : { bits: pngBits === '8' ? 8 : 16 }) },
    jpg: { ...pictures, quality },
    webp: { ...pictures, quality, cine },
    gif: { ...pictures, ...(cine !== false && { cine }) },
    nii: volumes,
    'nii.gz': volumes,
    npz: volumes,
    zarr: volumes,
    'contact-sheet': contactSheetOptions(options),
  }
}

function volumeOptions({ gaps, values, segments }: FileOptions): VolumeFormatOptions {
  return {
    ...(gaps === undefined ? {} : { gaps }),
    ...(values === undefined ? {} : { values }),
    ...(segments === undefined ? {} : { segments }),
  }
}

function pictureOptions({ frame, window, windowIndex, overlays, size }: FileOptions): PictureFormatOptions {
  return {
    ...(frame === undefined ? {} : { frames: frame }),
    ...(window === undefined ? {} : { window }),
    ...(windowIndex === undefined ? {} : { windowIndex: windowIndex - 1 }),
    ...(overlays === undefined ? {} : { overlays }),
    ...(size === undefined ? {} : { size }),
  }
}

function checkPictureOptions(options: FileOptions): void {
  const { headerOnly, pngBits, quality, cine, sheetEncoding } = options
  const format = writtenFormats(options)
  const pictures = format.filter((name) => name !== 'dcm' && !isVolumeFormat(name))
  if (pictures.length === 0 && Object.keys(pictureOptions(options)).length > 0) {
    throw new UsageError(
      'Cannot use --frame, --window, --window-index, --overlays or --size: no picture is written; give --format png, jpg, webp or gif, or dcm with one of them',
    )
  }
  const hasSheetAlone = pictures.length > 0 && pictures.every((name) => name === 'contact-sheet')
  if (hasSheetAlone && (options.frame !== undefined || options.size !== undefined)) {
    throw new UsageError(
      'Cannot use --frame or --size with contact sheets: give --sheet-tiles or --sheet-tile-size, or another picture format',
    )
  }
  if (pngBits !== undefined && !format.includes('png')) {
    throw new UsageError('Cannot use --png-bits: no PNG is written; give --format png or dcm,png')
  }
  const hasQuality = format.includes('jpg') || format.includes('webp') || sheetEncoding === 'jpg'
  if (quality !== undefined && !hasQuality) {
    throw new UsageError('Cannot use --quality: no JPEG or WebP is written; give --format jpg or webp')
  }
  if (cine === true && !format.includes('webp') && !format.includes('gif')) {
    throw new UsageError('Cannot use --cine: no animation is written; give --format webp or gif')
  }
  if (pictures.length > 0 && headerOnly === true) {
    throw new UsageError('Cannot write pictures with --header-only: it reads no pixels; leave one of them out')
  }
}

function checkSheetOptions(options: FileOptions): void {
  if (writtenFormats(options).includes('contact-sheet')) {
    checkSheetSize(options)
    return
  }
  if (!hasSheetOptions(options)) return
  throw new UsageError(
    'Cannot use --sheet-encoding, --sheet-tiles, --sheet-columns, --sheet-tile-size or --sheet-patient-data: no contact sheet is written; give --contact-sheet',
  )
}

/** The encoding is left out: no other package is needed to know how large a sheet is. */
function checkSheetSize(options: FileOptions): void {
  const { encoding: _, quality: __, ...sheet } = sheetOptions(options)
  try {
    contactSheetFormat(sheet)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new UsageError(
      'Cannot make contact sheets of that many tiles: a sheet has 64 million pixels and 65500 on each side at most; give a smaller --sheet-tiles or --sheet-tile-size, or more --sheet-columns',
    )
  }
}

const volumeFormats: readonly FormatName[] = ['nii', 'nii.gz', 'npz', 'zarr']

function isVolumeFormat(name: FormatName): boolean {
  return volumeFormats.includes(name)
}

/** Returns true if the options ask for files of series: volumes, contact sheets or animations. */
export function hasSeriesFiles(options: FileOptions): boolean {
  return (
    options.cine === true || writtenFormats(options).some((name) => name === 'contact-sheet' || isVolumeFormat(name))
  )
}

function checkVolumeOptions(options: FileOptions): void {
  const { headerOnly, seriesLayout } = options
  if (writtenFormats(options).some(isVolumeFormat)) {
    if (headerOnly !== true) return
    throw new UsageError('Cannot write volumes with --header-only: it reads no pixels; leave one of them out')
  }
  if (Object.keys(volumeOptions(options)).length > 0) {
    throw new UsageError(
      'Cannot use --gaps, --values or --segments: no volume is written; give --format nii, nii.gz, npz or zarr',
    )
  }
  if (seriesLayout !== undefined && !hasSeriesFiles(options)) {
    throw new UsageError(
      'Cannot use --series-layout: no files of series are written; give --format nii, nii.gz, npz or zarr, --contact-sheet, or --cine',
    )
  }
}

function checkSeriesLayout(template: string): void {
  try {
    parseSeriesLayout(template)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new UsageError(
      `Cannot use --series-layout '${template}': it may use only attributes of the patient, the study and the series; give one such as {SeriesInstanceUID} or {SeriesNumber}`,
    )
  }
}

function checkMediaOptions(options: FileOptions): void {
  const { layout, dicomdir } = options
  if (dicomdir === true && layout !== undefined && layout !== mediaLayout) {
    throw new UsageError(
      'Cannot write a DICOMDIR with this --layout: it requires --layout media; leave --layout or --dicomdir out',
    )
  }
  const isMedia = dicomdir === true || layout === mediaLayout
  if (isMedia && writtenFormats(options).some((name) => name !== 'dcm')) {
    throw new UsageError(
      'Cannot write other files with --layout media or --dicomdir: media hold only DICOM files; give --format dcm, or export pictures and volumes to another folder',
    )
  }
}
