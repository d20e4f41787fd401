import { createFormats, mediaLayout, parseLayout, type PngFormatOptions } from '@ahi-dicom/export-files'
import type { ExportOptions } from '@ahi-dicom/exporter'
import { UsageError } from '../errors.ts'
import type { ExportFormat, FrameRange, Window } from './option-values.ts'

/** Options that shape the files of an export. */
export interface FileOptions {
  readonly format?: readonly ExportFormat[]
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
}

/** Which files an export writes, as jobs of `exporter` take it. */
export type Files = Pick<
  ExportOptions,
  'formats' | 'layout' | 'dicomdir' | 'transferSyntax' | 'source' | 'headerOnly' | 'verifyFrames'
>

/** Returns which files the options ask for, or throws if they do not go together. */
export function filesOf(options: FileOptions): Files {
  checkPictureOptions(options)
  checkMediaOptions(options)
  const { format = ['dcm'], layout, dicomdir, transferSyntax, source, headerOnly, verify } = options
  if (layout !== undefined) parseLayout(layout)
  return {
    formats: createFormats(format, { png: pictureOptions(options) }),
    layout: dicomdir === true ? mediaLayout : layout,
    dicomdir,
    transferSyntax,
    source,
    headerOnly: headerOnly === true,
    verifyFrames: verify,
  }
}

function pictureOptions({ pngBits, frame, window, windowIndex, overlays }: FileOptions): PngFormatOptions {
  return {
    ...(pngBits === undefined ? {} : { bits: pngBits === '8' ? 8 : 16 }),
    ...(frame === undefined ? {} : { frames: frame }),
    ...(window === undefined ? {} : { window }),
    ...(windowIndex === undefined ? {} : { windowIndex: windowIndex - 1 }),
    ...(overlays === undefined ? {} : { overlays }),
  }
}

function checkPictureOptions(options: FileOptions): void {
  const { format = ['dcm'], headerOnly } = options
  const hasPictures = format.includes('png')
  if (!hasPictures && Object.keys(pictureOptions(options)).length > 0) {
    throw new UsageError(
      'Cannot use --frame, --window, --window-index, --png-bits or --overlays: no PNG is written; give --format png or dcm,png',
    )
  }
  if (hasPictures && headerOnly === true) {
    throw new UsageError('Cannot write PNGs with --header-only: it reads no pixels; leave one of them out')
  }
}

function checkMediaOptions({ format = ['dcm'], layout, dicomdir }: FileOptions): void {
  if (dicomdir === true && layout !== undefined && layout !== mediaLayout) {
    throw new UsageError(
      'Cannot write a DICOMDIR with this --layout: it can list files of --layout media alone; leave --layout or --dicomdir out',
    )
  }
  const isMedia = dicomdir === true || layout === mediaLayout
  if (isMedia && format.includes('png')) {
    throw new UsageError(
      'Cannot write PNGs with --layout media or --dicomdir: media have DICOM files alone; leave png out of --format, or export the pictures to another folder',
    )
  }
}
