import {
  createFormats,
  mediaLayout,
  parseLayout,
  parseSeriesLayout,
  type FormatName,
  type FormatOptions,
  type PictureFormatOptions,
  type VolumeFormatOptions,
} from '@ahi-dicom/export-files'
import type { ExportOptions } from '@ahi-dicom/exporter'
import { UsageError } from '../errors.ts'
import type { FrameRange, Window } from './option-values.ts'

/** Options that shape the files of an export. */
export interface FileOptions {
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

/** Which files an export writes, as jobs of `exporter` take it. */
export type Files = Pick<
  ExportOptions,
  'formats' | 'layout' | 'seriesLayout' | 'dicomdir' | 'transferSyntax' | 'source' | 'headerOnly' | 'verifyFrames'
>

/** Returns which files the options ask for, or throws if they do not go together. */
export function filesOf(options: FileOptions): Files {
  checkPictureOptions(options)
  checkVolumeOptions(options)
  checkMediaOptions(options)
  const { format = ['dcm'], layout, seriesLayout, dicomdir, transferSyntax, source, headerOnly, verify } = options
  if (layout !== undefined) parseLayout(layout)
  if (seriesLayout !== undefined) checkSeriesLayout(seriesLayout)
  return {
    formats: createFormats(format, formatOptions(options)),
    layout: dicomdir === true ? mediaLayout : layout,
    seriesLayout,
    dicomdir,
    transferSyntax,
    source,
    headerOnly: headerOnly === true,
    verifyFrames: verify,
  }
}

function formatOptions(options: FileOptions): FormatOptions {
  const { pngBits, quality, cine = false } = options
  const pictures = pictureOptions(options)
  const volumes = volumeOptions(options)
  return {
    png: { ...pictures, ...(pngBits === undefined ? {} : { bits: pngBits === '8' ? 8 : 16 }) },
    jpg: { ...pictures, quality },
    webp: { ...pictures, quality, cine },
    gif: pictures,
    nii: volumes,
    'nii.gz': volumes,
    npz: volumes,
    zarr: volumes,
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
  const { format = ['dcm'], headerOnly, pngBits, quality, cine } = options
  const pictures = format.filter((name) => name !== 'dcm' && !isVolumeFormat(name))
  if (pictures.length === 0 && Object.keys(pictureOptions(options)).length > 0) {
    throw new UsageError(
      'Cannot use --frame, --window, --window-index, --overlays or --size: no picture is written; give --format png, jpg, webp or gif, or dcm with one of them',
    )
  }
  if (pngBits !== undefined && !format.includes('png')) {
    throw new UsageError('Cannot use --png-bits: no PNG is written; give --format png or dcm,png')
  }
  if (quality !== undefined && !format.includes('jpg') && !format.includes('webp')) {
    throw new UsageError('Cannot use --quality: no JPEG or WebP is written; give --format jpg or webp')
  }
  if (cine === true && !format.includes('webp') && !format.includes('gif')) {
    throw new UsageError('Cannot use --cine: no format of animations is written; give --format webp or gif')
  }
  if (pictures.length > 0 && headerOnly === true) {
    throw new UsageError('Cannot write pictures with --header-only: it reads no pixels; leave one of them out')
  }
}

const volumeFormats: readonly FormatName[] = ['nii', 'nii.gz', 'npz', 'zarr']

function isVolumeFormat(name: FormatName): boolean {
  return volumeFormats.includes(name)
}

/** Returns whether the options ask for files of series. */
export function hasSeriesFiles({ format = ['dcm'] }: Pick<FileOptions, 'format'>): boolean {
  return format.some(isVolumeFormat)
}

function checkVolumeOptions(options: FileOptions): void {
  const { headerOnly, seriesLayout } = options
  if (hasSeriesFiles(options)) {
    if (headerOnly !== true) return
    throw new UsageError('Cannot write volumes with --header-only: it reads no pixels; leave one of them out')
  }
  if (seriesLayout !== undefined || Object.keys(volumeOptions(options)).length > 0) {
    throw new UsageError(
      'Cannot use --gaps, --values, --segments or --series-layout: no volume is written; give --format nii, nii.gz, npz or zarr',
    )
  }
}

function checkSeriesLayout(template: string): void {
  try {
    parseSeriesLayout(template)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new UsageError(
      `Cannot use --series-layout '${template}': it names files of series; give names and attributes of the patient, the study or the series, such as {SeriesInstanceUID} or {SeriesNumber}`,
    )
  }
}

function checkMediaOptions({ format = ['dcm'], layout, dicomdir }: FileOptions): void {
  if (dicomdir === true && layout !== undefined && layout !== mediaLayout) {
    throw new UsageError(
      'Cannot write a DICOMDIR with this --layout: it can list files of --layout media alone; leave --layout or --dicomdir out',
    )
  }
  const isMedia = dicomdir === true || layout === mediaLayout
  if (isMedia && format.some((name) => name !== 'dcm')) {
    throw new UsageError(
      'Cannot write other files with --layout media or --dicomdir: media have DICOM files alone; give --format dcm, or export pictures and volumes to another folder',
    )
  }
}
