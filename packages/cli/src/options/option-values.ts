import type { FormatName } from '@ahi-dicom/export-files'
import { UsageError } from '../errors.ts'

/** Window of pictures, in modality values such as HU. */
export interface Window {
  readonly center: number
  readonly width: number
}

/** Values of `--format`. They are not imported, because parsing options would then load the code that writes files. */
const formats: Readonly<{ [Name in FormatName]: Name }> = {
  dcm: 'dcm',
  png: 'png',
  jpg: 'jpg',
  webp: 'webp',
  gif: 'gif',
  'contact-sheet': 'contact-sheet',
  nii: 'nii',
  'nii.gz': 'nii.gz',
  npz: 'npz',
  zarr: 'zarr',
}

/** Returns the formats of a list such as `dcm,png`, or throws a {@link UsageError}. */
export function parseFormats(value: string): FormatName[] {
  const names = value.split(',').map((format) => format.trim())
  const known = Object.values(formats).filter((format) => names.includes(format))
  if (names.every((name) => Object.hasOwn(formats, name))) return known
  throw new UsageError(
    `Cannot write the formats '${value}': give one or more of ${Object.keys(formats).join(', ')}, such as dcm,png`,
  )
}

/** Returns the window of a text such as `40,400` (centre, width), or throws a {@link UsageError}. */
export function parseWindow(value: string): Window {
  const [center, width, ...rest] = value.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)))
  if (
    rest.length === 0 &&
    Number.isFinite(center) &&
    Number.isFinite(width) &&
    center !== undefined &&
    width !== undefined
  ) {
    if (width > 0) return { center, width }
  }
  throw new UsageError(`Cannot use the window '${value}': give centre and width, such as 40,400, with a width above 0`)
}

/** A range of frames, counted from 0, both ends included. */
export interface FrameRange {
  readonly from: number
  readonly to: number
}

/** Returns the frames of a list of frame numbers from 1, such as `3` or `1,5-8`, or throws a {@link UsageError}. */
export function parseFrames(value: string): FrameRange[] {
  return value.split(',').map((part) => {
    const [, first = '', last = first] = /^\s*(\d{1,9})(?:\s*-\s*(\d{1,9}))?\s*$/.exec(part) ?? []
    const range = { from: Number(first) - 1, to: Number(last) - 1 }
    if (first !== '' && range.from >= 0 && range.from <= range.to) return range
    throw new UsageError(`Cannot use the frames '${value}': give numbers from 1 and ranges, such as 3 or 1,5-8`)
  })
}

/** Returns a parser for whole numbers in a range. It throws a {@link UsageError}. */
export function wholeNumber(
  what: string,
  { from, to }: { readonly from: number; readonly to: number },
): (value: string) => number {
  return (value) => {
    const number = /^\d+$/.test(value) ? Number(value) : NaN
    if (number >= from && number <= to) return number
    throw new UsageError(`Cannot use '${value}' as ${what}: give a whole number from ${from} to ${to}`)
  }
}

/** Returns the permissions of a text in octal digits, such as `0640`, or throws a {@link UsageError}. */
export function parseFileMode(value: string): number {
  const mode = /^0?[0-7]{3}$/.test(value) ? Number.parseInt(value, 8) : 0
  if ((mode & ownersPermissions) === ownersPermissions) return mode
  throw new UsageError(
    `Cannot use '${value}' as --mode: give permissions in octal, such as 0640; the owner must be able to read and write`,
  )
}

const ownersPermissions = 0o600

/** Returns the bytes of a size such as `512M` or `1G`, in powers of 1024, or throws a {@link UsageError}. */
export function parseSize(value: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,6})([KMG])(?:i?B)?$/i.exec(value) ?? []
  const bytes = Number(digits) * 1024 ** (1 + 'KMG'.indexOf(unit.toUpperCase()))
  if (digits !== '' && bytes >= leastMemory) return bytes
  throw new UsageError(`Cannot use '${value}' as --max-memory: give a size such as 512M or 1G, at least 16M`)
}

const leastMemory = 16 * 1024 ** 2

/** A range of days as DICOM dates (PS3.5 DA, `YYYYMMDD`). A missing end is open. */
export interface DateRange {
  readonly from?: string
  readonly to?: string
}

/** Returns the range of a text such as `20240101..20241231`, `20240101..`, `..20241231` or `20240101`. `-` may replace `..`. */
export function parseDateRange(value: string): DateRange {
  const [from = '', to = from, ...rest] = value.replaceAll(/(\d{4})-(\d{2})-(\d{2})/g, '$1$2$3').split(/\.\.|-/)
  const isValid = rest.length === 0 && from + to !== '' && [from, to].every((day) => day === '' || isDay(day))
  if (!isValid || (from !== '' && to !== '' && from > to)) {
    throw new UsageError(
      `Cannot use the study dates '${value}': give FROM..TO with the earlier date first, such as 20240101..20241231, 20240101.. or ..20241231, or a single day such as 20240101`,
    )
  }
  return { ...(from === '' ? {} : { from }), ...(to === '' ? {} : { to }) }
}

/** Returns the time of an ISO 8601 text such as `2024-05-01` or `2024-05-01T12:00:00+02:00`. Default time zone: UTC. */
export function parseTime(value: string): Date {
  const [, day = '', clock = '00:00', hours = 'Z', minutes = ''] = isoTime.exec(value) ?? []
  const time = new Date(`${day}T${clock}${minutes === '' ? hours : `${hours}:${minutes}`}`)
  if (isDay(day.replaceAll('-', '')) && !Number.isNaN(time.getTime())) return time
  throw new UsageError(`Cannot use the time '${value}': give it as 2024-05-01 or 2024-05-01T12:00:00Z`)
}

const isoTime = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?:Z|([+-]\d\d):?(\d\d))?)?$/

function isDay(value: string): boolean {
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(value)
  if (match === null) return false
  const iso = `${match[1]}-${match[2]}-${match[3]}`
  const date = new Date(`${iso}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso)
}

/**
 * Adds a value to the earlier values of an option. The configuration recognises a repeatable option by the second parameter
 * of its parser.
 */
export function repeated(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

/** Adds the values of a list such as `CT,MR` to the earlier values of an option. */
export function commaSeparated(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), ...value.split(',').map((part) => part.trim())]
}
