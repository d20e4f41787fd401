import {
  createFormats,
  createSeriesFormats,
  formatNames,
  mediaLayout,
  parseLayout,
  type ContactSheetFormatOptions,
  type Format,
  type FormatOptions,
  type PictureFormatOptions,
  type SeriesFormat,
  type SeriesFormatName,
} from '@ahi-dicom/export-files'
import type { ExportOptions } from '@ahi-dicom/exporter'
import { UsageError } from '../errors.ts'
import type { FrameRange, ListedFormat, Window } from './option-values.ts'
import { hasSheetOptions, sheetOptions, type SheetOptions } from './sheet-options.ts'

/** Options that shape the files of an export. */
export interface FileOptions extends SheetOptions {
  readonly format?: readonly ListedFormat[]
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

/** Which files an export writes, as jobs of `exporter` take it. */
export type Files = Pick<
  ExportOptions,
  'formats' | 'layout' | 'seriesLayout' | 'dicomdir' | 'transferSyntax' | 'source' | 'headerOnly' | 'verifyFrames'
>

/** Returns which files the options ask for, or throws if they do not go together. */
export function filesOf(options: FileOptions): Files {
  const files = instanceFilesOf(options, { cine: options.cine === true ? 'series' : false })
  return { ...files, formats: [...files.formats, ...seriesFormatsOf(options)] }
}

/**
 * Returns which files a run of a fleet writes: those of instances. `--cine` then animates instances alone.
 *
 * @throws {UsageError} if the options ask for files of series, or do not go together
 */
export function runFilesOf(options: FileOptions): Files {
  const ofSeries = writtenFormats(options).find((name) => !isInstanceFormat(name))
  if (ofSeries !== undefined) {
    throw new UsageError(
      `Cannot write the format ${ofSeries} with a fleet: its workers write files of instances alone; export the series without a fleet`,
    )
  }
  return instanceFilesOf(options, { cine: options.cine === true })
}

function instanceFilesOf(
  options: FileOptions,
  { cine }: { readonly cine: boolean | 'series' },
): Files & { readonly formats: readonly Format[] } {
  checkPictureOptions(options)
  checkSheetOptions(options)
  checkMediaOptions(options)
  const { layout, dicomdir, transferSyntax, source, headerOnly, verify } = options
  if (layout !== undefined) parseLayout(layout)
  const names = formatNames.filter((name) => writtenFormats(options).includes(name))
  return {
    formats: createFormats(names, formatOptions(options, cine)),
    layout: dicomdir === true ? mediaLayout : layout,
    seriesLayout,
    dicomdir,
    transferSyntax,
    source,
    headerOnly: headerOnly === true,
    verifyFrames: verify,
  }
}

/** Returns the formats that are written: those of `--format`, and contact sheets. */
function writtenFormats({ format = ['dcm'], contactSheet }: FileOptions): readonly ListedFormat[] {
  return contactSheet === true && !format.includes('contact-sheet') ? [...format, 'contact-sheet'] : format
}

function isInstanceFormat(name: ListedFormat): boolean {
  return formatNames.some((known) => known === name)
}

function seriesFormatsOf(options: FileOptions): readonly SeriesFormat[] {
  const animated: readonly SeriesFormatName[] = options.cine === true ? ['webp', 'gif'] : []
  const wanted: readonly SeriesFormatName[] = [...animated, 'contact-sheet']
  const names = wanted.filter((name) => writtenFormats(options).includes(name))
  const { webp, gif } = formatOptions(options, 'series')
  return createSeriesFormats(names, { webp, gif, 'contact-sheet': contactSheetOptions(options) })
}

function contactSheetOptions(options: FileOptions): ContactSheetFormatOptions {
  const { frames: _, size: __, ...rendering } = pictureOptions(options)
  return { ...rendering, ...sheetOptions(options) }
}

function formatOptions(options: FileOptions, cine: boolean | 'series'): FormatOptions {
  const { pngBits, quality } = options
  const pictures = pictureOptions(options)
  const volumes = volumeOptions(options)
  return {
    png: { ...pictures, ...(pngBits === undefined ? {} : { bits: pngBits === '8' ? 8 : 16 }) },
    jpg: { ...pictures, quality },
    webp: { ...pictures, quality, cine },
    gif: { ...pictures, ...(cine === 'series' && { cine }) },
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
  const pictures = format.filter((name) => name !== 'dcm')
  if (pictures.length === 0 && Object.keys(pictureOptions(options)).length > 0) {
    throw new UsageError(
      'Cannot use --frame, --window, --window-index, --overlays or --size: no picture is written; give --format png, jpg, webp or gif, or dcm with one of them',
    )
  }
  const hasSheetAlone = pictures.length > 0 && pictures.every((name) => name === 'contact-sheet')
  if (hasSheetAlone && (options.frame !== undefined || options.size !== undefined)) {
    throw new UsageError(
      'Cannot use --frame or --size: contact sheets do not have them; give --sheet-tiles or --sheet-tile-size, or another format of pictures',
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
    throw new UsageError('Cannot use --cine: no format of animations is written; give --format webp or gif')
  }
  if (pictures.length > 0 && headerOnly === true) {
    throw new UsageError('Cannot write pictures with --header-only: it reads no pixels; leave one of them out')
  }
}

function checkSheetOptions(options: FileOptions): void {
  if (writtenFormats(options).includes('contact-sheet') || !hasSheetOptions(options)) return
  throw new UsageError(
    'Cannot use --sheet-encoding, --sheet-tiles, --sheet-columns, --sheet-tile-size or --sheet-patient-data: no contact sheet is written; give --contact-sheet',
  )
}

function checkMediaOptions(options: FileOptions): void {
  const { layout, dicomdir } = options
  if (dicomdir === true && layout !== undefined && layout !== mediaLayout) {
    throw new UsageError(
      'Cannot write a DICOMDIR with this --layout: it can list files of --layout media alone; leave --layout or --dicomdir out',
    )
  }
  const isMedia = dicomdir === true || layout === mediaLayout
  if (isMedia && writtenFormats(options).some((name) => name !== 'dcm')) {
    throw new UsageError(
      'Cannot write other files with --layout media or --dicomdir: media have DICOM files alone; give --format dcm, or export pictures and volumes to another folder',
    )
  }
}
